// Clients whose id is the address of a document about them (draft-ietf-oauth-client-id-metadata-document): the document is
// read safely, kept for a while, and only what is heeded of it goes on.

import { errors } from 'oidc-provider';
import { CastellanError } from '../../core/errors.ts';
import { findAddressProblem } from '../public-address.ts';
import { type Fetched, NotFetched, type SafeFetch } from '../safe-fetch.ts';
import { checkName, checkRedirects, grantsOf, keepHeeded } from './clients.ts';
import { createFetchBudget } from './fetch-budget.ts';

export interface ClientDocumentOptions {
  readonly safeFetch: SafeFetch;
  /** Addresses of this machine that may be named, where everything is simulated. */
  readonly allowFor?: ((url: URL) => boolean) | undefined;
  /** Grants beside those of people in a browser that a document may ask for. */
  readonly moreGrants: readonly string[];
  /** Ours: no client returns there. */
  readonly origin: string;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

export interface ClientDocuments {
  /**
   * Reads the document of a client, unless it is at hand.
   * @throws what the client is answered with
   */
  readonly prepare: (id: string) => Promise<void>;
  /** What the authorization server fetches with: documents that were prepared, and keys that one of them names. */
  readonly fetch: typeof fetch;
}

interface Held {
  readonly document: Readonly<Record<string, unknown>>;
  /** When it was read and until when it is good, epoch milliseconds. */
  readonly at: number;
  readonly until: number;
}

/** Draft §6.6 recommends 5 kilobytes. */
const maxDocumentBytes = 5 * 1024;
const maxKeysBytes = 64 * 1024;
const minFreshMs = 60_000;
const maxFreshMs = 24 * 3_600_000;
/** While a client's server is away, what it said last counts for so long. */
const staleMs = 24 * 3_600_000;
const failureMs = 30_000;
const keysMs = 60_000;
const maxHeld = 500;
const maxKeySets = 50;

export function createClientDocuments(options: ClientDocumentOptions): ClientDocuments {
  const { safeFetch, allowFor, moreGrants, origin, now } = options;
  const documents = new Map<string, Held>();
  const keySets = new Map<string, { readonly text: string; readonly until: number }>();
  const failures = new Map<string, { readonly error: unknown; readonly until: number }>();
  const underWay = new Map<string, Promise<void>>();
  const budget = createFetchBudget(now);

  function ask(address: string, maxBytes: number, known: boolean): Promise<Fetched> {
    if (!budget.take(new URL(address).host, known))
      return Promise.reject(new NotFetched('away', 'it was asked for too often'));
    return safeFetch(address, maxBytes);
  }

  async function load(id: string): Promise<void> {
    const before = documents.get(id);
    try {
      const { value, freshSeconds = 0 } = await ask(id, maxDocumentBytes, before !== undefined);
      const document = readDocument(id, value, moreGrants, origin);
      const fresh = Math.min(maxFreshMs, Math.max(minFreshMs, freshSeconds * 1000));
      keep(documents, id, { document, at: now(), until: now() + fresh });
    } catch (error) {
      const away = error instanceof NotFetched && error.kind === 'away';
      if (away && before && now() - before.at < staleMs)
        return keep(documents, id, { ...before, until: now() + minFreshMs });
      // What was withdrawn, or says something else now, does not count any more.
      documents.delete(id);
      const told = away ? sayAway(error) : error instanceof NotFetched ? refusalOf(error.message) : error;
      keep(failures, id, { error: told, until: now() + failureMs });
      throw told;
    }
  }

  /** Nobody else's address is one of keys: operators write keys down, and who registers is not heeded. */
  function isNamed(address: string): boolean {
    return [...documents.values()].some(({ document }) => document.jwks_uri === address);
  }

  async function readKeys(address: string): Promise<string> {
    if (!isNamed(address)) throw new NotFetched('refused', 'no document at hand names the address');
    const held = keySets.get(address);
    if (held && now() < held.until) return held.text;
    const problem = findAddressProblem(address, isHere(address));
    if (problem !== undefined) throw new NotFetched('refused', `the address ${problem}`);
    const text = JSON.stringify((await ask(address, maxKeysBytes, held !== undefined)).value);
    keep(keySets, address, { text, until: now() + keysMs }, maxKeySets);
    return text;
  }

  const isHere = (address: string) => URL.canParse(address) && allowFor?.(new URL(address)) === true;

  return {
    async prepare(id) {
      const problem = findAddressProblem(id, isHere(id)) ?? findIdProblem(id);
      if (problem !== undefined) throw refusalOf(`the client id ${problem}`);
      const held = documents.get(id);
      if (held && now() < held.until) return keep(documents, id, held);
      const failure = failures.get(id);
      if (failure && now() < failure.until) throw failure.error;
      let loading = underWay.get(id);
      if (!loading) {
        loading = load(id).finally(() => underWay.delete(id));
        underWay.set(id, loading);
      }
      return loading;
    },

    async fetch(input) {
      const address = String(input);
      const held = documents.get(address);
      if (!held) return new Response(await readKeys(address), { headers: { 'content-type': 'application/json' } });
      const seconds = Math.max(1, Math.floor((held.until - now()) / 1000));
      const headers = { 'content-type': 'application/json', 'cache-control': `max-age=${seconds}` };
      return new Response(JSON.stringify(held.document), { headers });
    },
  };
}

/** Draft §3: beside being an address that may be asked, it has a path. */
function findIdProblem(id: string): string | undefined {
  return new URL(id).pathname === '/' ? 'has no path' : undefined;
}

/** Draft §4.1: what a document must say, and must not. What is not heeded goes no further: nothing in it is ever fetched. */
function readDocument(
  id: string,
  value: Readonly<Record<string, unknown>>,
  moreGrants: readonly string[],
  origin: string,
): Readonly<Record<string, unknown>> {
  const said: Record<string, unknown> = { ...value };
  if (said.client_id !== id) throw refusalOf('the document is about another client');
  if ('client_secret' in said || 'client_secret_expires_at' in said)
    throw refusalOf('the document holds a secret that everybody can read');
  said.token_endpoint_auth_method ??= 'none';
  const method = said.token_endpoint_auth_method;
  if (method !== 'none' && method !== 'private_key_jwt')
    throw refusalOf('token_endpoint_auth_method in the document must be none or private_key_jwt');
  checkRedirects(said.redirect_uris, origin);
  checkName(said.client_name);
  const ofKeys = method === 'private_key_jwt' ? ['jwks', 'jwks_uri', 'token_endpoint_auth_signing_alg'] : [];
  keepHeeded(said, ofKeys);
  delete said.client_id_issued_at;
  said.grant_types = grantsOf(said.grant_types, moreGrants);
  said.response_types = ['code'];
  return said;
}

function refusalOf(why: string): errors.InvalidClient {
  return new errors.InvalidClient(`the client’s metadata document cannot be used: ${why}`);
}

function sayAway(error: NotFetched): CastellanError {
  return new CastellanError({
    code: 'platform_unavailable',
    message: 'The metadata document of the client cannot be read at the moment.',
    retry: { again: true, afterMs: failureMs },
    detail: error.message,
  });
}

/** The one that was kept or used longest ago makes room. */
function keep<T>(among: Map<string, T>, key: string, value: T, max = maxHeld): void {
  among.delete(key);
  const [oldest] = among.keys();
  if (among.size >= max && oldest !== undefined) among.delete(oldest);
  among.set(key, value);
}
