// The parameters of a call, as somebody types them.

import type { Fault } from '../core/settings.ts';

/** From key=value and a JSON object; faults are added. */
export function readInput(
  json: string | undefined,
  pairs: readonly string[],
  faults: Fault[],
): Record<string, unknown> {
  // Without a prototype, so that a parameter called __proto__ is one that does not exist.
  const input: Record<string, unknown> = Object.create(null);
  if (json !== undefined) {
    try {
      const parsed: unknown = JSON.parse(json);
      if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) throw new Error('not an object');
      Object.assign(input, parsed);
    } catch {
      faults.push({ where: '--input', problem: 'is not a JSON object', todo: `Write --input '{"user_id": "…"}'.` });
    }
  }
  for (const pair of pairs) {
    const cut = pair.indexOf('=');
    const name = pair.slice(0, cut);
    if (cut > 0 && name in input) faults.push({ where: name, problem: 'is given twice', todo: 'Give it once.' });
    else if (cut > 0) input[name] = pair.slice(cut + 1);
    else
      faults.push({
        where: pair,
        problem: 'is not key=value',
        todo: 'Write each parameter as key=value, in quotes where it has spaces.',
      });
  }
  return input;
}

/** Text from the command line as what the tool's schema says it is, by the parameter's own name or another one. */
export function typed(
  input: Record<string, unknown>,
  schema: Record<string, unknown>,
  aliases: Readonly<Record<string, string>>,
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(input).map(([name, value]) => {
      const own = Object.hasOwn(schema, name) || !Object.hasOwn(aliases, name) ? name : (aliases[name] ?? name);
      const type = Object.hasOwn(schema, own) ? (schema[own] as { type?: string }).type : undefined;
      if (typeof value !== 'string' || type === undefined || type === 'string') return [name, value];
      try {
        return [name, JSON.parse(value)];
      } catch {
        return [name, value];
      }
    }),
  );
}
