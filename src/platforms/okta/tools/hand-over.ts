// Links and passwords that Okta gives in place of a mail: they go to a person, never through an answer.

import { z } from 'zod';
import type { Applied } from '../../../core/change.ts';

export const sendEmail = z.boolean().default(true).describe('false: the link is handed to the operator instead');

const answerEntity = z.record(z.string(), z.unknown());

/** The named field of Okta's answer, on its way to a person. */
export function handOverFrom(answer: unknown, field: string, what: string): Applied {
  const text = answerEntity.safeParse(answer).data?.[field];
  if (typeof text === 'string' && text !== '') return { handOver: { what, text } };
  return { warnings: [`${what} is missing in Okta’s answer; call again for a new one.`] };
}
