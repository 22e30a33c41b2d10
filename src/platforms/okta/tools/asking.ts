// When a person is asked about a change that takes nothing away by itself, and what they then read of it.

import { type Fields, isMap, isSame, pick, previewChanges } from '../../../core/merging.ts';
import type { OktaClient } from '../client.ts';

/**
 * Whether anything differs beside the harmless paths (`label`, `settings.notes`). What is not known to be harmless is not:
 * also what looks stricter, for a limit of 0 may mean none, and a strict rule locks people out.
 */
export function changesMore(before: Fields, after: Fields, harmless: readonly string[]): boolean {
  return !isSame(withoutPaths(before, harmless), withoutPaths(after, harmless));
}

function withoutPaths(fields: Fields, paths: readonly string[]): Fields {
  const kept = Object.entries(fields).filter(([name]) => !paths.includes(name));
  return Object.fromEntries(
    kept.flatMap(([name, value]) => {
      const deeper = paths.filter((path) => path.startsWith(`${name}.`)).map((path) => path.slice(name.length + 1));
      if (deeper.length === 0 || !isMap(value)) return [[name, value]];
      const rest = withoutPaths(value, deeper);
      // A map that held, or holds, nothing else is as if it were not there.
      return Object.keys(rest).length === 0 ? [] : [[name, rest]];
    }),
  );
}

/** Everything but what is known to be a draft. */
export function isInForce(status: unknown): boolean {
  return status !== 'INACTIVE';
}

/** A draft is made without a question, so all of it stands in the question that puts it into force. */
export function tellWhole(client: OktaClient, object: Fields, names: readonly string[]): readonly string[] {
  return previewChanges(client, pick(object, names), {}).map(
    ({ field, before }) => `In force then: ${field}: ${typeof before === 'string' ? before : JSON.stringify(before)}`,
  );
}
