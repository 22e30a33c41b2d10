// Looks at a request before anything of it is done: what its caller would need that its token does not allow. The web
// server answers with that (403 insufficient_scope), so that the client can ask a person for it and come again.

import { type Caller, coversSome } from '../core/caller.ts';
import { lacksFor, needsOf } from './allowed.ts';
import type { Catalog, Connected, Found } from './catalog.ts';
import type { Dispatch } from './dispatch.ts';
import type { Gate, Narrowing } from './gate.ts';

export interface Screen {
  /** Scopes such as `okta:destroy` that all messages of a request need together; empty where it may go on. */
  readonly needs: (body: unknown, narrowing: Narrowing) => readonly string[];
  /** Records the calls in it that were refused for that. Never rejects. */
  readonly record: (body: unknown, caller: Caller, narrowing: Narrowing) => Promise<void>;
}

export interface ScreenOptions {
  readonly catalog: Catalog;
  readonly connected: readonly Connected[];
  readonly gate: Gate;
  readonly dispatch: Dispatch;
}

/** These may read from the platforms: resources, and values that complete an argument. */
const reading = new Set(['resources/read', 'resources/subscribe', 'prompts/get', 'completion/complete']);
const none: readonly string[] = [];

export function createScreen({ catalog, connected, gate, dispatch }: ScreenOptions): Screen {
  const reads = connected.filter(({ tenants }) => tenants.size > 0).map(({ platform }) => `${platform.name}:read`);

  /** A call beyond the allowance; one that the operator's limits leave out anyway is refused for that. */
  function refused(message: unknown, narrowing: Narrowing): Found | undefined {
    const found = message === null || typeof message !== 'object' ? undefined : callOf(message);
    if (!found || lacksFor(found.entry, narrowing.allowance).length === 0) return undefined;
    return gate.refuse(found.entry, { ...narrowing, allowance: undefined }) === undefined ? found : undefined;
  }

  function callOf(message: object): Found | undefined {
    const { method, params } = message as { method?: unknown; params?: { name?: unknown } };
    return method === 'tools/call' && typeof params?.name === 'string' ? catalog.find(params.name) : undefined;
  }

  /** To ask for what a person cannot give would send them round in circles: such a call goes on to be refused. */
  function needsOfOne(message: unknown, narrowing: Narrowing): readonly string[] {
    const needs = lackedBy(message, narrowing);
    const { reach } = narrowing.allowance ?? {};
    return reach && !needs.every((scope) => coversSome(reach, scope)) ? none : needs;
  }

  function lackedBy(message: unknown, narrowing: Narrowing): readonly string[] {
    const found = refused(message, narrowing);
    if (found) return needsOf(found.entry);
    const { method } = (message ?? {}) as { method?: unknown };
    const asked = typeof method === 'string' && reading.has(method) ? reads : none;
    const { scopes } = narrowing.allowance ?? {};
    return !scopes || asked.every((scope) => coversSome(scopes, scope)) ? none : asked;
  }

  return {
    needs(body, narrowing) {
      if (!narrowing.allowance) return none;
      if (!Array.isArray(body)) return needsOfOne(body, narrowing);
      return [...new Set(body.flatMap((message) => needsOfOne(message, narrowing)))];
    },

    async record(body, caller, narrowing) {
      for (const message of Array.isArray(body) ? body : [body]) {
        const found = refused(message, narrowing);
        if (!found) continue;
        const { name, arguments: given } = (message as { params: { name: string; arguments?: unknown } }).params;
        const args = typeof given === 'object' && given !== null ? { ...given } : {};
        const { signal } = new AbortController();
        // Goes no further than the gate, which refuses it for the same reason, within the step that records.
        await dispatch({ name, found, args, caller, narrowing, signal, progress() {}, canAsk: false, mcp: undefined });
      }
    },
  };
}
