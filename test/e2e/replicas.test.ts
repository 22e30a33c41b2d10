// Two servers over HTTP on one Redis, as behind a load balancer: what one asks the other may hear the answer to, once; and
// what happens to both while Redis is away.

import { spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { cases } from '../support/change-cases/all.ts';
import { type Organization, openOrganization } from '../support/organization.ts';
import { lacksRedis, startRedis, type TestRedis } from '../support/redis.ts';
import { type RawAnswer, type RawCall, sendRaw, yes } from '../support/vault.ts';
import { type HttpCastellan, runCastellan, serveHttp, startCastellan, tenantOf } from '../trials/castellan.ts';

const password = 'canary-f00d/redis@password';
const sealKeys = 'canary-seal-key-of-thirty-two-characters';
const mute = { capabilities: {} };
const tool = 'deactivate_okta_application';

describe.skipIf(lacksRedis())('two servers on one Redis', () => {
  let redis: TestRedis;
  let organization: Organization;
  let servers: readonly HttpCastellan[] = [];
  const heard: string[] = [];

  const state = () => ({
    CASTELLAN_STORE: `redis://:${encodeURIComponent(password)}@127.0.0.1:${redis.port}/3`,
    CASTELLAN_SEAL_KEYS: sealKeys,
    CASTELLAN_LOG_LEVEL: 'debug',
  });
  const env = () => ({ ...state(), ...tenantOf(organization) });

  beforeAll(async () => {
    redis = await startRedis({ args: ['--requirepass', password], login: { password } });
    organization = await openOrganization();
    servers = await Promise.all([serveHttp([], { env: env() }), serveHttp([], { env: env() })]);
  }, 60_000);
  beforeEach(() => {
    organization.sandbox.okta.reset();
    organization.mutations.length = 0;
  });
  afterEach(async () => {
    // As a machine of its own would be again, whatever the test did to it.
    redis.goOn();
    await redis.start();
  });
  afterAll(async () => {
    for (const server of servers) {
      await server.stop();
      heard.push(server.stderr(), server.stdout());
    }
    await organization?.close();
    await redis?.close();
    // At debug level, over everything that was done here.
    expect(heard.join('')).toContain('The store cannot be used now');
    expect(heard.join('')).not.toMatch(/canary/);
  });

  const of = (place: number) => servers[place % servers.length] as HttpCastellan;
  const send = (place: number, request: RawCall): Promise<RawAnswer> =>
    sendRaw((asked) => fetch(`${of(place).url}/mcp`, asked), { name: tool, ...request });
  const ready = async (place: number) => (await fetch(`${of(place).url}/readyz`)).status;
  const codeOf = (answer: RawAnswer) => /castellan approve ([A-Z0-9]{4}-[A-Z0-9]{4})/.exec(answer.text)?.[1] ?? '';

  async function change(): Promise<RawCall> {
    const { input } = (await cases.find((each) => each.tool === tool)?.prepare(organization)) ?? {};
    organization.mutations.length = 0;
    return { args: { ...input } };
  }

  async function question(place: number, asked: RawCall): Promise<string> {
    const answer = await send(place, asked);
    expect(answer.kind, answer.text).toBe('asked');
    return answer.requestState ?? '';
  }

  it('a question of one is answered at the other, once', async () => {
    const asked = await change();
    const requestState = await question(0, asked);
    const done = await send(1, { ...asked, requestState, inputResponses: yes });
    expect(done.kind).toBe('done');
    for (const place of [0, 1]) {
      const again = await send(place, { ...asked, requestState, inputResponses: yes });
      expect(again.kind).toBe('not done');
      expect(again.text).toMatch(/used already|refused|already/);
    }
    expect(organization.mutations).toHaveLength(1);
  });

  it('of 24 answers at once at both, one counts', async () => {
    const asked = await change();
    const requestState = await question(1, asked);
    const answers = await Promise.all(
      Array.from({ length: 24 }, (_, place) => send(place, { ...asked, requestState, inputResponses: yes })),
    );
    expect(answers.filter(({ kind }) => kind === 'done')).toHaveLength(1);
    expect(answers.filter(({ kind }) => kind === 'not done')).toHaveLength(23);
    expect(organization.mutations).toHaveLength(1);
  });

  it('a code of one is listed and decided elsewhere, and used at the other, once', async () => {
    const asked = { ...(await change()), ...mute };
    const code = codeOf(await send(0, asked));
    expect(codeOf(await send(1, asked))).toBe(code);
    const listed = await runCastellan(['approve'], { env: state() });
    expect(listed.stdout).toContain(code);
    const nobody = await runCastellan(['approve', code], { env: state(), input: 'yes\n' });
    expect(nobody.stderr).toContain('terminal is missing');
    expect(organization.mutations).toEqual([]);
    expect(await approveAtTerminal(code, state())).toContain('Approved.');
    const answers = await Promise.all(Array.from({ length: 12 }, (_, place) => send(place, asked)));
    expect(answers.filter(({ kind }) => kind === 'done')).toHaveLength(1);
    expect(organization.mutations).toHaveLength(1);
    const { stdout } = await runCastellan(['approve'], { env: state() });
    expect(stdout).not.toContain(code);
    heard.push(listed.stdout, nobody.stderr, stdout);
  }, 30_000);

  it('Redis away: nothing is changed, reads go on, readiness says so; back: all goes on, without a restart', async () => {
    const asked = await change();
    const requestState = await question(0, asked);
    expect(await Promise.all([ready(0), ready(1)])).toEqual([200, 200]);
    await redis.stop();
    const started = performance.now();
    expect(await Promise.all([ready(0), ready(1)])).toEqual([503, 503]);
    for (const place of [0, 1]) {
      const read = await sendRaw((request) => fetch(`${of(place).url}/mcp`, request), {
        name: 'list_okta_users',
        args: { limit: 3 },
      });
      expect(read.value.users).toHaveLength(3);
      const tried = await send(place, { ...asked, requestState, inputResponses: yes });
      expect(tried.kind).toBe('not done');
      expect(tried.text).toMatch(
        /^The store cannot be used now: (Redis refused the connection|the connection to Redis broke)\. Nothing was changed/,
      );
      expect((await send(place, { ...asked, ...mute })).text).toContain('Nothing was changed: a person must agree');
      expect((await fetch(`${of(place).url}/healthz`)).status).toBe(200);
    }
    expect(performance.now() - started).toBeLessThan(10_000);
    const away = await runCastellan(['approve'], { env: state() });
    expect(away.status).toBe(1);
    expect(away.stderr).toMatch(/The store cannot be used now: Redis refused the connection/);
    expect(away.stderr).not.toMatch(/\n {4}at /);
    heard.push(away.stderr);
    expect(organization.mutations).toEqual([]);
    await redis.start();
    await expect.poll(() => Promise.all([ready(0), ready(1)]), { timeout: 5_000 }).toEqual([200, 200]);
    const done = await send(1, { ...asked, requestState, inputResponses: yes });
    expect(done.kind).toBe('done');
    expect(organization.mutations).toHaveLength(1);
    for (const server of servers) {
      expect(server.alive()).toBe(true);
      expect(server.stderr()).toContain('The store can be used again.');
    }
  }, 60_000);

  it('Redis hanging: nothing waits for it longer than a moment', async () => {
    const asked = await change();
    const requestState = await question(1, asked);
    redis.halt();
    const timed = async <T>(what: Promise<T>): Promise<T> => {
      const started = performance.now();
      const value = await what;
      expect(performance.now() - started).toBeLessThan(3_000);
      return value;
    };
    const tried = await timed(send(0, { ...asked, requestState, inputResponses: yes }));
    expect(tried.text).toContain('Redis did not answer in time');
    expect(await timed(ready(0))).toBe(503);
    const read = await timed(send(0, { name: 'list_okta_users', args: { limit: 3 } }));
    expect(read.value.users).toHaveLength(3);
    expect(organization.mutations).toEqual([]);
    redis.goOn();
    await expect.poll(() => Promise.all([ready(0), ready(1)]), { timeout: 8_000 }).toEqual([200, 200]);
    // What was on its way when Redis hung may have counted: then the person is asked anew, and never is it done twice.
    const later = await send(1, { ...asked, requestState, inputResponses: yes });
    if (later.kind !== 'done') {
      const fresh = await question(0, asked);
      expect((await send(1, { ...asked, requestState: fresh, inputResponses: yes })).kind).toBe('done');
    }
    expect(organization.mutations).toHaveLength(1);
  }, 40_000);

  it('what one learns of a rate limit the other heeds, without asking', async () => {
    const narrow = await openOrganization({ rateLimits: 6 });
    const own = { env: { ...state(), ...tenantOf(narrow) } };
    const pair = await Promise.all([serveHttp([], own), serveHttp([], own)]);
    const list = (place: number) =>
      sendRaw((request) => fetch(`${pair[place]?.url}/mcp`, request), { name: 'list_okta_users', args: { limit: 1 } });
    let last = await list(0);
    expect(last.value.users).toHaveLength(1);
    for (let round = 0; round < 10 && last.value.users !== undefined; round++) last = await list(0);
    expect(last.text).toMatch(/rate limit/i);
    const before = narrow.asked.length;
    const other = await list(1);
    expect(other.value.users).toBeUndefined();
    expect(other.text).toMatch(/rate limit/i);
    expect(narrow.asked.length).toBe(before);
    for (const each of pair) {
      await each.stop();
      heard.push(each.stderr());
    }
    await narrow.close();
  }, 60_000);

  describe('at the start', () => {
    it('over HTTP a Redis that is away is told; the server begins its work when it is there', async () => {
      await redis.stop();
      const server = await serveHttp([], { env: env() });
      expect(server.stderr()).toMatch(/The store cannot be used now: Redis refused the connection/);
      expect((await fetch(`${server.url}/readyz`)).status).toBe(503);
      await redis.start();
      await expect.poll(async () => (await fetch(`${server.url}/readyz`)).status, { timeout: 5_000 }).toBe(200);
      heard.push(server.stderr());
      expect(await server.stop()).toBe(0);
    }, 30_000);

    it('a wrong password ends it, over HTTP, with what to mend; doctor says the same and shows where, not how', async () => {
      const wrong = { ...env(), CASTELLAN_STORE: `redis://ada:canary-wrong@127.0.0.1:${redis.port}` };
      const { status, stdout, stderr } = await runCastellan(
        ['serve', '--http', '--no-auth', '--iunderstandtherisks', '--port', '0'],
        { env: wrong },
      );
      expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
      expect(stderr).toMatch(/CASTELLAN_STORE cannot be used: Redis refuses the user or the password/);
      const doctor = await runCastellan(['doctor', '--sandbox'], { env: wrong });
      expect(doctor.status).toBe(1);
      expect(doctor.stdout).toContain(`redis://ada:[removed]@127.0.0.1:${redis.port}/0  (CASTELLAN_STORE)`);
      expect(doctor.stdout).toMatch(/✗ store: .*refuses the user or the password/);
      const well = await runCastellan(['doctor', '--sandbox'], { env: state() });
      expect(well.stdout).toMatch(/• store: can be written and read \(redis:\/\/:\[removed\]@/);
      expect(well.status).toBe(0);
      heard.push(stderr, doctor.stdout, doctor.stderr, well.stdout, well.stderr);
    }, 30_000);

    it('without seal keys nothing is started: what one seals, all must open', async () => {
      for (const args of [['serve'], ['serve', '--http', '--no-auth', '--iunderstandtherisks', '--port', '0']]) {
        const { status, stderr } = await runCastellan(args, { env: { ...env(), CASTELLAN_SEAL_KEYS: '' } });
        expect(status).toBe(2);
        expect(stderr).toMatch(/CASTELLAN_SEAL_KEYS is missing.*Redis/);
        expect(stderr).toContain('openssl rand');
      }
    }, 30_000);

    it('stdio does not wait for a Redis that hangs', async () => {
      redis.halt();
      const server = startCastellan(['serve'], { env: env() });
      const started = performance.now();
      const meta = {
        'io.modelcontextprotocol/protocolVersion': '2026-07-28',
        'io.modelcontextprotocol/clientInfo': { name: 'test', version: '1' },
        'io.modelcontextprotocol/clientCapabilities': {},
      };
      const ask = (id: number, method: string, params: object) =>
        server.child.stdin.write(
          `${JSON.stringify({ jsonrpc: '2.0', id, method, params: { ...params, _meta: meta } })}\n`,
        );
      ask(1, 'tools/list', {});
      await expect.poll(() => server.stdout(), { timeout: 15_000, interval: 20 }).toContain('"id":1');
      expect(server.stderr()).not.toContain('store');
      ask(2, 'tools/call', { name: 'list_okta_users', arguments: { limit: 2 } });
      await expect.poll(() => server.stdout(), { timeout: 8_000, interval: 20 }).toContain('"id":2');
      expect(server.stdout()).toContain('"users":[');
      expect(performance.now() - started).toBeLessThan(15_000);
      heard.push(server.stdout(), server.stderr());
      server.child.stdin.end();
      expect(await server.ended).toBe(0);
    }, 40_000);
  });
});

/** As a person at a terminal would: what `castellan approve` wrote to it. */
async function approveAtTerminal(code: string, env: Readonly<Record<string, string>>): Promise<string> {
  const start = fileURLToPath(new URL('../../bin/castellan.js', import.meta.url));
  const command = `'${process.execPath}' '${start}' approve ${code}`;
  const child = spawn('script', ['-qec', command, '/dev/null'], {
    env: { PATH: process.env.PATH, HOME: tmpdir(), CASTELLAN_DATA: tmpdir(), NO_COLOR: '1', ...env },
  });
  const said = text(child.stdout);
  let answered = false;
  child.stdout.on('data', (chunk: Buffer) => {
    if (answered || !String(chunk).includes('Type yes')) return;
    answered = true;
    child.stdin.write('yes\n');
  });
  return said;
}
