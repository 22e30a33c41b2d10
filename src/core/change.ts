// What a change is before it is made: what would be different, whom it touches, how it is taken back, and how it is done.

import { z } from 'zod';
import { quoted } from './plain.ts';

/** Something that a change concerns. The first target of a plan is the thing that is changed. */
export interface Target {
  /** `user`, `group`, `application`, …: the platform's own noun. */
  readonly type: string;
  /** Empty for what does not exist yet. */
  readonly id: string;
  readonly name?: string | undefined;
}

/** One field, by its path in the vendor's object (`profile.title`). Absent `before`: it was not there; absent `after`: it goes. */
export interface FieldChange {
  readonly field: string;
  readonly before?: unknown;
  readonly after?: unknown;
}

/** The call that takes a change back, with what it does not bring back; or why nothing can. */
export type Undo =
  | { readonly tool: string; readonly input: Readonly<Record<string, unknown>>; readonly but?: string | undefined }
  | { readonly none: string };

/** What came of a change, where that is known only afterwards. */
export interface Applied {
  /** In the place of the plan's: with the id of what was made. */
  readonly targets?: readonly Target[];
  readonly undo?: Undo;
  readonly warnings?: readonly string[];
  /** Something that grants access (a link, a password): it goes to the person, never through the answer. */
  readonly handOver?: { readonly what: string; readonly text: string };
}

export interface Plan {
  /** One sentence that begins with a verb: what a person is asked to agree to. Names people by login and id. */
  readonly summary: string;
  readonly targets: readonly Target[];
  readonly changes: readonly FieldChange[];
  /** How many of what it touches: `{ members: 12, applications: 3 }`. */
  readonly touches?: Readonly<Record<string, number>>;
  /** What cannot be undone, and what else a careful person would want to know first. */
  readonly warnings?: readonly string[];
  readonly undo: Undo;
  /** Why a person must be asked although the tool alone would not ask (a grant of administrator rights). */
  readonly ask?: string | undefined;
  /** Why there is nothing to do; `apply` is then never called. */
  readonly already?: string | undefined;
  /** True where the change can only give somebody access back: then it is done to nearly everybody's accounts. */
  readonly restores?: boolean | undefined;
  /**
   * Makes the change, once, with as few requests as the platform allows. It must not look at the state again: what the
   * plan says is what is done.
   */
  readonly apply: () => Promise<Applied | undefined>;
}

/** Makes a plan and nothing else: reads the state, refuses what makes no sense, promises nothing. */
export type MakePlan<Input, Client> = (
  input: Input,
  ctx: { readonly client: Client; readonly now: () => number },
) => Promise<Plan>;

const entry = z.record(z.string(), z.unknown());

/** What every change answers. Its schema says little about the parts: all conversations pay for it once for each such tool. */
export const changeOutput = z.object({
  done: z.boolean().describe('false: nothing was changed'),
  summary: z.string(),
  targets: z.array(entry),
  changes: z.array(entry).describe('field, before, after'),
  touches: entry.optional(),
  warnings: z.array(z.string()).optional(),
  undo: entry.optional().describe('the call that takes it back'),
  no_undo: z.string().optional(),
  approve: z.string().optional(),
  note: z.string().optional(),
});

export interface ChangeAnswer {
  readonly done: boolean;
  readonly summary: string;
  readonly targets: readonly Target[];
  readonly changes: readonly FieldChange[];
  readonly touches?: Readonly<Record<string, number>>;
  readonly warnings?: readonly string[];
  readonly undo?: {
    readonly tool: string;
    readonly arguments: Readonly<Record<string, unknown>>;
    readonly but?: string;
  };
  readonly no_undo?: string;
  readonly approve?: string;
  readonly note?: string;
}

/** A parameter of every change. */
export const dryRun = z.boolean().default(false).describe('Only tell what would change');

/** The fields that differ, by path, in the order of the later one. Arrays count as one value. */
export function findChanges(before: unknown, after: unknown, path = ''): FieldChange[] {
  if ((isMap(before) && (isMap(after) || after == null)) || (isMap(after) && before == null)) {
    const [old, young] = [isMap(before) ? before : {}, isMap(after) ? after : {}];
    const names = new Set([...Object.keys(young), ...Object.keys(old)]);
    return [...names].flatMap((name) => findChanges(old[name], young[name], path === '' ? name : `${path}.${name}`));
  }
  if (JSON.stringify(sorted(before)) === JSON.stringify(sorted(after))) return [];
  return [{ field: path, ...(before != null && { before }), ...(after != null && { after }) }];
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The same value always as the same text: null as absent, keys in order. */
export function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isMap(value)) return value ?? undefined;
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((name) => [name, sorted(value[name])]),
  );
}

/** `user maya@larkspur.example (00u…)`: a name alone can be made to look like another. */
export function nameTarget({ type, id, name }: Target): string {
  return name === undefined ? `${type} ${id}` : `${type} ${quoted(name)} (${id})`;
}

/** A change of the one field that a lifecycle operation moves. */
export function statusChange(before: string, after: string): FieldChange[] {
  return [{ field: 'status', before, after }];
}
