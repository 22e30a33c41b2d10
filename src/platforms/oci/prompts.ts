// Procedures for frequent work on OCI, by name. Their texts are loaded when they are asked for.

import type { Prompt, PromptArgument } from '../../core/offering.ts';
import { completeCompartments, completeLogins } from './completions.ts';

const user: PromptArgument = {
  name: 'user',
  description: 'Login, id or OCID of the person',
  required: true,
  complete: completeLogins,
};

const texts = () => import('./texts/prompts.ts');

export const ociPrompts: readonly Prompt[] = [
  {
    name: 'oci-cannot-sign-in',
    title: 'Somebody cannot sign in',
    description: 'Find out why somebody cannot sign in at the identity domain, and help.',
    arguments: [user],
    write: async (input) => [{ text: (await texts()).writeCannotSignIn(input) }],
  },
  {
    name: 'oci-lost-phone',
    title: 'A phone is lost or new',
    description: 'Take factors off an account after making sure who asks.',
    arguments: [user],
    write: async (input) => [{ text: (await texts()).writeLostPhone(input) }],
  },
  {
    name: 'oci-leaving',
    title: 'Somebody leaves',
    description: 'End what somebody can do at OCI, and keep what others need.',
    arguments: [user],
    write: async (input) => [{ text: (await texts()).writeLeaving(input) }],
  },
  {
    name: 'oci-who-can',
    title: 'Who may do what in a compartment',
    description: 'Policies of a compartment and of those above it, with the people behind them.',
    arguments: [
      { name: 'compartment', description: 'OCID; without one, the tenancy’s root', complete: completeCompartments },
    ],
    write: async (input) => [{ text: (await texts()).writeWhoCan(input) }],
  },
];
