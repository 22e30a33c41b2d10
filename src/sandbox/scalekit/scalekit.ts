// A running Scalekit workspace, and how a test or the demo uses it: two environments at hosts of their own, and one host for all.

import type { Call } from '../answer.ts';
import type { FaultSettings } from '../faults.ts';
import { type Listener, listen } from '../listen.ts';
import { createScalekitApi, type ScalekitMutation } from './api/api.ts';
import { createEnvironmentState } from './api/seed.ts';
import { createWorkspace, type WorkspaceState } from './api/workspace-state.ts';
import { type Authorization, createAuthorization, type ScalekitTokenOrder } from './authorization.ts';
import { addLoginClient, makeCentral, workspaceScopes } from './central.ts';
import { addServer, makeScalekitEnvironment, mcpScopes, type ScalekitEnvironment } from './environment.ts';
import { createExchange } from './exchange.ts';
import { audienceOf } from './rights.ts';

export type { ScalekitMutation } from './api/api.ts';
export type { ScalekitTokenOrder } from './authorization.ts';

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

export interface ScalekitEnvironmentHandle {
  id: string;
  /** Also the issuer of all its tokens. */
  url: string;
  /** As the API names it: host and port. */
  domain: string;
  type: 'PRD' | 'DEV';
  /** Its own application, whose token the API at this host takes. */
  client: { id: string; secret: string };
  /** A token of that application, as the token endpoint gives it. */
  issueToken: (expiresIn?: number) => string;
  rotateKeys: () => string;
}

export interface SandboxScalekit {
  /** Of the production environment, and the issuer of all its tokens. */
  url: string;
  /** The production environment's own application. */
  client: { id: string; secret: string };
  production: ScalekitEnvironmentHandle;
  development: ScalekitEnvironmentHandle;
  /** Of the API for the whole workspace. */
  apiUrl: string;
  /** How people of the workspace sign in for that API: an authorization server, and a public client of it. */
  login: { issuer: string; metadataUrl: string; clientId: string; audience: string; scopes: readonly string[] };
  /** A confidential client there, which may exchange tokens of the environments for ones for that API (RFC 8693). */
  exchange: { tokenUrl: string; client: { id: string; secret: string }; audience: string };
  /** A token of somebody for that API. @throws TypeError for somebody whom the company does not have */
  workspaceToken: (login: string, order?: Partial<Omit<ScalekitTokenOrder, 'login'>>) => string;
  setRedirectUris: (uris: readonly string[], logoutUris?: readonly string[]) => void;
  /** Without an address the id alone is the audience. */
  registerServer: (
    url: string | undefined,
    scopes?: readonly string[],
    more?: { heedsRoles?: boolean },
  ) => ScalekitServerHandle;
  rotateKeys: () => string;
  /** Whoever is locked cannot sign in, is signed in no more, and gets no new tokens. */
  setLocked: (login: string, locked: boolean) => void;
  /** Trouble in the API, at all hosts. */
  setFaults: (settings: Partial<FaultSettings> | null) => void;
  setLatency: (ms: number) => void;
  /** Whether answers leave out what has its default, as proto3 JSON may. */
  setSparse: (isSparse: boolean) => void;
  /** What the API was made to change, since the opening or `reset`. */
  readonly mutations: readonly ScalekitMutation[];
  /** The API's data back to the seed; tokens and servers of `registerServer` stay. */
  reset: () => void;
  readonly requests: number;
  close: () => Promise<void>;
}

export interface ScalekitOptions {
  users: number;
  seed: number;
  host: string;
  /** Of the production environment; development and the central host have the next two. 0: any free ones. */
  port: number;
  now: () => number;
}

export async function openScalekit({ users, seed, host, port, now }: ScalekitOptions): Promise<SandboxScalekit> {
  let requests = 0;
  const api = createScalekitApi(() => workspace, seed, now);

  async function openHost(
    authorization: Authorization,
    at: number,
    answerApi: (call: Call) => ReturnType<typeof api.answer>,
  ) {
    const answer = (call: Call) => {
      requests++;
      if (call.url.pathname.startsWith('/api/')) return answerApi(call);
      return (authorization === centralAuthorization && exchange(call)) || authorization.answer(call);
    };
    return listen(answer, host, at && port + at - 1);
  }

  async function openEnvironment(oauth: ScalekitEnvironment, type: 'PRD' | 'DEV', at: number) {
    const authorization = createAuthorization(oauth, now);
    const { provider } = authorization;
    const ofThis = () =>
      workspace.environments.find((each) => each.oauth === oauth) as WorkspaceState['environments'][0];
    const listener = await openHost(authorization, at, (call) => api.answer(call, { provider, environment: ofThis }));
    const domain = new URL(listener.url).host;
    const handle: ScalekitEnvironmentHandle = {
      get id() {
        return ofThis().record.id;
      },
      url: listener.url,
      domain,
      type,
      client: { id: oauth.app.id, secret: oauth.app.secret },
      issueToken: (expiresIn) => authorization.issueOwnToken(listener.url, expiresIn),
      rotateKeys: () => provider.keys.rotate(),
    };
    return { oauth, authorization, listener, handle };
  }

  const first = port === 0 ? 0 : 1;
  const oauth = makeScalekitEnvironment(users, seed);
  const production = await openEnvironment(oauth, 'PRD', first);
  const others = makeScalekitEnvironment(users, seed ^ 0x5ca1e, oauth.roster);
  const development = await openEnvironment(others, 'DEV', first && 2);
  const central = makeCentral(users, seed, oauth.roster);
  const centralAuthorization = createAuthorization(central, now);
  let audience = '';
  const centralListener: Listener = await openHost(centralAuthorization, first && 3, (call) =>
    api.answer(call, { provider: centralAuthorization.provider, audience: () => audience }),
  );
  audience = centralListener.url;
  const apiServer = addServer(central, { url: audience, name: 'Scalekit API', scopes: workspaceScopes });
  const loginClient = addLoginClient(central, apiServer);
  const subjects = [production, development].map(({ authorization }) => authorization.provider);
  const exchange = createExchange({ central: centralAuthorization, subjects, server: apiServer });
  let ownUris = { redirectUris: oauth.app.redirectUris, logoutUris: oauth.app.logoutUris };

  /** Those of `registerServer`. */
  const registered = new Set<string>();

  function makeWorkspace(): WorkspaceState {
    for (const { servers } of [oauth, others])
      for (const id of servers.keys()) if (!registered.has(id)) servers.delete(id);
    const environments = [production, development].map(({ oauth: each, handle: { domain, type } }) =>
      createEnvironmentState({ oauth: each, domain, type, seed, now: now() }),
    );
    return createWorkspace(environments, oauth.roster, seed, now());
  }
  let workspace = makeWorkspace();

  const { url } = production.listener;
  return {
    url,
    client: production.handle.client,
    production: production.handle,
    development: development.handle,
    apiUrl: audience,
    login: {
      issuer: audience,
      metadataUrl: `${audience}/resources/${apiServer.id}/.well-known/oauth-authorization-server`,
      clientId: loginClient.id,
      audience,
      scopes: workspaceScopes,
    },
    exchange: {
      tokenUrl: `${audience}/oauth/token`,
      client: { id: central.app.id, secret: central.app.secret },
      audience,
    },
    workspaceToken: (login, order = {}) =>
      centralAuthorization.issueToken(audience, apiServer, {
        scopes: workspaceScopes,
        clientId: loginClient.id,
        ...order,
        login,
      }),
    setRedirectUris(uris, logoutUris = uris.map((uri) => `${new URL(uri).origin}/`)) {
      ownUris = { redirectUris: uris, logoutUris };
      Object.assign(oauth.app, ownUris);
    },
    registerServer(serverUrl, scopes = mcpScopes, { heedsRoles = false } = {}) {
      const server = addServer(oauth, { url: serverUrl, scopes, heedsRoles });
      registered.add(server.id);
      return {
        resourceId: server.id,
        issuer: `${url}/resources/${server.id}`,
        audience: audienceOf(server),
        setScopes(changed) {
          server.scopes = changed;
        },
        setRegistration({ dynamic = server.registersClients, documents = server.readsDocuments }) {
          server.registersClients = dynamic;
          server.readsDocuments = documents;
        },
        issueToken: (order) => production.authorization.issueToken(url, server, order),
      };
    },
    rotateKeys: production.handle.rotateKeys,
    setLocked: oauth.roster.setLocked,
    setFaults: api.setFaults,
    setLatency: api.setLatency,
    setSparse: api.setSparse,
    mutations: api.mutations,
    reset() {
      Object.assign(oauth.app, ownUris);
      workspace = makeWorkspace();
      api.mutations.length = 0;
    },
    get requests() {
      return requests;
    },
    close: async () => {
      await Promise.all([production.listener, development.listener, centralListener].map((each) => each.close()));
    },
  };
}
