// What `doctor` asks about an OCI tenant that is used with a key of its own: whether the services and the identity domain take it.

import { checkClock } from '../../core/clock.ts';
import { toCastellanError } from '../../core/errors.ts';
import type { Check, CheckResult } from '../../core/tool.ts';
import type { CallScope, UpstreamOptions } from '../../core/upstream.ts';
import type { Connection } from './client.ts';
import { rootOf } from './hosts.ts';

const timeoutMs = 10_000;

export function createOciChecks(
  connection: Connection,
  { fetch, now }: { readonly fetch: UpstreamOptions['fetch']; readonly now: () => number },
): readonly Check[] {
  async function ask(origin: Promise<URL>, path: readonly string[], query: Record<string, number>, scope: CallScope) {
    const request = { method: 'GET', path, query, bucket: 'doctor', read: (body: unknown) => body } as const;
    await connection.upstreamAt(await origin).request(request, scope);
  }

  const check = (name: string, run: (scope: CallScope) => Promise<CheckResult>): Check => ({
    name,
    async run(signal) {
      try {
        return await run({ signal, deadline: now() + timeoutMs });
      } catch (thrown) {
        const { message, hint } = toCastellanError(thrown);
        return { ok: false, says: message, todo: hint };
      }
    },
  });

  return [
    check('credential', async (scope) => {
      const { tenancy, user, region, kind } = await connection.identity(scope);
      const { session } = await connection.claims(scope);
      await ask(
        connection.serviceOrigin('identity', undefined, scope),
        [...rootOf('identity'), 'tenancies', tenancy],
        {},
        scope,
      );
      const how = kind === 'session' ? `a session${untilOf(session?.exp)}` : 'an API key';
      return { ok: true, says: `${region} takes ${how} of ${user}` };
    }),
    check('domain', async (scope) => {
      const origin = await connection.domainOrigin(scope);
      await ask(Promise.resolve(origin), ['admin', 'v1', 'Users'], { count: 1 }, scope);
      return { ok: true, says: `${origin.host} answers, and shows its users` };
    }),
    check('clock', async (scope) => {
      const origin = await connection.serviceOrigin('identity', undefined, scope);
      // Unsigned, for a signature of the wrong time is refused: any answer bears a date.
      const answer = await fetch(origin.href, { redirect: 'manual', signal: scope.signal });
      await answer.body?.cancel();
      return checkClock(answer.headers.get('date'), now(), 'OCI');
    }),
  ];
}

function untilOf(exp: unknown): string {
  return typeof exp === 'number' ? ` (until ${new Date(exp * 1000).toISOString()})` : '';
}
