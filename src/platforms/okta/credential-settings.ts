// Settings of the credential of an Okta organization: an API token, a service app with its key, or a person's sign-in.

import { z } from 'zod';
import { type CheckTogether, defineSettings, type Fault } from '../../core/settings.ts';
import { readPrivateKey } from './oauth/private-key.ts';

/** What the reading tools need (`security` in Okta's OpenAPI document). Okta refuses a request for any that is not granted. */
export const readScopes: readonly string[] = [
  'okta.users.read',
  'okta.groups.read',
  'okta.apps.read',
  'okta.policies.read',
  'okta.networkZones.read',
  'okta.logs.read',
  'okta.roles.read',
  'okta.authorizationServers.read',
  'okta.devices.read',
  'okta.orgs.read',
  'okta.userTypes.read',
];

/** RFC 6749 §3.3: scope-token. */
const scopeToken = /^[\x21\x23-\x5b\x5d-\x7e]+$/;

export const scopeList = z
  .union([z.string(), z.array(z.string())])
  .transform((given) => [...new Set([given].flat().flatMap((text) => text.split(/[\s,]+/)))].filter(Boolean))
  .refine((scopes) => scopes.length > 0 && scopes.every((scope) => scopeToken.test(scope)), {
    error: 'is no list of scopes such as okta.users.read okta.groups.read',
  });

const privateKey = z.string().superRefine((text, context) => {
  try {
    readPrivateKey(text);
  } catch (error) {
    context.addIssue({ code: 'custom', message: error instanceof Error ? error.message : 'cannot be read' });
  }
});

/** The environment has only words. */
const dpopChoice = z.union([z.boolean(), z.enum(['auto', 'true', 'false'])], {
  error: 'is none of auto, true and false',
});

export const credentialSettings = defineSettings({
  apiToken: {
    schema: z.string().regex(/^[\x21-\x7e]+$/, { error: 'is empty or holds characters that no token has' }),
    description:
      'API token (SSWS) made by an administrator at Security > API > Tokens; it carries that person’s rights.',
    env: ['OKTA_API_TOKEN', 'OKTA_CLIENT_TOKEN'],
    secret: true,
    describes: true,
  },
  clientId: {
    schema: z.string().regex(/^[\x21-\x7e]+$/, { error: 'is empty or holds characters that no client id has' }),
    description:
      'Client id of the application Castellan runs on: with privateKey a service app, alone a native app for `castellan login okta`.',
    env: ['OKTA_CLIENT_ID', 'OKTA_CLIENT_CLIENTID'],
    describes: true,
  },
  privateKey: {
    schema: privateKey,
    description:
      'Private key of the service app, PEM or JSON Web Key; its public half is registered with the app (Public key / Private key).',
    env: ['OKTA_PRIVATE_KEY', 'OKTA_CLIENT_PRIVATEKEY'],
    secret: true,
  },
  keyId: {
    schema: z.string().min(1, { error: 'is empty' }),
    description: 'Key id (kid) under which Okta lists the public key. Default: the kid of a JSON Web Key.',
    env: ['OKTA_KEY_ID', 'OKTA_CLIENT_KEYID'],
  },
  scopes: {
    schema: scopeList,
    description:
      'OAuth scopes to ask for with clientId, separated by spaces or commas; each must be granted at the app’s Okta API Scopes.',
    env: ['OKTA_SCOPES', 'OKTA_CLIENT_SCOPES'],
    default: [...readScopes],
  },
  dpop: {
    schema: dpopChoice,
    description:
      'Bind tokens to a key (DPoP): auto uses it where the app allows it, true insists, false sends ordinary bearer tokens.',
    env: ['OKTA_DPOP'],
    default: 'auto',
  },
});

/** One way to sign in, and all that it needs. */
export const checkCredential: CheckTogether<typeof credentialSettings> = ({ isSet, whereOf }) => {
  const faults: Fault[] = [];
  if (isSet('apiToken') && isSet('privateKey')) {
    faults.push({
      where: whereOf('apiToken'),
      problem: `is set, and so is ${whereOf('privateKey')}: it is not clear which credential counts`,
      todo: 'Unset the API token to run as the service app, or unset the private key.',
    });
  } else if (isSet('apiToken') && isSet('clientId')) {
    faults.push({
      where: whereOf('apiToken'),
      problem: `is set, and so is ${whereOf('clientId')}: it is not clear which credential counts`,
      todo: 'Unset the API token to sign in with OAuth, or unset the client id.',
    });
  }
  if (isSet('privateKey') && !isSet('clientId')) {
    const todo = 'Set the client id of the service app that the private key belongs to.';
    faults.push({ where: whereOf('clientId'), problem: 'is missing', todo });
  }
  if (isSet('keyId') && !isSet('privateKey')) {
    const todo = 'Set the private key as well, or unset the key id.';
    faults.push({ where: whereOf('keyId'), problem: 'goes with a private key, and there is none', todo });
  }
  if (!isSet('apiToken') && !isSet('clientId') && !isSet('privateKey')) {
    faults.push({
      where: whereOf('apiToken'),
      problem: 'is missing',
      todo: [
        'Set an API token (Security > API > Tokens),',
        'or clientId and privateKey of a service app,',
        'or clientId of a native app alone, and run `castellan login okta`.',
      ].join('\n    '),
    });
  }
  return faults;
};
