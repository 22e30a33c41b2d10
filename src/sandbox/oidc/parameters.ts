// Parameters of a call to a simulated provider, and its cookies.

import type { Call } from '../answer.ts';
import { OidcProblem } from './problem.ts';

export type Parameters = ReadonlyMap<string, string>;

/** Of a form's body, or else of the address. @throws OidcProblem where one comes twice (RFC 6749 §3.1, §3.2) */
export function readParameters({ method, url, headers, body }: Call): Parameters {
  const isForm = /^application\/x-www-form-urlencoded\b/i.test(headers['content-type'] ?? '');
  const given = method === 'POST' ? new URLSearchParams(isForm ? body : '') : url.searchParams;
  const parameters = new Map<string, string>();
  for (const [name, value] of given) {
    if (parameters.has(name)) throw new OidcProblem('invalid_request', `The parameter '${name}' is given twice.`);
    // RFC 6749 §3.1: a parameter without a value is as if it were not there.
    if (value !== '') parameters.set(name, value);
  }
  return parameters;
}

/** @throws OidcProblem */
export function requireParameter(parameters: Parameters, name: string): string {
  const value = parameters.get(name);
  if (value === undefined) throw new OidcProblem('invalid_request', `The parameter '${name}' is missing.`);
  return value;
}

export function readCookie({ headers }: Call, name: string): string | undefined {
  const pairs = (headers.cookie ?? '').split(/; */);
  return pairs.find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1);
}

export function splitScopes(scope: string | undefined): readonly string[] {
  return [...new Set((scope ?? '').split(' ').filter((name) => name !== ''))];
}
