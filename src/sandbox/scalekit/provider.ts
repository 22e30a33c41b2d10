// How people sign in at a Scalekit environment, and what for: the environment as an authorization server for MCP clients.

import { createKeyRing } from '../oidc/keys.ts';
import { OidcProblem } from '../oidc/problem.ts';
import { createMemory, type OidcClient, type OidcPerson, type Provider, type Rights } from '../oidc/provider.ts';
import { describeMember, writeAccessClaims, writeIdClaims } from './claims.ts';
import type { ScalekitClient, ScalekitEnvironment } from './environment.ts';
import { fetchClient } from './registration.ts';
import { audienceOf, decideScalekitRights, narrowToRoles } from './rights.ts';

export interface ScalekitProviderOptions {
  environment: ScalekitEnvironment;
  now: () => number;
  /** For clients' documents. */
  fetch: typeof fetch;
}

/**
 * Published are endpoints, claims, registration and PKCE; what the page says, how long things last, and what the ids of clients
 * that registered themselves look like are made up.
 */
export function createScalekitProvider({ environment, now, fetch: fetchDocument }: ScalekitProviderOptions): Provider {
  const { app, clients, roster, servers } = environment;
  const memberOf = (person: OidcPerson | undefined) => person && roster.byId(person.id);
  return {
    now,
    memory: createMemory(),
    keys: createKeyRing(() => undefined),
    words: {
      title: 'Scalekit: sign in to Larkspur Logistics',
      login: 'Email',
      missing: 'Enter your email and password.',
      wrong: 'Invalid email or password.',
      locked: 'Your account is locked.',
    },
    suggestions: roster.suggestions,
    signInPath: '/sign-in',
    cookie: 'scalekit_session',
    challengeMethods: ['S256'],
    lives: { code: 300, access: 300, refresh: 30 * 86_400, session: 8 * 3600 },
    errorDetails: () => ({}),
    findPerson: (login) => roster.byLogin(login),
    personById: (id) => roster.byId(id),
    async findClient(id) {
      if (id === app.id) return app;
      const registered = clients.get(id);
      if (registered) return registered;
      const mayFetch = [...servers.values()].some(({ readsDocuments }) => readsDocuments);
      return mayFetch && id.includes('://') ? fetchClient(id, fetchDocument) : undefined;
    },
    decideRights: (client, given, by) =>
      checkDocument(environment, client, decideScalekitRights(environment, client, given, by)),
    narrowRights: (rights, person) => narrowToRoles(environment, rights, roster.byId(person.id)?.teams ?? []),
    tellsScopes: true,
    givesRefresh: (client, { scopes }) =>
      client.grants.includes('refresh_token') && (client.id !== app.id || scopes.includes('offline_access')),
    accessClaims: (writing) => writeAccessClaims(environment, writing, memberOf(writing.person)),
    idClaims: (writing) => writeIdClaims(environment, writing, memberOf(writing.person)),
    personClaims(person, scopes) {
      const member = memberOf(person);
      return member ? describeMember(member, scopes) : {};
    },
  };
}

/** A client with a document may go to servers that take such clients. */
function checkDocument({ app, servers }: ScalekitEnvironment, client: OidcClient, rights: Rights): Rights {
  if (client.id === app.id || (client as ScalekitClient).serverId !== undefined) return rights;
  const server = [...servers.values()].find((each) => audienceOf(each).join() === rights.audience.join());
  if (server?.readsDocuments) return rights;
  throw new OidcProblem('invalid_client', 'Client ID metadata documents are not allowed for this resource.', 400);
}
