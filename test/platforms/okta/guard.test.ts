// What the guard says to a plan, asked without a server: whose application it is, and by which names somebody is protected.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Plan, Target } from '../../../src/core/change.ts';
import type { OktaClient } from '../../../src/platforms/okta/client.ts';
import { createGuard } from '../../../src/platforms/okta/guard.ts';
import { createProtected } from '../../../src/platforms/okta/protected.ts';
import { call } from '../../support/answers.ts';
import { openTestServer, type TestServer } from '../../support/server.ts';

const plan = (...targets: Target[]): Plan => ({
  summary: 'Change it',
  targets,
  changes: [],
  undo: { none: 'a test' },
  apply: async () => undefined,
});

/** A client that knows the answers to these paths, and nobody's roles. */
function clientOf(answers: Readonly<Record<string, unknown>>): OktaClient {
  const get = async (path: readonly string[]) => answers[path.join('/')];
  const list = async () => ({ items: [], complete: true });
  return { get, getExact: get, list, hides: () => false } as unknown as OktaClient;
}

const names = { protectUsers: [], protectGroups: [], protectApps: [] };
const nothing = { protects: createProtected(names), clientId: undefined, kind: 'ssws' as const };

describe('the application that Castellan itself runs on', () => {
  const client = clientOf({
    'apps/0oa1': { credentials: { oauthClient: { client_id: 'chosen-by-hand' } } },
    'apps/0oa2': { credentials: { oauthClient: { client_id: 'another' } } },
    'apps/0oa3': {},
  });
  const judge = (clientId: string, id: string) =>
    createGuard({ ...nothing, clientId, kind: 'service' })(plan({ type: 'application', id }), client, 'write');

  it('is known by its id, and by a client id that somebody chose', async () => {
    expect(await judge('0oa2', '0oa2')).toMatch(/itself runs on/);
    expect(await judge('chosen-by-hand', '0oa1')).toMatch(/itself runs on/);
  });

  it('is known wherever it stands in a plan: a group that is given it, or loses it', async () => {
    const [group, app] = [
      { type: 'group', id: '00g1', name: 'Admins' },
      { type: 'application', id: '0oa1' },
    ];
    const guard = createGuard({ ...nothing, clientId: 'chosen-by-hand', kind: 'service' });
    for (const targets of [
      [app, group],
      [group, app],
    ])
      expect(await guard(plan(...targets), client, 'destroy')).toMatch(/itself runs on/);
  });

  it('is no other', async () => {
    expect(await judge('chosen-by-hand', '0oa2')).toBeUndefined();
    expect(await judge('chosen-by-hand', '0oa3')).toBeUndefined();
  });
});

describe('what an entry may mean', () => {
  const maya = 'maya.lindqvist@larkspur.example';
  let server: TestServer;
  let ids: { user: string; app: string; group: string };
  const read = (path: string) => server.organization.read(`/api/v1/${path}`);

  beforeAll(async () => {
    server = await openTestServer();
    // Somebody whose mail goes elsewhere than the login says, as it is with contractors.
    const { id } = await server.organization.read<{ id: string }>(`/api/v1/users/${maya}`);
    await server.organization.write('POST', `/api/v1/users/${id}`, { profile: { email: 'maya@agency.example' } });
    const [app] = (await read('apps?q=Berth')) as [{ id: string }];
    const [group] = (await read('groups?q=Warehouse%20Handheld')) as [{ id: string }];
    ids = { user: id, app: app.id, group: group.id };
  });
  afterAll(() => server?.close());

  /** What is said of something whose name no list shows, so that only ids can tell. */
  async function judge(entries: Partial<Record<keyof typeof names, readonly string[]>>, type: string, id: string) {
    const [tenant] = server.app.connected[0]?.tenants.values() ?? [];
    const scope = { signal: AbortSignal.timeout(5_000), deadline: Date.now() + 5_000 };
    const client = tenant?.connect(scope) as OktaClient;
    return createProtected({ ...names, ...entries }).judge([{ type, id, name: 'renamed' }], client);
  }

  it.each([
    maya,
    maya.toUpperCase(),
    'maya.lindqvist',
    ' Maya.Lindqvist ',
    'maya@agency.example',
    'MAYA@agency.example',
  ])('protectUsers: %j is Maya and nobody else', async (entry) => {
    const other = await server.organization.read<{ id: string }>('/api/v1/users/tomas.okafor@larkspur.example');
    expect(await judge({ protectUsers: [entry] }, 'user', ids.user)).toMatch(/is protected by the operator/);
    expect(await judge({ protectUsers: [entry] }, 'user', other.id)).toBeUndefined();
  });

  it('an id, a name in other letters, a label in other letters', async () => {
    const says = /is protected by the operator/;
    expect(await judge({ protectUsers: [ids.user] }, 'user', ids.user)).toMatch(says);
    expect(await judge({ protectGroups: [ids.group] }, 'group', ids.group)).toMatch(says);
    expect(await judge({ protectGroups: [' warehouse HANDHELD users'] }, 'group', ids.group)).toMatch(says);
    expect(await judge({ protectApps: [ids.app] }, 'application', ids.app)).toMatch(says);
    expect(await judge({ protectApps: ['berth warehouse SYSTEM '] }, 'application', ids.app)).toMatch(says);
    expect(await judge({ protectApps: ['Berth'] }, 'application', ids.app)).toMatch(
      /names what is not there \(“Berth”\)/,
    );
  });

  it('no word that Okta’s addresses have a meaning for', async () => {
    for (const protectUsers of [['me'], ['Me'], ['..'], ['a/b']])
      expect(await judge({ protectUsers }, 'user', ids.user)).toMatch(/names what is not there/);
    for (const protectGroups of [['rules'], ['x"y\\']])
      expect(await judge({ protectGroups }, 'group', ids.group)).toMatch(/names what is not there/);
  });

  it('is asked for once, by whoever comes first, and again when that one’s call was broken off', async () => {
    const [tenant] = server.app.connected[0]?.tenants.values() ?? [];
    const connect = (signal: AbortSignal) => tenant?.connect({ signal, deadline: Date.now() + 5_000 }) as OktaClient;
    const protects = createProtected({ ...names, protectUsers: [maya] });
    const target = { type: 'user', id: ids.user, name: 'renamed' };
    const broken = new AbortController();
    const first = protects.judge([target], connect(broken.signal));
    const second = protects.judge([target], connect(AbortSignal.timeout(5_000)));
    broken.abort();
    await expect(first).rejects.toMatchObject({ code: 'cancelled' });
    expect(await second).toMatch(/is protected/);
    server.organization.asked.length = 0;
    const others = Array.from({ length: 5 }, () => protects.judge([target], connect(AbortSignal.timeout(5_000))));
    for (const said of await Promise.all(others)) expect(said).toMatch(/is protected/);
    expect(server.organization.asked).toHaveLength(1);
  });
});

describe('an entry that stands for nothing', () => {
  const open = (tenantSettings: Readonly<Record<string, unknown>>) => openTestServer({ tenantSettings });
  const tomas = 'tomas.okafor@larkspur.example';

  it('stops changes of its kind, and of no other, until it stands for something', async () => {
    const server = await open({ protectUsers: ['nobody.yet'], maskFields: [] });
    try {
      const client = await server.connect('2026-07-28', 'http');
      const update = { user_id: tomas, profile: { title: 'Lead' } };
      const refused = await call(client, 'update_okta_user_profile', update);
      expect(refused.isError).toBe(true);
      expect(refused.text).toMatch(/protectUsers names what is not there \(“nobody\.yet”\), so no users are changed/);
      expect(server.organization.mutations).toEqual([]);
      const [group] = await server.organization.read('/api/v1/groups?q=Legal');
      const other = await call(client, 'update_okta_group', { group_id: group?.id, profile: { description: 'x' } });
      expect(other.value.done, other.text).toBe(true);

      const email = 'nobody.yet@larkspur.example';
      await server.organization.write('POST', '/api/v1/users?activate=false', {
        profile: { firstName: 'No', lastName: 'Body', email, login: email },
      });
      const done = await call(client, 'update_okta_user_profile', update);
      expect(done.value.done, done.text).toBe(true);
      const kept = await call(client, 'update_okta_user_profile', { ...update, user_id: email });
      expect(kept.text).toMatch(/is protected by the operator/);
    } finally {
      await server.close();
    }
  });

  it('is not told to assistants that must not see such names', async () => {
    const server = await open({ protectUsers: ['tomas.okafr'], maskFields: ['login'] });
    try {
      const client = await server.connect('2026-07-28', 'http');
      const update = { user_id: 'maya.lindqvist', profile: { title: 'Lead' } };
      const refused = await call(client, 'update_okta_user_profile', update);
      expect(refused.text).toMatch(/names what is not there \(1 of its entries\)/);
      expect(refused.text).not.toContain('tomas');
    } finally {
      await server.close();
    }
  });
});

describe('doctor', () => {
  let server: TestServer;
  beforeAll(async () => {
    const protect = {
      protectUsers: ['maya.lindqvist', 'typo@larkspur.example'],
      protectGroups: ['Warehouse Handheld Users', 'No such group'],
      protectApps: ['Berth Warehouse System'],
    };
    server = await openTestServer({ tenantSettings: protect });
  });
  afterAll(() => server?.close());

  it('names what is protected and not there', async () => {
    const [tenant] = server.app.connected[0]?.tenants.values() ?? [];
    const check = tenant?.checks.find(({ name }) => name === 'protected');
    expect(await check?.run(AbortSignal.timeout(5_000))).toMatchObject({
      ok: false,
      says: 'protected, and not there: “typo@larkspur.example”, “No such group”; nothing of the kind is changed',
    });
  });
});
