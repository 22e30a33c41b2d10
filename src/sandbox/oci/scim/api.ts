// The SCIM API of a simulated identity domain as one function from call to answer: faults → limit → who → endpoint → rights → rules.

import { randomBytes } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { Answer, Call } from '../../answer.ts';
import { createFaults, type FaultSettings } from '../../faults.ts';
import type { OciDomain } from '../domain.ts';
import { answerChanger, changerNames } from './changers.ts';
import type { ScimContext, Who } from './context.ts';
import { answerDescription, descriptionNames } from './descriptions.ts';
import { answerFault, spoil } from './fault-answers.ts';
import { kindAt } from './kinds.ts';
import { createLimit, type DomainType } from './limit.ts';
import { answerMine, mineNames } from './mine.ts';
import { answerScimProblem, ScimProblem } from './problem.ts';
import { answerKind, type ScimRequest } from './request.ts';
import { domainRolesOf } from './role-holding.ts';
import type { Store } from './store.ts';
import type { WhoAsks } from './who.ts';

/** Something that the API was made to change. */
export interface ScimMutation {
  /** Epoch milliseconds. */
  at: number;
  method: string;
  path: string;
  body: unknown;
  who: Who;
}

export interface ScimApi {
  answer: (call: Call) => Promise<Answer>;
  setFaults: (settings: Partial<FaultSettings> | null) => void;
  /** Added to each answer. */
  setLatency: (ms: number) => void;
  /** The domain's type, which decides its rate limits; undefined, as to begin with: there are none. */
  setDomainType: (type: DomainType | undefined) => void;
  /** The latest 10,000. */
  mutations: ScimMutation[];
}

const keptMutations = 10_000;
const root = '/admin/v1/';

/** Names of the schema and of a body's attributes may have capitals, paths are as they are written. */
export function createScimApi(
  domain: OciDomain,
  store: Store,
  whoAsks: WhoAsks,
  now: () => number,
  tell: (mutation: ScimMutation) => void,
): ScimApi {
  const faults = createFaults();
  const limit = createLimit(now);
  const mutations: ScimMutation[] = [];
  /** opc-retry-token: the same request once more has the same answer, for a day. */
  const retried = new Map<string, { answer: Answer; until: number }>();
  let latencyMs = 0;

  function answerPlainly(call: Call): Answer {
    try {
      if (!limit.take()) throw new ScimProblem('tooMany', 'Too many requests.');
      const who = whoAsks(call);
      if (!who) throw new ScimProblem('denied', 'You are not authorized to access this resource.');
      const token = call.method === 'POST' ? call.headers['opc-retry-token'] : undefined;
      const key = `${who.id} ${call.url.pathname} ${token}`;
      const earlier = token === undefined ? undefined : retried.get(key);
      if (earlier && earlier.until > now()) return earlier.answer;
      const answer = route(call, who);
      if (token !== undefined) retried.set(key, { answer, until: now() + 86_400_000 });
      if (call.method !== 'GET' && !call.url.pathname.endsWith('/.search')) note(call, who);
      return answer;
    } catch (error) {
      if (!(error instanceof ScimProblem)) throw error;
      return answerScimProblem(error);
    }
  }

  function route(call: Call, who: Who): Answer {
    const at = new Date(now()).toISOString();
    const context: ScimContext = { domain, store, who, base: call.url.origin, at, now: now() };
    const request: ScimRequest = { context, call, roles: domainRolesOf(store, who.id, who.kind === 'User') };
    const [name = '', id, ...rest] = readSegments(call.url.pathname);
    const kind = kindAt(name);
    if (rest.length === 0) {
      if (kind) return answerKind(request, kind, id);
      if (changerNames.includes(name)) return answerChanger(request, name, id);
      if (mineNames.includes(name)) return answerMine(request, name, id);
      if (descriptionNames.includes(name)) return answerDescription(request, name, id);
    }
    throw new ScimProblem('noEndpoint', 'There is no such endpoint.');
  }

  function note(call: Call, who: Who): void {
    if (mutations.length >= keptMutations) mutations.shift();
    // A DELETE may have a body that nobody reads.
    const body: unknown = call.body === '' || call.method === 'DELETE' ? undefined : JSON.parse(call.body);
    const mutation = { at: now(), method: call.method, path: call.url.pathname, body, who };
    mutations.push(mutation);
    tell(mutation);
  }

  return {
    async answer(call) {
      const fault = faults.next(call.headers['x-sandbox-fault']);
      if (latencyMs > 0) await wait(latencyMs);
      // The connection is all that ends it.
      if (fault?.kind === 'hang') await new Promise(() => undefined);
      if (fault?.kind === 'slow') await wait(fault.ms);
      const instead = fault && answerFault(fault);
      const answer = instead ?? answerPlainly(call);
      return traced(fault && !instead ? spoil(fault, answer) : answer, call);
    },
    setFaults: faults.set,
    setLatency(ms) {
      latencyMs = ms;
    },
    setDomainType: limit.set,
    mutations,
  };
}

function readSegments(pathname: string): string[] {
  const path = pathname.startsWith(root) ? pathname.slice(root.length) : '';
  try {
    return path.split('/').map(decodeURIComponent);
  } catch {
    throw new ScimProblem('query', 'The path has a malformed escape.');
  }
}

/** docs.oracle.com "Dynamic Monitoring Using the ECID and RID HTTP Headers". */
function traced(answer: Answer, call: Call): Answer {
  const id = randomBytes(16).toString('hex').toUpperCase();
  const asked = call.headers['opc-request-id'];
  const headers = {
    'x-oracle-dms-ecid': id,
    'x-oracle-dms-rid': '0:1',
    'opc-request-id': asked === undefined ? `${id}/${id.slice(0, 12)}` : `${asked}/${id}`,
  };
  return { ...answer, headers: { ...headers, ...answer.headers } };
}
