// Settings of what may happen to one Okta organization, and of what an assistant may learn of its people.

import { z } from 'zod';
import { defineSettings } from '../../core/settings.ts';

const names = z.array(z.string().min(1).max(320));

export const safetySettings = defineSettings({
  readOnly: {
    schema: z.boolean(),
    description:
      'true: nothing can be changed in this organization; false: changes are open even where it is marked production.',
    env: ['OKTA_READ_ONLY'],
    forbids: true,
  },
  production: {
    schema: z.boolean(),
    description: 'Marks the organization as production: it is read-only then, unless readOnly is set to false.',
    env: ['OKTA_PRODUCTION'],
    forbids: true,
    default: false,
  },
  protectUsers: {
    schema: names,
    description:
      'Users that nothing may be done to, by login (with or without its domain), email or id. While an entry is nobody, no user is changed.',
    env: ['OKTA_PROTECT_USERS'],
    forbids: true,
    default: [],
  },
  protectGroups: {
    schema: names,
    description:
      'Groups that nothing may be done to (memberships included), by name or id. While an entry is no group, none is changed.',
    env: ['OKTA_PROTECT_GROUPS'],
    forbids: true,
    default: [],
  },
  protectApps: {
    schema: names,
    description:
      'Applications that nothing may be done to (their assignments included), by label or id. While an entry is none, none is changed.',
    env: ['OKTA_PROTECT_APPS'],
    forbids: true,
    default: [],
  },
  maskFields: {
    schema: names,
    description: 'Profile fields, such as mobilePhone, whose values are shown as [hidden] to assistants.',
    env: ['OKTA_MASK_FIELDS'],
    forbids: true,
    default: [],
  },
  dropFields: {
    schema: names,
    description: 'Profile fields, such as streetAddress, that assistants do not see at all.',
    env: ['OKTA_DROP_FIELDS'],
    forbids: true,
    default: [],
  },
});
