// The System Log of the simulated Okta: bounded readings, polling, and the three stories it tells.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSandbox, type Sandbox } from '../../src/sandbox/index.ts';
import { type Client, codeOf, createClient, type Item, nextOf, q } from './kit.ts';

interface Event {
  uuid: string;
  published: string;
  eventType: string;
  displayMessage: string;
  outcome: { result: string; reason?: string };
  client?: {
    ipAddress: string;
    device: string;
    userAgent: { rawUserAgent: string };
    geographicalContext: { country: string };
  };
  securityContext: { risk?: { level: string } };
  target: { id: string; type: string; displayName: string }[];
  actor: { alternateId: string };
}

let sandbox: Sandbox;
let client: Client;
const ago = (hours: number) => new Date(Date.now() - hours * 3_600_000).toISOString();

beforeAll(async () => {
  sandbox = await openSandbox({ rateLimits: 'off' });
  client = createClient(sandbox);
});
afterAll(() => sandbox.close());

const read = async (path: string) => (await client.all(path)).items as unknown as Event[];

describe('a bounded reading', () => {
  it('ends, gives each event once, and goes both ways', async () => {
    const range = `since=${ago(24 * 15)}&until=${ago(1)}`;
    const up = await read(`/api/v1/logs?${range}&limit=333`);
    const down = await read(`/api/v1/logs?${range}&limit=250&sortOrder=DESCENDING`);
    expect(up.length).toBeGreaterThan(1500);
    expect(new Set(up.map((event) => event.uuid)).size).toBe(up.length);
    expect(down.map((event) => event.uuid)).toEqual(up.map((event) => event.uuid).toReversed());
    expect(up.map((event) => event.published)).toEqual(up.map((event) => event.published).toSorted());
  });

  it('begins seven days before its end unless told', async () => {
    const [first] = await read(`/api/v1/logs?until=${ago(0)}&limit=1000`);
    expect(Date.parse(first?.published ?? '')).toBeGreaterThanOrEqual(Date.now() - 7 * 86_400_000 - 60_000);
  });

  it('searches by keywords', async () => {
    const events = await read(`/api/v1/logs?until=${ago(0)}&q=jakarta%20tomas.okafor`);
    expect(events.length).toBeGreaterThan(3);
    expect(codeOf(await client.get(`/api/v1/logs?q=${'x'.repeat(41)}`))).toBe('E0000001');
    expect(codeOf(await client.get(`/api/v1/logs?q=${q('a '.repeat(11))}`))).toBe('E0000001');
  });

  it.each(['limit=1001', 'sortOrder=UP', 'since=yesterday', 'until=0', `since=${ago(1)}&until=${ago(2)}`])(
    'refuses %s',
    async (query) => {
      const reply = await client.get(`/api/v1/logs?${query}`);
      expect([reply.status, codeOf(reply)]).toEqual([400, 'E0000001']);
      expect(reply.body).not.toHaveProperty('errorLink');
      expect((reply.body as Item).errorId).toMatch(/^[\da-f]{8}-/);
    },
  );
});

describe('polling', () => {
  it('never ends: next is there on an empty page, and later events appear behind it', async () => {
    let reply = await client.get(`/api/v1/logs?since=${ago(2)}&limit=1000`);
    for (let i = 0; i < 3; i++) {
      expect(nextOf(reply.headers)).toBeDefined();
      expect(nextOf(reply.headers)).not.toContain('since=');
      reply = await client.get(nextOf(reply.headers) as string);
    }
    expect(reply.body).toEqual([]);
    const next = nextOf(reply.headers) as string;
    await client.call('POST', '/api/v1/users/maya.lindqvist/lifecycle/unlock');
    const events = (await client.get(next)).body as Event[];
    expect(events.map((event) => event.eventType)).toEqual(['user.account.unlock_by_admin']);
    expect(events[0]?.target[0]?.displayName).toBe('Maya Lindqvist');
    expect(((await client.get(next)).body as Event[]).length).toBe(1);
  });

  it('does not take since and after together', async () => {
    const next = nextOf((await client.get('/api/v1/logs?limit=5')).headers) as string;
    expect(codeOf(await client.get(`${next}&since=${ago(1)}`))).toBe('E0000001');
  });
});

describe('the stories', () => {
  it("tell why Maya Lindqvist is locked out: her phone's mail kept the old password", async () => {
    const filter = q('actor.alternateId eq "maya.lindqvist@larkspur.example"');
    const events = (await read(`/api/v1/logs?since=${ago(24)}&until=${ago(0)}&filter=${filter}&limit=1000`)).filter(
      (event) => !/unlock/.test(event.eventType),
    );
    const lock = events.findIndex((event) => event.eventType === 'user.account.lock');
    const failures = events.slice(0, lock).filter((event) => event.outcome.reason === 'INVALID_CREDENTIALS');
    expect(events.slice(0, lock).some((event) => event.eventType === 'user.account.update_password')).toBe(true);
    expect(failures.filter((event) => event.client?.device === 'Mobile')).toHaveLength(6);
    expect(failures.at(-1)?.client?.userAgent.rawUserAgent).toContain('PosternMail');
    expect(events.slice(lock + 1).every((event) => event.outcome.reason === 'LOCKED_OUT')).toBe(true);
  });

  it('show Tomas Okafor in Rotterdam and forty minutes later in Jakarta', async () => {
    const filter = q(
      'eventType eq "user.session.start" and outcome.result eq "SUCCESS" and actor.alternateId eq "tomas.okafor@larkspur.example"',
    );
    const events = await read(`/api/v1/logs?since=${ago(8)}&until=${ago(0)}&filter=${filter}`);
    expect(events.map((event) => event.client?.geographicalContext.country)).toEqual(['Netherlands', 'Indonesia']);
    expect(Date.parse(events[1]?.published ?? '') - Date.parse(events[0]?.published ?? '')).toBe(40 * 60_000);
    expect(events[1]?.securityContext.risk?.level).toBe('HIGH');
    const user = (await client.get('/api/v1/users/tomas.okafor')).body as { lastLogin: string };
    expect(user.lastLogin.slice(0, 19)).toBe(events[1]?.published.slice(0, 19));
  });

  it('follow the application that Priya Raman lost from the group to the refusals', async () => {
    const filter = q(
      'target.alternateId eq "priya.raman@larkspur.example" or actor.alternateId eq "priya.raman@larkspur.example"',
    );
    const events = await read(`/api/v1/logs?since=${ago(72)}&until=${ago(0)}&filter=${filter}&limit=1000`);
    const types = events.map((event) => `${event.eventType} ${event.outcome.result}`);
    const removal = types.indexOf('group.user_membership.remove SUCCESS');
    expect(events[removal]?.actor.alternateId).toBe('helena.brandt@larkspur.example');
    expect(types.indexOf('application.user_membership.remove SUCCESS')).toBe(removal + 1);
    expect(types.indexOf('user.authentication.sso FAILURE')).toBeGreaterThan(removal);
    const berth = events.filter((event) =>
      event.target.some((target) => target.displayName === 'Berth Warehouse System'),
    );
    expect(
      berth.findLastIndex(
        (event) => event.eventType === 'user.authentication.sso' && event.outcome.result === 'SUCCESS',
      ),
    ).toBeLessThan(berth.findIndex((event) => event.outcome.result === 'FAILURE'));
  });
});
