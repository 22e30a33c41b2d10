// Changing the simulated Okta: the states of an account, new users, memberships; each noted in the System Log.

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openSandbox, type Sandbox } from '../../src/sandbox/index.ts';
import { loadOktaContract } from '../contracts/okta-contract.ts';
import { type Client, codeOf, createClient, type Item, q, type Reply } from './kit.ts';

const contract = loadOktaContract();
let sandbox: Sandbox;
let client: Client;

beforeAll(async () => {
  sandbox = await openSandbox({ rateLimits: 'off' });
  client = createClient(sandbox);
});
beforeEach(() => sandbox.okta.reset());
afterAll(() => sandbox.close());

/** Writes, and holds request and answer against Okta's description. */
async function write(method: string, path: string, body?: unknown): Promise<Reply> {
  const reply = await client.call(method, path, { body });
  const url = new URL(sandbox.okta.url + path);
  if (reply.status < 400) expect(contract?.checkRequest(method, url, body) ?? []).toEqual([]);
  expect(contract?.checkResponse(method, url.pathname, reply.status, reply.body) ?? []).toEqual([]);
  return reply;
}

const oneOf = async (status: string) =>
  ((await client.get(`/api/v1/users?search=${q(`status eq "${status}"`)}`)).body as Item[]).at(-1) as Item;
const statusOf = async (id: string) => ((await client.get(`/api/v1/users/${id}`)).body as Item).status;
const lastEvents = async (count: number) => {
  const reply = await client.get(`/api/v1/logs?sortOrder=DESCENDING&limit=${count}`);
  return (reply.body as { eventType: string }[]).map((event) => event.eventType);
};

describe('an account', () => {
  it.each([
    ['ACTIVE', 'suspend', 'SUSPENDED', 'user.lifecycle.suspend'],
    ['SUSPENDED', 'unsuspend', 'ACTIVE', 'user.lifecycle.unsuspend'],
    ['LOCKED_OUT', 'unlock', 'ACTIVE', 'user.account.unlock_by_admin'],
    ['STAGED', 'activate?sendEmail=false', 'PROVISIONED', 'user.lifecycle.activate'],
    ['DEPROVISIONED', 'activate', 'PROVISIONED', 'user.lifecycle.activate'],
    ['PROVISIONED', 'reactivate', 'PROVISIONED', 'user.lifecycle.reactivate'],
    ['ACTIVE', 'reset_password?sendEmail=false', 'RECOVERY', 'user.account.reset_password'],
    ['ACTIVE', 'expire_password', 'PASSWORD_EXPIRED', 'user.account.expire_password'],
    ['ACTIVE', 'expire_password_with_temp_password', 'PASSWORD_EXPIRED', 'user.account.expire_password'],
    ['ACTIVE', 'reset_factors', 'ACTIVE', 'user.mfa.factor.reset_all'],
  ])('that is %s takes %s and is %s', async (from, step, to, event) => {
    const user = await oneOf(from);
    expect((await write('POST', `/api/v1/users/${user.id}/lifecycle/${step}`)).status).toBe(200);
    expect(await statusOf(user.id)).toBe(to);
    // Activation is followed by what the rules of groups then do.
    expect((await lastEvents(30)).find((type) => type.startsWith('user.'))).toBe(event);
  });

  it.each([
    ['ACTIVE', 'activate', 403, 'E0000016'],
    ['ACTIVE', 'unlock', 403, 'E0000032'],
    ['ACTIVE', 'unsuspend', 400, 'E0000001'],
    ['STAGED', 'suspend', 400, 'E0000001'],
    ['SUSPENDED', 'expire_password', 403, 'E0000038'],
    ['SUSPENDED', 'reset_password?sendEmail=true', 403, 'E0000017'],
    ['ACTIVE', 'reset_password', 400, 'E0000028'],
    ['ACTIVE', 'reactivate', 403, 'E0000038'],
    ['DEPROVISIONED', 'deactivate', 403, 'E0000038'],
  ])('that is %s refuses %s with %i %s', async (from, step, status, code) => {
    const user = await oneOf(from);
    const reply = await write('POST', `/api/v1/users/${user.id}/lifecycle/${step}`);
    expect([reply.status, codeOf(reply)]).toEqual([status, code]);
    expect(await statusOf(user.id)).toBe(from);
  });

  it('is deleted in two steps: the first takes the applications and leaves the groups, the second takes those too', async () => {
    const user = await oneOf('ACTIVE');
    expect((await write('DELETE', `/api/v1/users/${user.id}`)).status).toBe(204);
    expect(await statusOf(user.id)).toBe('DEPROVISIONED');
    const groups = (await client.get(`/api/v1/users/${user.id}/groups`)).body as Item[];
    expect(groups.length).toBeGreaterThan(1);
    expect((await client.get(`/api/v1/users/${user.id}/appLinks`)).body).toEqual([]);
    const memberOf = async (id?: string) =>
      (await client.all(`/api/v1/groups/${id}/users`)).items.some((member) => member.id === user.id);
    expect(await memberOf(groups.at(-1)?.id)).toBe(true);
    expect((await write('DELETE', `/api/v1/users/${user.id}`)).status).toBe(204);
    expect(await memberOf(groups.at(-1)?.id)).toBe(false);
    expect((await client.get(`/api/v1/users/${user.id}`)).status).toBe(404);
    expect(await lastEvents(2)).toEqual(['user.lifecycle.delete.completed', 'user.lifecycle.delete.initiated']);
  });
});

describe('a user', () => {
  const profile = {
    firstName: 'Noor',
    lastName: 'Adler',
    email: 'noor.adler@larkspur.example',
    login: 'noor.adler@larkspur.example',
  };

  it('is made, found, searched for and in the groups that were named', async () => {
    const [group] = (await client.get('/api/v1/groups?q=VPN')).body as Item[];
    const made = await write('POST', '/api/v1/users?activate=true', {
      profile,
      groupIds: [group?.id],
      credentials: { password: { value: 'Correct-Horse-9' } },
    });
    expect([made.status, (made.body as Item).status]).toEqual([200, 'ACTIVE']);
    const { id } = made.body as Item;
    expect((await client.get('/api/v1/users/noor.adler')).status).toBe(200);
    expect(
      ((await client.get(`/api/v1/users?search=${q('profile.lastName eq "adler"')}`)).body as Item[]).map(
        (user) => user.id,
      ),
    ).toContain(id);
    expect((await client.get(`/api/v1/users/${id}/groups`)).body).toHaveLength(2);
    expect((await client.get(`/api/v1/users/${id}/factors`)).body).toEqual([]);
    expect((await client.all('/api/v1/users')).items.map((user) => user.id)).toContain(id);
  });

  it('has the status that its making asks for', async () => {
    const statusFor = async (query: string) =>
      (
        await write('POST', `/api/v1/users${query}`, {
          profile: { ...profile, login: `a${query.length}@larkspur.example` },
        })
      ).body as Item;
    expect((await statusFor('?activate=false')).status).toBe('STAGED');
    expect((await statusFor('')).status).toBe('PROVISIONED');
  });

  it('is refused with every cause when the profile is not right', async () => {
    const reply = await write('POST', '/api/v1/users', {
      profile: { login: 'MAYA.lindqvist@larkspur.example', email: 'no', colour: 'red' },
    });
    expect([reply.status, codeOf(reply)]).toEqual([400, 'E0000001']);
    expect((reply.body as { errorCauses: unknown[] }).errorCauses).toHaveLength(5);
  });

  it('changes in part with POST and as a whole with PUT', async () => {
    const path = '/api/v1/users/priya.raman@larkspur.example';
    const changed = await write('POST', path, { profile: { title: 'Stock Controller', mobilePhone: null } });
    expect((changed.body as { profile: Item }).profile).toMatchObject({ title: 'Stock Controller', city: 'Memphis' });
    expect((changed.body as { profile: Item }).profile).not.toHaveProperty('mobilePhone');
    const { login: _login, ...rest } = profile;
    const replaced = await write('PUT', path, { profile: { ...rest, login: 'priya.new@larkspur.example' } });
    expect((replaced.body as { profile: Item }).profile).toEqual({
      ...rest,
      displayName: undefined,
      login: 'priya.new@larkspur.example',
    });
    expect((await client.get(path)).status).toBe(404);
    expect((await client.get('/api/v1/users/priya.new')).status).toBe(200);
  });
});

describe('a membership', () => {
  it('brings the applications of the group and takes them again', async () => {
    const [group] = (await client.get('/api/v1/groups?q=Warehouse%20Handheld')).body as Item[];
    const [berth] = (await client.get('/api/v1/apps?q=Berth')).body as Item[];
    const priya = (await client.get('/api/v1/users/priya.raman')).body as Item;
    const path = `/api/v1/groups/${group?.id}/users/${priya.id}`;
    expect((await write('PUT', path)).status).toBe(204);
    expect((await write('PUT', path)).status).toBe(204);
    expect(await lastEvents(2)).toEqual(['application.user_membership.add', 'group.user_membership.add']);
    expect((await client.get(`/api/v1/apps/${berth?.id}/users/${priya.id}`)).status).toBe(200);
    expect((await write('DELETE', path)).status).toBe(204);
    expect((await client.get(`/api/v1/apps/${berth?.id}/users/${priya.id}`)).status).toBe(404);
  });

  it("of Everyone or of an application's group cannot be changed by hand", async () => {
    const [everyone] = (await client.get('/api/v1/groups?q=Everyone')).body as Item[];
    const me = (await client.get('/api/v1/users/me')).body as Item;
    expect(codeOf(await write('DELETE', `/api/v1/groups/${everyone?.id}/users/${me.id}`))).toBe('E0000060');
  });

  it('is back to the seed after a reset', async () => {
    await write('POST', '/api/v1/users/maya.lindqvist/lifecycle/unlock');
    sandbox.okta.reset();
    expect(await statusOf('maya.lindqvist')).toBe('LOCKED_OUT');
  });
});
