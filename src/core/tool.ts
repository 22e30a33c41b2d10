// What a tool and a platform are. A tool is input → output with every fact about it in one place; it knows nothing of MCP.

import { z } from 'zod';
import { changeOutput, dryRun, type MakePlan, type Plan } from './change.ts';
import type { Prompt, Resource } from './offering.ts';
import type { CallScope } from './upstream.ts';

/** The only safety word. Annotations, read-only mode, confirmation and audit derive from it. */
export type Access = 'read' | 'write' | 'destroy';

/** What a running tool may use. `Client` is the platform's client for the chosen tenant. */
export interface ToolContext<Client> {
  readonly client: Client;
  /** Aborted when the caller cancels or the call's deadline passes. */
  readonly signal: AbortSignal;
  /** Tells the caller how far a long call is; `total` when known. Free to call when nobody listens. */
  readonly progress: (done: number, total?: number, message?: string) => void;
  /** The time of the call, epoch milliseconds. */
  readonly now: () => number;
}

/** Other names by which users know a tool, each with what turns its arguments into the tool's own. */
export type Aliases = Readonly<Record<string, (input: Record<string, unknown>) => Record<string, unknown>>>;

export type Cell = string | number | boolean | undefined;

/** How a list is written as text: which property of the output it is, and what each row shows. */
export interface Table {
  readonly list: string;
  readonly columns: ReadonlyMap<string, (row: unknown) => Cell>;
  /** What this tool calls its cursor parameter. */
  readonly cursor: string;
}

/** `Row` must be the type of the items under `list`. */
export function tableOf<Row>(
  list: string,
  columns: Readonly<Record<string, (row: Row) => Cell>>,
  cursor = 'cursor',
): Table {
  return { list, columns: new Map(Object.entries(columns)) as Table['columns'], cursor };
}

/** Every fact about a tool but what it does. Schemas are made when they are first asked for: making them all costs a start. */
interface ToolFacts {
  readonly name: string;
  readonly title: string;
  /** What it does, when to use it, what to call next; 300 characters at most. */
  readonly description: string;
  readonly access: Access;
  /** What the upstream credential needs; empty for a tool that asks no upstream. */
  readonly scopes: readonly string[];
  /** True for a tool that needs no tenant at all. */
  readonly local?: boolean;
  /** Of use whatever platform there is: offered also where its own has no tenant. */
  readonly everywhere?: boolean;
  readonly aliases?: Aliases;
  /** Other names that a parameter is accepted under (for instance `limit` for `max_results`); not listed. */
  readonly parameterAliases?: Readonly<Record<string, string>>;
}

/** A tool that only looks. */
export interface ReadTool<Input extends z.ZodObject, Output extends z.ZodObject, Client> extends ToolFacts {
  readonly access: 'read';
  readonly input: () => Input;
  readonly output: () => Output;
  readonly table?: Table;
  readonly run: (input: z.output<Input>, ctx: ToolContext<Client>) => Promise<z.input<Output>>;
}

/**
 * A tool that changes something. It says what would change; the steps of the call ask, record and then apply. `dryRun`
 * and the output are the same for all of them.
 */
export interface ChangeTool<Input extends z.ZodObject, Client> extends ToolFacts {
  readonly access: 'write' | 'destroy';
  /** True where a second call changes nothing more. */
  readonly idempotent?: boolean;
  readonly input: () => Input;
  readonly plan: MakePlan<z.output<Input>, Client>;
}

/** JSON Schemas, as they stand in a list. */
export interface ListedSchemas {
  readonly input: object;
  readonly output: object;
}

/** A tool whose types are erased: what the catalog holds. */
export interface AnyTool extends ToolFacts {
  readonly idempotent?: boolean;
  readonly input: () => z.ZodObject;
  readonly output: () => z.ZodObject;
  readonly table?: Table;
  /** One of the two: a tool that looks, or a tool that changes. */
  readonly run?: (input: never, ctx: ToolContext<never>) => Promise<unknown>;
  readonly plan?: (input: never, ctx: ToolContext<never>) => Promise<Plan>;
  /** Set where this is only what stands in a list: the schemas, and how the tool itself is got (`lazy-tools.ts`). */
  readonly listed?: { readonly schemas: () => ListedSchemas; readonly load: () => Promise<AnyTool> };
}

/** Makes a typed tool literal. The input is strict: a parameter that it does not declare is refused by name. */
export function defineTools<Client>() {
  return <Input extends z.ZodObject, Output extends z.ZodObject>(tool: ReadTool<Input, Output, Client>): AnyTool => ({
    ...tool,
    input: once(tool.input),
    output: once(() => (tool.local ? tool.output() : tool.output().extend({ notice }))),
  });
}

/** Makes a typed literal of a tool that changes something. */
export function defineChanges<Client>() {
  return <Input extends z.ZodObject>(tool: ChangeTool<Input, Client>): AnyTool => ({
    ...tool,
    parameterAliases: { ...tool.parameterAliases, dry_run: 'dryRun' },
    input: once(() => tool.input().extend({ dryRun })),
    output: once(() => changeOutput.extend({ notice })),
  });
}

/** Beside whatever comes from a platform: that it is data. Filled in when the answer is written. */
const notice = z.string().optional();

function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

/** One tenant of a platform. */
export interface Tenant<Client = unknown> {
  readonly name: string;
  /** The client for one call; cheap. */
  readonly connect: (scope: CallScope) => Client;
  /** Set where requests are made with the caller's own rights: records say so. */
  readonly actsAs?: 'caller' | undefined;
  /** Why nothing may be changed here, in half a sentence; absent where changes are open. */
  readonly readOnly?: string | undefined;
  /** Scopes that the credential is known to have, without asking anybody; undefined where that is not (or cannot be) known. */
  readonly knownScopes?: () => ReadonlySet<string> | undefined;
  /** Finds out what `knownScopes` then tells. Absent where a credential has no scopes. */
  readonly learnScopes?: (signal: AbortSignal) => Promise<unknown>;
  /** What to do to get scopes that the credential lacks, in one sentence. */
  readonly scopeAdvice?: (missing: readonly string[]) => string;
  /** Why a plan must not be carried out here, whoever asks; undefined when it may. */
  guard?(plan: Plan, client: Client, access: Access): Promise<string | undefined>;
  /** What `doctor` asks; each check says what is wrong and what to do. */
  readonly checks: readonly Check[];
}

export interface CheckResult {
  readonly ok: boolean;
  readonly says: string;
  /** What to do when it is not ok. */
  readonly todo?: string | undefined;
  /** Right as far as we can see; only the person who reads it can look further. */
  readonly unchecked?: boolean;
}

export interface Check {
  readonly name: string;
  readonly run: (signal: AbortSignal) => Promise<CheckResult>;
}

/** Tools by area. */
export type Toolsets = Readonly<Record<string, readonly AnyTool[]>>;

/** What one platform brings: its tools and how a model should go about them. Tenants are opened by `app.ts`. */
export interface Platform {
  readonly name: string;
  readonly title: string;
  /** For the server's instructions: two or three sentences. */
  readonly instructions: string;
  /** By area; what an operator switches on and off together. Named with the platform's name in front: `okta.users`. */
  readonly toolsets: Toolsets;
  /** Whether a credential with some scopes may do what needs one; by default only that very scope does. */
  readonly covers?: (granted: ReadonlySet<string>, needed: string) => boolean;
  /**
   * Parts of the platform that a caller's allowance can be about (`scalekit.env:read`): a tool belongs to the one that its
   * first scope begins with. Absent: allowances are about the whole platform.
   */
  readonly areas?: readonly string[];
  /** Areas of tools that are off until an operator names them. */
  readonly optIn?: readonly string[];
  /** Names under which other servers offer what Castellan withholds, each with the reason: whoever calls one is told. */
  readonly withheld?: Readonly<Record<string, string>>;
  readonly resources?: readonly Resource[];
  readonly prompts?: readonly Prompt[];
}

export function toolsOf(platform: Platform): readonly AnyTool[] {
  return Object.values(platform.toolsets).flat();
}
