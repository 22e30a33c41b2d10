// The identity provider at which people sign in: authorization code with PKCE, state and nonce (RFC 6749 §4.1, RFC 7636,
// OpenID Connect Core §3.1), what it says of somebody, and new tokens for old ones.

import type { Configuration, ServerMetadata } from 'openid-client';
import { IssuerUnavailable, isSafeAddress, type Json } from '../addresses.ts';
import { checkTenant, subjectOf, textsOf } from '../claims.ts';
import { loadMetadata } from '../discovery.ts';
import { fetchKeySet } from '../key-set.ts';
import { providers } from '../provider.ts';
import type { AuthSettings } from '../settings.ts';
import type { SignInSettings } from '../sign-in-settings.ts';

/** What only this sign-in and its browser know. */
export interface Attempt {
  readonly verifier: string;
  readonly state: string;
  readonly nonce: string;
}

/** Who signed in, as the provider says. */
export interface Identity {
  readonly id: string;
  readonly name: string;
  readonly groups: readonly string[];
}

export interface UpstreamTokens {
  readonly access: string | undefined;
  /** Epoch milliseconds. */
  readonly accessExpires: number;
  readonly refresh: string | undefined;
  readonly idToken: string;
}

/** The provider refused: a person, or a browser's answer that was not this sign-in's. `shown` is what it said, for a page. */
export class SignInRefused extends Error {
  readonly shown: string;

  constructor(reason: string, shown: string) {
    super(reason);
    this.name = 'SignInRefused';
    this.shown = shown;
  }
}

/** The provider knows the person, or what they let us do, no more. */
export class NoLongerKnown extends Error {}

export interface Upstream {
  readonly begin: (attempt: Attempt) => Promise<URL>;
  /** @throws {SignInRefused | IssuerUnavailable} */
  readonly finish: (answer: URL, attempt: Attempt) => Promise<{ identity: Identity; tokens: UpstreamTokens }>;
  /** @throws {NoLongerKnown | IssuerUnavailable} */
  readonly renew: (
    refresh: string,
    known: Identity,
    idToken: string,
  ) => Promise<{ identity: Identity; tokens: UpstreamTokens }>;
  /** Where the provider ends its own session; undefined where it has no such place. */
  readonly endSession: (idToken: string, returnTo: string) => Promise<URL | undefined>;
}

export interface UpstreamOptions {
  readonly signIn: SignInSettings;
  readonly auth: Pick<AuthSettings, 'groupsClaim' | 'subjectClaim' | 'tenant' | 'clockSkew'>;
  readonly redirectUri: string;
  /** Whether groups matter: then the provider is asked for them where the ID token says nothing. */
  readonly wantsGroups: boolean;
  readonly fetch: typeof fetch;
  readonly now: () => number;
}

const timeoutSeconds = 8;
/** Where the provider does not say how long its token lives. */
const shortLifeMs = 300_000;
const keepMetadataMs = 600_000;
const maxName = 200;

export function createUpstream(options: UpstreamOptions): Upstream {
  const { signIn, auth, redirectUri, now } = options;
  const { issuer, clientId, clientSecret } = signIn;
  if (issuer === undefined || clientId === undefined || !clientSecret) throw new TypeError('sign-in without a client');
  const provider = providers[signIn.provider];
  let opened: { readonly config: Promise<Configuration>; readonly at: number } | undefined;

  function open(): Promise<Configuration> {
    if (opened && now() - opened.at < keepMetadataMs) return opened.config;
    const config = configure();
    opened = { config, at: now() };
    config.catch(() => {
      if (opened?.config === config) opened = undefined;
    });
    return config;
  }

  async function configure(): Promise<Configuration> {
    const named = provider.metadataIssuer?.(issuer as string) ?? (issuer as string);
    const [library, metadata] = await Promise.all([
      import('openid-client'),
      loadMetadata(issuer as string, options.fetch, named),
    ]);
    const server = checkMetadata(metadata, issuer as string);
    const methods = textsOf(server.token_endpoint_auth_methods_supported ?? 'client_secret_basic');
    const secret = (clientSecret as NonNullable<typeof clientSecret>).reveal();
    const authenticate = methods.includes('client_secret_basic')
      ? library.ClientSecretBasic(secret)
      : library.ClientSecretPost(secret);
    const client = { client_secret: secret, [library.clockTolerance]: auth.clockSkew };
    const config = new library.Configuration(server, clientId as string, client, authenticate);
    config.timeout = timeoutSeconds;
    config[library.customFetch] = (url, init) => send(server, url, init as RequestInit);
    // The token endpoint is ours to trust by TLS alone; whoever stands between must not make people.
    library.enableNonRepudiationChecks(config);
    if (new URL(issuer as string).protocol === 'http:') library.allowInsecureRequests(config);
    return config;
  }

  /** Keys may be behind the provider's own sign-in. */
  async function send(server: ServerMetadata, url: string, init: RequestInit): Promise<Response> {
    if (url !== server.jwks_uri) return options.fetch(url, init);
    const access = { provider, issuer: issuer as string, clientId, clientSecret, fetch: options.fetch };
    return Response.json(await fetchKeySet(access, url));
  }

  async function identify(config: Configuration, claims: Json, access: string | undefined): Promise<Identity> {
    const tenant = auth.tenant ?? provider.tenantOf?.(issuer as string);
    if (
      tenant !== undefined &&
      provider.tenantClaims &&
      provider.tenantClaims.some((name) => claims[name] !== undefined)
    )
      checkTenant(claims, { tenant: { name: tenant, claims: provider.tenantClaims } });
    const names = provider.idTokenSubjects ?? provider.subjectClaims;
    const subjectClaims = auth.subjectClaim === undefined ? names : [auth.subjectClaim];
    const silent = nameOf(claims) === undefined || (options.wantsGroups && claims[auth.groupsClaim] === undefined);
    const told = silent && access !== undefined ? await askMore(config, claims, access) : {};
    // What is signed counts more.
    const all: Json = { ...told, ...claims };
    const id = subjectOf(all, { subjectClaims, machineOnly: provider.machineOnly });
    return { id, name: (nameOf(all) ?? id).slice(0, maxName), groups: textsOf(all[auth.groupsClaim] ?? []) };
  }

  async function askMore(config: Configuration, claims: Json, access: string): Promise<Json> {
    if (config.serverMetadata().userinfo_endpoint === undefined) return {};
    const { fetchUserInfo } = await import('openid-client');
    return fetchUserInfo(config, access, String(claims.sub));
  }

  return {
    async begin({ verifier, state, nonce }) {
      const [library, config] = await Promise.all([import('openid-client'), open()]);
      return library.buildAuthorizationUrl(config, {
        redirect_uri: redirectUri,
        response_type: 'code',
        scope: signIn.scopes.join(' '),
        code_challenge: await library.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
        state,
        nonce,
      });
    },

    async finish(answer, { verifier, state, nonce }) {
      const [library, config] = await Promise.all([import('openid-client'), open()]);
      const checks = { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce, idTokenExpected: true };
      try {
        const tokens = await library.authorizationCodeGrant(config, answer, checks);
        const claims = (tokens.claims() ?? {}) as Json;
        const identity = await identify(config, claims, tokens.access_token);
        return { identity, tokens: tokensOf(tokens, undefined, now()) };
      } catch (error) {
        throw explain(error, library);
      }
    },

    async renew(refresh, known, idToken) {
      const [library, config] = await Promise.all([import('openid-client'), open()]);
      try {
        const tokens = await library.refreshTokenGrant(config, refresh);
        const claims = tokens.claims() as Json | undefined;
        // Without a new ID token the provider is asked; where it cannot be, what it said at sign-in counts.
        const before = { sub: readSubject(idToken) };
        const canAsk = config.serverMetadata().userinfo_endpoint !== undefined;
        const identity = claims || canAsk ? await identify(config, claims ?? before, tokens.access_token) : known;
        if (identity.id !== known.id) throw new NoLongerKnown('the refresh token is of somebody else');
        return { identity, tokens: tokensOf(tokens, { refresh, idToken }, now()) };
      } catch (error) {
        if (error instanceof library.ResponseBodyError && error.error === 'invalid_grant')
          throw new NoLongerKnown('the provider refused the refresh token');
        if (error instanceof NoLongerKnown) throw error;
        throw toOutage(error);
      }
    },

    async endSession(idToken, returnTo) {
      const [library, config] = await Promise.all([import('openid-client'), open()]);
      if (config.serverMetadata().end_session_endpoint === undefined) return undefined;
      return library.buildEndSessionUrl(config, { id_token_hint: idToken, post_logout_redirect_uri: returnTo });
    },
  };
}

type Library = typeof import('openid-client');
type TokenAnswer = Awaited<ReturnType<Library['refreshTokenGrant']>>;

function tokensOf(
  tokens: TokenAnswer,
  before: Pick<UpstreamTokens, 'refresh' | 'idToken'> | undefined,
  now: number,
): UpstreamTokens {
  const life = tokens.expires_in === undefined ? shortLifeMs : tokens.expires_in * 1000;
  return {
    access: tokens.access_token,
    accessExpires: now + life,
    refresh: tokens.refresh_token ?? before?.refresh,
    idToken: tokens.id_token ?? before?.idToken ?? '',
  };
}

const endpoints = ['authorization_endpoint', 'token_endpoint', 'jwks_uri', 'userinfo_endpoint', 'end_session_endpoint'];

/** People and secrets are sent to these. */
function checkMetadata(metadata: Json, issuer: string): ServerMetadata {
  for (const name of endpoints) {
    const address = metadata[name];
    const needed = endpoints.indexOf(name) < 3;
    if (address === undefined ? needed : typeof address !== 'string' || !isSafeAddress(address))
      throw new IssuerUnavailable(`the metadata of ${issuer} has no usable ${name}`);
  }
  return metadata as unknown as ServerMetadata;
}

/** The subject of an ID token that was verified when it came. */
function readSubject(idToken: string): string {
  const body: unknown = JSON.parse(Buffer.from(idToken.split('.')[1] ?? '', 'base64url').toString('utf8') || '{}');
  return typeof body === 'object' && body !== null && 'sub' in body ? String(body.sub) : '';
}

function nameOf(claims: Json): string | undefined {
  return ['name', 'user_displayname', 'preferred_username', 'email']
    .map((name) => claims[name])
    .find((value): value is string => typeof value === 'string' && value.trim() !== '');
}

/** What a browser brought is refused; a provider that does not answer is waited for. */
function explain(error: unknown, library: Library): Error {
  if (error instanceof library.AuthorizationResponseError)
    return new SignInRefused(error.error, error.error_description ?? error.error);
  if (error instanceof library.ResponseBodyError)
    return new SignInRefused(error.error, 'The identity provider did not take what your browser brought from it.');
  const outage = toOutage(error);
  if (error instanceof IssuerUnavailable || isNetwork(error)) return outage;
  const reason = error instanceof Error ? error.message : 'unknown';
  return new SignInRefused(reason, 'What the identity provider sent could not be trusted, and was not used.');
}

function toOutage(error: unknown): IssuerUnavailable {
  if (error instanceof IssuerUnavailable) return error;
  const reason = error instanceof Error ? error.message : 'unknown';
  return new IssuerUnavailable(`the identity provider did not answer as it should: ${reason}`);
}

/** fetch fails with a TypeError that has a cause, and a late answer with a TimeoutError; the library wraps either. */
function isNetwork(error: unknown): boolean {
  for (let each = error, depth = 0; each instanceof Error && depth < 4; each = each.cause, depth++) {
    if (each instanceof IssuerUnavailable || each.name === 'TimeoutError' || each.message === 'fetch failed')
      return true;
  }
  return false;
}
