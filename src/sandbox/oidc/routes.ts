// How a call to a simulated provider finds its endpoint.

import { type Answer, type Call, json } from '../answer.ts';
import { answerAuthorize, answerSignIn } from './authorize.ts';
import { answerLogout } from './logout.ts';
import { answerProblem, OidcProblem } from './problem.ts';
import type { Provider } from './provider.ts';
import { answerToken } from './token.ts';
import { answerIntrospect, answerRevoke, answerUserInfo } from './token-care.ts';

export type Endpoint = (call: Call) => Answer | Promise<Answer>;

/** By path and method. */
export type Endpoints = Readonly<Record<string, Readonly<Record<string, Endpoint>>>>;

export interface ProviderPaths {
  authorize: string;
  token: string;
  userInfo: string;
  introspect?: string;
  revoke: string;
  logout: string;
}

export function endpointsOf(provider: Provider, paths: ProviderPaths): Endpoints {
  const both = (endpoint: Endpoint) => ({ GET: endpoint, POST: endpoint });
  return {
    [paths.authorize]: both((call) => answerAuthorize(provider, call)),
    [provider.signInPath]: { POST: (call) => answerSignIn(provider, call) },
    [paths.token]: { POST: (call) => answerToken(provider, call) },
    [paths.userInfo]: both((call) => answerUserInfo(provider, call)),
    [paths.revoke]: { POST: (call) => answerRevoke(provider, call) },
    [paths.logout]: both((call) => answerLogout(provider, call)),
    ...(paths.introspect !== undefined && { [paths.introspect]: { POST: (call) => answerIntrospect(provider, call) } }),
  };
}

/** Answers with what is at the path; errors of OAuth as JSON. */
export function createAnswering(provider: Provider, find: (path: string) => Endpoints[string] | undefined) {
  return async (call: Call): Promise<Answer> => {
    const found = find(call.url.pathname);
    if (!found) return json({ error: 'not_found' }, {}, 404);
    const endpoint = found[call.method === 'HEAD' ? 'GET' : call.method];
    if (!endpoint) return json({ error: 'method_not_allowed' }, { allow: Object.keys(found).join(', ') }, 405);
    try {
      return await endpoint(call);
    } catch (error) {
      if (error instanceof OidcProblem) return answerProblem(error, provider.errorDetails());
      throw error;
    }
  };
}
