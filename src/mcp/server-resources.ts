// What the server says about itself: server://info and server://health. No secrets, and nothing of what stands in a directory.

import type { Resource } from '../core/offering.ts';
import { plain } from '../core/plain.ts';
import type { Tenant } from '../core/tool.ts';
import type { Catalog, Connected } from './catalog.ts';
import { asIs, type Gate } from './gate.ts';

/** What `server://health` asks beside the tenants, by its name; rejects when it is broken. */
export type HealthParts = Readonly<Record<string, () => Promise<unknown>>>;

export interface ServerFacts {
  readonly version: string;
  readonly connected: readonly Connected[];
  readonly catalog: Catalog;
  readonly gate: Gate;
  readonly parts: HealthParts;
  readonly now: () => number;
}

/** Longer than an answer takes that is worth having, milliseconds. */
const deadlineMs = 5_000;
/** Whoever asks again within it gets the same answer: health is asked often, and asking costs a tenant its rate budget. */
const keptMs = 10_000;
/** The machine's clock is no part of whether a tenant answers; `doctor` checks it. */
const asked = new Set(['address', 'credential']);

export function createServerResources(facts: ServerFacts): readonly Resource[] {
  let last: { readonly at: number; readonly health: Promise<unknown> } | undefined;
  const mimeType = 'application/json';
  return [
    {
      uri: 'server://info',
      name: 'server-info',
      title: 'About this server',
      description: 'Version, organizations and whether they are read-only, toolsets and tools that are switched on.',
      mimeType,
      read: async () => write(describeServer(facts)),
    },
    {
      uri: 'server://health',
      name: 'server-health',
      title: 'Health of this server',
      description:
        'Whether each organization answers and takes the credential, and whether state can be kept; asked now.',
      mimeType,
      async read() {
        const at = facts.now();
        if (!last || at - last.at >= keptMs) last = { at, health: checkHealth(facts, at) };
        return write(await last.health);
      },
    },
  ];
}

function write(value: unknown): string {
  return JSON.stringify(value, null, 2);
}

function describeServer({ version, connected, catalog, gate }: ServerFacts): unknown {
  const offered = catalog.entries.filter((entry) => gate.refuse(entry, asIs) === undefined);
  const toolsets: Record<string, number> = {};
  for (const { toolset } of offered) toolsets[toolset] = (toolsets[toolset] ?? 0) + 1;
  return {
    name: 'castellan',
    version,
    tenants: connected.flatMap(({ platform, tenants }) =>
      [...tenants.values()].map(({ name, readOnly }) => ({
        name,
        platform: platform.name,
        read_only: readOnly !== undefined,
        ...(readOnly !== undefined && { because: readOnly }),
      })),
    ),
    tools: offered.length,
    changes: offered.filter(({ tool }) => tool.access !== 'read').length,
    toolsets,
  };
}

async function checkHealth({ connected, parts }: ServerFacts, at: number): Promise<unknown> {
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

async function checkTenant(platform: string, { name, checks }: Tenant, signal: AbortSignal) {
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
