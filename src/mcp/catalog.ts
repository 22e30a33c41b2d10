// Everything that can be called, computed once: a request's cost does not grow with the number of tools.

import { z } from 'zod';
import type { AnyTool, Platform, Tenant } from '../core/tool.ts';
import { nearest } from '../core/words.ts';
import { inputSchemaOf, type JsonSchema, outputSchemaOf } from './schema.ts';

/** A platform with the tenants that are configured for it. */
export interface Connected {
  readonly platform: Platform;
  readonly tenants: ReadonlyMap<string, Tenant>;
}

export interface Entry {
  /** Whole once `load` has settled; until then only what stands in a list. */
  readonly tool: AnyTool;
  /** Undefined when there is nothing to wait for. */
  readonly load: () => Promise<void> | undefined;
  readonly platform: string;
  readonly tenants: ReadonlyMap<string, Tenant>;
  /** True when there is more than one tenant to choose from, so that calls name one and answers say which. */
  readonly choosesTenant: boolean;
  /** The area it belongs to: `okta.users`. */
  readonly toolset: string;
  /** The area of its platform that a caller must be allowed; undefined: the platform as a whole. */
  readonly area: string | undefined;
  /** True where it is off until an operator names its toolset or itself. */
  readonly optIn: boolean;
  readonly input: () => z.ZodObject;
  /** What stands in `tools/list`; made when it is first asked for. */
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
  /** Why there is no tool of this name, where others have one. */
  readonly whyNot: (name: string) => string | undefined;
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
      const ignored = tool.local && tenants.size > 1 ? 'tenant' : undefined;
      entries.push(entry);
      claim(tool.name, { entry, translate: (input) => rename(entry.tool, input, ignored) });
      for (const alias of Object.keys(tool.aliases ?? {})) {
        const translate = (input: Record<string, unknown>) => entry.tool.aliases?.[alias]?.(input) ?? input;
        claim(alias, { entry, translate: (input) => rename(entry.tool, translate(input), ignored) });
      }
    }
  }
  const names = [...byName.keys()];
  const withheld = new Map(connected.flatMap(({ platform }) => Object.entries(platform.withheld ?? {})));
  return {
    entries,
    get list() {
      return entries.map((entry) => entry.listed);
    },
    find: (name) => byName.get(name),
    suggest: (name) => nearest(name, names),
    whyNot: (name) => withheld.get(name),
  };
}

function createEntry(given: AnyTool, toolset: string, platform: Platform, tenants: ReadonlyMap<string, Tenant>): Entry {
  let tool = given;
  const choosesTenant = tool.local !== true && tenants.size > 1;
  const names = [...tenants.keys()].sort();
  // Offered are the tenants in which it can be used; another one is refused with the reason.
  const usable = tool.access === 'read' ? names : names.filter((name) => tenants.get(name)?.readOnly === undefined);
  const offered = choosesTenant ? chooserOf(usable.length > 0 ? usable : names) : undefined;
  let listed: ListedTool | undefined;
  let checked: z.ZodObject | undefined;
  return {
    get tool() {
      return tool;
    },
    load() {
      return tool.listed?.load().then((whole) => {
        tool = whole;
      });
    },
    platform: platform.name,
    toolset,
    optIn: platform.optIn?.some((area) => toolset === `${platform.name}.${area}`) === true,
    area: platform.areas?.find((area) => tool.scopes[0]?.startsWith(`${area}:`)),
    tenants,
    choosesTenant,
    input: () => {
      checked ??= choosesTenant
        ? tool.input().extend({ tenant: z.enum(names as [string, ...string[]]) })
        : tool.input();
      return checked;
    },
    get listed() {
      listed ??= describeListed(given, offered);
      return listed;
    },
  };
}

/** @param offered the tenants to choose from, where there is a choice */
function describeListed(tool: AnyTool, offered: JsonSchema | undefined): ListedTool {
  const { input, output } = (tool.listed?.schemas() ?? {
    input: inputSchemaOf(tool.input()),
    output: outputSchemaOf(tool.output()),
  }) as { readonly input: JsonSchema; readonly output: JsonSchema };
  return {
    name: tool.name,
    title: tool.title,
    description: tool.description,
    inputSchema: { type: 'object', ...(offered ? withProperty(input, 'tenant', offered) : input) },
    outputSchema: { type: 'object', ...(offered ? withProperty(output, 'tenant', { type: 'string' }) : output) },
    annotations: {
      readOnlyHint: tool.access === 'read',
      destructiveHint: tool.access === 'destroy',
      idempotentHint: tool.access === 'read' || tool.idempotent === true,
      openWorldHint: tool.local !== true,
    },
  };
}

function chooserOf(names: readonly string[]): JsonSchema {
  return { type: 'string', enum: names, description: 'Which organization' };
}

/** One more property that must be there. */
function withProperty(schema: JsonSchema, name: string, property: JsonSchema): JsonSchema {
  const properties = { ...(schema.properties as object | undefined), [name]: property };
  return { ...schema, properties, required: [...((schema.required as string[] | undefined) ?? []), name] };
}

/** Hosts and models fill what they do not use with "" or null; neither is a value of any parameter here. */
function rename(tool: AnyTool, input: Record<string, unknown>, ignored: string | undefined): Record<string, unknown> {
  const names: Readonly<Record<string, string>> = tool.parameterAliases ?? {};
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
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== '' && value !== null;
}
