// What becomes of answers of OCI, whichever API they come from.

import type { z } from 'zod';
import { type Collected, encodeCursor } from '../../core/pages.ts';
import type { List } from './client.ts';

export function listOf<T>(collected: Collected<T>, question: string): List<T> {
  return {
    items: collected.items,
    complete: collected.next === undefined,
    ...(collected.next && { next_cursor: encodeCursor(collected.next, question) }),
    ...(collected.stopped !== undefined && { note: `Stopped early: ${collected.stopped}` }),
  };
}

/** A check that gives back the vendor's own object: an entity names the fields that we use. */
export function check<T>(entity: z.ZodType<T>, value: unknown): T {
  entity.parse(value);
  return value as T;
}

/** The operation: without the ids in its path, which stand at every second place of it. */
export function bucketOf(method: string, path: readonly string[]): string {
  return `${method} /${path.map((segment, place) => (place % 2 === 1 && segment !== '.search' ? '{}' : segment)).join('/')}`;
}
