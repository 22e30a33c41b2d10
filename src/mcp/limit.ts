// The step that keeps calls from crowding one another out: so many at once, the others in order, none past its deadline.

import pLimit from 'p-limit';
import type { Answer, Step } from './call.ts';
import { errorResult } from './result.ts';

export function limitCalls(concurrency: number): Step {
  const limit = pLimit(concurrency);
  return (call, next) => {
    // A local tool is over before it could crowd anybody.
    if (call.entry.tool.local) return next();
    const over = Promise.withResolvers<Answer>();
    const stop = () => over.resolve(errorResult(call.signal.reason, call.entry));
    call.signal.addEventListener('abort', stop, { once: true });
    const run = limit(() => (call.signal.aborted ? over.promise : next()));
    return Promise.race([run, over.promise]).finally(() => call.signal.removeEventListener('abort', stop));
  };
}
