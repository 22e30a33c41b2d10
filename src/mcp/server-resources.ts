// What the server says about itself: server://info and server://health. No secrets, and nothing of what stands in a directory.

import type { Resource } from '../core/offering.ts';
import type { Catalog, Connected } from './catalog.ts';
import { asIs, type Gate } from './gate.ts';
import type { Health } from './health.ts';

export interface ServerFacts {
  readonly version: string;
  readonly connected: readonly Connected[];
  readonly catalog: Catalog;
  readonly gate: Gate;
  readonly health: () => Promise<Health>;
}

export function createServerResources(facts: ServerFacts): readonly Resource[] {
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
      read: async () => write(await facts.health()),
    },
  ];
}

function write(value: unknown): string {
  return JSON.stringify(value, null, 2);
}

function describeServer({ version, connected, catalog, gate }: ServerFacts): unknown {
  const listed = new Set(gate.list(asIs));
  const offered = catalog.entries.filter((entry) => listed.has(entry.listed));
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
