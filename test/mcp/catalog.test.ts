// What a caller's arguments become before a tool sees them.

import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type AnyTool, defineTools, type Platform } from '../../src/core/tool.ts';
import { createCatalog } from '../../src/mcp/catalog.ts';
import { checkInput } from '../../src/mcp/check.ts';

const tool = defineTools<never>();

function platformOf(...tools: AnyTool[]): Platform {
  return { name: 'fixture', title: 'Fixture', instructions: '', toolsets: { all: tools } };
}

function echo(name: string, extra: Partial<AnyTool> = {}): AnyTool {
  const made = tool({
    name,
    title: name,
    description: name,
    access: 'read',
    scopes: [],
    local: true,
    input: () =>
      z.strictObject({
        user_id: z.string(),
        max_results: z.int().max(10).default(5),
        note: z.string().optional(),
      }),
    output: () => z.object({}),
    run: async () => ({}),
  });
  return { ...made, ...extra };
}

function inputOf(catalog: ReturnType<typeof createCatalog>, name: string, args: Record<string, unknown>) {
  const found = catalog.find(name);
  if (!found) throw new Error(`no ${name}`);
  return checkInput(found.entry, found.translate(args));
}

describe('arguments', () => {
  const rename = ({ who, ...rest }: Record<string, unknown>) => ({ ...rest, user_id: who });
  const catalog = createCatalog([
    {
      platform: platformOf(
        echo('get_it', { aliases: { fetch_it: rename }, parameterAliases: { limit: 'max_results' } }),
      ),
      tenants: new Map(),
    },
  ]);

  it('what a host fills with "" or null is as if it were not there', () => {
    expect(inputOf(catalog, 'get_it', { user_id: 'a', note: '', max_results: null })).toEqual({
      user_id: 'a',
      max_results: 5,
    });
  });

  it('another name of a parameter counts, unless its own name is there too', () => {
    expect(inputOf(catalog, 'get_it', { user_id: 'a', limit: 3 })).toEqual({ user_id: 'a', max_results: 3 });
    expect(() => inputOf(catalog, 'get_it', { user_id: 'a', limit: 3, max_results: 2 })).toThrow(
      /no parameter "limit"/,
    );
  });

  it('an alias takes its own parameters', () => {
    expect(inputOf(catalog, 'fetch_it', { who: 'a', limit: 3 })).toEqual({ user_id: 'a', max_results: 3 });
    expect(catalog.list.map(({ name }) => name)).toEqual(['get_it']);
  });

  it('nothing is smuggled in through a prototype', () => {
    const smuggled = JSON.parse('{"__proto__":{"user_id":"smuggled"}}') as Record<string, unknown>;
    for (const name of ['get_it', 'fetch_it']) {
      expect(() => inputOf(catalog, name, smuggled)).toThrow(/there is no parameter "__proto__"/);
    }
    for (const name of ['constructor', 'toString', '__proto__', 'hasOwnProperty'])
      expect(catalog.find(name)).toBeUndefined();
  });

  it('every fault is named at once', () => {
    expect(() => inputOf(catalog, 'get_it', { max_results: 11, users: 1 })).toThrow(
      /user_id is missing.*max_results.*"users"/,
    );
  });
});

describe('catalog', () => {
  it('refuses two tools of one name at start, aliases included', () => {
    const clash = (...tools: AnyTool[]) => createCatalog([{ platform: platformOf(...tools), tenants: new Map() }]);
    expect(() => clash(echo('get_it'), echo('get_it'))).toThrow(TypeError);
    expect(() => clash(echo('get_it'), echo('get_that', { aliases: { get_it: (input) => input } }))).toThrow(TypeError);
  });

  it('derives annotations from access alone', () => {
    const tools = (['read', 'write', 'destroy'] as const).map((access) => echo(access, { access }));
    const { list } = createCatalog([{ platform: platformOf(...tools), tenants: new Map() }]);
    expect(list.map(({ annotations }) => [annotations.readOnlyHint, annotations.destructiveHint])).toEqual([
      [true, false],
      [false, false],
      [false, true],
    ]);
  });
});
