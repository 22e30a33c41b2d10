// How a simulated provider says no: the errors of OAuth as JSON (RFC 6749 §5.2), or as a page where a person is asking.

import { type Answer, json } from '../answer.ts';
import { answerPage, html } from './page.ts';

export const noStore = { 'cache-control': 'no-store', pragma: 'no-cache' } as const;

export class OidcProblem extends Error {
  readonly error: string;
  readonly status: number;

  constructor(error: string, description: string, status = 400) {
    super(description);
    this.error = error;
    this.status = status;
  }
}

export function invalidClient(description: string): OidcProblem {
  return new OidcProblem('invalid_client', description, 401);
}

export function answerProblem(problem: OidcProblem, more: Readonly<Record<string, unknown>> = {}): Answer {
  const body = { error: problem.error, error_description: problem.message, ...more };
  // RFC 6749 §5.2: whoever tried with the header is told which header.
  const challenge = problem.status === 401 ? { 'www-authenticate': `Basic realm="oauth"` } : {};
  return json(body, { ...noStore, ...challenge }, problem.status);
}

/** What is wrong with the client or its address is told to the person: a redirect would go to who knows whom. */
export function answerProblemPage({ error, message }: OidcProblem): Answer {
  return answerPage('400 Bad Request', html`<p class="wrong">${error}</p><p>${message}</p>`, { status: 400 });
}
