// Reading the simulated Okta page by page and one by one, through real HTTP.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSandbox, type Sandbox } from '../../src/sandbox/index.ts';
import { type Client, codeOf, createClient, type Item, q } from './kit.ts';

let sandbox: Sandbox;
let client: Client;

beforeAll(async () => {
  sandbox = await openSandbox({ rateLimits: 'off' });
  client = createClient(sandbox);
});
afterAll(() => sandbox.close());

const unique = (items: Item[]) => new Set(items.map((item) => item.id)).size;

describe('paging', () => {
  it.each([
    ['/api/v1/users?limit=7', 30],
    ['/api/v1/users?limit=9&search=id%20pr', 28],
    ['/api/v1/users?limit=9&search=id%20pr&sortBy=profile.lastName&sortOrder=desc', 28],
    ['/api/v1/users?limit=11&filter=status%20eq%20%22ACTIVE%22', 10],
    ['/api/v1/groups?limit=4', 7],
    ['/api/v1/apps?limit=3', 9],
    ['/api/v1/zones?limit=2', 5],
    ['/api/v1/policies?type=OKTA_SIGN_ON&limit=1', 2],
  ])('%s gives each entity exactly once', async (path, atLeast) => {
    const whole = await client.all(path.replace(/limit=\d+/, 'limit=200'));
    const { items, pages } = await client.all(path);
    expect(pages).toBeGreaterThanOrEqual(atLeast);
    expect(items.map((item) => item.id)).toEqual(whole.items.map((item) => item.id));
    expect(unique(items)).toBe(items.length);
  });

  it('goes through the members of a group and the users of an application', async () => {
    const groups = (await client.get('/api/v1/groups')).body as Item[];
    const everyone = groups.find((group) => group.type === 'BUILT_IN') as Item;
    const members = await client.all(`/api/v1/groups/${everyone.id}/users?limit=13`);
    const present = await client.all('/api/v1/users');
    expect(members.items.map((item) => item.id)).toEqual(present.items.map((item) => item.id));
    const apps = (await client.all('/api/v1/apps?limit=200')).items;
    for (const app of apps) {
      const some = await client.all(`/api/v1/apps/${app.id}/users?limit=17`);
      expect(some.items.map((item) => item.id)).toEqual(
        (await client.all(`/api/v1/apps/${app.id}/users?limit=500`)).items.map((item) => item.id),
      );
    }
  });

  it.each(
    ['users', 'groups', 'apps', 'zones', 'logs', 'policies?type=OKTA_SIGN_ON'].flatMap((path) =>
      ['-1', '-5', 'abc', '1.5'].map((limit) => [path, limit] as const),
    ),
  )('%s refuses limit=%s', async (path, limit) => {
    const reply = await client.get(`/api/v1/${path}${path.includes('?') ? '&' : '?'}limit=${limit}`);
    expect([reply.status, codeOf(reply)]).toEqual([400, 'E0000001']);
  });

  it('writes one Link line for each relation, absolute at the host the caller used', async () => {
    const { port } = new URL(sandbox.okta.url);
    const response = await fetch(`http://localhost:${port}/api/v1/users?limit=2`, {
      headers: { authorization: `SSWS ${sandbox.okta.token}` },
    }).catch(() => null);
    const { headers } = response ?? (await client.get('/api/v1/users?limit=2'));
    const host = response ? `http://localhost:${port}` : sandbox.okta.url;
    const link = headers.get('link') ?? '';
    expect(link).toContain(`<${host}/api/v1/users?limit=2>; rel="self"`);
    expect(link).toMatch(/after=[\w-]+>; rel="next"/);
  });

  it.each([
    '/api/v1/users',
    '/api/v1/groups',
    '/api/v1/apps',
    '/api/v1/zones',
    '/api/v1/logs',
    '/api/v1/users?search=id%20pr',
  ])('%s refuses a cursor it did not write and a limit that is no number', async (path) => {
    const join = path.includes('?') ? '&' : '?';
    expect(codeOf(await client.get(`${path}${join}after=42`))).toBe('E0000001');
    expect(codeOf(await client.get(`${path}${join}limit=many`))).toBe('E0000001');
    expect(codeOf(await client.get(`${path}${join}limit=-5`))).toBe('E0000001');
  });
});

describe('one user', () => {
  it('is found by id, login, short login and as the owner of the token', async () => {
    const login = 'maya.lindqvist@larkspur.example';
    const byLogin = (await client.get(`/api/v1/users/${q(login)}`)).body as Item;
    expect(byLogin.status).toBe('LOCKED_OUT');
    for (const key of [byLogin.id, 'maya.lindqvist', 'MAYA.LINDQVIST@larkspur.example']) {
      expect((await client.get(`/api/v1/users/${q(key)}`)).body).toEqual(byLogin);
    }
    const me = (await client.get('/api/v1/users/me')).body as { profile: Item };
    expect(me.profile.login).toBe('helena.brandt@larkspur.example');
  });

  it('carries links to what its status allows', async () => {
    const { _links } = (await client.get('/api/v1/users/maya.lindqvist')).body as { _links: Item };
    expect(Object.keys(_links)).toContain('unlock');
    expect(Object.keys(_links)).not.toContain('suspend');
  });

  it('leaves out what the caller does not want: fields, credentials', async () => {
    const [few] = (await client.get('/api/v1/users?limit=1&fields=id,profile:(login,email)')).body as Item[];
    expect(Object.keys(few as Item)).toEqual(['id', 'profile']);
    expect(Object.keys(few?.profile as object)).toEqual(['login', 'email']);
    const headers = { 'content-type': 'application/json; okta-response=omitCredentials,omitCredentialsLinks' };
    const reply = await client.call('GET', '/api/v1/users?limit=1', { headers });
    expect((reply.body as Item[])[0]).not.toHaveProperty('credentials');
  });
});

describe('lists of users', () => {
  it('leave out the deprovisioned unless criteria are given', async () => {
    const statuses = (items: Item[]) => new Set(items.map((item) => item.status));
    expect(statuses((await client.all('/api/v1/users')).items)).not.toContain('DEPROVISIONED');
    const all = statuses((await client.all('/api/v1/users?search=id%20pr')).items);
    expect(all).toContain('DEPROVISIONED');
    expect(all.size).toBe(8);
  });

  it('answer q with ten at most and no next page', async () => {
    const reply = await client.get('/api/v1/users?q=a');
    expect((reply.body as Item[]).length).toBeLessThanOrEqual(10);
    expect(reply.headers.get('link')).not.toContain('rel="next"');
    expect(((await client.get('/api/v1/users?q=lindq')).body as Item[])[0]?.status).toBe('LOCKED_OUT');
  });

  it('have ids of twenty characters with the prefix of their kind, and times in whole seconds', async () => {
    for (const [path, prefix] of [
      ['users', '00u'],
      ['groups', '00g'],
      ['apps', '0oa'],
      ['zones', 'nzo'],
      ['policies?type=PASSWORD', '00p'],
    ]) {
      for (const item of (await client.all(`/api/v1/${path}`)).items) {
        expect(item.id).toMatch(new RegExp(`^${prefix}[0-9A-Za-z]{17}$`));
        expect(item.lastUpdated).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000Z$/);
      }
    }
  });
});

describe('applications and groups', () => {
  it('agree about who has what', async () => {
    const priya = (await client.get('/api/v1/users/priya.raman')).body as Item;
    const groups = (await client.get(`/api/v1/users/${priya.id}/groups`)).body as { profile: { name: string } }[];
    expect(groups.map((group) => group.profile.name)).toContain('Warehouse Operations');
    expect(groups.map((group) => group.profile.name)).not.toContain('Warehouse Handheld Users');
    const links = (await client.get(`/api/v1/users/${priya.id}/appLinks`)).body as {
      label: string;
      appInstanceId: string;
    }[];
    expect(links.map((link) => link.label)).not.toContain('Berth Warehouse System');
    for (const link of links) {
      const reply = await client.get(`/api/v1/apps/${link.appInstanceId}/users/${priya.id}`);
      expect(reply.status).toBe(200);
    }
    const [berth] = (await client.get('/api/v1/apps?q=Berth')).body as Item[];
    expect(codeOf(await client.get(`/api/v1/apps/${berth?.id}/users/${priya.id}`))).toBe('E0000007');
  });

  it('filter applications by user and embed the assignment', async () => {
    const me = (await client.get('/api/v1/users/me')).body as Item;
    const path = `/api/v1/apps?filter=${q(`user.id eq "${me.id}"`)}&expand=user/${me.id}&limit=200`;
    const apps = (await client.get(path)).body as { _embedded: { user: Item } }[];
    expect(apps.length).toBeGreaterThan(5);
    for (const app of apps) expect(app._embedded.user.id).toBe(me.id);
  });

  it('refuse an unknown id with the name of its kind', async () => {
    const reply = await client.get('/api/v1/users/00uNobody');
    expect(reply.status).toBe(404);
    expect(reply.body).toEqual({
      errorCode: 'E0000007',
      errorSummary: 'Not found: Resource not found: 00uNobody (User)',
      errorLink: 'E0000007',
      errorId: expect.stringMatching(/^oae[0-9A-Za-z]{17}$/),
      errorCauses: [],
    });
    for (const path of ['groups', 'apps', 'policies', 'zones'])
      expect(codeOf(await client.get(`/api/v1/${path}/x`))).toBe('E0000007');
  });
});

describe('policies', () => {
  it('need a type that exists', async () => {
    expect(codeOf(await client.get('/api/v1/policies'))).toBe('E0000028');
    expect(codeOf(await client.get('/api/v1/policies?type=TEA'))).toBe('E0000001');
    expect((await client.get('/api/v1/policies?type=ENTITY_RISK')).body).toEqual([]);
  });
});

describe('the seed', () => {
  it('gives the same organization again, and another seed another one', async () => {
    const now = () => Date.UTC(2026, 7, 1);
    const open = async (seed: number) => {
      const other = await openSandbox({ users: 40, seed, now, rateLimits: 'off' });
      const text = JSON.stringify((await createClient(other).all('/api/v1/users')).items).replaceAll(
        other.okta.url,
        '',
      );
      await other.close();
      return text;
    };
    const first = await open(7);
    expect(await open(7)).toBe(first);
    expect(await open(8)).not.toBe(first);
  });

  it('gives one user or twenty thousand', async () => {
    for (const users of [1, 20_000]) {
      const other = await openSandbox({ users, rateLimits: 'off' });
      const their = createClient(other);
      const { items } = await their.all('/api/v1/users?search=id%20pr&sortBy=profile.lastName&limit=200');
      expect(unique(items)).toBe(users);
      const logins = items.map((item) => (item.profile as { login: string }).login);
      expect(new Set(logins).size).toBe(users);
      const group = ((await their.get('/api/v1/groups?q=Fleet')).body as Item[])[0];
      const members = await their.all(`/api/v1/groups/${group?.id}/users?limit=200`);
      expect(unique(members.items)).toBe(members.items.length);
      await other.close();
    }
  });
});
