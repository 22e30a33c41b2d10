// What changes of an identity domain's resources share: what was made, and how a person is named.

import { z } from 'zod';
import { invalidAnswer } from '../../../core/exchange.ts';

const made = z.looseObject({ id: z.string().min(1) });

/** The id of what a POST made. */
export function idOfMade(answer: unknown): string {
  const read = made.safeParse(answer);
  if (read.success) return read.data.id;
  throw invalidAnswer('OCI did not say what it made.', undefined);
}
