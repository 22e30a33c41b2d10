// The step that counts and times every call and writes its line to the log: names and outcomes, never what was said.

import type { Log } from '../observe/log.ts';
import type { CallObserver } from '../observe/metrics.ts';
import type { Step } from './call.ts';

export function measureCalls(log: Log, observe: CallObserver): Step {
  return async (call, next) => {
    const started = performance.now();
    const answer = await next();
    const ms = Math.round((performance.now() - started) * 10) / 10;
    const { failure, requestIds } = call;
    const outcome = failure?.code ?? ('isError' in answer && answer.isError ? 'error' : 'ok');
    const tool = call.entry.tool.name;
    observe({ tool, outcome, seconds: ms / 1000 });
    const fields = { tool, tenant: call.tenant?.name, caller: call.caller.id, outcome, ms, requestIds };
    // Only our own faults are told whole: what a platform says about a request can name people.
    if (failure?.code === 'internal') log.error({ ...fields, detail: failure.detail }, 'tool call broke');
    else log.debug(fields, 'tool call');
    return answer;
  };
}
