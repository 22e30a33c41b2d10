// The simulated Okta organization as one function from call to answer: faults → token → rate limits → route → handler.

import { setTimeout as wait } from 'node:timers/promises';
import { createFaults, type Fault, type FaultSettings } from '../faults.ts';
import { letters, makeUuid } from '../random.ts';
import { json, type OktaAnswer, type OktaCall } from './answer.ts';
import { answerFault, spoil } from './fault-answers.ts';
import { answerProblem, OktaProblem } from './problems.ts';
import { createRateLimits } from './rate-limits.ts';
import { createRouter } from './router.ts';
import { oktaRoutes } from './routes.ts';
import { createState } from './state.ts';

export interface OktaOptions {
  users: number;
  seed: number;
  token: string;
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
  count: () => number;
}

const faultsPath = '/__sandbox/faults';

export function createOkta(options: OktaOptions): Okta {
  const { now } = options;
  const faults = createFaults(options.faults);
  const limits = createRateLimits(options.rateLimits, now);
  const route = createRouter(oktaRoutes);
  let state = createState(options);
  let requests = 0;
  const makeErrorId = () => `oae${letters(17, options.seed, 88, requests)}`;

  /** System Log errors have a UUID for their id and no link; the others an id that starts with 'oae'. */
  function answerError(error: unknown, call: OktaCall): OktaAnswer {
    const problem = error instanceof OktaProblem ? error : new OktaProblem('E0000009');
    if (call.url.pathname === '/api/v1/logs')
      return answerProblem(problem, makeUuid(options.seed, 88, requests), false);
    return answerProblem(problem, makeErrorId());
  }

  function answerPlainly(call: OktaCall): OktaAnswer {
    const verdict = limits.take(call.method, call.url.pathname);
    let answer: OktaAnswer;
    try {
      if (call.headers.authorization !== `SSWS ${options.token}`) throw new OktaProblem('E0000011');
      if (!verdict.allowed) throw new OktaProblem('E0000047');
      const match = route(call.method, call.url.pathname);
      const context = { state, call, query: call.url.searchParams, params: match.params, base: call.url.origin };
      answer = match.route.handle(context);
    } catch (error) {
      answer = answerError(error, call);
    }
    return { ...answer, headers: { ...verdict.headers, ...answer.headers } };
  }

  function answerWithFault(call: OktaCall, fault: Fault): OktaAnswer {
    const instead = answerFault(fault, makeErrorId(), Math.floor(now() / 1000));
    if (!instead) return spoil(fault, answerPlainly(call));
    const { headers } = limits.take(call.method, call.url.pathname);
    return { ...instead, headers: { ...headers, ...instead.headers } };
  }

  function answerSetFaults(call: OktaCall): OktaAnswer {
    try {
      if (call.headers.authorization !== `SSWS ${options.token}`) throw new OktaProblem('E0000011');
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
    const fault = drawn?.kind === 'reset' && !hasSocket ? undefined : drawn;
    if (options.latencyMs > 0) await wait(options.latencyMs);
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
    count: () => requests,
  };
}
