// How requests to Scalekit prove their right: tokens for an environment's client credentials (RFC 6749 §4.4), or a person's
// own for the central API, by their sign-in here (castellan login) or one that was exchanged for it (RFC 8693). Never the
// token that came with a call.

import { createCallerTokens } from '../../core/caller-tokens.ts';
import type { Secret } from '../../core/secret.ts';
import { createTokens, type Tokens } from '../../core/tokens.ts';
import type { Credential } from '../../core/upstream.ts';
import type { PersonOptions } from './oauth/person.ts';
import { askToken, type TokenRequestOptions } from './token-request.ts';

/** What a tenant reaches, and in whose name. */
export type CredentialKind = 'environment' | 'caller' | 'token' | 'person';

const accessTokenType = 'urn:ietf:params:oauth:token-type:access_token';

export function createClientCredential(origin: URL, options: TokenRequestOptions): Credential {
  const settings = 'SCALEKIT_ENVIRONMENT_URL, SCALEKIT_CLIENT_ID and SCALEKIT_CLIENT_SECRET';
  const endpoint = new URL('/oauth/token', origin).href;
  const tokens = createTokens(
    () => askToken(options, endpoint, { grant_type: 'client_credentials' }, settings),
    options.now,
  );
  const send: Credential = async ({ signal }) => bearer((await tokens.get(signal)).accessToken);
  return Object.assign(send, { rejected: renewing(() => tokens) });
}

export function createCallerCredential(
  endpoint: string,
  audience: string | undefined,
  options: TokenRequestOptions,
): Credential {
  const settings = 'SCALEKIT_EXCHANGE_URL, SCALEKIT_EXCHANGE_AUDIENCE, SCALEKIT_CLIENT_ID and SCALEKIT_CLIENT_SECRET';
  const tokens = createCallerTokens(
    (subject) => {
      const grant = {
        grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
        subject_token: subject.token.reveal(),
        subject_token_type: subject.type,
        requested_token_type: accessTokenType,
        ...(audience !== undefined && { audience }),
      };
      return askToken(options, endpoint, grant, settings);
    },
    options.now,
    'workspaceUrl (SCALEKIT_WORKSPACE_URL)',
  );
  const send: Credential = async ({ signal, caller }) => bearer((await tokens.get(caller, signal)).accessToken);
  return Object.assign(send, { rejected: renewing(tokens.holderOf) });
}

/** One person's sign-in on this machine; loaded when it is used. */
export function createPersonCredential(options: PersonOptions): Credential {
  let opened: Promise<Tokens> | undefined;
  let tokens: Tokens | undefined;
  const send: Credential = async ({ signal }) => {
    opened ??= import('./oauth/person.ts').then(({ createPersonTokens }) => createPersonTokens(options));
    tokens = await opened;
    return bearer((await tokens.get(signal)).accessToken);
  };
  return Object.assign(send, { rejected: renewing(() => tokens) });
}

/** A token that somebody got elsewhere: nothing renews it. */
export function createTokenCredential(token: Secret): Credential {
  return async () => bearer(token.reveal());
}

function bearer(accessToken: string): Record<string, string> {
  return { authorization: `Bearer ${accessToken}` };
}

function renewing(holderOf: (accessToken: string) => Tokens | undefined): NonNullable<Credential['rejected']> {
  return (sent, { status }) => {
    if (status !== 401) return false;
    const accessToken = sent.authorization?.split(' ')[1] ?? '';
    holderOf(accessToken)?.drop(accessToken);
    return true;
  };
}
