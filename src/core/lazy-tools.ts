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
  readonly everywhere: boolean;
  readonly idempotent: boolean;
  readonly aliases: readonly string[];
  readonly parameterAliases: Readonly<Record<string, string>>;
}

export type ToolsetData = Readonly<Record<string, readonly ToolData[]>>;

/** JSON Schemas by the name of their tool: the larger part, and of no use where nobody has configured the platform. */
export type SchemaData = Readonly<Record<string, ListedSchemas>>;

export function describeTool(tool: AnyTool): ToolData {
  const {
    name,
    title,
    description,
    access,
    scopes,
    local = false,
    everywhere = false,
    idempotent = false,
    parameterAliases = {},
  } = tool;
  const aliases = Object.keys(tool.aliases ?? {});
  return { name, title, description, access, scopes, local, everywhere, idempotent, aliases, parameterAliases };
}

/** `readSchemas` is called when a tool is listed, `load`, which gives the tools themselves, when one is called; each once. */
export function lazyToolsets(
  data: ToolsetData,
  readSchemas: () => SchemaData,
  load: () => Promise<Toolsets>,
): Toolsets {
  let schemas: SchemaData | undefined;
  function schemasOf(name: string): ListedSchemas {
    schemas ??= readSchemas();
    const found = schemas[name];
    if (!found) throw new TypeError(`${name} has no schemas`);
    return found;
  }

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
    ([area, tools]) => [area, tools.map((each) => lazyTool(each, schemasOf, find))] as const,
  );
  return Object.fromEntries(entries);
}

function lazyTool(
  { aliases, ...facts }: ToolData,
  schemasOf: (name: string) => ListedSchemas,
  find: (name: string) => Promise<AnyTool>,
): AnyTool {
  const missing = () => {
    throw new TypeError(`${facts.name} was used before it was loaded`);
  };
  return {
    ...facts,
    aliases: Object.fromEntries(aliases.map((alias) => [alias, missing])),
    input: missing,
    output: missing,
    listed: { schemas: () => schemasOf(facts.name), load: () => find(facts.name) },
  };
}
