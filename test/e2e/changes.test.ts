// Every tool that changes something, through every door: dry run, refusal, confirmation, undo. The cases are in
// test/support/change-cases/; a tool without a case fails.

import type { Client } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { toolsOf } from '../../src/core/tool.ts';
import { okta } from '../../src/platforms/okta/index.ts';
import { ask, call } from '../support/answers.ts';
import { cases } from '../support/change-cases/all.ts';
import { type ChangeCase, changesOf, checkPreview, readState } from '../support/changes.ts';
import { doors, openTestServer, type TestServer } from '../support/server.ts';

it('there is a case for every tool that changes something', () => {
  const tools = toolsOf(okta).filter(({ access }) => access !== 'read');
  expect(cases.map(({ tool }) => tool)).toEqual(expect.arrayContaining(tools.map(({ name }) => name)));
});

describe.each(doors)('over $door, MCP $era', ({ door, era }) => {
  let server: TestServer;
  let client: Client;
  let says: 'yes' | 'no' = 'yes';
  const asked: string[] = [];

  beforeAll(async () => {
    server = await openTestServer();
    client = await server.connect(era, door, (question) => {
      asked.push(question);
      return says;
    });
  });
  beforeEach(() => {
    server.organization.sandbox.okta.reset();
    says = 'yes';
    asked.length = 0;
  });
  afterAll(() => server?.close());

  async function prepare({ prepare }: ChangeCase) {
    const prepared = await prepare(server.organization);
    for (const [tool, input] of prepared.first ?? []) await ask(client, tool, input);
    server.organization.mutations.length = 0;
    asked.length = 0;
    return prepared;
  }

  it.each(cases.map((each) => [each.when === undefined ? each.tool : `${each.tool}, ${each.when}`, each] as const))(
    '%s',
    async (_name, change) => {
      const { organization } = server;
      const { input, reads } = await prepare(change);
      const before = await readState(organization, reads);

      const dry = await ask(client, change.tool, { ...input, dryRun: true });
      expect(dry.value.done).toBe(false);
      expect(asked).toEqual([]);
      expect(organization.mutations).toEqual([]);
      expect(await readState(organization, reads)).toEqual(before);

      if (change.asks) {
        says = 'no';
        const refused = await call(client, change.tool, input);
        expect(refused.isError).toBe(true);
        expect(asked).toHaveLength(1);
        expect(asked[0]).toContain(String(dry.value.summary).slice(0, 300));
        expect(organization.mutations).toEqual([]);
        expect(await readState(organization, reads)).toEqual(before);
        says = 'yes';
        asked.length = 0;
      }

      const done = await ask(client, change.tool, input);
      expect(done.value.done).toBe(true);
      expect(asked).toHaveLength(change.asks ? 1 : 0);
      expect(changesOf(done)).toEqual(changesOf(dry));
      expect(organization.mutations.length).toBeGreaterThan(0);
      const made = (done.value.targets as { id: string }[])[0]?.id ?? '';
      const paths = reads.map((path) => path.replace('{made}', made));
      const after = await readState(organization, paths);
      checkPreview(change, changesOf(dry), before, after);

      const undo = done.value.undo as { tool: string; arguments: Record<string, unknown>; but?: string } | undefined;
      if (change.undo === 'none') {
        expect(undo).toBeUndefined();
        expect(done.value.no_undo).toMatch(/\w+/);
        return;
      }
      expect(undo).toBeDefined();
      expect(undo?.but === undefined).toBe(change.undo === 'all');
      const undone = await ask(client, undo?.tool ?? '', undo?.arguments ?? {});
      expect(undone.value.done).toBe(true);
      if (change.undo === 'all') expect(await readState(organization, paths)).toEqual(before);
    },
    30_000,
  );
});
