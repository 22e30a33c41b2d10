// One environment as an authorization server: its endpoints, those of its MCP servers, and tokens made without asking anybody.

import { type Answer, type Call, json } from '../answer.ts';
import type { OidcGrant, Provider } from '../oidc/provider.ts';
import { createAnswering, type Endpoints, endpointsOf } from '../oidc/routes.ts';
import { writeAccess } from '../oidc/token.ts';
import type { ScalekitEnvironment, ScalekitServer } from './environment.ts';
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

export interface Authorization {
  provider: Provider;
  answer: (call: Call) => Promise<Answer>;
  /** @throws TypeError for somebody whom the company does not have */
  issueToken: (base: string, server: ScalekitServer, order: ScalekitTokenOrder) => string;
  /** The own token of the environment's application. */
  issueOwnToken: (base: string, expiresIn?: number) => string;
}

export function createAuthorization(environment: ScalekitEnvironment, now: () => number): Authorization {
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

  type Ordered = Pick<OidcGrant, 'scopes' | 'audience' | 'clientId' | 'personId'>;

  function issue(base: string, ordered: Ordered, expiresIn: number, over?: ScalekitTokenOrder['over']): string {
    const issued = Math.floor(now() / 1000);
    const person = ordered.personId === undefined ? undefined : environment.roster.byId(ordered.personId);
    const authTime = person ? issued : undefined;
    const grant = { ...ordered, authTime, sessionId: undefined, nonce: undefined, revoked: false };
    const client = { ...environment.app, id: ordered.clientId };
    const writing = { base, grant, client, person, issued };
    return writeAccess(provider, writing, grant, { exp: issued + expiresIn, ...over });
  }

  return {
    provider,
    answer: createAnswering(provider, (path) => endpoints[path] ?? findOfServer(path)),
    issueToken(base, server, order) {
      const { login, scopes, clientId = environment.app.id, expiresIn = provider.lives.access, over } = order;
      const person = environment.roster.byLogin(login);
      if (!person) throw new TypeError(`sandbox: nobody can sign in as '${login}'`);
      return issue(base, { scopes, audience: audienceOf(server), clientId, personId: person.id }, expiresIn, over);
    },
    issueOwnToken(base, expiresIn = provider.lives.access) {
      const { id } = environment.app;
      return issue(base, { scopes: [], audience: [id], clientId: id, personId: undefined }, expiresIn);
    },
  };
}
