// One call of one tool, and the steps that it goes through.

import type { AuthInfo, CallToolResult, InputRequiredResult, ServerContext } from '@modelcontextprotocol/server';
import type { Caller } from '../core/caller.ts';
import type { Plan } from '../core/change.ts';
import { CastellanError, toCastellanError } from '../core/errors.ts';
import type { Tenant, ToolContext } from '../core/tool.ts';
import type { AuditEntry } from '../observe/audit-log.ts';
import type { Catalog, Entry } from './catalog.ts';
import type { Narrowing } from './gate.ts';
import { errorResult, successResult } from './result.ts';

export type Answer = CallToolResult | InputRequiredResult;

/** How a call ended, for its record, where a step knows better than whether it failed. */
export type Outcome = Pick<AuditEntry, 'event' | 'code' | 'confirmation' | 'by' | 'dryRun'>;

export interface Call {
  /** The same in all records of this call. */
  readonly id: string;
  readonly entry: Entry;
  /** The name it was called by: an alias perhaps. */
  readonly calledAs: string;
  /** What the caller sent, not checked, and what makes it the tool's own parameters. */
  readonly given: Record<string, unknown>;
  readonly translate: (given: Record<string, unknown>) => Record<string, unknown>;
  /** The tool's input; empty until the step `check` has filled it. */
  input: Record<string, unknown>;
  /** Chosen by the step `check`; absent for local tools. */
  tenant: Tenant | undefined;
  readonly caller: Caller;
  readonly narrowing: Narrowing;
  readonly signal: AbortSignal;
  /** Epoch milliseconds. */
  readonly deadline: number;
  readonly progress: (done: number, total?: number, message?: string) => void;
  readonly now: () => number;
  /** Ids that the upstream gave to the requests of this call, in order. */
  readonly requestIds: string[];
  /** What the tool failed with, once it has: for the steps around it. */
  failure: CastellanError | undefined;
  /** What a tool that changes something would do; made by the step `plan`. */
  plan: Plan | undefined;
  /** Asks again why the plan must not be carried out; set by the step `plan`. */
  guardAgain: (() => Promise<string | undefined>) | undefined;
  /** From here on the change is made: a caller who goes away does not stop it halfway. */
  applying: boolean;
  outcome: Outcome | undefined;
  /** Writes a record of this call; rejects when that cannot be done. Set by the step `audit`. */
  record: (outcome: Outcome) => Promise<void>;
  /** Whether the client can put a question to a person. */
  readonly canAsk: boolean;
  /** For steps that speak MCP themselves (`confirm`). Tools never see it; reads may go without it (`direct.ts`). */
  readonly mcp: ServerContext | undefined;
}

/** A step sees the call and what comes of it, and may answer in its place. */
export type Step = (call: Call, next: () => Promise<Answer>) => Promise<Answer>;

/** The last step: the tool itself. Everything that it throws becomes an answer with `isError`. */
export async function runTool(call: Call): Promise<Answer> {
  const { entry, tenant } = call;
  const run = entry.tool.run as ((input: unknown, ctx: ToolContext<unknown>) => Promise<unknown>) | undefined;
  if (!run) throw new TypeError(`${entry.tool.name} has nothing to run`);
  try {
    const output = await run(call.input, contextOf(call, call.signal));
    // Parsing leaves out whatever the output does not declare: nothing leaves by accident.
    return successResult(entry, entry.tool.output().parse(output), entry.choosesTenant ? tenant?.name : undefined);
  } catch (error) {
    return failCall(call, call.signal.aborted ? call.signal.reason : error);
  }
}

/** What the tool of a call may use. */
export function contextOf(call: Call, signal: AbortSignal): ToolContext<unknown> {
  // The platform's share ends a little earlier, so that what was read by then can still be answered.
  const left = call.deadline - call.now();
  const scope = {
    signal,
    deadline: call.deadline - Math.min(500, left / 10),
    sawRequestId: (id: string) => void call.requestIds.push(id),
    caller: call.caller,
  };
  return { client: call.tenant?.connect(scope), signal, progress: call.progress, now: call.now };
}

/** The answer to a call that failed, remembered for the steps around. */
export function failCall(call: Call, thrown: unknown): CallToolResult {
  call.failure = toCastellanError(thrown);
  return errorResult(call.failure, call.entry);
}

const local: Caller = { id: 'local' };

/** The caller, in the form in which the SDK hands on what a front door found. No token goes with it. */
export function authInfoOf(caller: Caller): AuthInfo | undefined {
  if (caller === local) return undefined;
  return { token: '', clientId: caller.id, scopes: [...(caller.allowance?.scopes ?? [])], extra: { caller } };
}

/** @throws {TypeError} for what no front door of ours made: nobody must become `local` by mistake. */
export function callerOf(authInfo?: AuthInfo): Caller {
  if (!authInfo) return local;
  const caller = authInfo.extra?.caller as Caller | undefined;
  if (!caller) throw new TypeError('a caller that no front door verified');
  return caller;
}

export function composeSteps(steps: readonly Step[]): (call: Call) => Promise<Answer> {
  return (call) => {
    const go = (place: number): Promise<Answer> => {
      const step = steps[place];
      return step ? step(call, () => go(place + 1)) : runTool(call);
    };
    return go(0);
  };
}

export function unknownTool(name: string, catalog: Catalog): CastellanError {
  const near = catalog.suggest(name);
  const reason = catalog.whyNot(name);
  return new CastellanError({
    code: 'unknown_tool',
    message: `There is no tool ${shorten(name)}.`,
    hint: reason ?? (near ? `Did you mean ${near}?` : 'tools/list names them all.'),
  });
}

export function shorten(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
}
