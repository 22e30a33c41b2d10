// The plan of a tool that sets named fields of one entity and leaves the others: organizations, users.

import { type FieldChange, nameTarget, type Plan, type Target } from '../../../core/change.ts';
import { type Fields, mergeFields, previewUpdate, undoFields, undoWith } from '../../../core/merging.ts';
import type { EnvironmentClient, GetRequest } from '../client.ts';
import { lasting, toRemoved, warnOfDifference, withoutEmpty } from './changing.ts';
import { sendIfStill } from './shared.ts';

export interface FieldUpdate<T extends Fields> {
  readonly tool: string;
  /** What names the entity in a call of the tool. */
  readonly names: Fields;
  readonly target: Target;
  readonly request: GetRequest<T>;
  readonly current: T;
  /** Of the fields that were named: as they are, without empty ones, and what was said of them; null clears. */
  readonly before: Fields;
  readonly given: Fields;
  /** What is sent, of the fields as they are to be. */
  readonly bodyOf: (after: Fields, changes: readonly FieldChange[]) => Fields;
  /** Scalekit's fields as the parameters that set them. */
  readonly asParameters: (fields: Fields) => Fields;
}

export function planFieldUpdate<T extends Fields>(client: EnvironmentClient, update: FieldUpdate<T>): Plan {
  const { tool, names, target, request, current, before, given, bodyOf, asParameters } = update;
  const after = withoutEmpty(mergeFields(before, given));
  const changes = previewUpdate(client, before, after, given);
  const body = bodyOf(after, changes);
  const back = toRemoved(undoFields(asParameters(before), asParameters(after)));
  return {
    summary: summarize(changes, target),
    targets: [target],
    changes,
    undo: undoWith(client, changes, { tool, input: { ...names, ...back } }),
    already: changes.length === 0 ? `The ${target.type} is like that already.` : undefined,
    async apply() {
      const send = () => client.send('PATCH', request.path, { body });
      return warnOfDifference(body, await sendIfStill(client, request, lasting, lasting(current), send), request.key);
    },
  };
}

export function summarize(changes: readonly FieldChange[], target: Target): string {
  if (changes.length === 0) return `Leave the ${nameTarget(target)} as it is`;
  return `Change ${changes.map(({ field }) => field).join(', ')} of the ${nameTarget(target)}`;
}
