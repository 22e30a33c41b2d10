// The step that keeps calls from crowding one another out: so many at once for each tenant, the others in order, none past
// its deadline.

import pLimit, { type LimitFunction } from 'p-limit';
import { type Answer, failCall, type Step } from './call.ts';

export function limitCalls(concurrency: number): Step {
  /** One queue a tenant: one that is throttled must not hold up the others. */
  const queues = new Map<string, LimitFunction>();
  const queueOf = (tenant: string) => {
    const queue = queues.get(tenant) ?? pLimit(concurrency);
    queues.set(tenant, queue);
    return queue;
  };
  return async (call, next) => {
    // A local tool is over before it could crowd anybody.
    if (!call.tenant) return next();
    const { signal } = call;
    if (signal.aborted) return failCall(call, signal.reason);
    const over = Promise.withResolvers<Answer>();
    const stop = () => {
      // What became of a change that is being made is known only when it is over.
      if (!call.applying) over.resolve(failCall(call, signal.reason));
    };
    signal.addEventListener('abort', stop, { once: true });
    const run = queueOf(call.tenant.name)(() => (signal.aborted ? over.promise : next()));
    return Promise.race([run, over.promise]).finally(() => signal.removeEventListener('abort', stop));
  };
}
