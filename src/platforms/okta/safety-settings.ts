// Settings of what may happen to one Okta organization, and of what an assistant may learn of its people.

import { defineProtection } from '../../core/protected.ts';
import { defineSafety } from '../../core/safety.ts';
import { defineSettings } from '../../core/settings.ts';

const { readOnly, production, maskFields, dropFields } = defineSafety('OKTA', 'organization', [
  'mobilePhone',
  'streetAddress',
]);

export const safetySettings = defineSettings({
  readOnly,
  production,
  ...defineProtection('OKTA', ' or id', 'assignments'),
  maskFields,
  dropFields,
});
