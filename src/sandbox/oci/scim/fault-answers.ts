// How each kind of fault looks when it is an identity domain that has it: no header says how long to wait.

import { type Answer, json } from '../../answer.ts';
import type { Fault } from '../../faults.ts';
import { answerScimProblem, type ProblemKind, ScimProblem, scimType } from './problem.ts';

const html =
  '<html><head><title>502 Bad Gateway</title></head><body><center><h1>502 Bad Gateway</h1></center></body></html>';

/** The answer that stands in for the real one, or undefined where the real one is needed first. */
export function answerFault({ kind, variant }: Fault): Answer | undefined {
  const refuse = (problem: ProblemKind, detail: string) => answerScimProblem(new ScimProblem(problem, detail));
  if (kind === 'rate-limit' || kind === 'concurrency') return refuse('tooMany', 'Too many requests.');
  if (kind === 'unauthorized') return refuse('denied', 'You are not authorized to access this resource.');
  if (kind === 'server-error') {
    if (variant % 3 === 1) return { status: 502, headers: { 'content-type': 'text/html' }, body: html };
    return variant % 3 === 2
      ? refuse('unavailable', 'The service is temporarily unavailable.')
      : refuse('internal', 'An internal error occurred.');
  }
  if (kind === 'garbage') return answerGarbage(variant);
  if (kind === 'reset' && variant % 2 === 0) return { status: 200, headers: {}, body: '', socket: 'destroy-before' };
  return undefined;
}

function answerGarbage(variant: number): Answer {
  if (variant % 3 === 1) return json({ unexpected: true });
  if (variant % 3 === 2) return { status: 200, headers: { 'content-type': 'text/html' }, body: html };
  return { status: 200, headers: scimType, body: '{"schemas": [' };
}

/** What a fault does to the real answer. */
export function spoil({ kind, variant }: Fault, answer: Answer): Answer {
  if (kind === 'reset') return { ...answer, socket: 'destroy-midway' };
  if (kind !== 'cut') return answer;
  if (variant % 2 === 0) return { ...answer, socket: 'cut' };
  return { ...answer, body: answer.body.slice(0, Math.max(1, answer.body.length >> 1)) };
}
