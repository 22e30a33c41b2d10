// What `doctor` asks about the front door: whether those who vouch for callers and people answer as they must, and whether
// clients can find the way here. Nothing is changed anywhere, and nobody is signed in.

import { isSafeAddress } from '../core/address.ts';
import { clockFault } from '../core/clock.ts';
import type { Secret } from '../core/secret.ts';
import type { Check, CheckResult } from '../core/tool.ts';
import { fetchJson, IssuerUnavailable, type Json } from './addresses.ts';
import { textsOf } from './claims.ts';
import { loadMetadata } from './discovery.ts';
import { basic } from './introspection.ts';
import { fetchKeySet } from './key-set.ts';
import { providers } from './provider.ts';
import type { AuthSettings } from './settings.ts';
import type { SignInSettings } from './sign-in-settings.ts';

export interface CheckDependencies {
  readonly fetch: typeof fetch;
  readonly now: () => number;
  /** Rejects for a name that nobody knows. */
  readonly resolve: (hostname: string) => Promise<unknown>;
}

/** The issuer whose tokens are taken; none where Castellan issues them itself. */
export function issuerChecks(settings: AuthSettings, deps: CheckDependencies): readonly Check[] {
  const { issuer } = settings;
  if (issuer === undefined) return [];
  const provider = providers[settings.provider];
  const metadata = metadataOf(issuer, settings.provider, deps);
  const answering: Check =
    settings.verify === 'introspection'
      ? check('issuer introspection', 'auth.clientId, auth.clientSecret and auth.introspectionEndpoint', async () => {
          const { clientId, clientSecret } = settings;
          const known = settings.introspectionEndpoint ?? provider.introspectionEndpoint?.(issuer);
          const url = known ?? addressIn(await metadata.load(), ['introspection_endpoint', 'introspect_endpoint']);
          const claims = await fetchJson(deps.fetch, url, formOf({ token: 'none' }, clientId, clientSecret));
          return claims.active === false
            ? good(`${url} answers, and takes the client`)
            : bad(`${url} says of an invented token that it is valid`, 'Check auth.introspectionEndpoint.');
        })
      : check('issuer keys', 'auth.jwksUri', async () => {
          const url = settings.jwksUri ?? provider.jwksUri?.(issuer) ?? addressIn(await metadata.load(), ['jwks_uri']);
          const { clientId, clientSecret } = settings;
          const set = await fetchKeySet({ provider, issuer, clientId, clientSecret, fetch: deps.fetch }, url);
          const keys = Array.isArray(set.keys) ? (set.keys as readonly Json[]) : [];
          const fit = keys.filter((key) => fits(key, settings.algorithms));
          return fit.length > 0
            ? good(`${fit.length} of ${keys.length} keys fit the algorithms that are taken`)
            : bad(
                `none of the ${keys.length} keys at ${url} fits ${settings.algorithms.join(', ')}`,
                'Set auth.algorithms (CASTELLAN_AUTH_ALGORITHMS) to what the issuer signs with.',
              );
        });
  return [metadata.check('issuer', 'auth.issuer (CASTELLAN_AUTH_ISSUER)'), answering, metadata.clock('issuer clock')];
}

/** The provider at which people sign in with a browser. */
export function signInChecks(settings: SignInSettings, publicUrl: string, deps: CheckDependencies): readonly Check[] {
  const { issuer, clientId, clientSecret } = settings;
  if (issuer === undefined) return [];
  const metadata = metadataOf(issuer, settings.provider, deps);
  const redirectUri = `${new URL(publicUrl).origin}/oauth/callback`;
  return [
    metadata.check('sign-in', 'signIn.issuer (CASTELLAN_SIGN_IN_ISSUER)'),
    check('sign-in PKCE', 'signIn.issuer', async () => {
      const methods = textsOf((await metadata.load()).code_challenge_methods_supported ?? []);
      if (methods.includes('S256')) return good('the provider knows PKCE (S256)');
      return methods.length > 0
        ? bad('the provider does not know PKCE with S256', 'Use a provider, or an application there, that does.')
        : good('the provider does not say whether it knows PKCE; it is sent all the same');
    }),
    check('sign-in client', 'signIn.clientId and signIn.clientSecret', async () => {
      const described = await metadata.load();
      const url = addressIn(described, ['token_endpoint']);
      const methods = textsOf(described.token_endpoint_auth_methods_supported ?? 'client_secret_basic');
      // A code that nobody issued: the client is looked at first, and nothing comes of it (RFC 6749 §5.2).
      const form = { grant_type: 'authorization_code', code: 'castellan-doctor', redirect_uri: redirectUri };
      const verifier = { code_verifier: 'castellan-doctor-asks-whether-the-client-is-known' };
      const init = formOf({ ...form, ...verifier }, clientId, clientSecret, methods.includes('client_secret_basic'));
      const answer = await deps.fetch(url, { ...init, redirect: 'manual', signal: AbortSignal.timeout(timeoutMs) });
      const body = (await answer.json().catch(() => undefined)) as { readonly error?: unknown } | undefined;
      if (body?.error === 'invalid_grant') return good(`the provider takes the client ${clientId}`);
      if (body?.error === 'invalid_client' || body?.error === 'unauthorized_client' || answer.status === 401)
        return bad(
          `the provider does not take the client ${clientId}`,
          `Set signIn.clientId and signIn.clientSecret to those of a confidential web application with the grant types Authorization Code and Refresh Token, and the redirect URI ${redirectUri}.`,
        );
      return good(`the provider does not tell whether it takes the client ${clientId}`);
    }),
    check('sign-in redirect', 'signIn.issuer', async (signal) => {
      const url = new URL(addressIn(await metadata.load(), ['authorization_endpoint']));
      return checkRedirect(
        await deps.fetch(askQuietly(url, clientId, redirectUri), { redirect: 'manual', signal }),
        redirectUri,
      );
    }),
    metadata.clock('sign-in clock'),
  ];
}

/** Asks for a sign-in without a person: nobody is signed in here, so all that can come is an error (OpenID Connect Core §3.1.2.1). */
function askQuietly(url: URL, clientId: string | undefined, redirectUri: string): URL {
  const question = {
    response_type: 'code',
    client_id: clientId ?? '',
    redirect_uri: redirectUri,
    scope: 'openid',
    prompt: 'none',
    state: 'castellan-doctor',
    nonce: 'castellan-doctor',
    code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
    code_challenge_method: 'S256',
  };
  for (const [name, value] of Object.entries(question)) url.searchParams.set(name, value);
  return url;
}

/** An error comes back to an address that is registered, and to no other (RFC 6749 §4.1.2.1). */
function checkRedirect(answer: Response, redirectUri: string): CheckResult {
  const must = `the application at the provider must have exactly this redirect URI: ${redirectUri}`;
  const location = answer.headers.get('location');
  const back = location !== null && URL.canParse(location, answer.url) ? new URL(location, answer.url) : undefined;
  if (back && `${back.origin}${back.pathname}` === redirectUri)
    return good(`the provider returns people to ${redirectUri}`);
  if (answer.status >= 400 && answer.status < 500)
    return bad(`the provider returns nobody to ${redirectUri}`, `Look there: ${must}`);
  return { ...good(`look yourself: ${must}`), unchecked: true };
}

/** The address that clients use. */
export function publicAddressChecks(publicUrl: string, { resolve }: CheckDependencies): readonly Check[] {
  const { hostname, protocol } = new URL(publicUrl);
  return [
    {
      name: 'public address',
      async run() {
        const where = 'auth.publicUrl (CASTELLAN_PUBLIC_URL)';
        if (!isSafeAddress(publicUrl))
          return bad(
            `${publicUrl} is not https`,
            `Put a proxy with TLS before Castellan and set ${where} to its address.`,
          );
        try {
          await resolve(hostname.replace(/^\[|\]$/g, ''));
        } catch {
          return bad(`nobody knows the name ${hostname}`, `Make a DNS record for it, or correct ${where}.`);
        }
        return good(protocol === 'https:' ? `${publicUrl} can be found` : `${publicUrl} is for this machine only`);
      },
    },
  ];
}

const timeoutMs = 5_000;

function metadataOf(issuer: string, kind: AuthSettings['provider'], { fetch, now }: CheckDependencies) {
  let date: string | null = null;
  const watched: typeof fetch = async (input, init) => {
    const answer = await fetch(input, init);
    date = answer.headers.get('date') ?? date;
    return answer;
  };
  let loaded: Promise<Json> | undefined;
  const load = () => {
    loaded ??= loadMetadata(issuer, watched, providers[kind].metadataIssuer?.(issuer) ?? issuer);
    return loaded;
  };
  return {
    load,
    check: (name: string, setting: string) =>
      check(name, setting, async () => {
        await load();
        return good(`${issuer} describes itself (RFC 8414)`);
      }),
    clock: (name: string): Check => ({
      name,
      async run() {
        await load().catch(() => undefined);
        const fault = clockFault(date, now(), 'the issuer');
        if (fault !== undefined)
          return bad(fault, 'Tokens of the wrong time are refused: synchronise both clocks (NTP).');
        return good(date === null ? 'not compared: the issuer did not tell its time' : 'both clocks agree');
      },
    }),
  };
}

function check(name: string, settings: string, run: (signal: AbortSignal) => Promise<CheckResult>): Check {
  return {
    name,
    async run(signal) {
      try {
        return await run(signal);
      } catch (error) {
        if (error instanceof IssuerUnavailable)
          return bad(error.message, `Check ${settings}, the network, and that the server is up.`);
        return bad('does not answer', `Check ${settings}, the network, and that the server is up.`);
      }
    },
  };
}

function addressIn(metadata: Json, names: readonly string[]): string {
  const address = names.map((name) => metadata[name]).find((value) => value !== undefined);
  if (typeof address === 'string' && isSafeAddress(address)) return address;
  throw new IssuerUnavailable(`the metadata has no usable ${names[0]}`);
}

function formOf(
  form: Readonly<Record<string, string>>,
  clientId: string | undefined,
  clientSecret: Secret | undefined,
  inHeader = true,
): RequestInit {
  if (clientId === undefined || !clientSecret) throw new IssuerUnavailable('no client is configured');
  const own = inHeader ? {} : { client_id: clientId, client_secret: clientSecret.reveal() };
  return {
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      accept: 'application/json',
      ...(inHeader && { authorization: basic(clientId, clientSecret) }),
    },
    body: new URLSearchParams({ ...form, ...own }).toString(),
  };
}

const kinds: Readonly<Record<string, string>> = { RS: 'RSA', PS: 'RSA', ES: 'EC', Ed: 'OKP' };

function fits(key: Json, algorithms: readonly string[]): boolean {
  if (key.use !== undefined && key.use !== 'sig') return false;
  return algorithms.some((alg) => (key.alg === undefined ? kinds[alg.slice(0, 2)] === key.kty : key.alg === alg));
}

function good(says: string): CheckResult {
  return { ok: true, says };
}

function bad(says: string, todo: string): CheckResult {
  return { ok: false, says, todo };
}
