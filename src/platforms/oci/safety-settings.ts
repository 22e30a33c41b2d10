// Settings of what may happen to one tenancy, and of what an assistant may learn of its people.

import { defineProtection } from '../../core/protected.ts';
import { defineSafety } from '../../core/safety.ts';
import { defineSettings } from '../../core/settings.ts';

const { readOnly, production, maskFields, dropFields } = defineSafety('OCI', 'tenancy', ['phoneNumbers', 'birthday']);

export const safetySettings = defineSettings({
  readOnly,
  production,
  ...defineProtection('OCI', ', id or OCID', 'grants'),
  maskFields,
  dropFields,
});
