// How texts show a call of a tool: its name and its input as JSON on one line, so that it can be copied, and checked.

import { plain } from './plain.ts';

/** What somebody wrote stands in quotes with every quote in it escaped: it cannot end where it does not end. */
export function quote(text: string): string {
  return JSON.stringify(plain(text));
}

export function use(tool: string, input: Readonly<Record<string, unknown>> = {}): string {
  return `${tool} ${writeValue(input)}`;
}

function writeValue(value: unknown): string {
  if (typeof value === 'string') return quote(value);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return JSON.stringify(value);
  const given = Object.entries(value).filter(([, inner]) => inner !== undefined);
  return `{${given.map(([name, inner]) => `${JSON.stringify(name)}: ${writeValue(inner)}`).join(', ')}}`;
}
