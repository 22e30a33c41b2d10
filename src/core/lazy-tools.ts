// Tools of which only the facts are there until one is called: the code and the schema objects of a hundred tools would be
// the larger part of a start.

import type { AnyTool, ListedSchemas, Toolsets } from './tool.ts';

/** What is known of a tool without its code; plain JSON. */
export interface ToolData {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly access: AnyTool['access'];
  readonly scopes: readonly string[];
  readonly local: boolean;
  readonly idempotent: boolean;
  readonly aliases: readonly string[];
  readonly parameterAliases: Readonly<Record<string, string>>;
  /** Its JSON Schemas (`input`, `output`) as text: the larger part, and of no use where nobody has configured the platform. */
  readonly schemas: string;
}

export type ToolsetData = Readonly<Record<string, readonly ToolData[]>>;

export function describeTool(tool: AnyTool, schemas: ListedSchemas): ToolData {
  const { name, title, description, access, scopes, local = false, idempotent = false, parameterAliases = {} } = tool;
  const aliases = Object.keys(tool.aliases ?? {});
  const { input, output } = schemas;
  const text = JSON.stringify({ input, output });
  return { name, title, description, access, scopes, local, idempotent, aliases, parameterAliases, schemas: text };
}

/** `load` gives the tools themselves, and is called once. */
export function lazyToolsets(data: ToolsetData, load: () => Promise<Toolsets>): Toolsets {
  let loading: Promise<ReadonlyMap<string, AnyTool>> | undefined;
  async function find(name: string): Promise<AnyTool> {
    loading ??= load().then(
      (sets) => new Map(Object.values(sets).flatMap((tools) => tools.map((tool) => [tool.name, tool]))),
    );
    const tool = (await loading).get(name);
    if (!tool) throw new TypeError(`${name} is listed and is no tool`);
    return tool;
  }
  const entries = Object.entries(data).map(
    ([area, tools]) => [area, tools.map((each) => lazyTool(each, find))] as const,
  );
  return Object.fromEntries(entries);
}

function lazyTool({ aliases, schemas, ...facts }: ToolData, find: (name: string) => Promise<AnyTool>): AnyTool {
  const missing = () => {
    throw new TypeError(`${facts.name} was used before it was loaded`);
  };
  return {
    ...facts,
    aliases: Object.fromEntries(aliases.map((alias) => [alias, missing])),
    input: missing,
    output: missing,
    listed: { schemas: () => JSON.parse(schemas) as ListedSchemas, load: () => find(facts.name) },
  };
}
