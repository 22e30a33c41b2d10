// Trial: the server is killed at random moments while it changes an organization. Afterwards the audit log is whole, every
// change in the organization has a record that was written before it, and no record claims a change that was not made.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AuditRecord } from '../../src/observe/audit-entry.ts';
import { readAuditLog } from '../../src/observe/audit-read.ts';
import { verifyAuditLog } from '../../src/observe/audit-verify.ts';
import { type Organization, openOrganization } from '../support/organization.ts';
import { long, report, tenantOf } from './castellan.ts';

const kills = long ? 200 : 10;
const seed = 20_261_121;
const castellan = fileURLToPath(new URL('../../bin/castellan.js', import.meta.url));

let organization: Organization;
let home: string;
/** Requests that changed something, by the id of the user, as the organization carried them out. */
const made = new Map<string, number>();

beforeAll(async () => {
  organization = await openOrganization({ users: 250, seed: 3, latencyMs: 2 });
  home = mkdtempSync(join(tmpdir(), 'castellan-power-'));
});
afterAll(async () => {
  await organization.close();
  rmSync(home, { recursive: true, force: true });
});

/** A seeded generator (mulberry32), so that a run can be repeated. */
function createRandom(state: number): () => number {
  let now = state;
  return () => {
    now = (now + 0x6d2b79f5) | 0;
    let mixed = Math.imul(now ^ (now >>> 15), 1 | now);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

interface Running {
  readonly client: Client;
  readonly kill: () => Promise<void>;
}

async function start(): Promise<Running> {
  const env = { PATH: process.env.PATH ?? '', HOME: home, CASTELLAN_DATA: home, ...tenantOf(organization) };
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [castellan, 'serve'],
    env,
    stderr: 'ignore',
  });
  const client = new Client(
    { name: 'trial', version: '1' },
    { capabilities: { elicitation: {} }, versionNegotiation: { mode: { pin: '2026-07-28' } } },
  );
  client.setRequestHandler('elicitation/create', () => ({ action: 'accept', content: { approve: true } }));
  await client.connect(transport);
  return {
    client,
    async kill() {
      if (transport.pid) process.kill(transport.pid, 'SIGKILL');
      await client.close().catch(() => {});
    },
  };
}

async function readRecords(): Promise<AuditRecord[]> {
  const records: AuditRecord[] = [];
  for await (const { record } of readAuditLog(join(home, 'audit'))) if (record) records.push(record);
  return records;
}

const userOf = (path: string) => /\/users\/([^/?]+)/.exec(path)?.[1] ?? '';

test(`killed ${kills} times in the middle of changes`, { timeout: 900_000 }, async () => {
  const random = createRandom(seed);
  const people = (await organization.read('/api/v1/users?filter=status%20eq%20%22ACTIVE%22&limit=200')).slice(-60);
  const ids = people.map(({ id }) => id);
  /** Suspended by a call whose answer came, or not: asked of the organization itself. */
  const statusOf = async (id: string) =>
    String((await organization.read<{ status: string }>(`/api/v1/users/${id}`)).status);
  let calls = 0;
  let answered = 0;
  const first = await start();
  await first.client.callTool({ name: 'get_okta_user', arguments: { user_id: ids[0] ?? '' } });
  await first.kill();

  for (let round = 0; round < kills; round++) {
    const { client, kill } = await start();
    let over = false;
    const first = Promise.withResolvers<void>();
    // Several at once, each on people of its own: a profile that changes, a person that is suspended and freed.
    const workers = [0, 1, 2, 3].map(async (worker) => {
      for (let turn = 0; !over; turn++) {
        const id = ids[(worker + 4 * Math.floor(random() * 15)) % ids.length] ?? '';
        const suspended = (await statusOf(id)) === 'SUSPENDED';
        const [name, input] =
          worker % 2 === 0
            ? [
                'update_okta_user_profile',
                { user_id: id, profile_updates: { title: `Title ${round}.${worker}.${turn}` } },
              ]
            : [suspended ? 'unsuspend_okta_user' : 'suspend_okta_user', { user_id: id }];
        calls++;
        await client.callTool({ name: String(name), arguments: input as Record<string, unknown> }).then(
          () => {
            answered++;
            first.resolve();
          },
          () => {},
        );
      }
    });
    // Every second time while changes are in full swing, else anywhere, the first steps of the server included.
    if (round % 2 === 0) await Promise.race([first.promise, sleep(5_000)]);
    await sleep(random() * 400);
    over = true;
    await kill();
    await Promise.all(workers);
    const verdict = await verifyAuditLog(join(home, 'audit'));
    expect(verdict.faults, `after kill ${round + 1}`).toEqual([]);
  }
  // What was on its way when the server died is over by now.
  await sleep(100);
  for (const request of organization.mutations) made.set(userOf(request), (made.get(userOf(request)) ?? 0) + 1);

  const records = await readRecords();
  const count = (event: string, id: string) =>
    records.filter((record) => record.event === event && record.targets?.[0] === `user:${id}`).length;
  const unrecorded = ids.filter((id) => (made.get(id) ?? 0) > count('started', id));
  const invented = ids.filter((id) => count('done', id) > (made.get(id) ?? 0));
  expect({ unrecorded, invented }).toEqual({ unrecorded: [], invented: [] });
  // The state of the world is what the records of each person add up to.
  const changed = [...made.values()].reduce((sum, each) => sum + each, 0);
  expect(changed).toBeGreaterThan(kills);
  const ends = new Set(['done', 'failed', 'unknown']);
  const started = records.filter(({ event }) => event === 'started');
  const open = started.filter(({ call }) => !records.some((record) => record.call === call && ends.has(record.event)));

  // A new server goes on with the same log.
  const { client, kill } = await start();
  await client.callTool({ name: 'get_okta_user', arguments: { user_id: ids[0] ?? '' } });
  await kill();
  expect(await verifyAuditLog(join(home, 'audit'))).toMatchObject({ ok: true });
  report('power cut', {
    kills,
    calls,
    answered,
    'changes made': changed,
    records: records.length,
    'without an outcome': open.length,
  });
});
