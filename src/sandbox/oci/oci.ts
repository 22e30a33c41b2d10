// A running OCI identity domain, and how a test or the demo uses it.

import { json } from '../answer.ts';
import { type Listener, listen } from '../listen.ts';
import { createAnswering, type Endpoints, endpointsOf } from '../oidc/routes.ts';
import { writeAccess } from '../oidc/token.ts';
import { makeOciDomain, ociIssuer } from './domain.ts';
import { answerOciKeys, describeOci } from './metadata.ts';
import { createOciProvider } from './provider.ts';

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

export interface SandboxOci {
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
  readonly requests: number;
  close: () => Promise<void>;
}

export interface OciOptions {
  users: number;
  seed: number;
  host: string;
  port: number;
  now: () => number;
}

export async function openOci({ users, seed, host, port, now }: OciOptions): Promise<SandboxOci> {
  const domain = makeOciDomain(users, seed);
  const provider = createOciProvider(domain, now);
  const endpoints: Endpoints = {
    ...endpointsOf(provider, {
      authorize: '/oauth2/v1/authorize',
      token: '/oauth2/v1/token',
      userInfo: '/oauth2/v1/userinfo',
      introspect: '/oauth2/v1/introspect',
      revoke: '/oauth2/v1/revoke',
      logout: '/oauth2/v1/userlogout',
    }),
    '/.well-known/openid-configuration': { GET: ({ url }) => json(describeOci(domain, url.origin)) },
    '/.well-known/idcs-configuration': {
      GET: ({ url }) => json({ 'openid-configuration': describeOci(domain, url.origin) }),
    },
    '/admin/v1/SigningCert/jwk': { GET: (call) => answerOciKeys(domain, provider, call) },
  };
  const newer: Endpoints = {
    '/.well-known/oauth-authorization-server': { GET: ({ url }) => json(describeOci(domain, url.origin)) },
  };
  const answer = createAnswering(
    provider,
    (path) => endpoints[path] ?? (domain.hasNewerMetadata ? newer[path] : undefined),
  );
  let requests = 0;
  const listener: Listener = await listen(
    (call) => {
      requests++;
      return answer(call);
    },
    host,
    port,
  );
  return {
    url: listener.url,
    issuer: ociIssuer,
    tenant: domain.tenant,
    client: { id: domain.app.id, secret: domain.app.secret },
    resource: domain.resources[0] ?? { audience: '', scopes: [] },
    setRedirectUris(uris, logoutUris = uris.map((uri) => `${new URL(uri).origin}/`)) {
      domain.app.redirectUris = uris;
      domain.app.logoutUris = logoutUris;
    },
    addResource(audience, scopes) {
      domain.resources.push({ audience, scopes });
    },
    setPublicKeysOpen(open) {
      domain.publishesKeys = open;
    },
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
    setLocked: domain.roster.setLocked,
    get requests() {
      return requests;
    },
    close: listener.close,
  };
}
