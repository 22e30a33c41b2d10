// Procedures for frequent work on Scalekit, by name. Their texts are loaded when they are asked for.

import type { Prompt, PromptArgument } from '../../core/offering.ts';
import { completeEnvironments, completeOrganizations, completeRoles } from './completions.ts';

const environmentId: PromptArgument = {
  name: 'environmentId',
  description: 'Id of the environment (env_…); needed where the tenant is a workspace',
  complete: completeEnvironments,
};
const organizationId: PromptArgument = {
  name: 'organizationId',
  description: 'Id of the organization (org_…)',
  required: true,
  complete: completeOrganizations,
};
const email: PromptArgument = { name: 'email', description: 'Address of the person', required: true };

const texts = () => import('./texts/prompts.ts');

export const scalekitPrompts: readonly Prompt[] = [
  {
    name: 'scalekit-cannot-sign-in',
    title: 'Somebody of an organization cannot sign in',
    description: 'Find out why somebody cannot sign in through Scalekit, and help.',
    arguments: [environmentId, organizationId, email],
    write: async (input) => [{ text: (await texts()).writeCannotSignIn(input) }],
  },
  {
    name: 'scalekit-onboard-organization',
    title: 'A new customer comes',
    description: 'Make an organization and hand its administrator the way to set up sign-in.',
    arguments: [environmentId, { name: 'name', description: 'Name of the customer', required: true }],
    write: async (input) => [{ text: (await texts()).writeOnboardOrganization(input) }],
  },
  {
    name: 'scalekit-let-somebody-in',
    title: 'Let somebody into an organization',
    description: 'Create or add a user, with the smallest role that does.',
    arguments: [
      environmentId,
      organizationId,
      email,
      { name: 'role', description: 'Name of a role', complete: completeRoles },
    ],
    write: async (input) => [{ text: (await texts()).writeLetIn(input) }],
  },
];
