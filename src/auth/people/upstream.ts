// The identity provider at which people sign in: authorization code with PKCE, state and nonce (RFC 6749 §4.1, RFC 7636,
// OpenID Connect Core §3.1), what it says of somebody, and new tokens for old ones.

import type { Configuration, ExportedJWKSCache, ServerMetadata } from 'openid-client';
import { isSafeAddress } from '../../core/address.ts';
import { IssuerUnavailable, type Json } from '../addresses.ts';
import { isReserved } from '../broker/subjects.ts';
import { checkTenant, refuse, subjectOf, TokenRefused, textsOf } from '../claims.ts';
import { loadMetadata } from '../discovery.ts';
import { fetchKeySet } from '../key-set.ts';
import { providers } from '../provider.ts';
import type { AuthSettings } from '../settings.ts';
import type { SignInSettings } from '../sign-in-settings.ts';
import { explain, NoLongerKnown, toOutage } from './failures.ts';

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

export interface Upstream {
  /** @param anew whether the provider is to ask who it is, whoever is signed in there */
  readonly begin: (attempt: Attempt, anew: boolean) => Promise<URL>;
  /** @throws {SignInRefused | IssuerUnavailable} */
  readonly finish: (answer: URL, attempt: Attempt) => Promise<{ identity: Identity; tokens: UpstreamTokens }>;
  /**
   * @param keep is given the next refresh token as soon as there is one: the one before may be good for nothing by then,
   * whatever goes wrong afterwards
   * @throws {NoLongerKnown | IssuerUnavailable}
   */
  readonly renew: (
    before: { readonly refresh: string; readonly idToken: string; readonly identity: Identity },
    keep: (refresh: string) => Promise<void>,
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

/** Of each answer; several must come while others wait for a person's lock (standing.ts). */
const timeoutSeconds = 5;
/** Where the provider does not say how long its token lives. */
const shortLifeMs = 300_000;
const keepMetadataMs = 600_000;
const maxName = 200;

export function createUpstream(options: UpstreamOptions): Upstream {
  const { signIn, auth, redirectUri, now } = options;
  const { issuer, clientId, clientSecret } = signIn;
  if (issuer === undefined || clientId === undefined || !clientSecret) throw new TypeError('sign-in without a client');
  const provider = providers[signIn.provider];
  /** Kept between configurations; the library judges their age. */
  let keys: ExportedJWKSCache | undefined;
  let opened: { readonly server: Promise<ServerMetadata>; readonly at: number } | undefined;

  function load(): Promise<ServerMetadata> {
    if (opened && now() - opened.at < keepMetadataMs) return opened.server;
    const named = provider.metadataIssuer?.(issuer as string);
    const server = loadMetadata(issuer as string, options.fetch, named).then((metadata) =>
      checkMetadata(metadata, issuer as string),
    );
    opened = { server, at: now() };
    server.catch(() => {
      if (opened?.server === server) opened = undefined;
    });
    return server;
  }

  /** @param hear is given what the token endpoint answers before anything else is made of it */
  async function open(hear?: (answer: Json) => Promise<void>): Promise<{ library: Library; config: Configuration }> {
    const [library, server] = await Promise.all([import('openid-client'), load()]);
    const methods = textsOf(server.token_endpoint_auth_methods_supported ?? 'client_secret_basic');
    const secret = (clientSecret as NonNullable<typeof clientSecret>).reveal();
    const authenticate = methods.includes('client_secret_basic')
      ? library.ClientSecretBasic(secret)
      : library.ClientSecretPost(secret);
    const client = { client_secret: secret, [library.clockTolerance]: auth.clockSkew };
    const config = new library.Configuration(server, clientId as string, client, authenticate);
    config.timeout = timeoutSeconds;
    if (keys) library.setJwksCache(config, keys);
    config[library.customFetch] = async (url, init) => {
      const response = await send(server, url, init as RequestInit);
      if (hear && url === server.token_endpoint && response.ok) await hear(await readAhead(response));
      return response;
    };
    // The token endpoint is ours to trust by TLS alone; whoever stands between must not make people.
    library.enableNonRepudiationChecks(config);
    if (new URL(issuer as string).protocol === 'http:') library.allowInsecureRequests(config);
    return { library, config };
  }

  /** Called older than they are: the library asks for a key that it does not know only where those it has are a minute old. */
  function keepKeys(cache: ExportedJWKSCache | undefined): void {
    if (cache && cache.uat !== keys?.uat) keys = { ...cache, uat: cache.uat - 60 };
  }

  /** Keys may be behind the provider's own sign-in. */
  async function send(server: ServerMetadata, url: string, init: RequestInit): Promise<Response> {
    if (url !== server.jwks_uri) return options.fetch(url, init);
    const access = { provider, issuer: issuer as string, clientId, clientSecret, fetch: options.fetch };
    return Response.json(await fetchKeySet(access, url));
  }

  async function identify(config: Configuration, claims: Json, access: string | undefined): Promise<Identity> {
    const tenant = auth.tenant ?? provider.tenantOf?.(issuer as string);
    if (tenant !== undefined && provider.tenantClaims?.some((name) => claims[name] !== undefined))
      checkTenant(claims, { tenant: { name: tenant, claims: provider.tenantClaims } });
    const names = provider.idTokenSubjects ?? provider.subjectClaims;
    const subjectClaims = auth.subjectClaim === undefined ? names : [auth.subjectClaim];
    const silent = nameOf(claims) === undefined || (options.wantsGroups && claims[auth.groupsClaim] === undefined);
    const told = silent && access !== undefined ? await askMore(config, claims, access) : {};
    // What is signed counts more.
    const all: Json = { ...told, ...claims };
    const id = subjectOf(all, { subjectClaims, machineOnly: provider.machineOnly });
    if (isReserved(id)) refuse('subject', 'Somebody else is called so here who does not sign in.');
    return { id, name: (nameOf(all) ?? id).slice(0, maxName), groups: textsOf(all[auth.groupsClaim] ?? []) };
  }

  /** Without a new ID token: whose it is stands, and what else is said of them comes from where people ask for it. */
  async function askAgain(config: Configuration, known: Identity, idToken: string, access: string): Promise<Identity> {
    const told = await askMore(config, { sub: readSubject(idToken) }, access);
    const groups = told[auth.groupsClaim];
    return {
      id: known.id,
      name: (nameOf(told) ?? known.name).slice(0, maxName),
      groups: groups === undefined ? known.groups : textsOf(groups),
    };
  }

  async function askMore(config: Configuration, claims: Json, access: string): Promise<Json> {
    if (config.serverMetadata().userinfo_endpoint === undefined) return {};
    const { fetchUserInfo } = await import('openid-client');
    return fetchUserInfo(config, access, String(claims.sub));
  }

  return {
    async begin({ verifier, state, nonce }, anew) {
      const { library, config } = await open();
      return library.buildAuthorizationUrl(config, {
        redirect_uri: redirectUri,
        response_type: 'code',
        scope: (signIn.scopes ?? scopesAt(config.serverMetadata())).join(' '),
        code_challenge: await library.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
        state,
        nonce,
        // OpenID Connect Core §3.1.2.1
        ...(anew && { prompt: 'login' }),
      });
    },

    async finish(answer, { verifier, state, nonce }) {
      const { library, config } = await open();
      const checks = { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce, idTokenExpected: true };
      try {
        const tokens = await library.authorizationCodeGrant(config, answer, checks);
        keepKeys(library.getJwksCache(config));
        const claims = (tokens.claims() ?? {}) as Json;
        const identity = await identify(config, claims, tokens.access_token);
        return { identity, tokens: tokensOf(tokens, undefined, now()) };
      } catch (error) {
        throw explain(error, library);
      }
    },

    async renew({ refresh, idToken, identity: known }, keep) {
      const { library, config } = await open(async ({ refresh_token: next }) => {
        if (typeof next === 'string' && next !== refresh) await keep(next);
      });
      try {
        const tokens = await library.refreshTokenGrant(config, refresh);
        keepKeys(library.getJwksCache(config));
        const claims = tokens.claims() as Json | undefined;
        const identity = claims
          ? await identify(config, claims, tokens.access_token)
          : await askAgain(config, known, idToken, tokens.access_token);
        if (identity.id !== known.id) throw new NoLongerKnown('the refresh token is of somebody else');
        return { identity, tokens: tokensOf(tokens, { refresh, idToken }, now()) };
      } catch (error) {
        if (error instanceof library.ResponseBodyError && error.error === 'invalid_grant')
          throw new NoLongerKnown('the provider refused the refresh token');
        if (error instanceof TokenRefused) throw new NoLongerKnown(`the provider says another thing: ${error.reason}`);
        if (error instanceof NoLongerKnown) throw error;
        throw toOutage(error, library);
      }
    },

    async endSession(idToken, returnTo) {
      const { library, config } = await open();
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

const usualScopes = ['openid', 'profile', 'email'];

/** A refresh token is how the provider can be asked about somebody afterwards. */
function scopesAt(server: ServerMetadata): readonly string[] {
  return textsOf(server.scopes_supported ?? []).includes('offline_access')
    ? [...usualScopes, 'offline_access']
    : usualScopes;
}

/** What the library will read, and judge. */
async function readAhead(response: Response): Promise<Json> {
  const value: unknown = await response
    .clone()
    .json()
    .catch(() => undefined);
  return typeof value === 'object' && value !== null ? (value as Json) : {};
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
