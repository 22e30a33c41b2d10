// Names of the internet, asked of its name servers: not of files or searches of this machine, and not in the threads that
// everything else needs.

import { Resolver } from 'node:dns/promises';
import type { Resolved } from './safe-fetch.ts';

const timeoutMs = 2_000;

export function createResolver(): (host: string) => Promise<readonly Resolved[]> {
  const resolver = new Resolver({ timeout: timeoutMs, tries: 2 });
  return async (host) => {
    const [four, six] = await Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)]);
    for (const answer of [four, six]) if (answer.status === 'rejected' && !isNone(answer.reason)) throw answer.reason;
    return [
      ...(four.status === 'fulfilled' ? four.value : []).map((address) => ({ address, family: 4 as const })),
      ...(six.status === 'fulfilled' ? six.value : []).map((address) => ({ address, family: 6 as const })),
    ];
  };
}

function isNone(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return code === 'ENOTFOUND' || code === 'ENODATA';
}
