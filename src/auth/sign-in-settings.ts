// Settings of sign-in in a browser: at which identity provider people sign in, and who of them sees everybody's calls.

import { z } from 'zod';
import { type CheckTogether, defineSettings, type Fault, type Settings, type Values } from '../core/settings.ts';
import { isSafeAddress } from './addresses.ts';
import { providerNames } from './provider.ts';

const word = z.string().regex(/^[\x21-\x7e]+$/, { error: 'is empty or holds blanks or characters beyond ASCII' });

export const signInSettings = defineSettings({
  issuer: {
    schema: z.url({ error: 'is not an address such as https://login.example.com' }).refine(isSafeAddress, {
      error: 'must be https (http is for this machine only), without user, password or fragment',
    }),
    description:
      'Address of the OpenID provider at which people sign in. Alone, Castellan is the authorization server for MCP clients in front of it; beside auth.issuer it signs people in to the console only.',
    env: ['CASTELLAN_SIGN_IN_ISSUER'],
  },
  provider: {
    schema: z.enum(providerNames),
    description: 'Which kind of provider it is: okta, scalekit, oci, or generic.',
    env: ['CASTELLAN_SIGN_IN_PROVIDER'],
    default: 'generic',
  },
  clientId: {
    schema: word,
    description: 'Castellan’s client id there; its redirect URI is /oauth/callback of the public address.',
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
    description: 'Scopes that people are asked for there.',
    env: ['CASTELLAN_SIGN_IN_SCOPES'],
    default: ['openid', 'profile', 'email', 'offline_access'],
  },
  operators: {
    schema: z.array(z.string().min(1)),
    description:
      'Who sees everybody’s calls and decides everybody’s questions: ids of people, or group:NAME (comma-separated).',
    env: ['CASTELLAN_SIGN_IN_OPERATORS'],
    default: [],
  },
});

export type SignInSettings = Values<typeof signInSettings>;

const check: CheckTogether<typeof signInSettings> = ({ isSet, whereOf }) => {
  const names = Object.keys(signInSettings) as (keyof typeof signInSettings)[];
  if (!names.some(isSet)) return [];
  const needed = ['issuer', 'clientId', 'clientSecret'] as const;
  return needed
    .filter((key) => !isSet(key))
    .map((key): Fault => ({
      where: whereOf(key),
      problem: 'is missing, and other settings of sign-in are there',
      todo: signInSettings[key].description,
    }));
};

/** The same for whoever knows no setting by name. */
export const checkSignIn = check as unknown as CheckTogether<Settings>;
