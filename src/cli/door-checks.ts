// What is looked at of the front door: by doctor when somebody asks, and once by serve when it has begun.

import type { Config } from '../config.ts';
import { plain } from '../core/plain.ts';
import type { Check } from '../core/tool.ts';

export const checkTimeoutMs = 15_000;
type DoorConfig = Pick<Config, 'auth' | 'signIn'>;

/** What clients must be able to reach, and those who vouch for people. */
export async function frontDoorChecks(config: DoorConfig): Promise<readonly Check[]> {
  const { publicUrl } = config.auth;
  if (publicUrl === undefined) return [];
  const [{ publicAddressChecks }, { lookup }] = await Promise.all([
    import('../auth/checks.ts'),
    import('node:dns/promises'),
  ]);
  return [
    ...publicAddressChecks(publicUrl, { ...deps, resolve: (hostname) => lookup(hostname) }),
    ...(await voucherChecks(config)),
  ];
}

async function voucherChecks({ auth, signIn }: DoorConfig): Promise<readonly Check[]> {
  if (auth.publicUrl === undefined) return [];
  const { issuerChecks, signInChecks } = await import('../auth/checks.ts');
  return [...issuerChecks(auth, deps), ...signInChecks(signIn, auth.publicUrl, deps)];
}

const deps = { fetch, now: Date.now, resolve: async () => {} };

/** The first thing that keeps people from signing in, in one line; undefined where there is none. Never rejects. */
export async function findDoorTrouble(config: DoorConfig): Promise<string | undefined> {
  try {
    for (const { name, run } of await voucherChecks(config)) {
      const { ok, says } = await run(AbortSignal.timeout(checkTimeoutMs));
      if (!ok) return `Nobody may be able to sign in: ${name}: ${plain(says)}. castellan doctor tells more.`;
    }
  } catch {
    // Whoever signs in is told.
  }
  return undefined;
}
