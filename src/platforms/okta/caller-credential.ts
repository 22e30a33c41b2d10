// The credential of callers who act with their own rights: their token exchanged for one of the API, or their own token of
// this very organization, where they signed in to Castellan there. Never the token that came with a request.

import type { Caller } from '../../core/caller.ts';
import { loadSubject } from '../../core/caller-tokens.ts';
import { CastellanError } from '../../core/errors.ts';
import type { Values } from '../../core/settings.ts';
import type { Credential } from '../../core/upstream.ts';
import type { callerSettings } from './caller-settings.ts';
import {
  type CredentialDependencies,
  type CredentialSettings,
  dpopChoice,
  type OktaCredential,
  renewToken,
  showToken,
} from './credential.ts';
import { createCallerTokens, howToSet } from './oauth/caller.ts';
import type { Token } from './oauth/tokens.ts';

type Settings = CredentialSettings & Values<typeof callerSettings>;

interface Source {
  readonly get: (caller: Caller | undefined, signal: AbortSignal) => Promise<Token>;
  readonly rejected?: Credential['rejected'];
  readonly clientId: string | undefined;
}

export function openCallerCredential(settings: Settings, deps: CredentialDependencies): OktaCredential {
  const { orgUrl, exchangeUrl } = settings;
  if (orgUrl === undefined) throw new TypeError('acting as the caller needs orgUrl');
  const source =
    exchangeUrl === undefined ? ownTokens(new URL(orgUrl), deps.now) : exchanged(settings, exchangeUrl, deps);
  const { get, rejected, clientId } = source;
  const send: Credential = async ({ method, url, signal, caller }) => showToken(await get(caller, signal), method, url);
  const base = {
    kind: 'caller',
    prove: Object.assign(send, rejected && { rejected }),
    scopes: async () => undefined,
    knownScopes: () => undefined,
    askedScopes: settings.exchangeScopes ?? [],
    bound: () => undefined,
    clientId,
  } as const satisfies OktaCredential;
  return {
    ...base,
    forCaller(caller) {
      let token: Token | undefined;
      return {
        ...base,
        caller: caller?.id,
        async scopes(signal) {
          token = await get(caller, signal);
          // A person's own token does not say what it allows.
          return token.scopes.size > 0 ? token.scopes : undefined;
        },
        bound: () => token && token.prover !== undefined,
      };
    },
  };
}

function exchanged(settings: Settings, tokenEndpoint: string, deps: CredentialDependencies): Source {
  const { clientId, keyId, exchangeScopes, privateKey, clientSecret } = settings;
  if (clientId === undefined) throw new TypeError('an exchange needs clientId');
  const { fetch, now, userAgent } = deps;
  const tokens = createCallerTokens({
    origin: new URL(new URL(tokenEndpoint).origin),
    fetch,
    now,
    userAgent,
    asking: { clientId, keyId, scopes: exchangeScopes ?? [], login: undefined },
    tokenEndpoint,
    audience: settings.exchangeAudience,
    resource: settings.exchangeResource,
    privateKey,
    clientSecret,
    dpop: dpopChoice(settings.dpop),
  });
  return {
    get: tokens.get,
    clientId,
    rejected(sent, answer) {
      const holder = tokens.holderOf(sent.authorization?.split(' ')[1] ?? '');
      // Without one it was dropped by another request of the same caller, and the next look gets a new one.
      return holder ? renewToken(holder, sent, answer) : answer.status === 401;
    },
  };
}

/**
 * Okta's own API takes tokens of the organization's own authorization server alone, and no exchange gives those. What does
 * is that people sign in there with okta.* scopes; their token was then issued to Castellan, for this API.
 */
function ownTokens(org: URL, now: () => number): Source {
  return {
    clientId: undefined,
    async get(caller, signal) {
      const { token: subject, caller: who } = await loadSubject(caller, signal, howToSet);
      const issuer = who.subject?.issuer;
      const isOurs = issuer !== undefined && URL.canParse(issuer) && new URL(issuer).href === org.href;
      if (!isOurs || !subject.type.endsWith(':access_token')) {
        throw new CastellanError({
          code: 'bad_configuration',
          message: 'The caller’s own token is not one of this organization, so it is not sent there.',
          hint: 'The operator must either set exchangeUrl (OKTA_EXCHANGE_URL), or let people sign in at this organization itself (signIn.issuer is its address, signIn.scopes hold okta.* scopes).',
        });
      }
      const accessToken = subject.token.reveal();
      return { accessToken, prover: undefined, issuedAt: now(), expiresAt: subject.expires, scopes: new Set() };
    },
  };
}
