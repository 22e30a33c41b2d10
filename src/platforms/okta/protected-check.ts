// What `doctor` asks about the names that the operator protects: one that stands for nothing protects nobody.

import { z } from 'zod';
import { CastellanError, toCastellanError } from '../../core/errors.ts';
import { quoted } from '../../core/plain.ts';
import type { Check } from '../../core/tool.ts';
import type { CallScope } from '../../core/upstream.ts';
import type { OktaClient } from './client.ts';

export interface Protected {
  readonly protectUsers: readonly string[];
  readonly protectGroups: readonly string[];
  readonly protectApps: readonly string[];
}

const anything = z.object({ id: z.string() });
const named = anything.extend({
  label: z.string().nullish(),
  profile: z.object({ name: z.string().nullish() }).nullish(),
});

/** None where nothing is protected. */
export function protectedChecks(
  { protectUsers, protectGroups, protectApps }: Protected,
  connect: (scope: CallScope) => OktaClient,
  now: () => number,
): readonly Check[] {
  const lists = [
    ['users', protectUsers],
    ['groups', protectGroups],
    ['apps', protectApps],
  ] as const;
  if (lists.every(([, names]) => names.length === 0)) return [];
  return [
    {
      name: 'protected',
      async run(signal) {
        const client = connect({ signal, deadline: now() + 10_000 });
        try {
          const asked = lists.flatMap(([kind, names]) =>
            names.map(async (name) => [name, await isThere(client, kind, name)] as const),
          );
          const missing = (await Promise.all(asked)).flatMap(([name, there]) => (there ? [] : [quoted(name)]));
          if (missing.length === 0) return { ok: true, says: 'every protected name stands for something' };
          return {
            ok: false,
            says: `protected, and not there: ${missing.join(', ')}`,
            todo: 'Correct protectUsers (login or id), protectGroups (name or id) and protectApps (label or id), or remove what is gone.',
          };
        } catch (thrown) {
          const { message, hint } = toCastellanError(thrown);
          return { ok: false, says: message, todo: hint };
        }
      },
    },
  ];
}

async function isThere(client: OktaClient, kind: 'users' | 'groups' | 'apps', name: string): Promise<boolean> {
  if (await exists(client, [kind, name])) return true;
  if (kind === 'users') return false;
  const { items } = await client.list({ path: [kind], query: { q: name }, entity: named, max: 200, pageSize: 200 });
  return items.some(({ label, profile }) => (label ?? profile?.name)?.toLowerCase() === name.trim().toLowerCase());
}

/** By id; a user also by login. A name that can stand in no address is no id. */
async function exists(client: OktaClient, path: readonly string[]): Promise<boolean> {
  try {
    await client.getExact(path, anything);
    return true;
  } catch (error) {
    if (error instanceof CastellanError && (error.code === 'not_found' || error.code === 'invalid_input')) return false;
    throw error;
  }
}
