// A built Castellan starts with the facts of its tools alone: they must say what the tools themselves say, and a call by
// any name must reach the tool.

import { expect, it } from 'vitest';
import { describeTool, lazyToolsets } from '../../src/core/lazy-tools.ts';
import { type Tenant, toolsOf } from '../../src/core/tool.ts';
import { createCatalog } from '../../src/mcp/catalog.ts';
import { inputSchemaOf, outputSchemaOf } from '../../src/mcp/schema.ts';
import { okta } from '../../src/platforms/okta/index.ts';

/** As rolldown.config.ts writes them into the build. */
const data = JSON.parse(
  JSON.stringify(
    Object.fromEntries(Object.entries(okta.toolsets).map(([area, tools]) => [area, tools.map(describeTool)])),
  ),
);
const schemas = Object.fromEntries(
  toolsOf(okta).map((tool) => [
    tool.name,
    { input: inputSchemaOf(tool.input()), output: outputSchemaOf(tool.output()) },
  ]),
);

const lazy = () => {
  let loads = 0;
  let reads = 0;
  const readSchemas = () => {
    reads++;
    return JSON.parse(JSON.stringify(schemas));
  };
  const toolsets = lazyToolsets(data, readSchemas, async () => {
    loads++;
    return okta.toolsets;
  });
  return { platform: { ...okta, toolsets }, loads: () => loads, reads: () => reads };
};

const tenant = (name: string, readOnly?: string): Tenant => ({ name, readOnly, connect: () => ({}), checks: [] });

it.each([
  ['without a tenant', []],
  ['with one', [tenant('a')]],
  ['with several, one of which is read-only', [tenant('b'), tenant('a'), tenant('c', 'it is so')]],
])('lists the same, %s', (_what, all) => {
  const tenants = new Map(all.map((each) => [each.name, each]));
  const whole = createCatalog([{ platform: okta, tenants }]);
  const { platform, loads, reads } = lazy();
  const facts = createCatalog([{ platform, tenants }]);
  expect(reads(), 'before they are listed').toBe(0);
  expect(facts.list).toEqual(whole.list);
  expect(facts.entries.map(({ toolset }) => toolset)).toEqual(whole.entries.map(({ toolset }) => toolset));
  expect(reads()).toBe(1);
  expect(loads()).toBe(0);
});

it('a tool is loaded when it is called, by its name or an alias, and all of them once', async () => {
  const { platform, loads } = lazy();
  const catalog = createCatalog([{ platform, tenants: new Map() }]);
  const found = catalog.find('update_user_profile');
  expect(() => found?.entry.tool.input()).toThrow(/before it was loaded/);
  await found?.entry.load();
  expect(found?.entry.tool.plan).toBeTypeOf('function');
  expect(found?.translate({ user_identifier: 'a', profile_updates: { title: 'x' } })).toEqual({
    user_id: 'a',
    profile: { title: 'x' },
  });
  expect(found?.entry.load()).toBeUndefined();
  await catalog.find('get_okta_user')?.entry.load();
  expect(loads()).toBe(1);
});
