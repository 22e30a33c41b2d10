// The simulated Okta organization as one function from call to answer: faults → token → rate limits → route → handler.

import { setTimeout as wait } from 'node:timers/promises';
import { createFaults, type Fault, type FaultSettings } from '../faults.ts';
import { letters, makeUuid } from '../random.ts';
import { json, type OktaAnswer, type OktaCall } from './answer.ts';
import type { OktaContext } from './context.ts';
import { answerFault, spoil } from './fault-answers.ts';
import { type Admission, admit, showsToken } from './oauth/access.ts';
import type { OAuthOptions } from './oauth/clients.ts';
import { type CustomServerHandle, createCustomServerHandle } from './oauth/custom-handle.ts';
import { findEndpoint, type OAuthEndpoint } from './oauth/endpoints.ts';
import { createOAuthHandle, type OAuthHandle } from './oauth/handle.ts';
import { AccessProblem, answerAccessProblem } from './oauth/problems.ts';
import { answerProblem, OktaProblem } from './problems.ts';
import { createRateLimits } from './rate-limits.ts';
import { createRouter } from './router.ts';
import { oktaRoutes } from './routes.ts';
import { createState } from './state.ts';

export interface OktaOptions {
  users: number;
  seed: number;
  token: string;
  oauth: OAuthOptions;
  now: () => number;
  faults: Partial<FaultSettings> | undefined;
  rateLimits: 'okta' | 'off' | number;
  latencyMs: number;
}

export interface Okta {
  /** Without a socket there is nothing to break: connection faults are then passed over. */
  answer: (call: OktaCall, hasSocket?: boolean) => Promise<OktaAnswer>;
  setFaults: (settings: Partial<FaultSettings> | null) => void;
  reset: () => void;
  oauth: OAuthHandle;
  customServer: (base: string, id: string) => CustomServerHandle;
  count: () => number;
}

const faultsPath = '/__sandbox/faults';

export function createOkta(options: OktaOptions): Okta {
  const { now } = options;
  const faults = createFaults(options.faults);
  const limits = createRateLimits(options.rateLimits, now);
  const route = createRouter(oktaRoutes);
  let state = createState(options);
  const apiToken = `SSWS ${options.token}`;
  let requests = 0;
  const makeErrorId = () => `oae${letters(17, options.seed, 88, requests)}`;

  /** System Log errors have a UUID for their id and no link; the others an id that starts with 'oae'. */
  function answerError(error: unknown, call: OktaCall): OktaAnswer {
    if (error instanceof AccessProblem) return answerAccessProblem(error, makeErrorId());
    const problem = error instanceof OktaProblem ? error : new OktaProblem('E0000009');
    if (call.url.pathname === '/api/v1/logs')
      return answerProblem(problem, makeUuid(options.seed, 88, requests), false);
    return answerProblem(problem, makeErrorId());
  }

  /** Who has the API token may do everything; who has an access token, what it gives. */
  function enter(call: OktaCall, allowed: boolean): Admission {
    const find = () => {
      if (!allowed) throw new OktaProblem('E0000047');
      return route(call.method, call.url.pathname);
    };
    if (call.headers.authorization === apiToken) return find();
    if (!showsToken(call)) throw new OktaProblem('E0000011');
    return admit(state, call, now(), find);
  }

  function answerPlainly(call: OktaCall): OktaAnswer {
    const { pathname } = call.url;
    const endpoint = pathname.startsWith('/api/') ? undefined : findEndpoint(call.method, pathname);
    if (endpoint?.isUnlimited) return answerOpenly(call, endpoint, true);
    const verdict = limits.take(call.method, pathname);
    const answer = endpoint ? answerOpenly(call, endpoint, verdict.allowed) : answerApi(call, verdict.allowed);
    return { ...answer, headers: { ...verdict.headers, ...answer.headers } };
  }

  function answerOpenly(call: OktaCall, endpoint: OAuthEndpoint, allowed: boolean): OktaAnswer {
    try {
      if (!allowed) throw new OktaProblem('E0000047');
      return endpoint.answer(state, call, now());
    } catch (error) {
      return answerError(error, call);
    }
  }

  function answerApi(call: OktaCall, allowed: boolean): OktaAnswer {
    try {
      const match = enter(call, allowed);
      const { params, actor } = match;
      const context: OktaContext = { state, call, query: call.url.searchParams, params, base: call.url.origin };
      if (actor) context.actor = actor;
      return match.route.handle(context);
    } catch (error) {
      return answerError(error, call);
    }
  }

  function answerWithFault(call: OktaCall, fault: Fault): OktaAnswer {
    const instead = answerFault(fault, makeErrorId(), Math.floor(now() / 1000));
    if (!instead) return spoil(fault, answerPlainly(call));
    const { headers } = limits.take(call.method, call.url.pathname);
    return { ...instead, headers: { ...headers, ...instead.headers } };
  }

  function answerSetFaults(call: OktaCall): OktaAnswer {
    try {
      if (call.headers.authorization !== apiToken) throw new OktaProblem('E0000011');
      if (call.method !== 'PUT') throw new OktaProblem('E0000022');
      faults.set(JSON.parse(call.body === '' ? 'null' : call.body) as Partial<FaultSettings> | null);
      return json({ ok: true });
    } catch (error) {
      if (error instanceof OktaProblem) return answerError(error, call);
      return answerError(
        new OktaProblem('E0000001', 'faults', [error instanceof Error ? error.message : 'faults']),
        call,
      );
    }
  }

  async function answer(call: OktaCall, hasSocket = true): Promise<OktaAnswer> {
    requests++;
    const admin = call.url.pathname === faultsPath;
    const drawn = admin ? undefined : faults.next(call.headers['x-sandbox-fault']);
    const needsSocket = drawn?.kind === 'reset' || drawn?.kind === 'hang';
    const fault = needsSocket && !hasSocket ? undefined : drawn;
    if (options.latencyMs > 0) await wait(options.latencyMs);
    // The connection is all that ends it.
    if (fault?.kind === 'hang') await new Promise(() => undefined);
    if (fault?.kind === 'slow') await wait(fault.ms);
    const answered = admin ? answerSetFaults(call) : fault ? answerWithFault(call, fault) : answerPlainly(call);
    answered.headers['x-okta-request-id'] = letters(27, options.seed, 89, requests);
    answered.headers.date = new Date(now()).toUTCString();
    return answered;
  }

  return {
    answer,
    setFaults: faults.set,
    reset() {
      state = createState(options);
      limits.reset();
    },
    oauth: createOAuthHandle(() => state),
    customServer: (base, id) => createCustomServerHandle(() => state, base, id),
    count: () => requests,
  };
}
