// The authorization server's configuration: what it issues, to whom, for what, and for how long.

import Provider, { type Configuration, errors, type KoaContextWithOIDC } from 'oidc-provider';
import { covers } from '../../core/caller.ts';
import type { Reply } from '../../core/reply.ts';
import { sameResource } from '../claims.ts';
import type { People } from '../people.ts';
import { assertionProfile, jwtBearer } from './assertions.ts';
import type { Browsers } from './browsers.ts';
import type { ClientDocuments } from './client-metadata.ts';
import { checkRegistration, clientOf, settleClient } from './clients.ts';
import { type DirectGrantOptions, registerDirectGrants } from './direct-grants.ts';
import { interactionPath } from './interaction.ts';
import { machineClientOf } from './machines.ts';
import { createRecords, digestOf, type RecordOptions } from './records.ts';
import type { BrokerSettings } from './settings.ts';
import { algorithm, type SigningKey } from './signing-keys.ts';
import { isReserved } from './subjects.ts';

export interface ProviderOptions extends RecordOptions {
  readonly settings: BrokerSettings;
  /** Origin of the public address. */
  readonly issuer: string;
  /** Address of the MCP endpoint: what tokens are for. */
  readonly resource: string;
  readonly people: People;
  readonly browsers: Browsers;
  /** Where clients may be known by documents about them. */
  readonly documents: ClientDocuments | undefined;
  readonly assertions: Pick<DirectGrantOptions, 'signInAt' | 'fetch' | 'onStale'>;
  readonly all: readonly string[];
  /** The one that signs first. */
  readonly signingKeys: readonly SigningKey[];
  readonly cookieKeys: readonly string[];
  readonly showError: (error: string, description: string | undefined) => Promise<Reply>;
}

const daySeconds = 86_400;
/** A person may need a while to sign in. */
export const interactionSeconds = 30 * 60;
const codeSeconds = 60;
/** By which clients' clocks may differ. */
const skewSeconds = 15;
/** A client's assertion of who it is lives no longer. */
const assertionSeconds = 600;

/** So long a grant lives, seconds: as long as anything that rests on it. */
export function grantLifeOf({ refreshTokenLife, accessTokenLife }: BrokerSettings): number {
  return refreshTokenLife * daySeconds + accessTokenLife + codeSeconds;
}

export function createProvider(options: ProviderOptions): Provider {
  const { issuer, settings, assertions } = options;
  const provider = new Provider(issuer, configure(options));
  const { machines, assertionIssuers: issuers, accessTokenLife } = settings;
  registerDirectGrants(provider, { ...options, ...assertions, issuers, machines, accessTokenLife });
  // Addresses are made of what a request says of itself, which is set right before it comes here.
  provider.proxy = true;
  return provider;
}

function configure(options: ProviderOptions): Configuration {
  const { settings, issuer, people, documents, signingKeys, cookieKeys, now } = options;
  const asserts = settings.assertionIssuers.length > 0;
  const secure = issuer.startsWith('https:');
  const named = (name: string) => `${secure ? '__Secure-' : ''}castellan-${name}`;
  const cookie = { httpOnly: true, sameSite: 'lax', signed: true, secure } as const;
  return {
    adapter: createRecords(options),
    jwks: { keys: signingKeys.map(({ jwk }) => jwk) as NonNullable<Configuration['jwks']>['keys'] },
    cookies: {
      keys: [...cookieKeys],
      names: { session: named('session'), interaction: named('interaction'), resume: named('resume') },
      long: cookie,
      short: cookie,
    },
    scopes: ['openid', 'offline_access'],
    claims: { openid: ['sub'] },
    responseTypes: ['code'],
    pkce: { required: () => true },
    clientAuthMethods: ['none', 'client_secret_basic', 'client_secret_post', 'private_key_jwt'],
    enabledJWA: { clientAuthSigningAlgValues: ['RS256', 'PS256', 'ES256', 'EdDSA', 'Ed25519'] },
    clockTolerance: skewSeconds,
    assertJwtClientAuthClaimsAndHeader(_ctx, { exp }) {
      // It is remembered for so long that it was used (RFC 7523 §3).
      if (!(Number(exp) <= now() / 1000 + assertionSeconds)) throw new errors.InvalidClientAuth('it lives too long');
    },
    clients: [
      ...settings.clients.map((client) => clientOf(client, asserts ? [jwtBearer] : [])),
      ...settings.machines.map(machineClientOf),
    ],
    ...(documents && { fetch: documents.fetch }),
    ...(asserts && { discovery: { authorization_grant_profiles_supported: [assertionProfile] } }),
    clientDefaults: {
      token_endpoint_auth_method: 'none',
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      id_token_signed_response_alg: algorithm,
    },
    extraClientMetadata: {
      // A name that no client uses: for what is called for it, with all that a client says.
      properties: ['castellan'],
      validator(ctx, _key, _value, metadata) {
        const said = metadata as Record<string, unknown>;
        if (ctx) checkRegistration(said, issuer);
        settleClient(said);
      },
    },
    allowOmittingSingleRegisteredRedirectUri: false,
    routes: {
      authorization: '/oauth/authorize',
      token: '/oauth/token',
      registration: '/oauth/register',
      revocation: '/oauth/revoke',
      jwks: '/oauth/jwks',
      end_session: '/oauth/end-session',
    },
    interactions: {
      async url({ req, res }, { uid }) {
        await options.browsers.bind(uid, req, res);
        return interactionPath + uid;
      },
    },
    clientBasedCORS: () => true,
    findAccount: async (ctx, id, token) => {
      if (isReserved(id)) return undefined;
      // A client may have changed where it returns to since the code was sent there.
      const sentTo = token && 'redirectUri' in token ? token.redirectUri : undefined;
      if (typeof sentTo === 'string' && !ctx.oidc.client?.redirectUriAllowed(sentTo)) return undefined;
      // With a code or a refresh token nobody sits there: the provider is asked whether the person still is one of its own.
      if (token && !(await people.stillThere(id))) return undefined;
      return { accountId: id, claims: async () => ({ sub: id }) };
    },
    // A browser's stay is no measure for a client's.
    expiresWithSession: () => false,
    issueRefreshToken: (_ctx, client) => client.grantTypeAllowed('refresh_token'),
    rotateRefreshToken: () => true,
    extraTokenClaims: (_ctx, token) => ('grantId' in token && token.grantId ? { gid: digestOf(token.grantId) } : {}),
    ttl: timesOf(settings),
    renderError: async (ctx, { error, error_description }) => {
      const { status, headers, body } = await options.showError(error, error_description);
      ctx.status = status;
      ctx.set(headers as Record<string, string | string[]>);
      ctx.body = body;
    },
    features: {
      devInteractions: { enabled: false },
      userinfo: { enabled: false },
      rpInitiatedLogout: { enabled: false },
      pushedAuthorizationRequests: { enabled: false },
      // The door takes bearer tokens only.
      dPoP: { enabled: false },
      revocation: {
        enabled: true,
        allowedPolicy: (_ctx, client, token) => token.clientId === client.clientId,
      },
      clientIdMetadataDocument: documents
        ? {
            enabled: true,
            ack: 'draft-02',
            allowFetch: async (_ctx, id) => {
              await documents.prepare(id);
              return true;
            },
            // Documents say it themselves, within bounds of their own.
            cacheDuration: { min: 1, max: daySeconds },
          }
        : { enabled: false },
      registration: { enabled: settings.registration, issueRegistrationAccessToken: false },
      resourceIndicators: resourcesOf(options),
    },
  };
}

function resourcesOf({ settings, resource, people, all }: ProviderOptions) {
  return {
    enabled: true,
    defaultResource: () => resource,
    useGrantedResource: () => true,
    async getResourceServerInfo(ctx: KoaContextWithOIDC, named: string) {
      if (!sameResource(named, resource))
        throw new errors.InvalidTarget('there is one resource here: the MCP endpoint');
      // What a person may do is looked at whenever a token is made: rights are taken away.
      const { account } = ctx.oidc;
      const person = ctx.oidc.route === 'token' && account ? await people.known(account.accountId) : undefined;
      const within = (scope: string) => person !== undefined && covers(person.allowance.scopes, scope);
      const scopes = ctx.oidc.route === 'token' ? all.filter(within) : all;
      return {
        scope: scopes.join(' '),
        audience: resource,
        accessTokenFormat: 'jwt' as const,
        accessTokenTTL: settings.accessTokenLife,
        jwt: { sign: { alg: algorithm } as const },
      };
    },
  };
}

function timesOf(settings: BrokerSettings): NonNullable<Configuration['ttl']> {
  const { accessTokenLife, refreshTokenLife, refreshTokenIdle } = settings;
  const grant = grantLifeOf(settings);
  return {
    AccessToken: accessTokenLife,
    AuthorizationCode: codeSeconds,
    ClientCredentials: accessTokenLife,
    Grant: grant,
    IdToken: accessTokenLife,
    Interaction: interactionSeconds,
    RefreshToken: (_ctx, token) => {
      const left = refreshTokenLife * daySeconds - token.totalLifetime();
      return Math.max(1, Math.min(refreshTokenIdle * daySeconds, left));
    },
    Session: interactionSeconds,
  };
}
