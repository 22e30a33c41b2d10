// Everything that can be called, computed once: a request's cost does not grow with the number of tools.

import { z } from 'zod';
import type { AnyTool, Platform, Tenant } from '../core/tool.ts';
import { nearest } from '../core/words.ts';
import { type Prebuilt, prebuilt } from './prebuilt.ts';
import { inputSchemaOf, type JsonSchema, outputSchemaOf } from './schema.ts';

/** A platform with the tenants that are configured for it. */
export interface Connected {
  readonly platform: Platform;
  readonly tenants: ReadonlyMap<string, Tenant>;
}

export interface Entry {
  readonly tool: AnyTool;
  readonly platform: string;
  readonly tenants: ReadonlyMap<string, Tenant>;
  /** True when there is more than one tenant to choose from, so that calls name one and answers say which. */
  readonly choosesTenant: boolean;
  /** The area it belongs to: `okta.users`. */
  readonly toolset: string;
  readonly input: () => z.ZodObject;
  /** What stands in `tools/list`. */
  readonly listed: ListedTool;
}

export interface ListedTool {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly inputSchema: JsonSchema & { type: 'object' };
  readonly outputSchema: JsonSchema & { type: 'object' };
  readonly annotations: {
    readonly readOnlyHint: boolean;
    readonly destructiveHint: boolean;
    readonly idempotentHint: boolean;
    readonly openWorldHint: boolean;
  };
}

export interface Catalog {
  /** In the order in which platforms declare their tools. */
  readonly entries: readonly Entry[];
  readonly list: readonly ListedTool[];
  /** By name or alias: the entry, and the caller's arguments as the tool's own. */
  readonly find: (name: string) => Found | undefined;
  /** The listed name nearest to one that does not exist. */
  readonly suggest: (name: string) => string | undefined;
}

export interface Found {
  readonly entry: Entry;
  readonly translate: (input: Record<string, unknown>) => Record<string, unknown>;
}

/** @throws {TypeError} when two tools share a name: a mistake of ours, found at start. */
export function createCatalog(connected: readonly Connected[]): Catalog {
  const entries: Entry[] = [];
  const byName = new Map<string, Found>();
  const claim = (name: string, found: Found) => {
    if (byName.has(name)) throw new TypeError(`two tools are called ${name}`);
    byName.set(name, found);
  };
  for (const { platform, tenants } of connected) {
    const areas = Object.entries(platform.toolsets);
    for (const [area, tool] of areas.flatMap(([area, tools]) => tools.map((tool) => [area, tool] as const))) {
      const entry = createEntry(tool, `${platform.name}.${area}`, platform, tenants);
      // With several tenants a model names one everywhere; a tool that asks none lets it.
      const rename = renamingOf(tool, tool.local && tenants.size > 1 ? 'tenant' : undefined);
      entries.push(entry);
      claim(tool.name, { entry, translate: rename });
      for (const [alias, translate] of Object.entries(tool.aliases ?? {})) {
        claim(alias, { entry, translate: (input) => rename(translate(input)) });
      }
    }
  }
  const names = [...byName.keys()];
  return {
    entries,
    list: entries.map((entry) => entry.listed),
    find: (name) => byName.get(name),
    suggest: (name) => nearest(name, names),
  };
}

function createEntry(tool: AnyTool, toolset: string, platform: Platform, tenants: ReadonlyMap<string, Tenant>): Entry {
  const choosesTenant = tool.local !== true && tenants.size > 1;
  const inputFor = (names: readonly string[]): z.ZodObject => {
    if (!choosesTenant) return tool.input();
    const chooser = { tenant: z.enum(names as [string, ...string[]]).describe('Which organization') };
    return tool.input().extend(chooser);
  };
  const names = [...tenants.keys()].sort();
  // Offered are the tenants in which it can be used; another one is refused with the reason.
  const usable = tool.access === 'read' ? names : names.filter((name) => tenants.get(name)?.readOnly === undefined);
  let input: z.ZodObject | undefined;
  const output = () => (choosesTenant ? tool.output().extend({ tenant: z.string() }) : tool.output());
  // A tool that chooses its tenant has schemas of its own, with the configured names.
  const built: Prebuilt | undefined = choosesTenant ? undefined : prebuilt?.[tool.name];
  const listed: ListedTool = {
    name: tool.name,
    title: tool.title,
    description: tool.description,
    inputSchema: { type: 'object', ...(built?.input ?? inputSchemaOf(inputFor(usable.length > 0 ? usable : names))) },
    outputSchema: { type: 'object', ...(built?.output ?? outputSchemaOf(output())) },
    annotations: {
      readOnlyHint: tool.access === 'read',
      destructiveHint: tool.access === 'destroy',
      idempotentHint: tool.access === 'read' || tool.idempotent === true,
      openWorldHint: tool.local !== true,
    },
  };
  return {
    tool,
    platform: platform.name,
    toolset,
    tenants,
    choosesTenant,
    input: () => {
      input ??= inputFor(names);
      return input;
    },
    listed,
  };
}

/** Hosts and models fill what they do not use with "" or null; neither is a value of any parameter here. */
function renamingOf(tool: AnyTool, ignored: string | undefined): Found['translate'] {
  const names: Readonly<Record<string, string>> = tool.parameterAliases ?? {};
  return (input) => {
    // Without a prototype, so that a parameter called __proto__ is a parameter that does not exist.
    const result: Record<string, unknown> = Object.create(null);
    for (const [name, value] of Object.entries(input)) {
      // Whoever says anything about a dry run must say yes or no: nothing must not mean "do it".
      const decides = tool.plan !== undefined && (name === 'dryRun' || name === 'dry_run');
      if ((!isGiven(value) && !decides) || name === ignored) continue;
      const own = Object.hasOwn(names, name) ? names[name] : undefined;
      if (own !== undefined && !isGiven(input[own])) result[own] = value;
      else result[name] = value;
    }
    return result;
  };
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== '' && value !== null;
}
