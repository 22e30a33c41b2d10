// A running Scalekit environment, and how a test or the demo uses it.

import { json } from '../answer.ts';
import { listen } from '../listen.ts';
import { createAnswering, type Endpoints, endpointsOf } from '../oidc/routes.ts';
import { writeAccess } from '../oidc/token.ts';
import { addServer, makeScalekitEnvironment, mcpScopes, type ScalekitServer } from './environment.ts';
import { describeEnvironment, describeServer } from './metadata.ts';
import { createScalekitProvider } from './provider.ts';
import { answerRegister } from './registration.ts';
import { audienceOf } from './rights.ts';

/** What a token is to say; nobody is asked whether it may. */
export interface ScalekitTokenOrder {
  login: string;
  scopes: readonly string[];
  /** Default: the environment's own application. */
  clientId?: string;
  /** Seconds; default 300. */
  expiresIn?: number;
  /** Claims in the place of those that would be; undefined takes one out. */
  over?: Readonly<Record<string, unknown>>;
}

/** An MCP server that is registered in the environment. */
export interface ScalekitServerHandle {
  resourceId: string;
  /** Of its authorization server; the tokens name the environment in its place. */
  issuer: string;
  /** What the tokens have as `aud`. */
  audience: readonly string[];
  setScopes: (scopes: readonly string[]) => void;
  /** How clients may make themselves known; both ways to begin with. */
  setRegistration: (allowed: { dynamic?: boolean; documents?: boolean }) => void;
  /** @throws TypeError for somebody whom the company does not have */
  issueToken: (order: ScalekitTokenOrder) => string;
}

export interface SandboxScalekit {
  /** Of the environment, and the issuer of all tokens. */
  url: string;
  /** The environment's own application. */
  client: { id: string; secret: string };
  setRedirectUris: (uris: readonly string[], logoutUris?: readonly string[]) => void;
  /** Without an address the id alone is the audience. */
  registerServer: (url: string | undefined, scopes?: readonly string[]) => ScalekitServerHandle;
  rotateKeys: () => string;
  /** Whoever is locked cannot sign in, is signed in no more, and gets no new tokens. */
  setLocked: (login: string, locked: boolean) => void;
  readonly requests: number;
  close: () => Promise<void>;
}

export interface ScalekitOptions {
  users: number;
  seed: number;
  host: string;
  port: number;
  now: () => number;
}

export async function openScalekit({ users, seed, host, port, now }: ScalekitOptions): Promise<SandboxScalekit> {
  const environment = makeScalekitEnvironment(users, seed);
  const provider = createScalekitProvider({ environment, now, fetch });
  const endpoints: Endpoints = {
    ...endpointsOf(provider, {
      authorize: '/oauth/authorize',
      token: '/oauth/token',
      userInfo: '/userinfo',
      revoke: '/oauth/revoke',
      logout: '/oidc/logout',
    }),
    '/.well-known/openid-configuration': { GET: ({ url }) => json(describeEnvironment(url.origin)) },
    '/keys': { GET: () => json({ keys: provider.keys.published() }) },
  };
  const answer = createAnswering(provider, (path) => endpoints[path] ?? findOfServer(path));

  /** The metadata stands at both places that clients look: before the path (RFC 8414 §3.1) and after it. */
  function findOfServer(path: string): Endpoints[string] | undefined {
    const [, metadataId, id = metadataId, rest] =
      /^\/\.well-known\/oauth-authorization-server\/resources\/(\w+)$|^\/resources\/(\w+)(\/.+)$/.exec(path) ?? [];
    const server = environment.servers.get(id ?? '');
    if (!server) return undefined;
    if (metadataId !== undefined || rest === '/.well-known/oauth-authorization-server')
      return { GET: ({ url }) => json(describeServer(url.origin, server)) };
    if (rest === '/oauth/register') return { POST: (call) => answerRegister(environment, server, call, now()) };
    return undefined;
  }

  let requests = 0;
  const listener = await listen(
    (call) => {
      requests++;
      return answer(call);
    },
    host,
    port,
  );

  function issueToken(server: ScalekitServer, order: ScalekitTokenOrder): string {
    const { login, scopes, clientId = environment.app.id, expiresIn = provider.lives.access, over } = order;
    const person = environment.roster.byLogin(login);
    if (!person) throw new TypeError(`sandbox: nobody can sign in as '${login}'`);
    const issued = Math.floor(now() / 1000);
    const grant = {
      scopes,
      audience: audienceOf(server),
      clientId,
      personId: person.id,
      authTime: issued,
      sessionId: undefined,
      nonce: undefined,
      revoked: false,
    };
    const client = { ...environment.app, id: clientId };
    const writing = { base: listener.url, grant, client, person, issued };
    return writeAccess(provider, writing, grant, { exp: issued + expiresIn, ...over });
  }

  return {
    url: listener.url,
    client: { id: environment.app.id, secret: environment.app.secret },
    setRedirectUris(uris, logoutUris = uris.map((uri) => `${new URL(uri).origin}/`)) {
      environment.app.redirectUris = uris;
      environment.app.logoutUris = logoutUris;
    },
    registerServer(url, scopes = mcpScopes) {
      const server = addServer(environment, { url, scopes });
      return {
        resourceId: server.id,
        issuer: `${listener.url}/resources/${server.id}`,
        audience: audienceOf(server),
        setScopes(changed) {
          server.scopes = changed;
        },
        setRegistration({ dynamic = server.registersClients, documents = server.readsDocuments }) {
          server.registersClients = dynamic;
          server.readsDocuments = documents;
        },
        issueToken: (order) => issueToken(server, order),
      };
    },
    rotateKeys: () => provider.keys.rotate(),
    setLocked: environment.roster.setLocked,
    get requests() {
      return requests;
    },
    close: listener.close,
  };
}
