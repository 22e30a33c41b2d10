// Settings of acting as the caller: whose rights requests to an organization carry, and how a caller's token becomes one for it.

import { z } from 'zod';
import { isSafeAddress } from '../../core/address.ts';
import { type CheckTogether, defineSettings, type Fault } from '../../core/settings.ts';
import { type credentialSettings, scopeList } from './credential-settings.ts';

export const callerSettings = defineSettings({
  actAs: {
    schema: z.enum(['service', 'caller'], { error: 'is neither service nor caller' }),
    description:
      'Whose rights requests carry: service, those of the configured credential; caller, those of whoever calls, by their own token (HTTP with sign-in only).',
    env: ['OKTA_ACT_AS'],
    default: 'service',
    describes: true,
  },
  exchangeUrl: {
    schema: z.url({ protocol: /^https?$/, error: 'is not an address' }).refine(isSafeAddress, {
      error: 'must be https, without user or password; http is for this machine only',
    }),
    description:
      'With actAs caller: token endpoint at which callers’ tokens are exchanged (RFC 8693), such as https://acme.okta.com/oauth2/ID/v1/token. Without it, the person’s own token from signing in at this very organization is used.',
    env: ['OKTA_EXCHANGE_URL'],
    borrows: true,
  },
  exchangeAudience: {
    schema: z.string().min(1, { error: 'is empty' }),
    description: 'Audience that the exchanged token is to be for, as the authorization server calls it.',
    env: ['OKTA_EXCHANGE_AUDIENCE'],
  },
  exchangeResource: {
    schema: z.url({ error: 'is not an address' }),
    description: 'Resource that the exchanged token is to be for (RFC 8707), where the server wants that.',
    env: ['OKTA_EXCHANGE_RESOURCE'],
  },
  exchangeScopes: {
    schema: scopeList,
    description: 'Scopes to ask for in the exchange, separated by spaces or commas. Default: what the server gives.',
    env: ['OKTA_EXCHANGE_SCOPES'],
  },
  clientSecret: {
    schema: z.string().regex(/^[\x21-\x7e]+$/, { error: 'is empty or holds characters that no client secret has' }),
    description: 'Client secret of the application that exchanges, where it has no private key.',
    env: ['OKTA_CLIENT_SECRET'],
    secret: true,
  },
});

const exchangeNames = ['exchangeAudience', 'exchangeResource', 'exchangeScopes', 'clientSecret'] as const;

/** What goes with acting as the caller, and what it needs. */
export const checkActing: CheckTogether<typeof callerSettings & typeof credentialSettings> = ({
  values,
  isSet,
  whereOf,
}) => {
  const faults: Fault[] = [];
  const fault = (where: string, problem: string, todo: string) => void faults.push({ where, problem, todo });
  if (values.actAs !== 'caller') {
    for (const name of ['exchangeUrl', ...exchangeNames] as const)
      if (isSet(name))
        fault(whereOf(name), 'goes with actAs caller', 'Set actAs (OKTA_ACT_AS) to caller, or unset it.');
    return faults;
  }
  if (isSet('apiToken'))
    fault(
      whereOf('apiToken'),
      'is set, and callers are to act with their own rights',
      'Unset the API token, or set actAs to service.',
    );
  if (!isSet('exchangeUrl')) {
    for (const name of exchangeNames)
      if (isSet(name)) fault(whereOf(name), 'goes with an exchange', 'Set exchangeUrl as well, or unset it.');
    return faults;
  }
  if (!isSet('clientId'))
    fault(whereOf('clientId'), 'is missing', 'Set the client id of the application that exchanges tokens.');
  if (isSet('privateKey') === isSet('clientSecret'))
    fault(
      whereOf('clientSecret'),
      isSet('privateKey') ? 'is set beside a private key' : 'is missing, and there is no private key either',
      'Set one of clientSecret and privateKey.',
    );
  return faults;
};
