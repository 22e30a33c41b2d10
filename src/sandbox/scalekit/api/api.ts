// The API of a simulated workspace as one function from call to answer: faults → route → token → environment → handler.

import { setTimeout as wait } from 'node:timers/promises';
import { type Answer, type Call, json } from '../../answer.ts';
import { createFaults, type FaultSettings } from '../../faults.ts';
import type { Provider } from '../../oidc/provider.ts';
import { letters } from '../../random.ts';
import { checkClient, findMember, findNamed } from './access.ts';
import type { ApiContext, Route } from './context.ts';
import { answerFault, spoil } from './fault-answers.ts';
import { ApiProblem, answerApiProblem } from './problem.ts';
import { createQuery } from './query.ts';
import { createRouter } from './router.ts';
import { apiRoutes } from './routes.ts';
import { readShape } from './shape.ts';
import type { EnvironmentState } from './state.ts';
import type { Member, WorkspaceState } from './workspace-state.ts';

/** Something that the API was made to change. */
export interface ScalekitMutation {
  method: string;
  path: string;
  /** The domain of the environment; undefined of the workspace. */
  environment: string | undefined;
  body: unknown;
}

const keptMutations = 10_000;

/** Where a call came in: at an environment's own host, or at the one for all. */
export type Entrance =
  | { provider: Provider; environment: () => EnvironmentState }
  | { provider: Provider; audience: () => string };

export interface ScalekitApi {
  answer: (call: Call, entrance: Entrance) => Promise<Answer>;
  setFaults: (settings: Partial<FaultSettings> | null) => void;
  setLatency: (ms: number) => void;
  setSparse: (isSparse: boolean) => void;
  mutations: ScalekitMutation[];
  count: () => number;
}

export function createScalekitApi(workspace: () => WorkspaceState, seed: number, now: () => number): ScalekitApi {
  const route = createRouter(apiRoutes);
  const faults = createFaults();
  const mutations: ScalekitMutation[] = [];
  let requests = 0;
  let latencyMs = 0;
  let isSparse = false;
  const requestId = () => letters(20, seed, 771, requests);

  function enter(
    call: Call,
    { isOfWorkspace, isOnlyFor }: Route,
    entrance: Entrance,
  ): { state: EnvironmentState; member?: Member } {
    const { provider } = entrance;
    if ('environment' in entrance) {
      const state = entrance.environment();
      checkClient(provider, state, call);
      if (isOfWorkspace || isOnlyFor === 'people') throw new ApiProblem(403, 'an environment client may not do this');
      return { state };
    }
    const member = findMember(provider, entrance.audience(), workspace(), call);
    if (isOnlyFor === 'client') throw new ApiProblem(403, 'only an environment client may do this');
    const state = isOfWorkspace ? workspace().environments[0] : findNamed(workspace(), call);
    if (!state) throw new ApiProblem(404, 'environment not found');
    return { state, member };
  }

  function answerPlainly(call: Call, entrance: Entrance): Answer {
    try {
      const match = route(call.method, call.url.pathname);
      const { state, member } = enter(call, match.route, entrance);
      const context: ApiContext = {
        workspace: workspace(),
        state,
        member,
        call,
        params: match.params,
        query: createQuery(call.url.searchParams),
        read: (shape) => readShape(call.body, shape),
        at: new Date(now()).toISOString(),
        now: now(),
      };
      const answered = match.route.handle(context);
      if (call.method !== 'GET') {
        const environment = match.route.isOfWorkspace ? undefined : state.record.domain;
        const body: unknown = call.body === '' ? undefined : JSON.parse(call.body);
        // A sandbox that runs for weeks keeps the latest.
        if (mutations.length >= keptMutations) mutations.shift();
        mutations.push({ method: call.method, path: call.url.pathname, environment, body });
      }
      return json(isSparse ? thin(answered) : answered, {}, match.route.status);
    } catch (error) {
      const problem = error instanceof ApiProblem ? error : new ApiProblem(500, 'internal error');
      return answerApiProblem(problem, requestId());
    }
  }

  return {
    async answer(call, entrance) {
      requests++;
      const fault = faults.next(call.headers['x-sandbox-fault']);
      if (latencyMs > 0) await wait(latencyMs);
      // The connection is all that ends it.
      if (fault?.kind === 'hang') await new Promise(() => undefined);
      if (fault?.kind === 'slow') await wait(fault.ms);
      const instead = fault && answerFault(fault, requestId());
      const answer = instead ?? answerPlainly(call, entrance);
      return fault && !instead ? spoil(fault, answer) : answer;
    },
    setFaults: faults.set,
    setLatency(ms) {
      latencyMs = ms;
    },
    setSparse(sparse) {
      isSparse = sparse;
    },
    mutations,
    count: () => requests,
  };
}

/** proto3 JSON may leave out whatever has its default: '', 0, false, an empty list or map. */
function thin(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(thin);
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([, item]) => !isDefault(item));
  return Object.fromEntries(kept.map(([name, item]) => [name, thin(item)]));
}

function isDefault(item: unknown): boolean {
  if (item === '' || item === 0 || item === false || item === '0') return true;
  if (typeof item !== 'object' || item === null) return false;
  return Array.isArray(item) && item.length === 0;
}
