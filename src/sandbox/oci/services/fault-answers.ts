// How each kind of fault looks when it is one of OCI's services that has it.

import { type Answer, json } from '../../answer.ts';
import type { Fault } from '../../faults.ts';
import { notAuthenticated } from '../signature.ts';
import { answerServiceProblem, type ProblemCode, ServiceProblem } from './problem.ts';

const html = '<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>';

/** The answer that stands in for the real one, or undefined where the real one is needed first. */
export function answerFault({ kind, variant }: Fault): Answer | undefined {
  const refuse = (code: ProblemCode, message: string) => answerServiceProblem(new ServiceProblem(code, message));
  if (kind === 'rate-limit' || kind === 'concurrency')
    return refuse('TooManyRequests', 'Tenant has been throttled: User-rate limit exceeded.');
  if (kind === 'unauthorized') return refuse('NotAuthenticated', notAuthenticated);
  if (kind === 'server-error') {
    if (variant % 3 === 1) return { status: 502, headers: { 'content-type': 'text/html' }, body: html };
    return variant % 3 === 2
      ? refuse('ServiceUnavailable', 'The service is currently unavailable.')
      : refuse('InternalServerError', 'Internal error occurred');
  }
  if (kind === 'garbage') {
    if (variant % 3 === 1) return json({ unexpected: true });
    if (variant % 3 === 2) return { status: 200, headers: { 'content-type': 'text/html' }, body: html };
    return { status: 200, headers: { 'content-type': 'application/json' }, body: '[{"id": ' };
  }
  if (kind === 'reset' && variant % 2 === 0) return { status: 200, headers: {}, body: '', socket: 'destroy-before' };
  return undefined;
}

/** What a fault does to the real answer. */
export function spoil({ kind, variant }: Fault, answer: Answer): Answer {
  if (kind === 'reset') return { ...answer, socket: 'destroy-midway' };
  if (kind !== 'cut') return answer;
  if (variant % 2 === 0) return { ...answer, socket: 'cut' };
  return { ...answer, body: answer.body.slice(0, Math.max(1, answer.body.length >> 1)) };
}
