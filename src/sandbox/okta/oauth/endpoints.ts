// The endpoints of the authorization servers, which need no API token, and how a call finds its endpoint.

import type { OktaAnswer, OktaCall } from '../answer.ts';
import { issuerOf } from '../authorization-servers.ts';
import { notFound, OktaProblem } from '../problems.ts';
import type { OktaState } from '../state.ts';
import { answerAuthorize, answerSignIn } from './authorize.ts';
import { answerActivate, answerActivation, answerDeviceAuthorize } from './device.ts';
import { answerLogout } from './logout.ts';
import { answerCustomMetadata, answerCustomOpenidMetadata, answerKeys, answerMetadata } from './metadata.ts';
import { answerOAuthProblem, OAuthProblem } from './problems.ts';
import { type OAuthHandler, readForm } from './request.ts';
import { answerIntrospect, answerRevoke, answerUserInfo } from './token-care.ts';
import { answerToken } from './token-endpoint.ts';

export interface OAuthEndpoint {
  /** Okta does not count requests for public metadata. */
  isUnlimited: boolean;
  answer: (state: OktaState, call: OktaCall, now: number) => OktaAnswer;
}

const handlers: Readonly<Record<string, Readonly<Record<string, OAuthHandler>>>> = {
  '/.well-known/openid-configuration': { GET: answerMetadata },
  '/oauth2/v1/keys': { GET: answerKeys },
  '/oauth2/v1/token': { POST: answerToken },
  '/oauth2/v1/device/authorize': { POST: answerDeviceAuthorize },
  '/activate': { GET: answerActivate, POST: answerActivation },
  '/oauth2/v1/authorize': { GET: answerAuthorize, POST: answerAuthorize },
  '/signin': { POST: answerSignIn },
  '/oauth2/v1/introspect': { POST: answerIntrospect },
  '/oauth2/v1/revoke': { POST: answerRevoke },
  '/oauth2/v1/userinfo': { GET: answerUserInfo },
};

/** Those of a custom server, after its issuer. */
const customHandlers: Readonly<Record<string, Readonly<Record<string, OAuthHandler>>>> = {
  '/.well-known/oauth-authorization-server': { GET: answerCustomMetadata },
  '/.well-known/openid-configuration': { GET: answerCustomOpenidMetadata },
  '/v1/keys': { GET: answerKeys },
  '/v1/token': { POST: answerToken },
  '/v1/authorize': { GET: answerAuthorize, POST: answerAuthorize },
  '/v1/introspect': { POST: answerIntrospect },
  '/v1/revoke': { POST: answerRevoke },
  '/v1/userinfo': { GET: answerUserInfo },
  '/v1/logout': { GET: answerLogout, POST: answerLogout },
};

const unlimited = /(^\/oauth2\/[^/]+|^)\/\.well-known\/[\w-]+$|^\/oauth2(\/[^/]+)?\/v1\/keys$/;

function findHandlers(path: string) {
  const own = Object.hasOwn(handlers, path) ? handlers[path] : undefined;
  if (own) return { found: own, serverId: undefined };
  const [, serverId = '', rest = ''] = /^\/oauth2\/([^/]+)(\/.+)$/.exec(path) ?? [];
  const found = Object.hasOwn(customHandlers, rest) ? customHandlers[rest] : undefined;
  return found && { found, serverId };
}

/** The endpoint at a path; undefined where the path is the API's. @throws OktaProblem where the method is a wrong one */
export function findEndpoint(method: string, path: string): OAuthEndpoint | undefined {
  const at = findHandlers(path);
  if (!at) return undefined;
  const { found, serverId } = at;
  const handle = found[method];
  return {
    isUnlimited: unlimited.test(path),
    answer(state, call, now) {
      if (!handle) throw new OktaProblem('E0000022');
      const base = call.url.origin;
      const server = serverId === undefined ? undefined : state.authServers.find(({ id }) => id === serverId);
      if (serverId !== undefined && !server) throw notFound(serverId, 'AuthorizationServer');
      try {
        return handle({ state, call, base, server, issuer: issuerOf(base, serverId), form: readForm(call), now });
      } catch (error) {
        if (error instanceof OAuthProblem) return answerOAuthProblem(error);
        throw error;
      }
    },
  };
}
