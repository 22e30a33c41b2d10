// Settings of sign-in in a browser: at which identity provider people sign in, as whose client, and who is an operator.

import { z } from 'zod';
import { isSafeAddress } from '../core/address.ts';
import { type CheckTogether, defineSettings, type Fault, type Settings, type Values } from '../core/settings.ts';
import { providerNames } from './provider.ts';

const address = z.url({ error: 'is not an address such as https://login.example.com' }).refine(isSafeAddress, {
  error: 'must be https (http is for this machine only), without user, password or fragment',
});
const word = z.string().regex(/^[\x21-\x7e]+$/, { error: 'is empty or holds blanks or characters beyond ASCII' });

export const signInSettings = defineSettings({
  issuer: {
    schema: address,
    description:
      'Address of the identity provider at which people sign in with a browser: for the console, and for MCP clients where no auth.issuer takes them. Where nothing is said of sign-in, IAM_DOMAIN (or IAM_GUID), IAM_CLIENT_ID and IAM_CLIENT_SECRET describe it, with oci as provider.',
    env: ['CASTELLAN_SIGN_IN_ISSUER'],
  },
  provider: {
    schema: z.enum(providerNames),
    description:
      'Which kind of identity provider it is: okta, scalekit, oci (an identity domain), or generic (OpenID).',
    env: ['CASTELLAN_SIGN_IN_PROVIDER'],
    default: 'generic',
  },
  clientId: {
    schema: word,
    description:
      'Client id of Castellan at that provider; the client’s redirect URI is https://HOST/oauth/callback of the public address.',
    env: ['CASTELLAN_SIGN_IN_CLIENT_ID'],
  },
  clientSecret: {
    schema: word,
    description: 'The secret of that client.',
    env: ['CASTELLAN_SIGN_IN_CLIENT_SECRET'],
    secret: true,
  },
  scopes: {
    schema: z.array(word).min(1),
    description:
      'Scopes to ask the provider for (comma-separated). By default openid, profile and email, and where the provider has it offline_access, which lets Castellan see that somebody has left: the client then needs the grant type refresh_token.',
    env: ['CASTELLAN_SIGN_IN_SCOPES'],
  },
  operators: {
    schema: z.array(z.string().min(1)),
    description:
      'Who sees everybody’s calls and decides everybody’s questions on the console: ids of people at the provider, or group:NAME (comma-separated).',
    env: ['CASTELLAN_OPERATORS'],
    default: [],
  },
});

export type SignInSettings = Values<typeof signInSettings>;

/** Where none is set, nobody signs in with a browser, and there is nothing to check. */
const check: CheckTogether<typeof signInSettings> = ({ values, isSet, whereOf }) => {
  const faults: Fault[] = [];
  const names = Object.keys(signInSettings) as (keyof typeof signInSettings)[];
  if (!names.some(isSet)) return faults;
  for (const key of ['issuer', 'clientId', 'clientSecret'] as const) {
    if (isSet(key)) continue;
    const problem = 'is missing, and other settings of sign-in are there';
    faults.push({ where: whereOf(key), problem, todo: signInSettings[key].description });
  }
  if (isSet('scopes') && values.scopes && !values.scopes.includes('openid'))
    faults.push({
      where: whereOf('scopes'),
      problem: 'lacks openid, without which the provider does not say who signed in',
      todo: 'Add openid.',
    });
  return faults;
};

/** The same for whoever knows no setting by name. */
export const checkSignIn = check as unknown as CheckTogether<Settings>;
