// One call of one tool, and the steps that it goes through.

import type { CallToolResult, InputRequiredResult, ServerContext } from '@modelcontextprotocol/server';
import type { z } from 'zod';
import { CastellanError, toCastellanError } from '../core/errors.ts';
import type { Tenant } from '../core/tool.ts';
import type { Catalog, Entry } from './catalog.ts';
import { errorResult, successResult } from './result.ts';

/** Who calls, as the front door verified it. */
export interface Caller {
  /** Stable, free of personal data beyond an id; `local` on stdio and where nobody signs in. */
  readonly id: string;
}

export type Answer = CallToolResult | InputRequiredResult;

export interface Call {
  readonly entry: Entry;
  /** The name it was called by: an alias perhaps. */
  readonly calledAs: string;
  /** Absent for local tools. */
  readonly tenant: Tenant | undefined;
  /** Checked against the tool's input. */
  readonly input: Record<string, unknown>;
  readonly caller: Caller;
  readonly signal: AbortSignal;
  /** Epoch milliseconds. */
  readonly deadline: number;
  readonly progress: (done: number, total?: number, message?: string) => void;
  readonly now: () => number;
  /** Ids that the upstream gave to the requests of this call, in order. */
  readonly requestIds: string[];
  /** What the tool failed with, once it has: for the steps around it. */
  failure: CastellanError | undefined;
  /** For steps that speak MCP themselves (`confirm`). Tools never see it; reads may go without it (`direct.ts`). */
  readonly mcp: ServerContext | undefined;
}

/** A step sees the call and what comes of it, and may answer in its place. */
export type Step = (call: Call, next: () => Promise<Answer>) => Promise<Answer>;

/** The last step: the tool itself. Everything that it throws becomes an answer with `isError`. */
export async function runTool(call: Call): Promise<Answer> {
  const { entry, tenant } = call;
  const scope = {
    signal: call.signal,
    deadline: call.deadline,
    sawRequestId: (id: string) => void call.requestIds.push(id),
  };
  try {
    const context = { client: tenant?.connect(scope), signal: call.signal, progress: call.progress, now: call.now };
    const output: unknown = await entry.tool.run(call.input, context);
    // Parsing leaves out whatever the output does not declare: nothing leaves by accident.
    return successResult(entry, entry.tool.output.parse(output), entry.choosesTenant ? tenant?.name : undefined);
  } catch (error) {
    call.failure = toCastellanError(call.signal.aborted ? call.signal.reason : error);
    return errorResult(call.failure, entry);
  }
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

/** What the caller sent, as the tool's input; or all that is wrong with it, with what would be right. */
export function checkInput(entry: Entry, given: Record<string, unknown>): Record<string, unknown> {
  const parsed = entry.input.safeParse(given);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => describeIssue(issue, given));
  throw new CastellanError({
    code: 'invalid_input',
    message: `${entry.tool.name}: ${problems.join('; ')}.`,
    hint: `Parameters: ${Object.keys(entry.input.shape).join(', ') || 'none'}.`,
  });
}

function describeIssue(issue: z.core.$ZodIssue, given: Record<string, unknown>): string {
  if (issue.code === 'unrecognized_keys')
    return `there is no parameter ${issue.keys.slice(0, 10).map(shorten).join(', ')}`;
  const path = issue.path.join('.');
  if (issue.path.length === 1 && !Object.hasOwn(given, String(issue.path[0]))) return `${path} is missing`;
  return `${path}: ${issue.message.charAt(0).toLowerCase()}${issue.message.slice(1)}`;
}

function shorten(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
}

/** The tenant that a call is for. */
export function chooseTenant(entry: Entry, input: Record<string, unknown>): Tenant | undefined {
  if (entry.tool.local) return undefined;
  if (entry.choosesTenant) return entry.tenants.get(String(input.tenant));
  const [only] = entry.tenants.values();
  if (only) return only;
  throw new CastellanError({
    code: 'bad_configuration',
    message: `No ${entry.platform} tenant is configured.`,
    hint: 'Run `castellan doctor`; it says what to set.',
  });
}

export function unknownTool(name: string, catalog: Catalog): CastellanError {
  const near = catalog.suggest(name);
  return new CastellanError({
    code: 'unknown_tool',
    message: `There is no tool ${shorten(name)}.`,
    hint: near ? `Did you mean ${near}?` : 'tools/list names them all.',
  });
}
