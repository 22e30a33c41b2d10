// The step that writes down every call before its answer goes out. Where that cannot be done, nothing is: what is not
// recorded does not happen.

import { itself } from '../core/caller.ts';
import { CastellanError } from '../core/errors.ts';
import type { AuditLog } from '../observe/audit-log.ts';
import { type Answer, type Call, failCall, type Outcome, type Step } from './call.ts';

/** Makes of a value what can stand in a record for it: the same for the same value, and nothing can be read from it. */
export type Digest = (value: unknown) => Promise<string>;

export function auditCalls(log: AuditLog, digest: Digest): Step {
  return async (call, next) => {
    const { tool } = call.entry;
    // Nobody made it, and nobody asked for it.
    if (call.caller === itself && tool.access === 'read') return next();
    const changes = tool.access !== 'read';
    call.record = async ({ event, code, confirmation, by, dryRun }) => {
      const { plan } = call;
      await log.append(
        {
          event,
          call: call.id,
          tool: tool.name,
          access: tool.access,
          caller: call.caller.id,
          ...(call.tenant?.actsAs && { as: call.tenant.actsAs }),
          ...(call.tenant && { tenant: call.tenant.name }),
          input: await digest(call.input),
          ...(plan && { plan: await digest(plan), targets: plan.targets.map(({ type, id }) => `${type}:${id}`) }),
          ...(call.requestIds.length > 0 && { requestIds: [...call.requestIds] }),
          ...(confirmation !== undefined && { confirmation }),
          ...(by !== undefined && { by }),
          ...(code !== undefined && { code }),
          ...(dryRun === true && { dryRun }),
        },
        // A change, and what a person said to it, must outlive the machine's power as well.
        changes && dryRun !== true ? 'power' : 'process',
      );
    };
    let answer: Answer;
    try {
      answer = await next();
    } catch (error) {
      // A step inside could not write its record: the change was not begun.
      answer = failCall(call, error);
    }
    try {
      await call.record(outcomeOf(call));
      return answer;
    } catch (error) {
      return failCall(call, call.applying ? unrecorded(call, error) : error);
    }
  };
}

/** What we said no to, rather than what went wrong. */
const refusing = new Set(['not_allowed', 'not_confirmed', 'missing_scope']);

function outcomeOf(call: Call): Outcome {
  if (call.outcome) return call.outcome;
  if (!call.failure) return { event: 'done' };
  const { code } = call.failure;
  return { event: refusing.has(code) ? 'refused' : 'failed', code };
}

/** That it began stands in the log; that it ended does not, and whoever asked must know. */
function unrecorded(call: Call, cause: unknown): CastellanError {
  const end = call.outcome?.event === 'done' ? 'The change was made' : 'The change was begun';
  return new CastellanError({
    code: 'internal',
    message: `${end}, but its end could not be written to the audit log.`,
    hint: 'Tell the operator: the log’s folder may be full or not writable. Look before you repeat the change.',
    detail: cause instanceof Error ? cause.message : String(cause),
    cause,
  });
}
