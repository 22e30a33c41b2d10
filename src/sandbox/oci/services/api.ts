// OCI's services of the tenancy's regions as one function from call to answer: faults → signature → route → handler.

import { randomBytes } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { type Answer, type Call, json } from '../../answer.ts';
import { createFaults, type FaultSettings } from '../../faults.ts';
import type { OciDomain } from '../domain.ts';
import { isAdministrator, rolesOf } from '../rights.ts';
import type { Store } from '../scim/store.ts';
import type { SessionTokens } from '../session-tokens.ts';
import { notAuthenticated, type OciCaller, verifySignature } from '../signature.ts';
import { auditRoutes } from './audit.ts';
import { type Happening, principalOf, writeEvent } from './audit-events.ts';
import { tellStories } from './audit-stories.ts';
import type { ServiceContext, ServiceRoute } from './context.ts';
import { answerFault, spoil } from './fault-answers.ts';
import { identityRoutes } from './identity.ts';
import { peopleRoutes } from './identity-people.ts';
import { objectStorageRoutes } from './object-storage.ts';
import { answerServiceProblem, ServiceProblem } from './problem.ts';
import { makeTenancy, type Tenancy } from './tenancy.ts';

export interface ServicesOptions {
  domain: OciDomain;
  store: Store;
  tokens: SessionTokens;
  seed: number;
  now: () => number;
}

export interface Services {
  answer: (call: Call, region: string) => Promise<Answer>;
  tenancy: Tenancy;
  /** Into Audit. */
  record: (happening: Happening) => void;
  setFaults: (settings: Partial<FaultSettings> | null) => void;
  setLatency: (ms: number) => void;
}

/** A sandbox that runs for weeks keeps the latest. */
const keptEvents = 20_000;

const routes: readonly ServiceRoute[] = [...identityRoutes, ...peopleRoutes, ...objectStorageRoutes, ...auditRoutes];

export function createServices({ domain, store, tokens, seed, now }: ServicesOptions): Services {
  const tenancy = makeTenancy(domain, now());
  const events = tellStories(tenancy, domain, seed, now());
  let told = events.length;
  const record = (happening: Happening) => {
    if (events.length >= keptEvents) events.shift();
    events.push(writeEvent(tenancy, domain, happening, told++));
  };
  const faults = createFaults();
  let latencyMs = 0;

  function authenticate(call: Call, region: string): OciCaller {
    const verified = verifySignature(domain, tokens, now(), call);
    // A region that is not subscribed does not know the tenancy.
    const isKnown = tenancy.regions.some(({ name, isSubscribed }) => name === region && isSubscribed);
    if ('refusal' in verified || !isKnown)
      throw new ServiceProblem('NotAuthenticated', 'refusal' in verified ? verified.refusal : notAuthenticated);
    return verified.caller;
  }

  function handle(call: Call, region: string): Answer {
    const caller = authenticate(call, region);
    const { pathname } = call.url;
    if (call.method === 'POST' && pathname === '/v1/authentication/refresh') return refreshSession(call, caller);
    const found = routes.filter(({ path }) => path.test(pathname));
    if (found.length === 0) throw new ServiceProblem('NotFound', 'The requested path does not exist.');
    const route = found.find(({ method }) => method === (call.method === 'HEAD' ? 'GET' : call.method));
    if (!route) throw new ServiceProblem('MethodNotAllowed', `${call.method} is not allowed here.`);
    const context: ServiceContext = {
      domain,
      store,
      tenancy,
      region,
      caller,
      isAdministrator: isAdministrator(domain, caller.member),
      auditsTenancy: rolesOf(domain, caller.member).includes('Audit Administrator'),
      events,
      call,
      params: (route.path.exec(pathname) ?? []).slice(1).map(decodeURIComponent),
      query: call.url.searchParams,
      now: now(),
    };
    const { status = 200, headers = {}, body, text } = route.handle(context);
    if (route.event) record(tellOf(context, route.event, status));
    if (text !== undefined || body === undefined) return { status, headers, body: text ?? '' };
    return json(body, headers, status);
  }

  /** Only the token that signed the request, and only as long as its session lasts. */
  function refreshSession(call: Call, { token }: OciCaller): Answer {
    const { currentToken } = (JSON.parse(call.body) ?? {}) as { currentToken?: unknown };
    const fresh = token !== undefined && currentToken === token ? tokens.refresh(token) : undefined;
    if (fresh === undefined) throw new ServiceProblem('NotAuthenticated', notAuthenticated);
    return json({ token: fresh });
  }

  function answerPlainly(call: Call, region: string): Answer {
    try {
      const answer = handle(call, region);
      return call.method === 'HEAD' ? { ...answer, body: '' } : answer;
    } catch (error) {
      if (error instanceof ServiceProblem) return answerServiceProblem(error);
      const isUnreadable = error instanceof SyntaxError || error instanceof URIError;
      const code = isUnreadable ? 'CannotParseRequest' : 'InternalServerError';
      return answerServiceProblem(new ServiceProblem(code, isUnreadable ? 'Cannot parse request' : 'Internal error'));
    }
  }

  return {
    async answer(call, region) {
      const fault = faults.next(call.headers['x-sandbox-fault']);
      if (latencyMs > 0) await wait(latencyMs);
      // The connection is all that ends it.
      if (fault?.kind === 'hang') await new Promise(() => undefined);
      if (fault?.kind === 'slow') await wait(fault.ms);
      const instead = fault && answerFault(fault);
      const answer = instead ?? answerPlainly(call, region);
      answer.headers['opc-request-id'] = requestIdOf(call);
      return fault && !instead ? spoil(fault, answer) : answer;
    },
    tenancy,
    record,
    setFaults: faults.set,
    setLatency(ms) {
      latencyMs = ms;
    },
  };
}

function tellOf(context: ServiceContext, event: Pick<Happening, 'by' | 'name'>, status: number): Happening {
  const { caller, call, region, params, now, query, tenancy } = context;
  const id = params[0] ?? query.get('compartmentId') ?? tenancy.id;
  return {
    ...event,
    at: now,
    who: principalOf(caller.member),
    address: '127.0.0.1',
    userAgent: call.headers['user-agent'] ?? '',
    authType: 'natv',
    credentials: caller.credential,
    action: call.method === 'POST' ? 'POST' : 'PUT',
    path: call.url.pathname,
    status,
    message: `${event.name} succeeded`,
    region,
    resource: { id, name: tenancy.compartments.find((each) => each.id === id)?.name ?? id },
  };
}

/** Three parts, the first of which the caller may choose. */
function requestIdOf({ headers }: Call): string {
  const part = () => randomBytes(16).toString('hex').toUpperCase();
  const given = headers['opc-request-id'];
  return [given !== undefined && /^[\w/-]{1,98}$/.test(given) ? given : part(), part(), part()].join('/');
}
