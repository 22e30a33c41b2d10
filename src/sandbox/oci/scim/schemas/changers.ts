// What is asked of a person's account by an operation of its own: status, password, capabilities, factors.

import { selfChange, withCommon } from './common.ts';
import { capabilities } from './people.ts';

export const userStatusChangerAttributes = withCommon(`
externalId search
active boolean search${selfChange}`);

export const passwordResetterAttributes = withCommon(`
externalId
bypassNotification boolean never immutable
userFlowControlledByExternalClient boolean never immutable
userToken readOnly
  value readOnly exact
  $ref readOnly
notificationEmailTemplateId never writeOnly
oneTimePassword request readOnly${selfChange}`);

export const passwordChangerAttributes = withCommon(`
externalId
password never writeOnly required
bypassNotification boolean never immutable
notificationEmailTemplateId never writeOnly${selfChange}`);

export const capabilitiesChangerAttributes = withCommon(`
${capabilities.map((name) => `${name} boolean search`).join('\n')}
canUseConsole boolean search${selfChange}`);

export const factorsRemoverAttributes = withCommon(`
user required search
  value always required search
  $ref readOnly
  display
  ocid always search exact
type = KMSI MFA ACCOUNTRECOVERY ALL
token request`);
