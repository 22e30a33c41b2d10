// What `doctor` asks about the names that the operator protects: one that stands for nothing protects nobody.

import { toCastellanError } from '../../core/errors.ts';
import { quoted } from '../../core/plain.ts';
import type { Check } from '../../core/tool.ts';
import type { CallScope } from '../../core/upstream.ts';
import type { OciClient } from './client.ts';
import type { Protected } from './protected.ts';

/** None where nothing is protected. */
export function protectedChecks(
  protects: Protected,
  connect: (scope: CallScope) => OciClient,
  now: () => number,
): readonly Check[] {
  if (!protects.some) return [];
  return [
    {
      name: 'protected',
      async run(signal) {
        try {
          const missing = await protects.listUnknown(connect({ signal, deadline: now() + 10_000 }));
          if (missing.length === 0) return { ok: true, says: 'every protected name stands for something' };
          return {
            ok: false,
            says: `protected, and not there: ${missing.map((entry) => quoted(entry)).join(', ')}; nothing of the kind is changed`,
            todo: 'Correct protectUsers (login, email, id or OCID), protectGroups and protectApps (name, id or OCID), or remove what is gone.',
          };
        } catch (thrown) {
          const { message, hint } = toCastellanError(thrown);
          return { ok: false, says: message, todo: hint };
        }
      },
    },
  ];
}
