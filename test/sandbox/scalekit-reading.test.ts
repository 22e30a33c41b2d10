// Every list and every single thing that the simulated Scalekit API shows, against Scalekit's descriptions.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSandbox, type Sandbox, type SandboxScalekit } from '../../src/sandbox/index.ts';
import { type ApiClient, createApiClient } from './scalekit-kit.ts';

let sandbox: Sandbox;
let scalekit: SandboxScalekit;
let client: ApiClient;

beforeAll(async () => {
  sandbox = await openSandbox({ users: 120 });
  scalekit = await sandbox.scalekit();
  client = createApiClient(scalekit, 'production');
});
afterAll(() => sandbox.close());

describe('what a simulated Scalekit environment shows', () => {
  it('fits the descriptions: organizations and their people, page by page to the end, each once', async () => {
    const organizations = await client.all('organizations?page_size=30', 'organizations');
    expect(organizations.length).toBe(65);
    expect(new Set(organizations.map(({ id }) => id)).size).toBe(65);
    for (const { id } of organizations.slice(-12)) {
      await client.get(`organizations/${id}`);
      await client.all(`organizations/${id}/users?page_size=100`, 'users');
      await client.get(`organizations/${id}/roles`);
    }
    const users = await client.all('users?page_size=100', 'users');
    expect(new Set(users.map(({ id }) => id)).size).toBe(users.length);
    expect(users.length).toBeGreaterThan(500);
    for (const { id } of users.slice(0, 20)) await client.get(`users/${id}`);
  });

  it('fits the descriptions: roles, permissions, scopes and clients', async () => {
    for (const { name } of (await client.get('roles')).roles) {
      await client.get(`roles/${name}`);
      await client.get(`roles/${name}/permissions`);
      expect((await client.get(`roles/${name}/users:count`)).count).toMatch(/^\d+$/);
    }
    await client.all('permissions?type=ALL&page_size=5', 'permissions');
    await client.get('scopes');
    const { clients } = await client.get('clients');
    expect(clients[0]).toMatchObject({ id: scalekit.client.id, client_type: 'ENV', access_token_expiry: '300' });
    expect(JSON.stringify(clients)).not.toContain(scalekit.client.secret);
    for (const { id } of clients) await client.get(`clients/${id}`);
  });
});
