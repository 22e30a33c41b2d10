// Procedures for frequent work, by name. Their texts are loaded when they are asked for.

import type { Prompt, PromptArgument } from '../../core/offering.ts';
import {
  completeApps,
  completeEventTypes,
  completeGroups,
  completePolicies,
  completeUsers,
  completeWords,
  completeZones,
} from './completions.ts';
import { policyTypes } from './tools/policies.ts';

const user: PromptArgument = {
  name: 'user',
  description: 'Login or id of the person',
  required: true,
  complete: completeUsers,
};
const since: PromptArgument = {
  name: 'since',
  description: 'From when on, such as 24 hours ago',
  complete: completeWords([
    '1 hour ago',
    '6 hours ago',
    '24 hours ago',
    '7 days ago',
    '30 days ago',
    'yesterday',
    'last Monday',
  ]),
};

const support = () => import('./texts/prompts-support.ts');
const lifecycle = () => import('./texts/prompts-lifecycle.ts');
const security = () => import('./texts/prompts-security.ts');
const review = () => import('./texts/prompts-review.ts');

export const oktaPrompts: readonly Prompt[] = [
  {
    name: 'okta-cannot-sign-in',
    title: 'Somebody cannot sign in',
    description: 'Find out why somebody cannot sign in to Okta, and help.',
    arguments: [user],
    write: async (input) => [{ text: (await support()).writeCannotSignIn(input) }],
  },
  {
    name: 'okta-cannot-open-app',
    title: 'Somebody cannot open an application',
    description: 'Find out whether somebody should have an application, and what is in the way.',
    arguments: [user, { name: 'app', description: 'Name of the application', required: true, complete: completeApps }],
    write: async (input) => [{ text: (await support()).writeCannotOpenApp(input) }],
  },
  {
    name: 'okta-lost-phone',
    title: 'A phone is lost or new',
    description: 'Take a lost factor off an account after making sure who asks.',
    arguments: [user],
    write: async (input) => [{ text: (await support()).writeLostPhone(input) }],
  },
  {
    name: 'okta-lost-device',
    title: 'A laptop is lost or stolen',
    description: 'Close what is open on a lost or stolen device.',
    arguments: [user],
    write: async (input) => [{ text: (await support()).writeLostDevice(input) }],
  },
  {
    name: 'okta-onboarding',
    title: 'Somebody begins',
    description: 'Create an account for somebody new with what their work needs.',
    arguments: [
      { name: 'email', description: 'The address that becomes the login', required: true },
      { name: 'like', description: 'A colleague with the same work', complete: completeUsers },
    ],
    write: async (input) => [{ text: (await lifecycle()).writeOnboarding(input) }],
  },
  {
    name: 'okta-offboarding',
    title: 'Somebody leaves',
    description: 'End somebody’s access completely and in a safe order.',
    arguments: [user],
    write: async (input) => [{ text: (await lifecycle()).writeOffboarding(input) }],
  },
  {
    name: 'okta-suspicious-activity',
    title: 'Something looks like an attack',
    description: 'Look into suspicious activity of one account or all, stop it, keep the evidence.',
    arguments: [{ ...user, required: false, description: 'Login or id; empty for everybody' }, since],
    write: async (input) => [{ text: (await security()).writeSuspiciousActivity(given(input)) }],
  },
  {
    name: 'okta-lockout-wave',
    title: 'Many accounts are locked',
    description: 'Tell guessing of passwords apart from a fault of our own.',
    arguments: [since],
    write: async (input) => [{ text: (await security()).writeLockoutWave(given(input)) }],
  },
  {
    name: 'okta-blocked-by-zone',
    title: 'Somebody is refused for where they are',
    description: 'Find the network zone or rule that refuses somebody.',
    arguments: [user, { name: 'zone', description: 'Name of the zone, if known', complete: completeZones }],
    write: async (input) => [{ text: (await security()).writeBlockedByZone(input) }],
  },
  {
    name: 'okta-what-happened',
    title: 'What happened',
    description: 'Tell what happened or was changed, from the System Log.',
    arguments: [{ name: 'event_type', description: 'Such as user.account.lock', complete: completeEventTypes }, since],
    write: async (input) => [{ text: (await security()).writeWhatHappened(given(input)) }],
  },
  {
    name: 'okta-access-review',
    title: 'Review access',
    description: 'Prepare for its owner who has an application or is in a group, and what should go.',
    arguments: [
      { name: 'app', description: 'Name of the application', complete: completeApps },
      { name: 'group', description: 'Name of the group', complete: completeGroups },
    ],
    write: async (input) => [{ text: (await review()).writeAccessReview(input) }],
  },
  {
    name: 'okta-administrator-review',
    title: 'Review administrators',
    description: 'Who administers the organization, how they got it, and how well they are protected.',
    write: async () => [{ text: (await review()).writeAdministratorReview() }],
  },
  {
    name: 'okta-policy-review',
    title: 'Review a policy',
    description: 'Explain a policy and what is weak in it, before anybody changes it.',
    arguments: [
      { name: 'type', description: 'Kind of policy', required: true, complete: completeWords(policyTypes) },
      { name: 'policy', description: 'Name of the policy', required: true, complete: completePolicies },
    ],
    write: async (input) => [{ text: (await review()).writePolicyReview(input) }],
  },
];

/** What a host fills with "" is not given. */
function given(input: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(input).filter(([, value]) => value.trim() !== ''));
}
