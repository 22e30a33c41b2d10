// Clients, connections, directories, accounts, MCP servers and members at the simulated Scalekit API: what changes do and refuse.

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openSandbox, type Sandbox, type SandboxScalekit } from '../../src/sandbox/index.ts';
import { helpDesk } from './oidc-kit.ts';
import { type ApiClient, createApiClient, refusalOf } from './scalekit-kit.ts';

let sandbox: Sandbox;
let scalekit: SandboxScalekit;
let client: ApiClient;

beforeAll(async () => {
  sandbox = await openSandbox({ users: 20 });
  scalekit = await sandbox.scalekit();
  client = createApiClient(scalekit, 'production');
});
beforeEach(() => scalekit.reset());
afterAll(() => sandbox.close());

const customer = async () => (await client.get('organizations:search?query=eastfold%20brewing')).organizations[0];

it('a client’s addresses are replaced as a whole, and where people may be sent follows', async () => {
  const path = `clients/${scalekit.client.id}`;
  const uris = ['https://new.larkspur.example/cb'];
  const { client: changed } = await client.done('PATCH', path, { post_login_uris: uris, initiate_login_uri: '' });
  expect(changed).toMatchObject({ post_login_uris: uris, initiate_login_uri: '' });
  const query = `client_id=${scalekit.client.id}&response_type=code&scope=openid&redirect_uri=`;
  const ask = (uri: string) =>
    fetch(`${scalekit.url}/oauth/authorize?${query}${encodeURIComponent(uri)}`, { redirect: 'manual' });
  expect((await ask(uris[0] ?? '')).status).toBe(200);
  expect((await ask('http://127.0.0.1:3000/oauth/callback')).status).toBe(400);
  expect(refusalOf(await client.send('PATCH', path, { post_login_uris: ['nowhere'] })).at(-1)).toBe(
    'client.post_login_uris',
  );
  scalekit.reset();
  expect((await ask('http://127.0.0.1:3000/oauth/callback')).status).toBe(200);
});

describe('connections', () => {
  it('begin as drafts, say no where they are not complete, and are switched on and off', async () => {
    const { id } = await customer();
    for (const prefix of ['', `organizations/${id}/`]) {
      const { connection } = await client.done('POST', `${prefix}connections`, { provider: 'OKTA', type: 'OIDC' });
      const path = `${prefix}connections/${connection.id}`;
      expect(connection).toMatchObject({ status: 'DRAFT', enabled: false, organization_id: prefix === '' ? '' : id });
      expect(await client.done('PATCH', `${path}:enable`)).toMatchObject({
        enabled: false,
        error_message: expect.stringMatching(/not configured/),
      });
      const config = { issuer: 'https://idp.example', client_id: 'c', client_secret: 's', scopes: ['openid', 'email'] };
      const changed = (await client.done('PATCH', path, { oidc_config: config })).connection;
      expect(changed).toMatchObject({
        status: 'COMPLETED',
        oidc_config: { ...config, jwks_uri: 'https://idp.example/oauth2/keys' },
      });
      expect(await client.done('PATCH', `${path}:enable`)).toMatchObject({ enabled: true });
      expect(await client.done('PATCH', `${path}:disable`)).toMatchObject({ enabled: false });
      await client.done('DELETE', path);
      expect((await client.send('GET', path)).status).toBe(404);
    }
  });

  it('of an organization are not under the path of the environment, and refuse what is not theirs', async () => {
    const { id } = await customer();
    const { connections } = await client.get(`connections?organization_id=${id}`);
    expect((await client.send('GET', `connections/${connections[0].id}`)).status).toBe(404);
    const path = `organizations/${id}/connections/${connections[0].id}`;
    expect((await client.send('PATCH', path, { type: 'SAML' })).status).toBe(400);
    expect((await client.send('PATCH', path, { saml_config: { force_authn: true } })).status).toBe(400);
    expect((await client.send('POST', 'connections', { provider: 'MYSPACE', type: 'OIDC' })).status).toBe(400);
    const { connection } = await client.done('POST', `organizations/${id}/connections`, {
      provider: 'ADFS',
      type: 'SAML',
    });
    const saml = { idp_entity_id: 'https://a.example', idp_sso_url: 'https://a.example/sso', idp_certificate: 'MIIC' };
    const changed = await client.done('PATCH', `organizations/${id}/connections/${connection.id}`, {
      saml_config: saml,
    });
    expect(changed.connection).toMatchObject({
      status: 'COMPLETED',
      saml_config: { idp_certificates: [{ certificate: 'MIIC' }] },
    });
  });
});

it('directories are switched off and on', async () => {
  const { id } = await customer();
  const { directories } = await client.get(`organizations/${id}/directories`);
  const path = `organizations/${id}/directories/${directories[0].id}`;
  expect(await client.done('PATCH', `${path}:disable`)).toMatchObject({ enabled: false });
  expect((await client.get(path)).directory.enabled).toBe(false);
  expect(await client.done('PATCH', `${path}:enable`)).toMatchObject({ enabled: true });
});

it('connected accounts get links, are made where there was none, and are deleted', async () => {
  const given = { connector: 'slack', identifier: 'new@eastfold.example' };
  const { link, expiry } = await client.done('POST', 'connected_accounts/magic_link', given);
  expect(new URL(link).host).toBe(scalekit.production.domain);
  expect(Date.parse(expiry)).toBeGreaterThan(Date.now());
  const query = `connected_accounts?${new URLSearchParams(given)}`;
  expect((await client.get(query)).connected_accounts[0]).toMatchObject({ ...given, status: 'PENDING_AUTH' });
  await client.done('POST', 'connected_accounts:delete', given);
  expect((await client.get(query)).total_size).toBe(0);
  expect((await client.send('POST', 'connected_accounts:delete', given)).status).toBe(404);
  expect((await client.send('POST', 'connected_accounts/magic_link', { ...given, connector: 'fax' })).status).toBe(404);
  expect(refusalOf(await client.send('POST', 'connected_accounts/magic_link', {})).at(-1)).toBe('connector');
});

describe('MCP servers', () => {
  it('that are registered by the API are authorization servers at once; what it does not know it drops', async () => {
    const given = {
      name: 'Yard',
      resource_type: 'MCP_SERVER',
      resource_id: 'https://mcp.larkspur.example/yard',
      scopes: ['claims:read'],
    };
    const { resource } = await client.done('POST', 'resources', { ...given, access_token_expiry: '600' });
    expect(resource).toMatchObject({ ...given, scopes: [{ name: 'claims:read' }], access_token_expiry: '600' });
    const [issuer] = resource.protected_metadata.authorization_servers;
    const metadata = await (await fetch(`${issuer}/.well-known/oauth-authorization-server`)).json();
    expect(metadata).toMatchObject({ issuer, registration_endpoint: `${issuer}/oauth/register` });
    const path = `resources/${resource.id}`;
    const dropped = await client.send('PATCH', path, { name: 'Yard 2', description: 'x' });
    expect(dropped.body.resource).toMatchObject({ name: 'Yard 2', description: 'x' });
    await client.done('PATCH', `${path}?update_mask=name`, { name: 'Yard 3', description: 'y' });
    expect((await client.get(path)).resource).toMatchObject({ name: 'Yard 3', description: 'x' });
    await client.done('PATCH', path, { disable_dynamic_client_registration: true, access_token_expiry: '900' });
    const closed = await (await fetch(`${issuer}/.well-known/oauth-authorization-server`)).json();
    expect(closed).not.toHaveProperty('registration_endpoint');
    await client.done('DELETE', path);
    expect((await fetch(`${issuer}/.well-known/oauth-authorization-server`)).status).toBe(404);
  });

  it('are given back to Scalekit’s own sign-in; those that a test registered are listed too', async () => {
    const { resourceId } = scalekit.registerServer('https://castellan.larkspur.example/mcp');
    const { resources } = await client.get('resources?resource_type=MCP_SERVER&page_size=30');
    expect(resources.at(-1)).toMatchObject({ resource_id: 'https://castellan.larkspur.example/mcp' });
    expect((await client.get(`resources/${resourceId}`)).resource.id).toBe(resources.at(-1).id);
    const other = resources.find(({ provider }: { provider: string }) => provider !== '');
    expect((await client.done('PUT', `resources/${other.id}/provider:delete`)).resource.provider).toBe('');
    const body = { name: 'A', resource_type: 'MCP_SERVER', scopes: ['no:such'] };
    expect(refusalOf(await client.send('POST', 'resources', body)).at(-1)).toBe('resource.scopes');
    expect(
      (
        await client.send('POST', 'resources', {
          name: 'A',
          resource_type: 'MCP_SERVER',
          resource_id: resources[0].resource_id,
        })
      ).status,
    ).toBe(409);
    scalekit.reset();
    expect(
      (await client.get('resources?resource_type=MCP_SERVER')).resources.map(({ name }: { name: string }) => name),
    ).toContain('MCP');
  });
});

it('members of the workspace are invited and removed by its administrators alone', async () => {
  const workspace = createApiClient(scalekit, 'workspace');
  const environment = await workspace.done('PATCH', `environments/${scalekit.development.id}`, {
    display_name: 'Playground',
  });
  expect(environment.environment).toMatchObject({ type: 'DEV', display_name: 'Playground' });
  const plain = await workspace.done('POST', 'members', { email: 'New.One@larkspur.example' });
  expect(plain.member).toMatchObject({ role: 'USER', email: 'new.one@larkspur.example' });
  expect((await workspace.send('POST', 'members', { email: 'new.one@larkspur.example' })).status).toBe(409);
  expect(refusalOf(await workspace.send('POST', 'members', {})).at(-1)).toBe('member.email');
  const user = createApiClient(scalekit, 'workspace', helpDesk);
  expect((await user.get('members')).total_size).toBe(6);
  expect(refusalOf(await user.send('DELETE', `members/${plain.member.id}`))).toEqual([403, 'PERMISSION_DENIED']);
  await workspace.done('DELETE', `members/${plain.member.id}`);
  const { members } = await workspace.get('members');
  const admins = members.filter(({ role }: { role: string }) => role === 'ADMIN');
  await workspace.done('DELETE', `members/${admins[1].id}`);
  expect((await workspace.send('DELETE', `members/${admins[0].id}`)).status).toBe(400);
});
