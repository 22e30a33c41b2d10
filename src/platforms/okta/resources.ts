// What Castellan offers to read about an organization and about working with it. Texts are loaded when they are read.

import type { Resource } from '../../core/offering.ts';
import { completeAppIds, completeGroupIds, completePolicyIds, completeUsers, completeZoneIds } from './completions.ts';

const mimeType = 'text/markdown';
/** Answers of tools, as tools write them. */
const plainText = 'text/plain';

const templates = () => import('./texts/templates.ts');

export const oktaResources: readonly Resource[] = [
  {
    uri: 'okta://help/usage',
    name: 'okta-help',
    title: 'Using Castellan with Okta',
    description: 'How to find, how to change, what is never shown.',
    mimeType,
    read: async () => (await import('./texts/help.ts')).writeHelp(),
  },
  {
    uri: 'okta://prompts/system',
    name: 'okta-system-prompt',
    title: 'System prompt for an assistant that administers Okta',
    description: 'For hosts and agents that set one.',
    mimeType,
    read: async () => (await import('./texts/help.ts')).writeSystem(),
  },
  {
    uri: 'okta://workflows/troubleshooting',
    name: 'okta-troubleshooting',
    title: 'From complaint to cause',
    description: 'Short ways: cannot sign in, cannot open an application, no code, account gone, nobody can sign in.',
    mimeType,
    read: async () => (await import('./texts/workflows.ts')).writeTroubleshooting(),
  },
  {
    uri: 'okta://examples/log_queries',
    name: 'okta-log-queries',
    title: 'Questions to the System Log',
    description: 'What people ask of the log, and the call that answers it.',
    mimeType,
    read: async () => (await import('./texts/log-queries.ts')).writeLogQueries(),
  },
  {
    uri: 'okta://event-types',
    name: 'okta-event-types',
    title: 'Event types of the System Log',
    description: 'What the log calls things, each in a few words.',
    mimeType,
    async read() {
      const { listEventTypes } = await import('./event-types.ts');
      const lines = listEventTypes().map(({ id, meaning }) => `- ${id}: ${meaning}`);
      return `# Event types of Okta’s System Log\n\nThose that support and security work needs; Okta knows more.\n\n${lines.join('\n')}\n`;
    },
  },
  {
    uri: 'okta://error-codes',
    name: 'okta-error-codes',
    title: 'Okta’s error codes',
    description: 'What each means and what to do.',
    mimeType,
    read: async () => (await import('./texts/error-codes.ts')).writeErrorCodes(),
  },
  {
    uri: 'okta://templates/user_update',
    name: 'okta-user-update',
    title: 'Changing a profile',
    description: 'Attributes that can be set, and what to think of first.',
    mimeType,
    read: async () => (await templates()).writeUserUpdate(),
  },
  {
    uri: 'okta://templates/application_config',
    name: 'okta-application-config',
    title: 'Changing an application',
    description: 'Settings that can be set, and what to think of first.',
    mimeType,
    read: async () => (await templates()).writeApplicationConfig(),
  },
  {
    uri: 'okta://templates/responses',
    name: 'okta-responses',
    title: 'Writing to the person who asked',
    description: 'Words for what was found and done.',
    mimeType,
    read: async () => (await templates()).writeResponses(),
  },
  {
    uri: 'okta://org/info',
    name: 'okta-organization',
    title: 'The organization',
    description: 'Company, subdomain, status, where its people get help.',
    mimeType: plainText,
    call: { tool: 'get_okta_organization', input: () => ({}) },
  },
  {
    uri: 'okta://users/{id}',
    name: 'okta-user',
    title: 'A user',
    description: 'By id or login.',
    mimeType: plainText,
    call: { tool: 'get_okta_user', input: ({ id }) => ({ user_id: id }) },
    complete: { id: completeUsers },
  },
  {
    uri: 'okta://groups/{id}',
    name: 'okta-group',
    title: 'A group',
    description: 'By id; completion finds ids by the start of the name.',
    mimeType: plainText,
    call: { tool: 'get_okta_group', input: ({ id }) => ({ group_id: id }) },
    complete: { id: completeGroupIds },
  },
  {
    uri: 'okta://apps/{id}',
    name: 'okta-application',
    title: 'An application',
    description: 'By id; completion finds ids by the start of the name.',
    mimeType: plainText,
    call: { tool: 'get_okta_application', input: ({ id }) => ({ app_id: id }) },
    complete: { id: completeAppIds },
  },
  {
    uri: 'okta://policies/{id}',
    name: 'okta-policy',
    title: 'A policy',
    description: 'By id; completion finds ids of access policies by their name.',
    mimeType: plainText,
    call: { tool: 'get_okta_policy', input: ({ id }) => ({ policy_id: id }) },
    complete: { id: completePolicyIds },
  },
  {
    uri: 'okta://zones/{id}',
    name: 'okta-network-zone',
    title: 'A network zone',
    description: 'By id; completion finds ids by the start of the name.',
    mimeType: plainText,
    call: { tool: 'get_okta_network_zone', input: ({ id }) => ({ zone_id: id }) },
    complete: { id: completeZoneIds },
  },
];
