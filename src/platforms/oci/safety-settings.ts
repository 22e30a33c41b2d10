// Settings of what may happen to one tenancy, and of what an assistant may learn of its people.

import { defineSafety, fieldNames as names } from '../../core/safety.ts';
import { defineSettings } from '../../core/settings.ts';

const { readOnly, production, maskFields, dropFields } = defineSafety('OCI', 'tenancy', ['phoneNumbers', 'birthday']);

export const safetySettings = defineSettings({
  readOnly,
  production,
  protectUsers: {
    schema: names,
    description:
      'Users that nothing may be done to, by login (with or without its domain), email, id or OCID. While an entry is nobody, no user is changed.',
    env: ['OCI_PROTECT_USERS'],
    forbids: true,
    default: [],
  },
  protectGroups: {
    schema: names,
    description:
      'Groups that nothing may be done to (memberships included), by name, id or OCID. While an entry is no group, none is changed.',
    env: ['OCI_PROTECT_GROUPS'],
    forbids: true,
    default: [],
  },
  protectApps: {
    schema: names,
    description:
      'Applications that nothing may be done to (their grants included), by name, id or OCID. While an entry is none, none is changed.',
    env: ['OCI_PROTECT_APPS'],
    forbids: true,
    default: [],
  },
  maskFields,
  dropFields,
});
