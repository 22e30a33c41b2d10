// The step of calls that change something: it says what would change, refuses what must not be, and, once the steps
// inside have let it through, makes the change and says how it is taken back.

import type { CallToolResult } from '@modelcontextprotocol/server';
import pLimit, { type LimitFunction } from 'p-limit';
import type { Applied, ChangeAnswer, Plan, Undo } from '../core/change.ts';
import { CastellanError, toCastellanError } from '../core/errors.ts';
import type { ToolContext } from '../core/tool.ts';
import { nothingToDo } from '../observe/audit-entry.ts';
import { type Call, contextOf, failCall, type Step } from './call.ts';
import { writeChange } from './change-text.ts';
import { successResult } from './result.ts';

/** Gives what grants access (a link, a password) to the person and says where; it never goes through an answer. */
export type HandOver = (what: string, text: string) => Promise<string>;

export function planChanges(): Step {
  return async (call, next) => {
    const { tool } = call.entry;
    const makePlan = tool.plan as ((input: unknown, ctx: ToolContext<unknown>) => Promise<Plan>) | undefined;
    if (!makePlan) return next();
    const { dryRun, tenant: _tenant, ...input } = call.input;
    try {
      const context = contextOf(call, untilApplying(call));
      call.plan = await makePlan(input, context);
      const { plan, tenant } = call;
      call.guardAgain = async () => tenant?.guard?.(plan, context.client, tool.access);
      throwRefusal(await call.guardAgain());
    } catch (error) {
      if (call.signal.aborted) return failCall(call, call.signal.reason);
      if (call.plan) call.outcome = { event: 'refused', code: toCastellanError(error).code };
      return failCall(call, error);
    }
    const { already } = call.plan;
    if (dryRun === true) {
      call.outcome = { event: 'done', dryRun: true };
      return answerChange(call, { done: false, note: already ?? 'A dry run: nothing was changed.' });
    }
    if (already !== undefined) {
      call.outcome = { event: 'done', code: nothingToDo };
      return answerChange(call, { done: false, note: already });
    }
    return next();
  };
}

/** The last step of a call that changes something. */
export function applyChanges(handOver: HandOver): Step {
  /** What takes something away is judged once more and done one after the other: two of a kind must not fall together. */
  const queues = new Map<string, LimitFunction>();
  const queueOf = (tenant: string) => {
    const queue = queues.get(tenant) ?? pLimit(1);
    queues.set(tenant, queue);
    return queue;
  };
  return async (call, next) => {
    if (!call.plan) return next();
    if (call.entry.tool.access !== 'destroy' || !call.tenant) return apply(call, call.plan);
    return queueOf(call.tenant.name)(async () => {
      try {
        throwRefusal(await call.guardAgain?.());
      } catch (error) {
        call.outcome = { event: 'refused', code: toCastellanError(error).code };
        return failCall(call, call.signal.aborted ? call.signal.reason : error);
      }
      return call.plan ? apply(call, call.plan) : next();
    });
  };

  async function apply(call: Call, plan: Plan): Promise<CallToolResult> {
    // Before the change, so that there is no change without a record of it.
    await call.record({ event: 'started' });
    if (call.signal.aborted) return failCall(call, call.signal.reason);
    call.applying = true;
    let applied: Applied;
    try {
      applied = (await plan.apply()) ?? {};
    } catch (thrown) {
      return failChange(call, thrown);
    }
    call.outcome = { event: 'done' };
    const warnings = [...(plan.warnings ?? []), ...(applied.warnings ?? [])];
    if (applied.targets) call.plan = { ...plan, targets: applied.targets };
    return answerChange(call, {
      done: true,
      warnings,
      undo: applied.undo ?? plan.undo,
      ...(applied.handOver && { note: await giveAway(applied.handOver, handOver) }),
    });
  }
}

function throwRefusal(reason: string | undefined): void {
  if (reason === undefined) return;
  throw new CastellanError({ code: 'not_allowed', message: reason, hint: 'Nobody can do this through Castellan.' });
}

async function giveAway({ what, text }: NonNullable<Applied['handOver']>, handOver: HandOver): Promise<string> {
  try {
    return `${what}: ${await handOver(what, text)}`;
  } catch {
    return `${what} could not be handed over and is lost: the folder for it cannot be written to. Make a new one.`;
  }
}

interface End {
  readonly done: boolean;
  readonly warnings?: readonly string[];
  readonly undo?: Undo;
  readonly note?: string;
  readonly approve?: string;
}

/** What a call that changes something answers, be it done or not. */
export function answerChange(call: Call, end: End): CallToolResult {
  const { plan, entry } = call;
  if (!plan) throw new TypeError('a change without a plan');
  const undo = end.undo ?? plan.undo;
  // Where there is nothing to do, nothing changes and nothing is to be warned of.
  const idle = plan.already !== undefined;
  const warnings = idle ? [] : (end.warnings ?? plan.warnings ?? []);
  const output: ChangeAnswer = {
    done: end.done,
    summary: plan.summary,
    targets: plan.targets.map(({ type, id, name }) => ({ type, id, ...(name !== undefined && { name }) })),
    changes: idle ? [] : [...plan.changes],
    ...(Object.keys(plan.touches ?? {}).length > 0 && { touches: { ...plan.touches } }),
    ...(warnings.length > 0 && { warnings: [...warnings] }),
    ...(plan.already === undefined && describeUndo(undo, entry.choosesTenant ? call.tenant?.name : undefined)),
    ...(end.approve !== undefined && { approve: end.approve }),
    ...(end.note !== undefined && { note: end.note }),
  };
  const tenant = entry.choosesTenant ? call.tenant?.name : undefined;
  return successResult(entry, entry.tool.output().parse(output), tenant, (value) =>
    writeChange(value as unknown as ChangeAnswer, tenant),
  );
}

function describeUndo(undo: Undo, tenant: string | undefined) {
  if ('none' in undo) return { no_undo: undo.none };
  const input = { ...undo.input, ...(tenant !== undefined && { tenant }) };
  return { undo: { tool: undo.tool, arguments: input, ...(undo.but !== undefined && { but: undo.but }) } };
}

/** Failures after which the change may have been made all the same. */
const uncertain = new Set([
  'platform_unavailable',
  'platform_answer_invalid',
  'deadline_exceeded',
  'cancelled',
  'internal',
]);

function failChange(call: Call, thrown: unknown): CallToolResult {
  const error = toCastellanError(thrown);
  if (!uncertain.has(error.code)) {
    call.outcome = { event: 'failed', code: error.code };
    return failCall(call, error);
  }
  call.outcome = { event: 'unknown', code: error.code };
  return failCall(
    call,
    new CastellanError({
      code: error.code,
      message: `${error.message} Whether the change was made is not known.`,
      hint: 'Look at what it concerns (or call again with dryRun) before you repeat it.',
      requestId: error.requestId,
      detail: error.detail,
      cause: error,
    }),
  );
}

/** The caller's signal until the change is being made; from then on only time ends it. */
function untilApplying(call: Call): AbortSignal {
  const over = new AbortController();
  const stop = () => {
    if (!call.applying) over.abort(call.signal.reason);
  };
  if (call.signal.aborted) stop();
  else call.signal.addEventListener('abort', stop, { once: true });
  return over.signal;
}
