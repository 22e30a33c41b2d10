// What several areas of Scalekit tools say the same way.

import { z } from 'zod';

function idOf(prefix: string, what: string) {
  return z
    .string()
    .regex(new RegExp(`^${prefix}_\\w{1,60}$`), { error: `is no id such as ${prefix}_123` })
    .describe(`${what} id, ${prefix}_…`);
}

/** Required by the tools' names of old; a tenant that is one environment needs none. */
export const environmentId = idOf('env', 'Environment').optional();
export const organizationId = idOf('org', 'Organization');
export const connectionId = idOf('conn', 'Connection');

/** Optional fields of a view: those that Scalekit gave. proto3 leaves a field empty where it has nothing to say. */
export function present<T extends Record<string, unknown>>(fields: T): { [K in keyof T]?: NonNullable<T[K]> } {
  const given = Object.entries(fields).filter(
    ([, value]) =>
      value !== undefined && value !== null && value !== '' && !(Array.isArray(value) && value.length === 0),
  );
  return Object.fromEntries(given) as { [K in keyof T]?: NonNullable<T[K]> };
}
