// What every tool of a platform that changes something must show, through every door: a dry run and a refusal change nothing, a
// confirmed change is what the preview said, its undo restores the state. A tool without a case fails.

import type { Client } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Platform, toolsOf } from '../../src/core/tool.ts';
import { ask, call } from '../support/answers.ts';
import { type ChangeCase, changesOf, checkPreview } from '../support/changes.ts';
import { doors, type TestServer } from '../support/server.ts';

export interface ChangingPlatform<World> {
  readonly platform: Platform;
  readonly cases: readonly ChangeCase<World>[];
  /** A new simulated tenant and a Castellan on it. */
  readonly open: () => Promise<{
    readonly world: World;
    readonly server: TestServer;
    /** Requests that changed something, as they come. */
    readonly mutations: unknown[];
    /** Before each case, where cases do not keep out of one another's way. */
    readonly reset?: () => void;
    readonly close: () => Promise<void>;
  }>;
  /** The vendor's own view of the paths that a case names, without its bookkeeping. */
  readonly readState: (world: World, paths: readonly string[]) => Promise<unknown[]>;
}

export function describeChanges<World>({ platform, cases, open, readState }: ChangingPlatform<World>): void {
  it('there is a case for every tool that changes something', () => {
    const tools = toolsOf(platform).filter(({ access }) => access !== 'read');
    expect(cases.map(({ tool }) => tool)).toEqual(expect.arrayContaining(tools.map(({ name }) => name)));
  });

  describe.each(doors)('over $door, MCP $era', ({ door, era }) => {
    let opened: Awaited<ReturnType<typeof open>>;
    let client: Client;
    let says: 'yes' | 'no' = 'yes';
    const asked: string[] = [];

    beforeAll(async () => {
      opened = await open();
      client = await opened.server.connect(era, door, (question) => {
        asked.push(question);
        return says;
      });
    });
    beforeEach(() => {
      opened.reset?.();
      says = 'yes';
    });
    afterAll(() => opened?.close());

    it.each(cases.map((each) => [each.when === undefined ? each.tool : `${each.tool}, ${each.when}`, each] as const))(
      '%s',
      async (_name, change) => {
        const { world, mutations } = opened;
        const { input, reads, first = [] } = await change.prepare(world);
        for (const [tool, before] of first) await ask(client, tool, before);
        mutations.length = 0;
        asked.length = 0;
        const before = await readState(world, reads);

        const dry = await ask(client, change.tool, { ...input, dryRun: true });
        expect(dry.value.done).toBe(false);
        expect(asked).toEqual([]);
        expect(mutations).toEqual([]);

        if (change.asks) {
          says = 'no';
          const refused = await call(client, change.tool, input);
          expect(refused.isError).toBe(true);
          expect(asked).toHaveLength(1);
          expect(asked[0]).toContain(String(dry.value.summary).slice(0, 300));
          says = 'yes';
          asked.length = 0;
        }
        expect(mutations).toEqual([]);
        expect(await readState(world, reads)).toEqual(before);

        const done = await ask(client, change.tool, input);
        expect(done.value.done).toBe(true);
        expect(asked).toHaveLength(change.asks ? 1 : 0);
        expect(changesOf(done)).toEqual(changesOf(dry));
        expect(mutations.length).toBeGreaterThan(0);
        const made = (done.value.targets as { id: string }[])[0]?.id ?? '';
        const paths = reads.map((path) => path.replace('{made}', made));
        const after = await readState(world, paths);
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
        if (change.undo === 'all') expect(await readState(world, paths)).toEqual(before);
      },
      30_000,
    );
  });
}
