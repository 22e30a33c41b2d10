// Every answer of the simulated Okta against Okta's published description.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSandbox, type Sandbox } from '../../src/sandbox/index.ts';
import { eventKinds } from '../../src/sandbox/okta/event-kinds.ts';
import { loadOktaContract } from '../contracts/okta-contract.ts';
import { type Client, createClient, type Item, nextOf } from './kit.ts';

const contract = loadOktaContract();

describe.skipIf(contract === null)("Okta's published schemas", () => {
  let sandbox: Sandbox;
  let client: Client;

  beforeAll(async () => {
    sandbox = await openSandbox({ rateLimits: 'off' });
    client = createClient(sandbox);
  });
  afterAll(() => sandbox.close());

  /** Reads a list to its end, checking requests and answers. */
  async function checked(path: string, most = 50): Promise<Item[]> {
    const items: Item[] = [];
    let pages = 0;
    for (let next: string | undefined = `${sandbox.okta.url}${path}`; next !== undefined && pages < most; pages++) {
      const url = new URL(next);
      expect(contract?.checkRequest('GET', url)).toEqual([]);
      const reply = await client.get(next);
      expect(reply.status, next).toBe(200);
      expect(contract?.checkResponse('GET', url.pathname, reply.status, reply.body)).toEqual([]);
      if (Array.isArray(reply.body)) items.push(...(reply.body as Item[]));
      else items.push(reply.body as Item);
      next = nextOf(reply.headers);
    }
    return items;
  }

  it('fit each user, in the list and alone, with groups, factors, roles and links', async () => {
    const users = await checked('/api/v1/users?limit=100&search=id%20pr');
    expect(users).toHaveLength(250);
    for (const user of users) {
      await checked(`/api/v1/users/${user.id}`);
      await checked(`/api/v1/users/${user.id}/factors`);
    }
    for (const user of users.filter((_, i) => i % 12 === 0)) {
      for (const part of ['groups', 'appLinks', 'roles', 'devices', 'factors/catalog', 'grants', 'clients'])
        await checked(`/api/v1/users/${user.id}/${part}`);
    }
  });

  it('fit each group with its members and applications', async () => {
    for (const group of await checked('/api/v1/groups?expand=stats,app')) {
      await checked(`/api/v1/groups/${group.id}`);
      await checked(`/api/v1/groups/${group.id}/users?limit=200`);
      await checked(`/api/v1/groups/${group.id}/apps`);
      await checked(`/api/v1/groups/${group.id}/roles`);
    }
    await checked('/api/v1/groups/rules');
  });

  it('fit each application with its assignments', async () => {
    for (const app of await checked('/api/v1/apps')) {
      await checked(`/api/v1/apps/${app.id}`);
      const users = await checked(`/api/v1/apps/${app.id}/users?limit=500`);
      const groups = await checked(`/api/v1/apps/${app.id}/groups?limit=20`);
      if (users[0]) await checked(`/api/v1/apps/${app.id}/users/${users[0].id}`);
      if (groups[0]) await checked(`/api/v1/apps/${app.id}/groups/${groups[0].id}`);
    }
  });

  it('fit each policy, rule and network zone', async () => {
    for (const type of [
      'OKTA_SIGN_ON',
      'PASSWORD',
      'MFA_ENROLL',
      'ACCESS_POLICY',
      'PROFILE_ENROLLMENT',
      'IDP_DISCOVERY',
    ]) {
      const policies = await checked(`/api/v1/policies?type=${type}`);
      expect(policies.length, type).toBeGreaterThan(0);
      for (const policy of policies) {
        await checked(`/api/v1/policies/${policy.id}`);
        for (const rule of await checked(`/api/v1/policies/${policy.id}/rules`))
          await checked(`/api/v1/policies/${policy.id}/rules/${rule.id}`);
      }
    }
    for (const zone of await checked('/api/v1/zones')) await checked(`/api/v1/zones/${zone.id}`);
  });

  it('fit the organization and its user type', async () => {
    await checked('/api/v1/org');
    const [type] = await checked('/api/v1/meta/types/user');
    await checked(`/api/v1/meta/types/user/${type?.id}`);
    await checked('/api/v1/meta/schemas/user/default');
    for (const path of [
      'org/contacts',
      'api-tokens',
      'features',
      'iam/roles',
      'iam/resource-sets',
      'iam/assignees/users',
    ])
      await checked(`/api/v1/${path}`);
  });

  it('fit each device with its people, and each authorization server with its parts', async () => {
    const devices = await checked('/api/v1/devices?expand=user');
    expect(devices.length).toBeGreaterThan(30);
    for (const device of devices) {
      await checked(`/api/v1/devices/${device.id}`);
      await checked(`/api/v1/devices/${device.id}/users`);
    }
    for (const server of await checked('/api/v1/authorizationServers?limit=1'))
      for (const part of ['scopes?limit=2', 'claims', 'policies', 'credentials/keys'])
        await checked(`/api/v1/authorizationServers/${server.id}/${part}`);
  });

  it('fit every event of the System Log, of published types, without a null', async () => {
    const until = new Date(Date.now() + 60_000).toISOString();
    const since = new Date(Date.now() - 15 * 86_400_000).toISOString();
    const events = await checked(`/api/v1/logs?since=${since}&until=${until}&limit=1000`);
    expect(events.length).toBeGreaterThan(1500);
    const folder =
      process.env.CASTELLAN_CONTRACTS ?? fileURLToPath(new URL('../../../shared/contracts', import.meta.url));
    const types = new Set(
      (JSON.parse(readFileSync(`${folder}/okta-event-types.json`, 'utf8')) as [string][]).map(([type]) => type),
    );
    expect(events.filter((event) => !types.has(String(event.eventType)))).toEqual([]);
    expect(Object.keys(eventKinds).filter((kind) => !types.has(kind))).toEqual([]);
    expect(JSON.stringify(events)).not.toContain(':null');
  });

  it('are a judge that refuses', () => {
    const refuses = (path: string, body: unknown) => contract?.checkResponse('GET', path, 200, body).length;
    expect(refuses('/api/v1/users', [{ status: 'HAPPY' }])).toBeGreaterThan(0);
    expect(refuses('/api/v1/users', { items: [] })).toBeGreaterThan(0);
    expect(refuses('/api/v1/zones', [{ type: 'IP', name: 'x', gateways: 'all' }])).toBeGreaterThan(0);
    expect(refuses('/api/v1/zones', [{ name: 'no type' }])).toBeGreaterThan(0);
    expect(refuses('/api/v1/nothing', {})).toBeGreaterThan(0);
    const asks = (url: string, body?: unknown) =>
      contract?.checkRequest('GET', `http://okta.example${url}`, body).length;
    expect(asks('/api/v1/apps?limit=200')).toBe(0);
    expect(asks('/api/v1/apps?limit=201')).toBeGreaterThan(0);
    expect(asks('/api/v1/apps?colour=red')).toBeGreaterThan(0);
    expect(asks('/api/v1/policies')).toBeGreaterThan(0);
    expect(asks('/api/v1/logs?sortOrder=UP')).toBeGreaterThan(0);
    expect(asks('/api/v1/users', {})).toBeGreaterThan(0);
  });

  it('fit the errors', async () => {
    for (const path of ['/api/v1/users/nobody', '/api/v1/users?search=x', '/api/v1/logs?limit=x', '/api/v1/nothing']) {
      const { status, body } = await client.get(path);
      expect(status).toBeGreaterThanOrEqual(400);
      expect(contract?.checkResponse('GET', path, status, body)).toEqual([]);
    }
  });
});
