// Settings of one Okta organization.

import { z } from 'zod';
import { isSafeOrigin } from '../../core/address.ts';
import { type CheckTogether, defineSettings } from '../../core/settings.ts';
import { callerSettings, checkActing } from './caller-settings.ts';
import { checkCredential, credentialSettings } from './credential-settings.ts';
import { safetySettings } from './safety-settings.ts';

const orgUrl = z
  .url({ protocol: /^https?$/, error: 'is not an address such as https://acme.okta.com' })
  .refine(isSafeOrgUrl, {
    error:
      'must be https, without path, user or password; the organization’s own address, not its admin console (-admin). http is for this machine only',
  });

function isSafeOrgUrl(text: string): boolean {
  return isSafeOrigin(text) && !/-admin\.(okta|oktapreview|okta-emea)\.com$/.test(new URL(text).hostname);
}

export const oktaSettings = defineSettings({
  orgUrl: {
    schema: orgUrl,
    description: 'Address of the Okta organization, such as https://acme.okta.com.',
    env: ['OKTA_CLIENT_ORGURL', 'OKTA_ORG_URL'],
    required: true,
  },
  ...credentialSettings,
  ...callerSettings,
  ...safetySettings,
  concurrency: {
    schema: z.number().int().min(1).max(75),
    description:
      'Requests to this organization that may be under way at once, 1 to 75 (Okta’s own limit; 35 on free plans).',
    env: ['OKTA_CONCURRENT_LIMIT'],
    default: 15,
  },
});

/** Callers who act with their own rights need no credential of Castellan's but what exchanges their tokens. */
const checkTogether: CheckTogether<typeof oktaSettings> = (given) => [
  ...(given.values.actAs === 'caller' ? [] : checkCredential(given)),
  ...checkActing(given),
];

/** What `config.ts` needs to know of a tenant of this platform. */
export const oktaTenant = { settings: oktaSettings, check: checkTogether } as const;
