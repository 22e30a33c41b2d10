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

/**
 * Why a person must be asked before somebody is let into an account: administrator rights that it has, rights that the
 * credential may not see (`undefined`), or something handed over that lets in whoever holds it.
 */
export function askForAccess(roles: readonly string[] | undefined, given?: string): string | undefined {
  const reasons = [
    ...(given === undefined ? [] : [`whoever holds the ${given} gets into the account`]),
    ...(roles === undefined ? ['the account may have administrator rights, which the credential cannot see'] : []),
    ...(roles && roles.length > 0 ? [`the account has administrator rights (${roles.join(', ')})`] : []),
  ];
  return reasons.length === 0 ? undefined : reasons.join('; and ');
}
