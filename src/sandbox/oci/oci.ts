// A running OCI identity domain, and how a test or the demo uses it.

import { type Answer, type Call, json } from '../answer.ts';
import type { FaultSettings } from '../faults.ts';
import { listen } from '../listen.ts';
import { createAnswering, type Endpoints, endpointsOf } from '../oidc/routes.ts';
import { answerToken, writeAccess } from '../oidc/token.ts';
import { createCredentials, type OciCredentials } from './credentials.ts';
import { makeOciDomain, ociIssuer } from './domain.ts';
import { answerExchange, isExchange } from './exchange.ts';
import { answerOciKeys, describeOci } from './metadata.ts';
import { createOciProvider } from './provider.ts';
import type { ScimMutation } from './scim/api.ts';
import type { DomainType } from './scim/limit.ts';
import { openScim } from './scim/open.ts';
import { createServices } from './services/api.ts';
import { tellOfDomain } from './services/domain-events.ts';
import { createSessionTokens } from './session-tokens.ts';

export type { OciApiKeyProfile, OciSessionProfile } from './credentials.ts';

/** What a token is to say; nobody is asked whether it may. */
export interface OciTokenOrder {
  /** Without one the token is the application's own. */
  login?: string;
  /** Fully qualified, as they are asked for. */
  scopes: readonly string[];
  /** Seconds; default 3600. */
  expiresIn?: number;
  /** Claims in the place of those that would be; undefined takes one out. */
  over?: Readonly<Record<string, unknown>>;
}

export interface SandboxOci extends OciCredentials {
  url: string;
  /** What tokens and metadata say, and what is at no address of this machine. */
  issuer: string;
  /** "idcs-…": which of all domains it is, in tokens; elsewhere the first word of the domain's host. */
  tenant: string;
  /** The confidential application "Castellan". */
  client: { id: string; secret: string };
  /** The resource application for MCP: a scope is asked for as audience and name in one. */
  resource: { audience: string; scopes: readonly string[] };
  setRedirectUris: (uris: readonly string[], logoutUris?: readonly string[]) => void;
  /** Another resource application. */
  addResource: (audience: string, scopes: readonly string[]) => void;
  /** "Access signing certificate": whether anybody may read the keys; off to begin with. */
  setPublicKeysOpen: (open: boolean) => void;
  /** As newer domains: PKCE is published, and so is the metadata of RFC 8414. */
  setNewerMetadata: (newer: boolean) => void;
  /** @throws TypeError for somebody whom the company does not have */
  issueToken: (order: OciTokenOrder) => string;
  rotateKeys: () => string;
  /** Whoever is locked cannot sign in, is signed in no more, and gets no new tokens. */
  setLocked: (login: string, locked: boolean) => void;
  tenancyId: string;
  homeRegion: string;
  /** Those that the tenancy is subscribed to, the home region first. */
  regions: readonly string[];
  /** Where the services of each region are, by its name, all at one origin; one region more than the tenancy is subscribed to. */
  services: Readonly<Record<string, string>>;
  /** The confidential application that may exchange people's tokens for session tokens. */
  exchange: { clientId: string; clientSecret: string };
  /** Whether the domain trusts its own tokens for that exchange; to begin with it does. */
  setTrust: (on: boolean) => void;
  /** Seconds, 1 to 3600. @throws TypeError */
  setSessionLife: (seconds: number) => void;
  /** Trouble in the domain's SCIM API. */
  setDomainFaults: (settings: Partial<FaultSettings> | null) => void;
  /** Added to each answer of the domain's SCIM API. */
  setDomainLatency: (ms: number) => void;
  /** What the domain's rate limits go by; undefined, as to begin with: there are none. */
  setDomainType: (type: DomainType | undefined) => void;
  /** What the domain's SCIM API was made to change, the latest 10,000. */
  mutations: readonly ScimMutation[];
  /** Trouble in the services of all regions. */
  setFaults: (settings: Partial<FaultSettings> | null) => void;
  setLatency: (ms: number) => void;
  /** Of the domain and of all services. */
  readonly requests: number;
  close: () => Promise<void>;
}

export interface OciOptions {
  users: number;
  seed: number;
  host: string;
  /** Of the domain; the regions have the next ones. 0: any free ones. */
  port: number;
  now: () => number;
}

const isScim = (path: string): boolean => path.startsWith('/admin/v1/');

export async function openOci({ users, seed, host, port, now }: OciOptions): Promise<SandboxOci> {
  const domain = makeOciDomain(users, seed);
  const provider = createOciProvider(domain, now);
  const tokens = createSessionTokens(domain, now);
  const tell = (mutation: ScimMutation) => {
    const happening = tellOfDomain(mutation);
    if (happening) services.record(happening);
  };
  const scim = openScim({ domain, provider, tokens, seed, now, tell });
  const services = createServices({ domain, store: scim.store, tokens, seed, now });
  const endpoints: Endpoints = {
    ...endpointsOf(provider, {
      authorize: '/oauth2/v1/authorize',
      token: '/oauth2/v1/token',
      userInfo: '/oauth2/v1/userinfo',
      introspect: '/oauth2/v1/introspect',
      revoke: '/oauth2/v1/revoke',
      logout: '/oauth2/v1/userlogout',
    }),
    '/oauth2/v1/token': {
      POST: (call) =>
        isExchange(call) ? answerExchange({ domain, provider, tokens }, call) : answerToken(provider, call),
    },
    '/.well-known/openid-configuration': { GET: ({ url }) => json(describeOci(domain, url.origin)) },
    '/.well-known/idcs-configuration': {
      GET: ({ url }) => json({ 'openid-configuration': describeOci(domain, url.origin) }),
    },
    '/admin/v1/SigningCert/jwk': { GET: (call) => answerOciKeys(domain, provider, call) },
  };
  const newer: Endpoints = {
    '/.well-known/oauth-authorization-server': { GET: ({ url }) => json(describeOci(domain, url.origin)) },
  };
  const answerOthers = createAnswering(
    provider,
    (path) => endpoints[path] ?? (domain.hasNewerMetadata ? newer[path] : undefined),
  );
  const answer = (call: Call): Promise<Answer> =>
    isScim(call.url.pathname) && !(call.url.pathname in endpoints) ? scim.api.answer(call) : answerOthers(call);
  let requests = 0;
  const open = (answering: typeof answer, at: number) =>
    listen(
      (call) => {
        requests++;
        return answering(call);
      },
      host,
      at,
    );
  const listener = await open(answer, port);
  const regions = services.tenancy.regions;
  const regional = await Promise.all(
    regions.map(({ name }, n) => open((call) => services.answer(call, name), port && port + 1 + n)),
  );
  return {
    url: listener.url,
    issuer: ociIssuer,
    tenant: domain.tenant,
    client: { id: domain.app.id, secret: domain.app.secret },
    resource: domain.resources[0] ?? { audience: '', scopes: [] },
    setRedirectUris(uris, logoutUris = uris.map((uri) => `${new URL(uri).origin}/`)) {
      scim.setRedirectUris(uris, logoutUris);
    },
    addResource: scim.addResource,
    setPublicKeysOpen: scim.setPublicKeysOpen,
    setNewerMetadata(isNewer) {
      domain.hasNewerMetadata = isNewer;
    },
    issueToken({ login, scopes, expiresIn = provider.lives.access, over }) {
      const person = login === undefined ? undefined : domain.roster.byLogin(login);
      if (login !== undefined && !person) throw new TypeError(`sandbox: nobody can sign in as '${login}'`);
      const by = person ? 'person' : 'client';
      const rights = provider.decideRights(domain.app, new Map([['scope', scopes.join(' ')]]), by);
      const issued = Math.floor(now() / 1000);
      const grant = {
        ...rights,
        clientId: domain.app.id,
        personId: person?.id,
        authTime: person && issued,
        sessionId: undefined,
        nonce: undefined,
        revoked: false,
      };
      const writing = { base: listener.url, grant, client: domain.app, person, issued };
      return writeAccess(provider, writing, grant, { exp: issued + expiresIn, ...over });
    },
    rotateKeys: () => provider.keys.rotate(),
    setLocked: scim.setLocked,
    setDomainFaults: scim.api.setFaults,
    setDomainLatency: scim.api.setLatency,
    setDomainType: scim.api.setDomainType,
    mutations: scim.api.mutations,
    tenancyId: domain.tenancyId,
    homeRegion: domain.region,
    regions: regions.filter(({ isSubscribed }) => isSubscribed).map(({ name }) => name),
    services: Object.fromEntries(regions.map(({ name }, n) => [name, regional[n]?.url ?? ''])),
    exchange: { clientId: domain.exchangeApp.id, clientSecret: domain.exchangeApp.secret },
    setTrust(on) {
      for (const trust of domain.trusts.values()) if (trust.issuer === ociIssuer) trust.active = on;
    },
    setSessionLife: tokens.setLife,
    setFaults: services.setFaults,
    setLatency: services.setLatency,
    ...createCredentials(domain, tokens, now),
    get requests() {
      return requests;
    },
    close: async () => {
      await Promise.all([listener, ...regional].map((each) => each.close()));
    },
  };
}
