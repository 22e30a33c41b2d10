// Sessions of 2025-era clients at several servers on one Redis, behind a balancer that sends every request to another: what
// one asks the other hears the answer to; what one leaves behind the other brings to its end; nothing is done twice.

import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Balancer, openBalancer } from '../support/balancer.ts';
import { cases } from '../support/change-cases/all.ts';
import { type Organization, openOrganization } from '../support/organization.ts';
import { lacksRedis, startRedis, type TestRedis } from '../support/redis.ts';
import { openSession, type RawEvent, type RawSession, type RawStream } from '../support/sessions.ts';
import { sendRaw } from '../support/vault.ts';
import { type HttpCastellan, long, report, serveHttp, tenantOf } from '../trials/castellan.ts';

const sealKeys = 'a-seal-key-of-thirty-two-characters-or-more';
const approve = { action: 'accept', content: { approve: true } };
const tool = 'deactivate_okta_application';
const list = { name: 'list_okta_users', arguments: { max_results: 2 } };

describe.skipIf(lacksRedis())('sessions at several servers', () => {
  let redis: TestRedis;
  let organization: Organization;
  let balancer: Balancer;
  const servers: HttpCastellan[] = [];

  const env = () => ({
    CASTELLAN_STORE: redis.url,
    CASTELLAN_SEAL_KEYS: sealKeys,
    CASTELLAN_LOG_LEVEL: 'debug',
    ...tenantOf(organization),
  });
  const start = () => serveHttp([], { env: env() });
  const at = (place: number) => `${servers[place]?.url}/mcp`;

  beforeAll(async () => {
    redis = await startRedis();
    organization = await openOrganization({ latencyMs: 120 });
    servers.push(...(await Promise.all([start(), start(), start()])));
    balancer = await openBalancer(servers.map(({ port }) => port));
  }, 60_000);
  afterEach(async () => {
    redis.goOn();
    await redis.start();
  });
  afterAll(async () => {
    balancer?.close();
    await Promise.all(servers.map((server) => server.stop()));
    await organization?.close();
    await redis?.close();
  }, 60_000);

  async function change() {
    organization.sandbox.okta.reset();
    // A question that was left open would make the next one go by code.
    const open = await redis.ask<string[]>(['KEYS', 'castellan:open-question:*']);
    if (open.length > 0) await redis.ask(['DEL', ...open]);
    const { input } = (await cases.find((each) => each.tool === tool)?.prepare(organization)) ?? {};
    organization.mutations.length = 0;
    return { name: tool, arguments: { ...input } };
  }

  it('a question of one is answered at another; a call at each; the end of the session is heard by all', async () => {
    const session = await openSession(at(0));
    const stream = await session.ask('tools/call', await change(), at(1));
    await stream.next();
    const question = await stream.next();
    expect(question?.message?.method).toBe('elicitation/create');
    expect(await session.answer(question?.message?.id, approve, at(2))).toBe(202);
    expect(await session.answer(question?.message?.id, { action: 'decline' }, at(0))).toBe(202);
    const done = await stream.next();
    expect(done?.message?.result).toBeDefined();
    expect(done?.message?.result).not.toMatchObject({ isError: true });
    expect(organization.mutations).toHaveLength(1);
    for (const place of [0, 1, 2]) expect(await usersOf(session, at(place))).toHaveLength(2);
    expect(await session.end(at(1))).toBe(200);
    for (const place of [0, 1, 2]) {
      await expect.poll(() => session.notify('notifications/initialized', {}, at(place)), { timeout: 6_000 }).toBe(404);
    }
  }, 30_000);

  it('what is worked on at one is given up, or heard to its end, at another', async () => {
    const session = await openSession(at(0));
    const given = await session.ask('tools/call', await change(), at(0));
    await given.next();
    const question = await given.next();
    expect(await session.notify('notifications/cancelled', { requestId: given.id }, at(1))).toBe(202);
    // To the client its own question is taken back.
    expect((await given.next())?.message).toMatchObject({
      method: 'notifications/cancelled',
      params: { requestId: question?.message?.id },
    });
    given.cut();
    expect(organization.mutations).toEqual([]);
    const stream = await session.ask('tools/call', list, at(0));
    const first = await stream.next();
    stream.cut();
    const resumed = await session.resume(first?.id ?? '', {}, at(2));
    expect((await resumed.next())?.message).toMatchObject({ id: stream.id, result: { structuredContent: {} } });
    expect(await resumed.next()).toBeUndefined();
  }, 30_000);

  it('asked to stop, one leaves its sessions to the others, and what it had asked has an answer there', async () => {
    const session = await openSession(balancer.url);
    const stopping = servers.length;
    servers.push(await start());
    const stream = await session.ask('tools/call', await change(), at(stopping));
    const first = await stream.next();
    await stream.next();
    stream.cut();
    await servers[stopping]?.stop();
    servers.splice(stopping, 1);
    const resumed = await session.resume(first?.id ?? '', {}, at(1));
    expect((await resumed.next())?.message?.method).toBe('elicitation/create');
    expect((await resumed.next())?.message?.result).toMatchObject({ isError: true });
    expect(await resumed.next()).toBeUndefined();
    expect(await usersOf(session, at(0))).toHaveLength(2);
    expect(organization.mutations).toEqual([]);
  }, 30_000);

  it('Redis away: what needs it is 503, what does not goes on; back, even empty: the session goes on', async () => {
    const session = await openSession(at(0));
    await redis.stop();
    const open = {
      jsonrpc: '2.0',
      id: 1,
      method: 'initialize',
      params: { protocolVersion: '2025-11-25', capabilities: {} },
    };
    const opening = await fetch(at(0), {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
      body: JSON.stringify({ ...open, params: { ...open.params, clientInfo: { name: 'x', version: '1' } } }),
    });
    expect(opening.status).toBe(503);
    expect(opening.headers.get('retry-after')).toBe('2');
    expect(await opening.text()).toMatch(/The store cannot be used now/);
    expect((await session.ask('tools/call', list, at(1))).status).toBe(503);
    expect(await usersOf(session, at(0))).toHaveLength(2);
    const read = await sendRaw((asked) => fetch(at(1), asked), { name: 'list_okta_users', args: { limit: 3 } });
    expect(read.value.users).toHaveLength(3);
    await new Promise((resolve) => setTimeout(resolve, long ? 10_000 : 2_000));
    await redis.start();
    // Where the session is known it goes on, and the others learn of it again.
    await expect
      .poll(async () => (await session.ask('tools/call', list, at(0))).status, { timeout: 8_000, interval: 300 })
      .toBe(200);
    await expect
      .poll(async () => (await session.ask('tools/call', list, at(1))).status, { timeout: 8_000, interval: 300 })
      .toBe(200);
    const again = await openSession(balancer.url);
    const stream = await again.ask('tools/call', await change(), at(1));
    await stream.next();
    const question = await stream.next();
    await again.answer(question?.message?.id, approve, at(2));
    expect((await stream.next())?.message?.result).not.toMatchObject({ isError: true });
    expect(organization.mutations).toHaveLength(1);
  }, 60_000);

  const rounds = long ? 100 : 12;
  it(`killed at ${rounds} random moments: each call has one answer, nothing is done twice, no session begins anew`, async () => {
    const tally = { answered: 0, unknown: 0, unsent: 0 };
    let random = 7;
    const roll = (below: number) => {
      random = (random * 1_103_515_245 + 12_345) % 2 ** 31;
      return random % below;
    };
    const session = await openSession(balancer.url);
    for (let round = 0; round < rounds; round++) {
      const changes = round % 2 === 0;
      const asked = changes ? await change() : { ...list, arguments: { max_results: 2 + (round % 5) } };
      const mark = JSON.stringify(asked.arguments).slice(1, -1);
      const ends = work(session, asked).catch((error: unknown) => ({ broken: error }));
      const killed = new Promise<void>((resolve) => setTimeout(resolve, roll(changes ? 900 : 350))).then(async () => {
        const port = balancer.servedBy(mark);
        const place = servers.findIndex((server) => server.port === port);
        const victim = servers[place < 0 ? roll(servers.length) : place];
        if (!victim) throw new Error('nobody to kill');
        victim.child.kill('SIGKILL');
        await victim.ended;
        return victim;
      });
      const victim = await killed;
      const [end, another] = await Promise.all([ends, start()]);
      const place = servers.indexOf(victim);
      if ('broken' in end) tally.unsent++;
      else {
        expect(end.answers).toHaveLength(1);
        const [answer] = end.answers;
        const unknown = answer?.result?.isError === true;
        tally[unknown ? 'unknown' : 'answered']++;
        if (unknown) expect(JSON.stringify(answer?.result)).toContain('Whether it was carried out is not known');
        else if (changes) expect(organization.mutations).toHaveLength(1);
      }
      expect(organization.mutations.length).toBeLessThanOrEqual(1);
      servers[place] = another;
      balancer.ports[place] = another.port;
      expect(await usersOf(session, balancer.url)).toHaveLength(2);
    }
    report('Sessions over replicas that are killed', { rounds, ...tally });
    expect(tally.answered + tally.unknown + tally.unsent).toBe(rounds);
    expect(tally.unsent).toBeLessThan(rounds / 2);
  }, 600_000);

  /** Calls through the balancer, comes back whenever the connection breaks, and agrees to what is asked. */
  async function work(session: RawSession, asked: object): Promise<{ readonly answers: Message[] }> {
    let stream: RawStream = await session.ask('tools/call', asked, balancer.url);
    if (stream.status !== 200) throw new Error(`not taken: ${stream.status}`);
    const answers: Message[] = [];
    const agreed = new Set<unknown>();
    let seen: string | undefined;
    for (let silent = 0; silent < 100; ) {
      const event = await stream.next().catch(() => 'broken' as const);
      if (event === 'broken' || (event === undefined && answers.length === 0)) {
        // Nothing was heard, not even that it was taken: a client knows that much.
        if (seen === undefined) throw new Error('broken before it was taken');
        await new Promise((resolve) => setTimeout(resolve, 50));
        silent++;
        const again = await session.resume(seen, {}, balancer.url);
        if (again.status === 200) stream = again;
        else expect(again.status).toBe(502);
        continue;
      }
      if (event === undefined) return { answers };
      seen = event.id === '' ? seen : event.id;
      const { message } = event;
      if (message?.method === 'elicitation/create' && !agreed.has(message.id)) {
        agreed.add(message.id);
        await agree(session, message.id);
      }
      if (message?.result || message?.error) answers.push(message);
    }
    throw new Error('no answer ever came');
  }

  async function agree(session: RawSession, question: string | number | undefined): Promise<void> {
    for (let tries = 0; tries < 20; tries++) {
      const status = await session.answer(question, approve, balancer.url).catch(() => 0);
      if (status === 202) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error('an answer that nobody takes');
  }
});

type Message = NonNullable<RawEvent['message']>;

async function usersOf(session: RawSession, url: string): Promise<unknown> {
  const stream = await session.ask('tools/call', list, url);
  expect(stream.status).toBe(200);
  for (let event = await stream.next(); event; event = await stream.next()) {
    const { structuredContent } = (event.message?.result ?? {}) as { structuredContent?: { users?: unknown } };
    if (structuredContent) return structuredContent.users;
  }
  return undefined;
}
