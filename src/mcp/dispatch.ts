// From a tool's name and arguments to a call with a deadline, and through the steps to its answer.

import type { ServerContext } from '@modelcontextprotocol/server';
import { CastellanError } from '../core/errors.ts';
import { type Answer, type Call, type Caller, checkInput, chooseTenant } from './call.ts';
import type { Found } from './catalog.ts';
import { errorResult } from './result.ts';

/** What somebody asks for, before anything of it was checked. */
export interface Asked {
  readonly name: string;
  readonly found: Found;
  readonly args: Record<string, unknown>;
  readonly caller: Caller;
  /** Aborted when the caller gives up. */
  readonly signal: AbortSignal;
  readonly progress: Call['progress'];
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
  return async ({ name, found, args, caller, signal, progress, mcp }) => {
    const { entry, translate } = found;
    const over = new AbortController();
    const stop = () => over.abort(new CastellanError({ code: 'cancelled', message: 'The call was cancelled.' }));
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
    const timer = setTimeout(() => over.abort(deadlineExceeded(callTimeoutMs)), callTimeoutMs);
    try {
      const input = checkInput(entry, translate(args));
      const tenant = chooseTenant(entry, input);
      const deadline = now() + callTimeoutMs;
      const facts = { entry, calledAs: name, tenant, input, caller, signal: over.signal, deadline, progress, now, mcp };
      return await runSteps({ ...facts, requestIds: [], failure: undefined });
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
    message: `The call was not over after ${timeoutMs / 1000} s and was ended.`,
    hint: 'Ask for less at once (max_results, a shorter time window), or raise the timeout setting.',
    retry: { again: true, afterMs: 0 },
  });
}
