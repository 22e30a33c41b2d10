// How requests to an Okta organization prove their right: an API token, a service app's tokens or a person's.

import type { Caller } from '../../core/caller.ts';
import { clockFault } from '../../core/clock.ts';
import { CastellanError, type ErrorFacts } from '../../core/errors.ts';
import type { Dialect } from '../../core/exchange.ts';
import { quoted } from '../../core/plain.ts';
import type { Values } from '../../core/settings.ts';
import type { Credential, UpstreamOptions } from '../../core/upstream.ts';
import type { Store } from '../../stores/store.ts';
import type { Vault } from '../../stores/vault.ts';
import type { credentialSettings } from './credential-settings.ts';
import { oktaDialect } from './dialect.ts';
import { type Challenge, challengeOf } from './oauth/challenge.ts';
import { createPersonTokens } from './oauth/person.ts';
import type { Asking } from './oauth/problems.ts';
import { makeProofKey } from './oauth/proof.ts';
import { createServiceTokens } from './oauth/service.ts';
import type { DpopChoice, Token, Tokens } from './oauth/tokens.ts';

export interface OktaCredential {
  readonly kind: 'ssws' | 'service' | 'person' | 'caller';
  readonly prove: Credential;
  /** Scopes that the credential really has, by the token's own word; undefined for SSWS. Fetches a token if need be. */
  readonly scopes: (signal: AbortSignal) => Promise<ReadonlySet<string> | undefined>;
  /** What is known of them now without asking anybody. */
  readonly knownScopes: () => ReadonlySet<string> | undefined;
  /** What is asked for; empty for SSWS. */
  readonly askedScopes: readonly string[];
  /** Whether the present token is bound to a key (DPoP); undefined without a token. */
  readonly bound: () => boolean | undefined;
  /** The application that Castellan itself runs on. */
  readonly clientId: string | undefined;
  /** The same for one call, where each caller has rights of their own. */
  readonly forCaller?: (caller: Caller | undefined) => OktaCredential;
  /** Id of the caller whose rights these are. */
  readonly caller?: string | undefined;
}

export interface CredentialDependencies {
  readonly fetch: UpstreamOptions['fetch'];
  readonly now: () => number;
  readonly userAgent: string;
  /** Where the key of a service app's tokens is kept, sealed, one for all processes. */
  readonly store?: Pick<Store, 'get' | 'add'> | undefined;
  /** Where a person's sign-in is kept. */
  readonly vault?: Vault | undefined;
}

/** Settings that were checked, also together. */
export type CredentialSettings = Values<typeof credentialSettings> & { readonly orgUrl: string | undefined };

export function kindOf(settings: Pick<CredentialSettings, 'apiToken' | 'privateKey'>): OktaCredential['kind'] {
  if (settings.apiToken) return 'ssws';
  return settings.privateKey ? 'service' : 'person';
}

/** The command that signs a person in to this tenant. */
export function loginCommand(tenant: string): string {
  return tenant === 'okta' ? 'castellan login okta' : `castellan login okta --tenant ${tenant}`;
}

export function dpopChoice(setting: CredentialSettings['dpop']): DpopChoice {
  return setting === 'auto' ? setting : setting === true || setting === 'true';
}

/** @throws TypeError when the settings were not checked. */
export function openOktaCredential(
  tenant: string,
  settings: CredentialSettings,
  deps: CredentialDependencies,
): OktaCredential {
  const { orgUrl, apiToken, clientId, privateKey, keyId, scopes } = settings;
  const kind = kindOf(settings);
  if (apiToken) {
    // https://developer.okta.com/docs/reference/core-okta-api/#authentication
    return {
      kind,
      prove: async () => ({ authorization: `SSWS ${apiToken.reveal()}` }),
      scopes: async () => undefined,
      knownScopes: () => undefined,
      askedScopes: [],
      bound: () => undefined,
      clientId: undefined,
    };
  }
  if (orgUrl === undefined || clientId === undefined) throw new TypeError('OAuth needs orgUrl and clientId');
  const origin = new URL(orgUrl);
  const { fetch, now, userAgent, vault } = deps;
  const login = kind === 'person' ? loginCommand(tenant) : undefined;
  const asking: Asking = { clientId, keyId, scopes, login };
  const server = { origin, fetch, now, userAgent, asking, dpop: dpopChoice(settings.dpop) };
  if (privateKey) {
    const proofKey = () => keptProofKey(deps.store, `okta:proof-key:${origin.host}:${clientId}`);
    const tokens = createServiceTokens({ ...server, privateKey: () => privateKey.reveal(), proofKey });
    return oauthCredential(kind, tokens, asking);
  }
  if (!vault || login === undefined) throw new TypeError('a person’s sign-in needs a vault');
  return oauthCredential(kind, createPersonTokens({ ...server, tenant, login, vault }), asking);
}

function oauthCredential(kind: OktaCredential['kind'], tokens: Tokens, asking: Asking): OktaCredential {
  const send: Credential = async ({ method, url, signal }) => {
    return showToken(await tokens.get(signal), method, url);
  };
  const rejected: Credential['rejected'] = (sent, answer) => renewToken(tokens, sent, answer);
  return {
    kind,
    prove: Object.assign(send, { rejected }),
    scopes: async (signal) => (await tokens.get(signal)).scopes,
    knownScopes: () => tokens.current()?.scopes,
    askedScopes: asking.scopes,
    bound: () => isBound(tokens.current()),
    clientId: asking.clientId,
  };
}

function isBound(token: Token | undefined): boolean | undefined {
  return token && token.prover !== undefined;
}

export async function showToken(token: Token, method: string, url: URL): Promise<Record<string, string>> {
  const { accessToken, prover } = token;
  if (!prover) return { authorization: `Bearer ${accessToken}` };
  return { authorization: `DPoP ${accessToken}`, dpop: await prover.prove(method, url, accessToken) };
}

/** What is to be learned from a refusal; true where the request may then be sent once more. */
export function renewToken(
  tokens: Tokens,
  sent: Readonly<Record<string, string>>,
  { status, headers }: Pick<Response, 'status' | 'headers'>,
): boolean {
  const accessToken = sent.authorization?.split(' ')[1] ?? '';
  const nonce = headers.get('dpop-nonce');
  const prover = tokens.current()?.prover;
  const challenge = challengeOf(headers);
  if (status !== 401 && !challenge) return false;
  // RFC 9449 §9: nothing is wrong with the token, the proof only wants a nonce.
  if (prover && nonce !== null && challenge?.error === 'use_dpop_nonce') prover.useNonce(nonce);
  // A proof that came late or twice is made anew; a token of another key is not helped by that.
  else if (challenge?.error !== 'invalid_dpop_proof' || / not bound /.test(challenge.says)) tokens.drop(accessToken);
  return true;
}

/** One key for all processes of a tenant; of several that make one at once, one is kept. */
async function keptProofKey(store: Pick<Store, 'get' | 'add'> | undefined, name: string): Promise<string> {
  const key = await makeProofKey();
  try {
    if (!store || (await store.add(name, key))) return key;
    return (await store.get(name)) ?? key;
  } catch {
    // A key of this process alone serves as well: it is new to Okta with every token anyway.
    return key;
  }
}

/** The vendor's errors, with what its challenge says beyond them and the advice that goes with this credential. */
export function dialectFor(credential: OktaCredential, tenant: string): Dialect {
  if (credential.kind === 'ssws') return oktaDialect;
  return {
    ...oktaDialect,
    toError(answer, now) {
      const error = oktaDialect.toError(answer, now);
      const challenge = challengeOf(answer.headers);
      const refusal = refusalOf(
        error,
        challenge,
        credential,
        tenant,
        clockFault(answer.headers.get('date'), now, 'Okta'),
      );
      if (!refusal) return error;
      const { retry, requestId, detail } = error;
      return new CastellanError({ retry, requestId, detail, ...refusal });
    },
  };
}

function refusalOf(
  error: CastellanError,
  challenge: Challenge | undefined,
  credential: OktaCredential,
  tenant: string,
  clock: string | undefined,
): Pick<ErrorFacts, 'code' | 'message' | 'hint'> | undefined {
  const { kind, clientId } = credential;
  const app = `the application ${clientId}`;
  const said = challenge?.says ? ` (${quoted(challenge.says)})` : '';
  if (challenge?.error === 'insufficient_scope') return scopeRefusal(challenge.scopes, credential, tenant);
  if (error.code === 'missing_scope') {
    const whom =
      kind === 'person' || kind === 'caller'
        ? `The person who ${kind === 'caller' ? 'calls' : 'signed in'} needs an admin role that covers it`
        : `Assign ${app} an admin role that covers it (Applications > the app > Admin roles)`;
    return { code: error.code, message: error.message, hint: `${whom}; the scopes of the token suffice.` };
  }
  if (challenge && /^(?:invalid_dpop_proof|use_dpop_nonce)$/.test(challenge.error)) {
    return {
      code: 'unauthorized',
      message: `Okta does not accept the proof that binds the token to its key${said}.`,
      hint: clock ?? 'Try again; if it stays so, check that no proxy changes the address or the headers of requests.',
    };
  }
  if (error.code !== 'unauthorized' && !(challenge && error.code === 'refused_by_platform')) return undefined;
  const todo =
    kind === 'caller'
      ? 'Sign in again; if it stays so, the operator must check that this organization takes the tokens that callers bring or get.'
      : kind === 'person'
        ? `Run \`${loginCommand(tenant)}\` in a terminal; if it stays so, check that ${app} is active.`
        : `A new token was refused as well: check that ${app} is active, and this machine’s clock.`;
  const message = error.code === 'unauthorized' ? error.message : `Okta does not accept the access token${said}.`;
  return { code: 'unauthorized', message, hint: clock ?? todo };
}

/** The token has no scope for it: which. */
function scopeRefusal(
  needed: readonly string[],
  credential: OktaCredential,
  tenant: string,
): Pick<ErrorFacts, 'code' | 'message' | 'hint'> {
  const absent = needed.filter((scope) => !credential.knownScopes()?.has(scope));
  const names = absent.length > 0 ? absent : needed;
  const what = names.length === 0 ? 'a scope that Okta does not name' : names.join(', ');
  const hint = scopeAdvice(names, credential, tenant);
  return { code: 'missing_scope', message: `The access token lacks ${what}.`, hint };
}

/** What is to be done to have these scopes, and where. */
export function scopeAdvice(
  names: readonly string[],
  { kind, clientId, askedScopes }: OktaCredential,
  tenant: string,
): string {
  if (kind === 'caller') {
    const where = clientId === undefined ? 'the scopes setting of signIn' : 'exchangeScopes (OKTA_EXCHANGE_SCOPES)';
    return `The operator must add ${names.join(', ')} to ${where} and grant it there; then sign in again.`;
  }
  const them = names.length > 1 ? 'them' : 'it';
  const asked = names.every((name) => askedScopes.includes(name));
  const steps = [
    `grant ${them} to the application ${clientId} (Applications > the app > Okta API Scopes)`,
    ...(asked ? [] : [`add ${them} to the scopes setting (OKTA_SCOPES)`]),
    kind === 'person' ? `sign in again with \`${loginCommand(tenant)}\`` : 'start Castellan again',
  ];
  return `The operator must ${steps.slice(0, -1).join(', ')} and ${steps.at(-1)}.`;
}
