// What support work does around an account of the simulated Okta: consents and tokens taken back, devices, versions, links instead of mails.

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openSandbox, type Sandbox } from '../../src/sandbox/index.ts';
import { type Checked, createChecked, refusalOf } from './checked.ts';
import { type Item, q } from './kit.ts';

let sandbox: Sandbox;
let okta: Checked;

beforeAll(async () => {
  sandbox = await openSandbox({ rateLimits: 'off' });
  okta = createChecked(sandbox);
});
beforeEach(() => sandbox.okta.reset());
afterAll(() => sandbox.close());

const user = (key: string) => okta.done('GET', `/api/v1/users/${key}`);

describe('consents', () => {
  const priya = async () => `/api/v1/users/${(await user('priya.raman')).id}`;

  it('are listed by pages and by scope, and read one by one', async () => {
    const path = `${await priya()}/grants`;
    const grants = await okta.list(path);
    expect(grants.map(({ scopeId }) => scopeId)).toEqual(
      expect.arrayContaining(['shipments:read', 'shipments:write', 'drivers:location']),
    );
    const few = await okta.list(`${path}?limit=2`);
    expect(few).toEqual(grants.slice(0, 2));
    const [one] = await okta.list(`${path}?scopeId=${q('drivers:location')}&expand=scope`);
    const { scope } = (one as Item)._embedded as { scope: Item };
    const server = String(one?.issuer).split('/').at(-1);
    expect(await okta.done('GET', `/api/v1/authorizationServers/${server}/scopes/${scope.id}`)).toMatchObject({
      name: 'drivers:location',
    });
    expect(await okta.done('GET', `${path}/${grants[0]?.id}`)).toEqual(grants[0]);
    expect(refusalOf(await okta.send('GET', `${path}?limit=201`))[1]).toBe('E0000001');
  });

  it('are taken back one by one, for a client and all at once', async () => {
    const base = await priya();
    const grants = await okta.list(`${base}/grants`);
    const clients = await okta.list(`${base}/clients`);
    const [first, second] = clients.map((client) => String(client.client_id));
    expect(clients).toHaveLength(2);
    expect((await okta.send('DELETE', `${base}/grants/${grants[0]?.id}`)).status).toBe(204);
    expect(refusalOf(await okta.send('DELETE', `${base}/grants/${grants[0]?.id}`))).toEqual([404, 'E0000007']);
    const ofClient = await okta.list(`${base}/clients/${first}/grants`);
    expect(ofClient).toEqual(grants.slice(1).filter(({ clientId }) => clientId === first));
    expect((await okta.send('DELETE', `${base}/clients/${first}/grants`)).status).toBe(204);
    expect((await okta.list(`${base}/grants`)).map(({ clientId }) => clientId)).not.toContain(first);
    expect((await okta.list(`${base}/clients/${second}/grants`)).length).toBeGreaterThan(0);
    expect((await okta.send('DELETE', `${base}/grants`)).status).toBe(204);
    expect(await okta.list(`${base}/grants`)).toEqual([]);
    expect(await okta.events(3)).toEqual([
      'app.oauth2.as.consent.revoke.user',
      'app.oauth2.as.consent.revoke.user.client',
      'app.oauth2.as.consent.revoke',
    ]);
  });

  it('leave refresh tokens, which are taken one by one, by client, and with the sessions', async () => {
    const base = await priya();
    const [first, second] = (await okta.list(`${base}/clients`)).map((client) => String(client.client_id));
    const tokensOf = (client: string | undefined) => okta.list(`${base}/clients/${client}/tokens`);
    const [token] = await tokensOf(first);
    const path = `${base}/clients/${first}/tokens/${token?.id}`;
    expect(await okta.done('GET', path)).toEqual(token);
    const { _embedded } = await okta.done('GET', `${path}?expand=scope`);
    expect((_embedded as { scopes: Item[] }).scopes.map(({ name }) => name)).toEqual(token?.scopes);
    expect((await okta.send('DELETE', path)).status).toBe(204);
    expect(refusalOf(await okta.send('GET', path))[1]).toBe('E0000007');
    expect(await tokensOf(first)).toEqual([]);
    expect((await okta.send('DELETE', `${base}/sessions`)).status).toBe(204);
    expect(await tokensOf(second)).toHaveLength(1);
    expect((await okta.send('DELETE', `${base}/sessions?oauthTokens=true&forgetDevices=true`)).status).toBe(204);
    expect(await tokensOf(second)).toEqual([]);
    expect(await okta.events(2)).toEqual(['app.oauth2.as.token.revoke', 'user.session.clear']);
    expect(refusalOf(await okta.send('DELETE', `${base}/sessions?oauthTokens=perhaps`))[1]).toBe('E0000001');
    expect(refusalOf(await okta.send('GET', `${base}/clients/0oaNone/tokens`))[1]).toBe('E0000007');
    sandbox.okta.reset();
    expect((await okta.send('DELETE', `${base}/clients/${second}/tokens`)).status).toBe(204);
    expect(await tokensOf(second)).toEqual([]);
    expect(await tokensOf(first)).toHaveLength(1);
  });
});

describe('devices', () => {
  it('of a person are the phone that holds Okta Verify, and more', async () => {
    const factors = await okta.list('/api/v1/users/maya.lindqvist/factors');
    const push = factors.find((factor) => factor.factorType === 'push') as Item & { profile: { name: string } };
    const ties = (await okta.list('/api/v1/users/maya.lindqvist/devices')) as (Item & { device: Item })[];
    expect(ties.map(({ device }) => (device.profile as Item).model)).toContain(push.profile.name);
    for (const { device } of ties) {
      expect(await okta.done('GET', `/api/v1/devices/${device.id}`)).toEqual(device);
      const [holder] = (await okta.list(`/api/v1/devices/${device.id}/users`)) as (Item & { user: Item })[];
      expect(holder?.user.id).toBe((await user('maya.lindqvist')).id);
    }
    for (const path of [
      '/api/v1/users/nobody.else/devices',
      '/api/v1/devices/guoNone',
      '/api/v1/devices/guoNone/users',
    ])
      expect(refusalOf(await okta.send('GET', path))[1]).toBe('E0000007');
  });

  it('are searched, listed by pages and with their people', async () => {
    const all = await okta.list('/api/v1/devices');
    const found = await okta.list(`/api/v1/devices?search=${q('profile.platform eq "IOS" and status eq "ACTIVE"')}`);
    const isActiveIphone = ({ status, profile }: Item) => status === 'ACTIVE' && (profile as Item).platform === 'IOS';
    expect(found).toEqual(all.filter(isActiveIphone));
    expect(found.length).toBeGreaterThan(0);
    expect(found.length).toBeLessThan(all.length);
    expect(await okta.list(`/api/v1/devices?search=${q('profile.displayName co "lindqvist"')}`)).toHaveLength(1);
    expect(new Set(all.map(({ status }) => status)).size).toBeGreaterThan(1);
    const summaries = await okta.list('/api/v1/devices?limit=1&expand=userSummary');
    expect(summaries).toHaveLength(1);
    const holderOf = (devices: Item[]) => {
      const { users } = (devices[0] as Item)._embedded as { users: [{ user: Item }] };
      return users[0].user;
    };
    expect(Object.keys(holderOf(summaries))).toEqual(['id', 'profile']);
    expect(holderOf(await okta.list('/api/v1/devices?limit=1&expand=user'))).toHaveProperty('status');
    for (const search of ['profile.colour eq "red"', 'profile.model co "x"', 'nonsense'])
      expect(refusalOf(await okta.send('GET', `/api/v1/devices?search=${q(search)}`))[1]).toBe('E0000031');
  });
});

describe("a user's version", () => {
  it('is given with the user, and a write with a stale one is refused and changes nothing', async () => {
    const path = '/api/v1/users/maya.lindqvist';
    const tagOf = async () => (await okta.send('GET', path)).headers.get('etag') ?? '';
    const first = await tagOf();
    expect(first).toMatch(/^W\/"[0-9a-f]+"$/);
    expect(await tagOf()).toBe(first);
    const write = (method: string, title: string, tag: string) =>
      okta.send(method, path, { profile: { title } }, { 'if-match': tag });
    const changed = await write('POST', 'Claims Lead', first);
    expect(changed.status).toBe(200);
    expect(changed.headers.get('etag')).toBe(await tagOf());
    expect(await tagOf()).not.toBe(first);
    for (const method of ['POST', 'PUT'])
      expect(refusalOf(await write(method, 'Claims Chief', first))).toEqual([412, 'E0000231']);
    expect((await user('maya.lindqvist')).profile).toMatchObject({ title: 'Claims Lead' });
    await okta.done('POST', `${path}/lifecycle/unlock`);
    expect((await write('POST', 'x', (changed.headers.get('etag') ?? '') as string)).status).toBe(412);
    expect((await write('POST', 'x', `"other", ${await tagOf()}`)).status).toBe(200);
    expect((await write('POST', 'y', '*')).status).toBe(200);
  });
});

describe('a link in the place of a mail', () => {
  const oneOf = async (status: string) =>
    (await okta.list(`/api/v1/users?search=${q(`status eq "${status}"`)}`)).at(-1) as Item;

  it.each([
    ['STAGED', 'activate?sendEmail=false', ['activationToken', 'activationUrl']],
    ['STAGED', 'activate', []],
    ['PROVISIONED', 'reactivate?sendEmail=false', ['activationToken', 'activationUrl']],
    ['PROVISIONED', 'reactivate', ['activationToken', 'activationUrl']],
    ['RECOVERY', 'reactivate?sendEmail=true', []],
    ['ACTIVE', 'reset_password?sendEmail=false', ['resetPasswordUrl']],
    ['ACTIVE', 'reset_password?sendEmail=true', []],
    ['LOCKED_OUT', 'reset_password?sendEmail=false', ['resetPasswordUrl']],
    ['ACTIVE', 'expire_password_with_temp_password', ['tempPassword']],
  ])('%s %s answers %j', async (status, step, names) => {
    const { id } = await oneOf(status);
    const answer = await okta.done('POST', `/api/v1/users/${id}/lifecycle/${step}`);
    expect(Object.keys(answer).sort()).toEqual(names);
    for (const name of names) expect(String(answer[name]).length).toBeGreaterThan(7);
  });

  it('signs people out when their password goes, where that is asked for', async () => {
    const { id } = await oneOf('ACTIVE');
    await okta.done('POST', `/api/v1/users/${id}/lifecycle/reset_password?sendEmail=true&revokeSessions=true`);
    expect(await okta.events(2)).toEqual(['user.account.reset_password', 'user.session.clear']);
    const other = await oneOf('ACTIVE');
    const path = `/api/v1/users/${other.id}/lifecycle/expire_password_with_temp_password`;
    await okta.done('POST', `${path}?revokeSessions=true`);
    expect(await okta.events(2)).toEqual(['user.session.clear', 'user.account.expire_password']);
    expect(refusalOf(await okta.send('POST', `${path}?revokeSessions=1`))[1]).toBe('E0000001');
  });
});

describe('authorization servers', () => {
  const root = '/api/v1/authorizationServers';

  it('are found by name and audience, and by id with all their parts', async () => {
    const all = await okta.list(root);
    expect(all.map(({ id, name }) => [id === 'default', name])).toEqual([
      [true, 'default'],
      [false, 'Logistics APIs'],
    ]);
    expect((await okta.list(`${root}?q=api.larkspur`)).map(({ name }) => name)).toEqual(['Logistics APIs']);
    expect(await okta.list(`${root}?limit=1`)).toEqual(all.slice(0, 1));
    for (const server of all) {
      const path = `${root}/${server.id}`;
      expect(await okta.done('GET', path)).toEqual(server);
      for (const part of ['scopes', 'claims', 'policies']) {
        const items = await okta.list(`${path}/${part}`);
        expect(items.length, part).toBeGreaterThan(0);
        for (const item of items) expect(await okta.done('GET', `${path}/${part}/${item.id}`)).toEqual(item);
      }
      for (const policy of await okta.list(`${path}/policies`)) {
        const rules = await okta.list(`${path}/policies/${policy.id}/rules`);
        expect(rules.map(({ priority }) => priority)).toEqual(rules.map((_, at) => at + 1));
        for (const rule of rules)
          expect(await okta.done('GET', `${path}/policies/${policy.id}/rules/${rule.id}`)).toEqual(rule);
      }
      const keys = await okta.list(`${path}/credentials/keys`);
      expect(keys.map(({ status }) => status)).toEqual(['ACTIVE', 'NEXT', 'EXPIRED']);
      expect(await okta.done('GET', `${path}/credentials/keys/${keys[0]?.kid}`)).toEqual(keys[0]);
    }
  });

  it('tell own scopes from those that every server has', async () => {
    const [, own] = await okta.list(root);
    const names = async (query: string) =>
      (await okta.list(`${root}/${own?.id}/scopes?${query}`)).map(({ name }) => name);
    expect(await names('q=ship')).toEqual(['shipments:read', 'shipments:write']);
    expect(await names(`filter=${q('system eq true')}`)).toContain('openid');
    expect(await names(`filter=${q('name eq "shipments:read"')}`)).toEqual(['shipments:read']);
    expect(refusalOf(await okta.send('GET', `${root}/${own?.id}/scopes?filter=${q('colour eq "x"')}`))[1]).toBe(
      'E0000053',
    );
  });

  it('refuse what is not theirs', async () => {
    for (const path of [
      'ausNone',
      'default/scopes/x',
      'default/claims/x',
      'default/policies/x',
      'default/policies/x/rules',
    ])
      expect(refusalOf(await okta.send('GET', `${root}/${path}`))).toEqual([404, 'E0000007']);
  });
});

it('the organization names its contacts, tokens and features', async () => {
  const contacts = await okta.list('/api/v1/org/contacts');
  expect(contacts.map(({ contactType }) => contactType)).toEqual(['BILLING', 'TECHNICAL']);
  const me = await user('me');
  expect((await okta.done('GET', '/api/v1/org/contacts/TECHNICAL')).userId).toBe(me.id);
  expect(refusalOf(await okta.send('GET', '/api/v1/org/contacts/TEA'))[1]).toBe('E0000007');
  const tokens = await okta.list('/api/v1/api-tokens');
  expect(tokens.map(({ userId }) => userId)).toEqual([me.id, me.id]);
  expect(await okta.done('GET', `/api/v1/api-tokens/${tokens[1]?.id}`)).toEqual(tokens[1]);
  expect(refusalOf(await okta.send('GET', '/api/v1/api-tokens/00TNone'))[1]).toBe('E0000007');
  for (const feature of await okta.list('/api/v1/features'))
    expect(await okta.done('GET', `/api/v1/features/${feature.id}`)).toEqual(feature);
});
