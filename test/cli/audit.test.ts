// castellan audit: what a person sees of the audit log, and how they learn that somebody changed it.

import { appendFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { openAuditLog } from '../../src/observe/audit-log.ts';
import { copyOf, entry, freshFolder, noon } from '../observe/audit-support.ts';
import { ask, call } from '../support/messages.ts';
import { runCastellan, serveHttp, startCastellan } from '../trials/castellan.ts';

let folder: string;
const long = 'deactivate_okta_application_sign_on_policy_rule';
const id = 'c0ffee00-1111-2222-3333-444455556666';

beforeAll(async () => {
  folder = freshFolder();
  let at = noon;
  const log = openAuditLog({ folder, now: () => (at += 1_000) });
  for (let place = 1; place <= 30; place++) await log.append(entry(place, { event: 'done' }), 'process');
  await log.append(entry(0, { call: id, input: 'a'.repeat(64), plan: 'b'.repeat(64) }), 'power');
  await log.append(entry(0, { call: id, event: 'approved', by: 'eva', confirmation: 'terminal' }), 'power');
  await log.append(entry(0, { call: id, event: 'started' }), 'power');
  await log.append(
    entry(0, { call: id, event: 'failed', code: 'rate_limited', requestIds: ['req-1', 'req-2'] }),
    'power',
  );
  const other = { call: 'other', tool: long, tenant: 'a-tenant-with-quite-a-long-name', access: 'destroy' } as const;
  await log.append(entry(0, { ...other, event: 'asked', dryRun: true }), 'power');
  await log.append(entry(0, { ...other, event: 'started', caller: 'e\u001b[31mvil\n' }), 'power');
  await log.close();
});

function audit(args: readonly string[], where = folder) {
  return runCastellan(['audit', ...args], { env: { CASTELLAN_AUDIT: where } });
}

const widest = (text: string) => Math.max(...text.split('\n').map((line) => line.length));

describe.concurrent('tail', () => {
  test('a change that found nothing to do is not told as done', async () => {
    const where = freshFolder();
    const log = openAuditLog({ folder: where, now: () => noon });
    await log.append(entry(1, { event: 'done', code: 'nothing_to_do' }), 'process');
    await log.close();
    const { stdout } = await audit(['tail'], where);
    expect(stdout).toMatch(/ not done +suspend_okta_user/);
    expect(stdout).toContain('└ nothing_to_do');
    expect((await audit(['verify'], where)).status).toBe(0);
  });

  test('the newest records, one a line, in 80 columns', async () => {
    const { status, stdout, stderr } = await runCastellan(['audit', 'tail', '--lines', '6'], {
      env: { CASTELLAN_AUDIT: folder },
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const lines = stdout.trimEnd().split('\n');
    expect(lines[0]).toMatch(/^ *record {2}time \(UTC\) +event +tool +tenant$/);
    expect(lines.slice(1).flatMap((line) => /^ +(\d+) {2}/.exec(line)?.[1] ?? [])).toEqual([
      '31',
      '32',
      '33',
      '34',
      '35',
      '36',
    ]);
    expect(lines[1]).toMatch(/ 31 {2}2026-11-21 12:00:31 {2}asked +suspend_okta_user +acme$/);
    expect(stdout).toContain('└ rate_limited');
    // The call of 33 came to its end, that of 36 did not.
    expect(stdout.match(/no outcome recorded/g)).toHaveLength(1);
    expect(stdout.slice(stdout.indexOf(' 36  '))).toContain('no outcome recorded');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what must not be there
    expect(stdout).not.toMatch(/\u001b/);
    expect(widest(stdout)).toBeLessThanOrEqual(80);
  });

  test('twenty, or those of a tenant or tool', async () => {
    const numbers = async (...args: string[]) => {
      const { stdout } = await audit(['tail', '--json', ...args]);
      return stdout
        .trimEnd()
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line).seq as number);
    };
    expect(await numbers()).toEqual(Array.from({ length: 20 }, (_, place) => place + 17));
    expect(await numbers('--tool', long)).toEqual([35, 36]);
    expect(await numbers('--tenant', 'acme', '--lines', '2')).toEqual([33, 34]);
    expect(await numbers('--tenant', 'nowhere')).toEqual([]);
  });

  test('--follow goes on with what other processes record', async () => {
    const copy = copyOf(folder);
    const child = startCastellan(['audit', 'tail', '--follow', '--lines', '1', '--json'], {
      env: { CASTELLAN_AUDIT: copy },
    });
    const seen = (count: number) =>
      expect.poll(() => child.stdout().split('\n').length - 1, { timeout: 10_000 }).toBe(count);
    await seen(1);
    const log = openAuditLog({ folder: copy, now: () => noon, segmentBytes: 1 });
    await log.append(entry(1), 'process');
    await seen(2);
    await log.append(entry(2), 'process');
    await seen(3);
    await log.close();
    expect(
      child
        .stdout()
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line).seq),
    ).toEqual([36, 37, 38]);
    expect(await child.stop()).toBe(0);
    expect(child.stderr()).toBe('');
  });
});

describe.concurrent('show', () => {
  test.each([[id], ['31'], ['34']])('all records of a call, in full: %s', async (which) => {
    const { status, stdout } = await audit(['show', which]);
    expect(status).toBe(0);
    expect(stdout.match(/^record /gm)).toHaveLength(4);
    for (const said of [
      'a'.repeat(64),
      'b'.repeat(64),
      'eva',
      'terminal',
      'req-1, req-2',
      'rate_limited',
      'user:00u0',
      id,
    ])
      expect(stdout).toContain(said);
    expect(stdout).toMatch(/^file +audit-000001\.jsonl line 34$/m);
    expect(stdout).not.toContain('no outcome');
    expect(widest(stdout)).toBeLessThanOrEqual(80);
  });

  test('a call without an end is said to have none; control characters of others are not passed on', async () => {
    const { stdout } = await audit(['show', 'other']);
    expect(stdout).toContain('no outcome recorded');
    expect(stdout).toMatch(/^caller +e\[31mvil *$/m);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what must not be there
    expect(stdout).not.toMatch(/\u001b/);
  });

  test('what is not there: exit status 1', async () => {
    const { status, stdout, stderr } = await audit(['show', '4711']);
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toContain('4711');
  });

  test('a changed record is shown as changed', async () => {
    const copy = copyOf(folder);
    const path = join(copy, 'audit-000001.jsonl');
    writeFileSync(path, readFileSync(path, 'utf8').replace('"eva"', '"tom"'));
    const { stdout } = await audit(['show', id], copy);
    expect(stdout).toContain('record 32 is not what was written');
  });
});

describe.concurrent('verify', () => {
  test('whole: how many records, from when to when, exit status 0', async () => {
    const { status, stdout } = await audit(['verify']);
    expect(status).toBe(0);
    expect(stdout).toContain('36 records, 2026-11-21T12:00:01.000Z to 2026-11-21T12:00:36.000Z');
  });

  test('changed: file, line, record and kind, exit status 1', async () => {
    const copy = copyOf(folder);
    const path = join(copy, 'audit-000001.jsonl');
    writeFileSync(path, readFileSync(path, 'utf8').replace('"eva"', '"tom"'));
    appendFileSync(path, '{}\n');
    const { status, stdout } = await audit(['verify'], copy);
    expect(status).toBe(1);
    expect(stdout).toContain('audit-000001.jsonl, line 32, record 32: changed');
    expect(stdout).toContain('audit-000001.jsonl, line 37: foreign');
    const verdict = JSON.parse((await audit(['verify', '--json'], copy)).stdout);
    expect(verdict).toMatchObject({ ok: false, count: 35 });
    expect(verdict.faults).toMatchObject([
      { line: 32, record: 32, kind: 'changed' },
      { line: 37, kind: 'foreign' },
    ]);
  });

  test('a log that is gone is not a good one', async () => {
    const copy = copyOf(folder);
    rmSync(copy, { recursive: true });
    const { status, stdout } = await audit(['verify'], copy);
    expect(status).toBe(1);
    expect(stdout).toContain('there is no audit log');
    expect((await audit(['tail'], copy)).status).toBe(0);
  });
});

describe.concurrent('wrong use', () => {
  test.each([
    [['tial'], 'Did you mean tail?'],
    [['show'], 'needs to know which'],
    [['verify', 'x'], 'nothing that verify takes'],
    [['show', '1', '--follow'], '--follow goes with tail'],
    [['tail', '--lines', '0'], '1 to 100000'],
    [[], 'ACTION'],
  ])('%s', async (args, says) => {
    const { status, stdout, stderr } = await audit(args);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain(says);
  });
});

test('what a server tries by itself at its start is nobody’s call; the first call that comes is the first record', async () => {
  const where = freshFolder();
  const castellan = await serveHttp(['--sandbox', '--users', '5'], { env: { CASTELLAN_AUDIT: where } });
  const { status } = await ask(`${castellan.url}/mcp`, 'tools/call', call('get_current_time'));
  expect(status).toBe(200);
  await castellan.stop();
  const { stdout } = await audit(['tail'], where);
  expect(stdout.match(/get_current_time|get_okta_user/g)).toEqual(['get_current_time']);
  expect(stdout).toMatch(/^ +1 {2}.* done +get_current_time/m);
}, 30_000);
