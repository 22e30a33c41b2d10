// Every OCI tool that changes something, through both doors: dry run, refusal, confirmation, undo. The cases are in
// test/support/change-cases/; a tool without a case fails.

import type { Client } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { toolsOf } from '../../../src/core/tool.ts';
import { oci } from '../../../src/platforms/oci/index.ts';
import { ask, call } from '../../support/answers.ts';
import { ociCases as cases } from '../../support/change-cases/all-oci.ts';
import { changesOf, checkPreview } from '../../support/changes.ts';
import { type OciServer, openOciServer } from '../../support/oci.ts';
import { readOciState } from '../../support/oci-changes.ts';
import { doors } from '../../support/server.ts';

it('there is a case for every tool that changes something', () => {
  const tools = toolsOf(oci).filter(({ access }) => access !== 'read');
  expect(cases.map(({ tool }) => tool)).toEqual(expect.arrayContaining(tools.map(({ name }) => name)));
});

describe.each(doors)('over $door, MCP $era', ({ door, era }) => {
  let tenancy: OciServer;
  let client: Client;
  let says: 'yes' | 'no' = 'yes';
  const asked: string[] = [];

  beforeAll(async () => {
    tenancy = await openOciServer();
    client = await tenancy.server.connect(era, door, (question) => {
      asked.push(question);
      return says;
    });
  });
  beforeEach(() => {
    says = 'yes';
  });
  afterAll(() => tenancy?.close());

  it.each(cases.map((each) => [each.when === undefined ? each.tool : `${each.tool}, ${each.when}`, each] as const))(
    '%s',
    async (_name, change) => {
      const { input, reads, first = [] } = await change.prepare(tenancy);
      for (const [tool, before] of first) await ask(client, tool, before);
      tenancy.mutations.length = 0;
      asked.length = 0;
      const before = await readOciState(tenancy, reads);

      const dry = await ask(client, change.tool, { ...input, dryRun: true });
      expect(dry.value.done).toBe(false);
      expect(asked).toEqual([]);

      if (change.asks) {
        says = 'no';
        const refused = await call(client, change.tool, input);
        expect(refused.isError).toBe(true);
        expect(asked).toHaveLength(1);
        expect(asked[0]).toContain(String(dry.value.summary).slice(0, 300));
        says = 'yes';
        asked.length = 0;
      }
      expect(tenancy.mutations).toEqual([]);
      expect(await readOciState(tenancy, reads)).toEqual(before);

      const done = await ask(client, change.tool, input);
      expect(done.value.done).toBe(true);
      expect(asked).toHaveLength(change.asks ? 1 : 0);
      expect(changesOf(done)).toEqual(changesOf(dry));
      expect(tenancy.mutations.length).toBeGreaterThan(0);
      const made = (done.value.targets as { id: string }[])[0]?.id ?? '';
      const paths = reads.map((path) => path.replace('{made}', made));
      const after = await readOciState(tenancy, paths);
      expect(after).not.toEqual(before);
      checkPreview(change as never, changesOf(dry), before, after);

      const undo = done.value.undo as { tool: string; arguments: Record<string, unknown>; but?: string } | undefined;
      if (change.undo === 'none') {
        expect(undo).toBeUndefined();
        expect(done.value.no_undo).toMatch(/\w+/);
        return;
      }
      expect(undo?.but === undefined).toBe(change.undo === 'all');
      const undone = await ask(client, undo?.tool ?? '', undo?.arguments ?? {});
      expect(undone.value.done).toBe(true);
      if (change.undo === 'all') expect(await readOciState(tenancy, paths)).toEqual(before);
    },
    30_000,
  );
});
