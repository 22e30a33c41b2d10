// From a tool's name and arguments to a call with a deadline, and through the steps to its answer.

import { randomUUID } from 'node:crypto';
import type { ServerContext } from '@modelcontextprotocol/server';
import type { Caller } from '../core/caller.ts';
import { CastellanError } from '../core/errors.ts';
import type { Answer, Call } from './call.ts';
import type { Found } from './catalog.ts';
import type { Narrowing } from './gate.ts';
import { errorResult } from './result.ts';

/** What somebody asks for, before anything of it was checked. */
export interface Asked {
  readonly name: string;
  readonly found: Found;
  readonly args: Record<string, unknown>;
  readonly caller: Caller;
  readonly narrowing: Narrowing;
  /** Aborted when the caller gives up. */
  readonly signal: AbortSignal;
  readonly progress: Call['progress'];
  readonly canAsk: boolean;
  readonly mcp: ServerContext | undefined;
}

export interface DispatchOptions {
  readonly runSteps: (call: Call) => Promise<Answer>;
  readonly now: () => number;
  readonly callTimeoutMs: number;
}

/** Never rejects: whatever goes wrong is the answer. */
export type Dispatch = (asked: Asked) => Promise<Answer>;

export function createDispatch({ runSteps, now, callTimeoutMs }: DispatchOptions): Dispatch {
  return async ({ name, found, args, caller, narrowing, signal, progress, canAsk, mcp }) => {
    const { entry, translate } = found;
    const over = new AbortController();
    const stop = () => over.abort(new CastellanError({ code: 'cancelled', message: 'The call was cancelled.' }));
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
    const timer = setTimeout(() => over.abort(deadlineExceeded(callTimeoutMs)), callTimeoutMs);
    const deadline = now() + callTimeoutMs;
    const call: Call = {
      id: randomUUID(),
      entry,
      calledAs: name,
      given: args,
      translate,
      input: {},
      tenant: undefined,
      caller,
      narrowing,
      signal: over.signal,
      deadline,
      progress,
      now,
      requestIds: [],
      failure: undefined,
      plan: undefined,
      guardAgain: undefined,
      applying: false,
      outcome: undefined,
      record: async () => {
        throw new TypeError('the step that records is missing');
      },
      canAsk,
      mcp,
    };
    try {
      await entry.load();
      return await runSteps(call);
    } catch (error) {
      return errorResult(error, entry);
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
    }
  };
}

function deadlineExceeded(timeoutMs: number): CastellanError {
  return new CastellanError({
    code: 'deadline_exceeded',
    message: `The call was not over after ${timeoutMs / 1000} s and was ended; the platform may be slow or the queue long.`,
    hint: 'Call again; for long lists ask for less at once (max_results, a shorter time window). The timeout is a setting.',
    retry: { again: true, afterMs: 0 },
  });
}
