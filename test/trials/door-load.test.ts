// Trial: a thousand people with a token each, all at once, behind the door. None is answered with another's data, nothing
// breaks, nothing is kept; keys change under them; and the server stops without losing a call.

import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openSandbox, type Sandbox } from '../../src/sandbox/index.ts';
import { type Issuer, openIssuer } from '../support/issuer.ts';
import { ask, call } from '../support/messages.ts';
import { type HttpCastellan, long, report, serveHttp, tenantOf } from './castellan.ts';
import {
  type Crowd,
  createCrowd,
  gatherCrowd,
  inParallel,
  type Member,
  type Question,
  weigh,
  weighable,
} from './crowd.ts';

const people = 1_000;
const calls = long ? 100_000 : 5_000;
const connections = long ? 500 : 200;
const warmCalls = long ? 5_000 : 1_500;
const publicUrl = 'https://mcp.example.com/mcp';
const mayGrowBytes = 10 * 2 ** 20;

let issuer: Issuer;
let sandbox: Sandbox;
let castellan: HttpCastellan;
let crowd: Crowd;
let members: readonly Member[];
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'castellan-crowd-'));
  issuer = await openIssuer();
  sandbox = await openSandbox({ users: people + 150, seed: 11, rateLimits: 'off' });
  members = await gatherCrowd(sandbox, issuer, people);
  castellan = await serveHttp(['--log-level', 'warn'], {
    env: { ...tenantOf(sandbox.okta), CASTELLAN_DATA: folder },
    door: ['--auth-issuer', issuer.url, '--public-url', publicUrl],
    node: weighable,
  });
  crowd = createCrowd(castellan.url, connections);
}, 60_000);

afterAll(async () => {
  crowd?.close();
  await castellan?.stop();
  await sandbox?.close();
  await issuer?.close();
  rmSync(folder, { recursive: true, force: true });
});

const memberOf = (place: number) => members[place % members.length] as Member;
const questionOf = (place: number): Question => (place % 47 === 0 ? 'tools' : place % 3 === 0 ? 'time' : 'own record');

async function askMany(total: number, workers = connections) {
  const statuses = new Map<number, number>();
  const problems: string[] = [];
  const started = performance.now();
  await inParallel(total, workers, async (place) => {
    const { status, problem } = await crowd.ask(memberOf(place), questionOf(place));
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
    if (problem !== undefined) problems.push(problem);
  });
  return { statuses, problems, seconds: (performance.now() - started) / 1_000 };
}

describe(`${people} people with a token each`, () => {
  test(`${calls} calls, ${connections} at once: nobody is answered with another’s data; no 5xx; nothing is kept`, {
    timeout: 900_000,
  }, async () => {
    expect(members).toHaveLength(people);
    // The start is a server that has worked a while, for a few: compiled, its pools filled.
    const few = members;
    members = few.slice(0, 20);
    expect((await askMany(warmCalls)).problems.slice(0, 3)).toEqual([]);
    members = few;
    const before = await weigh(castellan);
    const keysBefore = issuer.asked.length;
    const first = await askMany(calls / 2);
    const between = await weigh(castellan);
    const { statuses, problems, seconds } = await askMany(calls / 2);
    const after = await weigh(castellan);
    report(`${calls} calls by ${people} people, ${connections} at once`, {
      'calls a second': Math.round(calls / (first.seconds + seconds)),
      'held at the start, MiB': (before.held / 2 ** 20).toFixed(1),
      'held after half of them, MiB': (between.held / 2 ** 20).toFixed(1),
      'held at the end, MiB': (after.held / 2 ** 20).toFixed(1),
      'resident at the start, MiB': Math.round(before.rss / 2 ** 20),
      'resident at the end, MiB': Math.round(after.rss / 2 ** 20),
    });
    expect([...first.problems, ...problems].slice(0, 3)).toEqual([]);
    expect([...new Set([...first.statuses.keys(), ...statuses.keys()])]).toEqual([200]);
    expect(issuer.asked.slice(keysBefore)).toEqual([]);
    expect(after.held - before.held).toBeLessThan(mayGrowBytes);
    expect(castellan.stderr()).not.toMatch(/"level":"(warn|error)"|unhandled/i);
  });

  test('the record says of each call whose it was', () => {
    const audit = join(folder, 'audit');
    const inputs = new Map<string, Set<string>>();
    for (const name of readdirSync(audit).filter((each) => each.endsWith('.jsonl'))) {
      for (const line of readFileSync(join(audit, name), 'utf8').split('\n').filter(Boolean)) {
        const { tool, caller, input } = JSON.parse(line) as Record<string, string>;
        if (tool !== 'get_okta_user' || caller === undefined) continue;
        inputs.set(caller, (inputs.get(caller) ?? new Set()).add(input ?? ''));
      }
    }
    const asked = new Set(
      Array.from({ length: calls / 2 }, (_, place) => place)
        .filter((place) => questionOf(place) === 'own record')
        .map((place) => memberOf(place).id),
    );
    expect(asked.size).toBeGreaterThan(people / 2);
    expect(new Set(inputs.keys())).toEqual(new Set([...asked].map((id) => `${issuer.url}|${id}`)));
    // Everybody asked for one thing, their own record, and no two for the same.
    expect([...inputs.values()].every((each) => each.size === 1)).toBe(true);
    expect(new Set([...inputs.values()].flatMap((each) => [...each])).size).toBe(inputs.size);
  });
});

describe('keys', () => {
  const fetches = () => issuer.asked.filter((path) => path.endsWith('/jwks')).length;

  test('a new one is accepted with the first request under it; unknown ones are no reason to ask twice in 30 s', {
    timeout: 200_000,
  }, async () => {
    const before = fetches();
    await issuer.rotate();
    const fresh = await issuer.mint({ sub: 'after-the-change' });
    expect((await ask(`${castellan.url}/mcp`, 'tools/call', call('get_current_time'), { token: fresh })).status).toBe(
      200,
    );
    expect(fetches() - before).toBe(1);

    const started = performance.now();
    const until = started + (long ? 95_000 : 0);
    let unknown = 0;
    do {
      await inParallel(200, 40, async (place) => {
        const token = await issuer.mint({ sub: `x${place}` }, { kid: `nobody-${unknown}-${place}` });
        const { status } = await ask(`${castellan.url}/mcp`, 'tools/list', {}, { token });
        expect(status).toBe(401);
      });
      unknown += 200;
    } while (performance.now() < until);
    const seconds = (performance.now() - started) / 1_000;
    report('tokens under keys that do not exist', {
      tokens: unknown,
      seconds: Math.round(seconds),
      'key fetches': fetches() - before - 1,
    });
    expect(fetches() - before - 1).toBeLessThanOrEqual(Math.ceil(seconds / 30));
    if (!long) expect(fetches() - before).toBe(1);
  });
});

describe('SIGTERM under load', () => {
  test('every call begun before it gets its whole answer; who goes on asking does not keep the server up', {
    timeout: 60_000,
  }, async () => {
    let signalled = false;
    let begun = 0;
    let answered = 0;
    const problems: string[] = [];
    const late = { answered: 0, 'not taken': 0 };
    const enough = Promise.withResolvers<void>();
    const load = inParallel(Number.POSITIVE_INFINITY, 64, async (place) => {
      if (!castellan.alive()) throw new Error('it has ended');
      const early = !signalled;
      if (early) begun++;
      const { status, problem } = await crowd.ask(memberOf(place), questionOf(place));
      if (!early) {
        late[status === 0 ? 'not taken' : 'answered']++;
        // A later one may find its connection closed, and may be sent again: but no answer is half or another's.
        if (status !== 0 && problem !== undefined) problems.push(`after the signal: ${problem}`);
      } else if (problem !== undefined) problems.push(problem);
      else answered++;
      if (answered >= 1_000) enough.resolve();
      if (status === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    }).catch(() => {});
    await enough.promise;
    signalled = true;
    const started = performance.now();
    castellan.child.kill('SIGTERM');
    expect(await castellan.ended).toBe(0);
    const seconds = (performance.now() - started) / 1_000;
    await load;
    await expect.poll(() => answered + problems.length).toBe(begun);
    report('SIGTERM under load', { ...late, 'begun before': begun, 'seconds to the end': seconds.toFixed(2) });
    expect(problems).toEqual([]);
    // Far from the ten seconds after which it would cut off whoever is left.
    expect(seconds).toBeLessThan(5);
    expect(castellan.stderr()).not.toMatch(/"level":"error"|unhandled/i);
  });
});
