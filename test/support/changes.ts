// What every tool that changes something must show, by the vendor's own view of the organization: a dry run and a refusal
// change nothing, a confirmed change is exactly what the preview said, and the undo call restores the state.

import { expect } from 'vitest';
import type { Answer, Row } from './answers.ts';
import type { Organization } from './organization.ts';

type Input = Readonly<Record<string, unknown>>;

/** What a case found or made for its call. */
export interface Prepared {
  readonly input: Input;
  /**
   * Paths of the vendor's API that show the state that the change concerns; the first one is the thing that is changed,
   * whose fields the preview speaks of. A path that answers 404 counts as nothing there.
   */
  readonly reads: readonly string[];
  /** Calls of other tools that must come first, as `[tool, input]`; a person agrees to them. */
  readonly first?: readonly (readonly [string, Input])[];
}

/** `World` is the simulated tenant that it happens in. */
export interface ChangeCase<World = Organization> {
  readonly tool: string;
  /** What kind of call it is, where a tool has several cases. */
  readonly when?: string;
  readonly prepare: (world: World) => Promise<Prepared>;
  /** True when a person is asked first. */
  readonly asks: boolean;
  /**
   * Whether the answer names a call that restores everything that `reads` shows (`all`), one that does not bring back
   * everything (`partly`, with a reason), or none (with a reason).
   */
  readonly undo: 'all' | 'partly' | 'none';
  /** Fields of the thing that Okta changes with it by itself, by path; dates of change need not be named. */
  readonly besides?: readonly string[];
  /** For what is no object with fields (a membership): how what was read before and after says what the preview says. */
  readonly compare?: (preview: readonly Change[], before: readonly unknown[], after: readonly unknown[]) => void;
}

export interface Change {
  readonly field: string;
  readonly before?: unknown;
  readonly after?: unknown;
}

/** Okta's own bookkeeping. */
const bookkeeping = new Set([
  'lastUpdated',
  'statusChanged',
  'lastMembershipUpdated',
  'lastSync',
  'activated',
  'passwordChanged',
  'created',
  '_links',
  '_embedded',
]);

/** What the vendor's API says at each path, without its bookkeeping. */
export async function readState(organization: Organization, paths: readonly string[]): Promise<unknown[]> {
  return Promise.all(paths.map(async (path) => withoutBookkeeping(await readOr(organization, path))));
}

async function readOr(organization: Organization, path: string): Promise<unknown> {
  try {
    return await organization.read(path);
  } catch (error) {
    if (error instanceof Error && / answered 404: /.test(error.message)) return undefined;
    throw error;
  }
}

function withoutBookkeeping(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutBookkeeping);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, inner]) =>
      bookkeeping.has(name) || inner === null ? [] : [[name, withoutBookkeeping(inner)]],
    ),
  );
}

export function changesOf(answer: Answer): readonly Change[] {
  return answer.value.changes as readonly Change[];
}

/** That the preview names every field that differs between two states, with both values, and no other. */
export function checkPreview(
  { besides = [], compare }: Pick<ChangeCase, 'besides' | 'compare'>,
  preview: readonly Change[],
  before: readonly unknown[],
  after: readonly unknown[],
): void {
  if (compare) {
    compare(preview, before, after);
    return;
  }
  const real = differences(before[0], after[0]).filter(({ field }) => !besides.some((name) => isBelow(field, name)));
  const said = preview.map((change) => withoutBookkeeping(change) as Change);
  expect(byField(flatten(said))).toEqual(byField(flatten(real)));
}

function isBelow(field: string, name: string): boolean {
  return field === name || field.startsWith(`${name}.`);
}

function byField(changes: readonly Change[]): Row {
  return Object.fromEntries(changes.map(({ field, ...values }) => [field, values]));
}

/** A preview may tell an object as one value or field by field. */
function flatten(changes: readonly Change[]): Change[] {
  return changes.flatMap(({ field, before, after }) =>
    isMap(before) || isMap(after) ? differences(before, after, field) : [{ field, before, after }],
  );
}

function differences(before: unknown, after: unknown, path = ''): Change[] {
  if (isMap(before) || isMap(after)) {
    const [old, young] = [isMap(before) ? before : {}, isMap(after) ? after : {}];
    const names = [...new Set([...Object.keys(old), ...Object.keys(young)])];
    return names.flatMap((name) => differences(old[name], young[name], path === '' ? name : `${path}.${name}`));
  }
  return JSON.stringify(before) === JSON.stringify(after) ? [] : [{ field: path, before, after }];
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
