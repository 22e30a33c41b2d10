// The endpoints of the org authorization server that need no API token, and how a call finds its endpoint.

import type { OktaAnswer, OktaCall } from '../answer.ts';
import { OktaProblem } from '../problems.ts';
import type { OktaState } from '../state.ts';
import { answerAuthorize, answerSignIn } from './authorize.ts';
import { answerActivate, answerActivation, answerDeviceAuthorize } from './device.ts';
import { answerKeys, answerMetadata } from './metadata.ts';
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

const unlimited: ReadonlySet<string> = new Set(['/.well-known/openid-configuration', '/oauth2/v1/keys']);

/** The endpoint at a path; undefined where the path is the API's. @throws OktaProblem where the method is a wrong one */
export function findEndpoint(method: string, path: string): OAuthEndpoint | undefined {
  const found = Object.hasOwn(handlers, path) ? handlers[path] : undefined;
  if (!found) return undefined;
  const handle = found[method];
  return {
    isUnlimited: unlimited.has(path),
    answer(state, call, now) {
      if (!handle) throw new OktaProblem('E0000022');
      try {
        return handle({ state, call, base: call.url.origin, form: readForm(call), now });
      } catch (error) {
        if (error instanceof OAuthProblem) return answerOAuthProblem(error);
        throw error;
      }
    },
  };
}
