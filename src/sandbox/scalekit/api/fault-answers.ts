// How each kind of fault looks when it is Scalekit that has it: no headers say how long to wait.

import type { Answer } from '../../answer.ts';
import { json } from '../../answer.ts';
import type { Fault } from '../../faults.ts';
import { ApiProblem, answerApiProblem } from './problem.ts';

const html =
  '<html><head><title>502 Bad Gateway</title></head><body><center><h1>502 Bad Gateway</h1></center></body></html>';

/** The answer that stands in for the real one, or undefined where the real one is needed first. */
export function answerFault({ kind, variant }: Fault, requestId: string): Answer | undefined {
  const refuse = (status: 401 | 429 | 500 | 504, message: string) =>
    answerApiProblem(new ApiProblem(status, message), requestId);
  if (kind === 'rate-limit' || kind === 'concurrency') return refuse(429, 'too many requests');
  if (kind === 'unauthorized') return refuse(401, 'invalid or expired access token');
  if (kind === 'server-error') {
    if (variant % 4 === 1) return { status: 502, headers: { 'content-type': 'text/html' }, body: html };
    if (variant % 4 === 2) return { status: 503, headers: {}, body: '' };
    return variant % 4 === 3 ? refuse(504, 'context deadline exceeded') : refuse(500, 'internal error');
  }
  if (kind === 'garbage') return answerGarbage(variant);
  if (kind === 'reset' && variant % 2 === 0) return { status: 200, headers: {}, body: '', socket: 'destroy-before' };
  return undefined;
}

function answerGarbage(variant: number): Answer {
  if (variant % 3 === 1) return json({ unexpected: true });
  if (variant % 3 === 2) return { status: 200, headers: { 'content-type': 'text/html' }, body: html };
  return { status: 200, headers: { 'content-type': 'application/json' }, body: '{"organizations": [' };
}

/** What a fault does to the real answer. */
export function spoil({ kind, variant }: Fault, answer: Answer): Answer {
  if (kind === 'reset') return { ...answer, socket: 'destroy-midway' };
  if (kind !== 'cut') return answer;
  if (variant % 2 === 0) return { ...answer, socket: 'cut' };
  return { ...answer, body: answer.body.slice(0, Math.max(1, answer.body.length >> 1)) };
}
