// Settings of what may happen to one Okta organization, and of what an assistant may learn of its people.

import { defineSafety, fieldNames as names } from '../../core/safety.ts';
import { defineSettings } from '../../core/settings.ts';

const { readOnly, production, maskFields, dropFields } = defineSafety('OKTA', 'organization', [
  'mobilePhone',
  'streetAddress',
]);

export const safetySettings = defineSettings({
  readOnly,
  production,
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
  maskFields,
  dropFields,
});
