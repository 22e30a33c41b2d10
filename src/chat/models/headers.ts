// Headers that the user wants in each request to the provider.

import type { Fault } from '../../core/settings.ts';

const where = 'CUSTOM_HTTP_HEADERS';
/** RFC 9110 §5.6.2 */
const token = /^[!#$%&'*+.^_`|~\w-]{1,100}$/;
/** RFC 9110 §5.5, ASCII. */
const value = /^[\t -~]{0,8000}$/;
/** What the connection and the request themselves are described with (RFC 9110 §7.6.1, RFC 9112 §6). */
const reserved =
  /^(host|connection|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade|content-(length|type|encoding)|expect|cookie2?|origin)$/i;

export interface ReadHeaders {
  readonly headers: Readonly<Record<string, string>>;
  readonly faults: readonly Fault[];
}

/**
 * @param text a JSON object of texts, or `name=value` or `name: value`, one a line or with commas between
 * @returns no header where one is unfit; no fault shows a value
 */
export function readHeaders(text: string | undefined): ReadHeaders {
  if (text === undefined || text.trim() === '') return { headers: {}, faults: [] };
  const pairs = text.trim().startsWith('{') ? fromJson(text) : fromList(text);
  if (!pairs) return unfit('is neither a JSON object of texts nor a list of name=value');
  const headers: Record<string, string> = {};
  const faults: Fault[] = [];
  for (const [given, said] of pairs) {
    const name = given.trim().toLowerCase();
    if (!token.test(name)) faults.push(...unfit('has a header whose name is none').faults);
    else if (reserved.test(name)) faults.push(...unfit(`may not set ${name}`).faults);
    else if (!value.test(said)) faults.push(...unfit(`has a value for ${name} that no header takes`).faults);
    else if (Object.hasOwn(headers, name)) faults.push(...unfit(`has ${name} twice`).faults);
    else headers[name] = said.trim();
  }
  return faults.length > 0 ? { headers: {}, faults } : { headers, faults };
}

function unfit(problem: string): ReadHeaders {
  const todo = 'Write {"x-organization": "acme"}, or x-organization=acme, x-team=iam.';
  return { headers: {}, faults: [{ where, problem, todo }] };
}

function fromJson(text: string): [string, string][] | undefined {
  try {
    const entries = Object.entries(JSON.parse(text) as Record<string, unknown>);
    return entries.every((entry): entry is [string, string] => typeof entry[1] === 'string') ? entries : undefined;
  } catch {
    return undefined;
  }
}

function fromList(text: string): [string, string][] | undefined {
  // A comma within a value stays where no name follows it.
  const parts = text.split(/\n|,(?=\s*[\w-]+\s*[=:])/).filter((part) => part.trim() !== '');
  const pairs = parts.map(
    (part) => /^\s*([^=:]+?)\s*[=:]\s*(.*?)\s*$/s.exec(part)?.slice(1) as [string, string] | undefined,
  );
  return pairs.every((pair) => pair !== undefined) ? pairs : undefined;
}
