// How each kind of fault looks when it is Okta that has it.

import type { Fault } from '../faults.ts';
import { json, type OktaAnswer } from './answer.ts';
import { answerProblem, OktaProblem } from './problems.ts';

const html = '<!DOCTYPE html><html><head><title>Okta</title></head><body><h1>Service unavailable</h1></body></html>';
const statuses = [500, 503, 502, 504] as const;

/** The answer that stands in for the real one, or undefined where the real one is needed first. */
export function answerFault(fault: Fault, errorId: string, nowSeconds: number): OktaAnswer | undefined {
  const { kind, variant } = fault;
  if (kind === 'rate-limit') {
    const answer = answerProblem(new OktaProblem('E0000047'), errorId);
    answer.headers['x-rate-limit-remaining'] = '0';
    answer.headers['x-rate-limit-reset'] = String(nowSeconds + 1);
    return answer;
  }
  if (kind === 'concurrency') {
    const answer = answerProblem(new OktaProblem('E0000047'), errorId);
    answer.headers['x-rate-limit-limit'] = '0';
    answer.headers['x-rate-limit-remaining'] = '0';
    answer.headers['x-rate-limit-reset'] = String(nowSeconds + 1);
    return answer;
  }
  if (kind === 'unauthorized') return answerProblem(new OktaProblem('E0000011'), errorId);
  if (kind === 'server-error') return answerServerError(variant, errorId);
  if (kind === 'garbage') return answerGarbage(variant);
  if (kind === 'reset' && variant % 2 === 0) return { status: 200, headers: {}, body: '', socket: 'destroy-before' };
  return undefined;
}

function answerServerError(variant: number, errorId: string): OktaAnswer {
  const status = statuses[variant % 4] ?? 500;
  const form = Math.floor(variant / 4) % 3;
  if (form === 1) return { status, headers: { 'content-type': 'text/html' }, body: html };
  if (form === 2) return { status, headers: {}, body: '' };
  const answer = answerProblem(new OktaProblem('E0000009'), errorId);
  return { ...answer, status };
}

function answerGarbage(variant: number): OktaAnswer {
  if (variant % 3 === 1) return json({ unexpected: true, items: 'none' });
  if (variant % 3 === 2) return { status: 200, headers: { 'content-type': 'text/html' }, body: html };
  return { status: 200, headers: { 'content-type': 'application/json' }, body: 'this is not JSON {' };
}

/** What a fault does to the real answer. */
export function spoil(fault: Fault, answer: OktaAnswer): OktaAnswer {
  if (fault.kind === 'reset') return { ...answer, socket: 'destroy-midway' };
  if (fault.kind !== 'cut') return answer;
  if (fault.variant % 2 === 0) return { ...answer, socket: 'cut' };
  return { ...answer, body: answer.body.slice(0, Math.max(1, answer.body.length >> 1)) };
}
