// Settings of one Scalekit tenant: an environment with its client credentials, or the whole workspace in a person's name.

import { z } from 'zod';
import { isSafeAddress, isSafeOrigin } from '../../core/address.ts';
import { findMissing } from '../../core/missing-settings.ts';
import { defineSafety } from '../../core/safety.ts';
import { type CheckTogether, defineSettings, type Fault } from '../../core/settings.ts';

const address = z.url({ error: 'is not an address' }).refine(isSafeAddress, {
  error: 'must be https, without user or password; http is for this machine only',
});
const origin = z.url({ error: 'is not an address such as https://acme.scalekit.com' }).refine(isSafeOrigin, {
  error: 'must be https, without path, user or password; http is for this machine only',
});
const word = z.string().regex(/^[\x21-\x7e]+$/, { error: 'is empty or holds blanks or characters beyond ASCII' });

const { readOnly, production, maskFields, dropFields } = defineSafety('SCALEKIT', 'environment', [
  'phone_number',
  'gender',
]);

export const scalekitSettings = defineSettings({
  environmentUrl: {
    schema: origin,
    description: 'Address of one Scalekit environment, such as https://acme.scalekit.com.',
    env: ['SCALEKIT_ENVIRONMENT_URL', 'SCALEKIT_ENV_URL'],
    describes: true,
  },
  workspaceUrl: {
    schema: origin,
    description:
      'In the place of environmentUrl: address of Scalekit’s central API, for all environments and the members of a workspace, with the rights of whoever calls.',
    env: ['SCALEKIT_WORKSPACE_URL', 'SK_API_BASE_URL'],
    describes: true,
  },
  clientId: {
    schema: word,
    description:
      'Client id of the environment (API credentials); with exchangeUrl, of the application that exchanges tokens; with authorizationServer, of the public client with which a person signs in.',
    env: ['SCALEKIT_CLIENT_ID'],
  },
  clientSecret: {
    schema: word,
    description: 'The secret of that client.',
    env: ['SCALEKIT_CLIENT_SECRET'],
    secret: true,
  },
  exchangeUrl: {
    schema: address,
    description:
      'With workspaceUrl: token endpoint at which the token of whoever calls is exchanged for one of the central API (RFC 8693). HTTP with sign-in only.',
    env: ['SCALEKIT_EXCHANGE_URL'],
    borrows: true,
  },
  authorizationServer: {
    schema: address,
    description:
      'With workspaceUrl, in the place of an exchange: the authorization server at which you sign in yourself (castellan login scalekit), such as https://acme.scalekit.com/resources/res_123.',
    env: ['SCALEKIT_AUTHORIZATION_SERVER'],
    borrows: true,
  },
  exchangeAudience: {
    schema: word,
    description:
      'Audience of the central API, as the server at exchangeUrl or the authorizationServer calls it; there by default the workspaceUrl.',
    env: ['SCALEKIT_EXCHANGE_AUDIENCE'],
  },
  accessToken: {
    schema: word,
    description:
      'With workspaceUrl, in the place of an exchange: one person’s own token for the central API. It ends soon.',
    env: ['SCALEKIT_ACCESS_TOKEN'],
    secret: true,
  },
  environmentId: {
    schema: z.string().regex(/^env_\w+$/, { error: 'is no id such as env_123' }),
    description: 'The environment’s own id (env_…), for assistants that name it; not needed otherwise.',
    env: ['SCALEKIT_ENVIRONMENT_ID'],
  },
  docsUrl: {
    schema: address,
    description:
      'Index of documentation (llms.txt) that search_docs reads, such as https://docs.scalekit.com/llms.txt. Without it nothing is read.',
    env: ['SCALEKIT_DOCS_URL'],
  },
  readOnly,
  production,
  maskFields,
  dropFields,
  concurrency: {
    schema: z.number().int().min(1).max(50),
    description: 'Requests to Scalekit that may be under way at once, 1 to 50.',
    env: ['SCALEKIT_CONCURRENT_LIMIT'],
    default: 10,
  },
});

type Checked = Parameters<CheckTogether<typeof scalekitSettings>>[0];
type Name = keyof typeof scalekitSettings;

const missing = (given: Checked, names: readonly Name[]) => findMissing(scalekitSettings, given, names);

function needless({ isSet, whereOf }: Checked, names: readonly Name[], beside: string): Fault[] {
  return names
    .filter(isSet)
    .map((name) => ({ where: whereOf(name), problem: `does not go with ${beside}`, todo: `Unset it, or ${beside}.` }));
}

/** One way in, and all that it needs. */
const check: CheckTogether<typeof scalekitSettings> = (given) => {
  const { isSet } = given;
  if (!isSet('workspaceUrl'))
    return [
      ...missing(given, ['environmentUrl', 'clientId', 'clientSecret']),
      ...needless(given, ['exchangeUrl', 'exchangeAudience', 'authorizationServer', 'accessToken'], 'environmentUrl'),
    ];
  const faults = needless(given, ['environmentUrl', 'environmentId'], 'workspaceUrl');
  if (isSet('accessToken'))
    return [
      ...faults,
      ...needless(
        given,
        ['exchangeUrl', 'exchangeAudience', 'authorizationServer', 'clientId', 'clientSecret'],
        'accessToken',
      ),
    ];
  // A public client has no secret; one that has one may sign people in as well.
  if (isSet('authorizationServer'))
    return [...faults, ...missing(given, ['clientId']), ...needless(given, ['exchangeUrl'], 'authorizationServer')];
  return [...faults, ...missing(given, ['exchangeUrl', 'clientId', 'clientSecret'])];
};

/** What `config.ts` needs to know of a tenant of this platform. */
export const scalekitTenant = { settings: scalekitSettings, check } as const;
