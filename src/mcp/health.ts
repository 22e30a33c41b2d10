// Whether each organization answers and takes the credential, and whether state can be kept; asked at most every ten seconds.

import { plain } from '../core/plain.ts';
import type { Tenant } from '../core/tool.ts';
import type { Connected } from './catalog.ts';

/** What is asked beside the tenants, by its name; rejects when it is broken. */
export type HealthParts = Readonly<Record<string, () => Promise<unknown>>>;

export interface Health {
  readonly status: 'ok' | 'degraded';
  /** ISO 8601 UTC. */
  readonly checked: string;
  readonly tenants: readonly TenantHealth[];
  readonly parts: readonly { readonly name: string; readonly ok: boolean }[];
}

export interface TenantHealth {
  readonly name: string;
  readonly platform: string;
  readonly ok: boolean;
  readonly ms: number;
  readonly problems?: readonly Problem[];
}

interface Problem {
  readonly check: string;
  readonly says: string;
  readonly todo?: string;
}

export interface HealthOptions {
  readonly connected: readonly Connected[];
  readonly parts: HealthParts;
  readonly now: () => number;
}

/** Longer than an answer takes that is worth having, milliseconds. */
const deadlineMs = 5_000;
/** Whoever asks again within it gets the same answer: health is asked often, and asking costs a tenant its rate budget. */
const keptMs = 10_000;
/** The machine's clock is no part of whether a tenant answers; `doctor` checks it. */
const asked = new Set(['address', 'credential']);

export function createHealth(options: HealthOptions): () => Promise<Health> {
  let last: { readonly at: number; readonly health: Promise<Health> } | undefined;
  return () => {
    const at = options.now();
    if (!last || at - last.at >= keptMs) last = { at, health: checkHealth(options, at) };
    return last.health;
  };
}

async function checkHealth({ connected, parts }: HealthOptions, at: number): Promise<Health> {
  const signal = AbortSignal.timeout(deadlineMs);
  const [tenants, kept] = await Promise.all([
    Promise.all(
      connected.flatMap(({ platform, tenants }) =>
        [...tenants.values()].map((tenant) => checkTenant(platform.name, tenant, signal)),
      ),
    ),
    Promise.all(
      Object.entries(parts).map(async ([name, ask]) => {
        const answer = await within(
          signal,
          ask().then(() => true),
        );
        return { name, ok: answer === true };
      }),
    ),
  ]);
  const ok = [...tenants, ...kept].every((each) => each.ok);
  return { status: ok ? 'ok' : 'degraded', checked: new Date(at).toISOString(), tenants, parts: kept };
}

async function checkTenant(platform: string, { name, checks }: Tenant, signal: AbortSignal): Promise<TenantHealth> {
  const began = performance.now();
  const results = await Promise.all(
    checks
      .filter((check) => asked.has(check.name))
      .map(async (check) => ({ name: check.name, result: await within(signal, check.run(signal)) })),
  );
  const failed = results.filter(({ result }) => !result?.ok);
  return {
    name,
    platform,
    ok: failed.length === 0,
    ms: Math.round(performance.now() - began),
    ...(failed.length > 0 && {
      problems: failed.map(({ name: check, result }) => ({
        check,
        says: plain(result?.says ?? `did not answer within ${deadlineMs / 1000} s`),
        ...(result?.todo !== undefined && { todo: plain(result.todo) }),
      })),
    }),
  };
}

/** What came of it in time; undefined where it failed or did not end. */
function within<T>(signal: AbortSignal, work: Promise<T>): Promise<T | undefined> {
  const over = Promise.withResolvers<undefined>();
  const stop = () => over.resolve(undefined);
  if (signal.aborted) stop();
  else signal.addEventListener('abort', stop, { once: true });
  return Promise.race([work.catch(() => undefined), over.promise]).finally(() =>
    signal.removeEventListener('abort', stop),
  );
}
