// Changes of organizations, people, roles and scopes at the simulated Scalekit API: what each does, what it refuses, and that every answer is as described.

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openSandbox, type Sandbox, type SandboxScalekit } from '../../src/sandbox/index.ts';
import { type ApiClient, createApiClient, refusalOf } from './scalekit-kit.ts';

let sandbox: Sandbox;
let scalekit: SandboxScalekit;
let client: ApiClient;
let person: ApiClient;

beforeAll(async () => {
  sandbox = await openSandbox({ users: 20 });
  scalekit = await sandbox.scalekit();
  client = createApiClient(scalekit, 'production');
  person = createApiClient(scalekit, 'central');
});
beforeEach(() => scalekit.reset());
afterAll(() => sandbox.close());

const customer = async () => (await client.get('organizations:search?query=eastfold%20brewing')).organizations[0];

describe('organizations', () => {
  it('are created, changed field by field, found by their external id, and deleted with what is theirs', async () => {
    const { organization } = await client.done('POST', 'organizations', {
      display_name: 'Quarry & Sons',
      external_id: 'q/1',
      metadata: { plan: 'freight' },
    });
    expect(organization).toMatchObject({
      region_code: 'US',
      settings: { features: [{ enabled: false }, { enabled: false }] },
    });
    const path = `organizations/${organization.id}`;
    await client.done('PATCH', path, { display_name: 'Quarry' });
    const found = (await client.get('organizations:external/q%2F1')).organization;
    expect(found).toMatchObject({ display_name: 'Quarry', metadata: { plan: 'freight' } });
    await client.done('PATCH', path, { external_id: '' });
    expect(refusalOf(await client.send('GET', 'organizations:external/q%2F1'))).toEqual([404, 'RESOURCE_NOT_FOUND']);
    const { user } = await client.done('POST', `${path}/users`, { email: 'a.b@quarry.example' });
    await client.done('DELETE', path);
    expect((await client.send('GET', path)).status).toBe(404);
    expect((await client.get(`users/${user.id}`)).user.memberships).toEqual([]);
  });

  it('refuse what is taken, malformed or missing', async () => {
    const create = async (body: unknown) => refusalOf(await client.send('POST', 'organizations', body));
    expect(await create({})).toEqual([400, 'INVALID_ARGUMENT', 'organization.display_name']);
    expect(await create({ display_name: 'A', slug: 'A B' })).toEqual([400, 'INVALID_ARGUMENT', 'organization.slug']);
    expect(await create({ display_name: 'A', region_code: 'MARS' })).toEqual([400, 'INVALID_ARGUMENT', 'region_code']);
    expect(await create({ display_name: 7 })).toEqual([400, 'INVALID_ARGUMENT']);
    expect(await create({ display_name: 'A', external_id: 'cust-1001' })).toEqual([409, 'RESOURCE_ALREADY_EXISTS']);
    expect(await create([])).toEqual([400, 'INVALID_ARGUMENT']);
  });

  it('take settings, session policies, a number of seats, and give links to their admin portal', async () => {
    const { id } = await customer();
    const at = `organizations/${id}`;
    const { organization } = await client.done('PATCH', `${at}/settings`, {
      features: [{ name: 'dir_sync', enabled: false }],
    });
    expect(organization.settings.features).toEqual([
      { name: 'sso', enabled: true },
      { name: 'dir_sync', enabled: false },
    ]);
    expect((await client.send('PATCH', `${at}/settings`, { features: [{ name: 'x', enabled: true }] })).status).toBe(
      400,
    );
    const { link } = await client.done('PUT', `${at}/portal_links?features=sso&features=dir_sync`);
    await client.done('PUT', `${at}/portal_links`);
    expect((await person.get(`${at}/portal_links`)).links).toHaveLength(2);
    await client.done('DELETE', `${at}/portal_links/${link.id}`);
    expect((await person.get(`${at}/portal_links`)).links).toHaveLength(1);
    await person.done('DELETE', `${at}/portal_links`);
    expect((await person.get(`${at}/portal_links`)).links).toEqual([]);
    const policy = { policy_source: 'CUSTOM', absolute_session_timeout: 8, absolute_session_timeout_unit: 'HOURS' };
    expect((await client.done('PATCH', `${at}/session-policy`, policy)).policy).toMatchObject(policy);
    await client.done('PATCH', `${at}/settings/usermanagement`, { settings: { max_allowed_users: 12 } });
    expect(await client.get(`${at}/settings/usermanagement`)).toEqual({ settings: { max_allowed_users: 12 } });
  });
});

describe('people', () => {
  it('are invited with the default role, changed, put into a second organization, and taken out again', async () => {
    const { id } = await customer();
    const { user } = await client.done('POST', `organizations/${id}/users`, {
      email: 'Nadia.Kern@eastfold.example',
      external_id: 'hr-7',
      user_profile: { first_name: 'Nadia', family_name: 'Kern' },
    });
    expect(user).toMatchObject({ email: 'nadia.kern@eastfold.example', user_profile: { name: 'Nadia Kern' } });
    expect(user.memberships[0]).toMatchObject({ membership_status: 'PENDING_INVITE', roles: [{ name: 'member' }] });
    const changed = await client.done('PATCH', `users/${user.id}`, {
      user_profile: { locale: 'de' },
      metadata: { desk: 'b' },
    });
    expect(changed.user).toMatchObject({ external_id: 'hr-7', user_profile: { given_name: 'Nadia', locale: 'de' } });
    const { organizations } = await client.get('organizations:search?query=greyfriars%20foods');
    const second = `memberships/organizations/${organizations[0].id}/users/${user.id}`;
    await client.done('POST', `${second}?send_invitation_email=false`, { roles: [{ name: 'billing' }] });
    const joined = (await client.get(`users/${user.id}`)).user.memberships;
    expect(joined[1]).toMatchObject({ membership_status: 'ACTIVE', roles: [{ name: 'billing' }] });
    expect((await client.send('POST', second, {})).status).toBe(409);
    await client.done('PATCH', second, { metadata: { team: 'y' } });
    expect((await client.done('PATCH', second, { roles: [{ name: 'admin' }] })).user.memberships[1].roles[0].name).toBe(
      'admin',
    );
    await client.done('DELETE', second);
    const first = `memberships/organizations/${id}/users/${user.id}`;
    await client.done('DELETE', `${first}?cascade=true`);
    expect((await client.send('GET', `users/${user.id}`)).status).toBe(404);
  });

  it('are invited again where the invitation has run out, and only there', async () => {
    const { organizations } = await client.get('organizations:search?query=aldermoor%20foods');
    const { users } = await client.get(`organizations/${organizations[0].id}/users?page_size=100`);
    type Listed = { id: string; memberships: { membership_status: string }[] };
    const of = (status: string) => users.find((user: Listed) => user.memberships[0]?.membership_status === status);
    const resend = (user: Listed) =>
      client.send('PATCH', `invites/organizations/${organizations[0].id}/users/${user.id}/resend`, {});
    const { body } = await resend(of('INVITE_EXPIRED'));
    expect(Date.parse(body.invite.expires_at)).toBeGreaterThan(Date.now());
    expect((await resend(of('ACTIVE'))).status).toBe(400);
  });

  it('are refused without an address, twice, or with a role that nobody has defined', async () => {
    const { id } = await customer();
    const create = async (body: unknown) => refusalOf(await client.send('POST', `organizations/${id}/users`, body));
    expect(await create({})).toEqual([400, 'INVALID_ARGUMENT', 'user.email']);
    expect(await create({ email: 'helena.brandt@larkspur.example' })).toEqual([409, 'RESOURCE_ALREADY_EXISTS']);
    expect(await create({ email: 'a@b.example', membership: { roles: [{ name: 'king' }] } })).toEqual([
      400,
      'INVALID_ARGUMENT',
      'membership.roles',
    ]);
  });
});

describe('what the descriptors say of single fields', () => {
  it('is held to: lengths, forms and sizes of maps', async () => {
    const { id } = await customer();
    const field = async (method: string, path: string, body: unknown, by = client) =>
      refusalOf(await by.send(method, path, body)).at(-1);
    const { user } = await client.done('POST', `organizations/${id}/users`, { email: 'rule@eastfold.example' });
    expect(user.user_profile).toMatchObject({ given_name: '', first_name: '' });
    expect(await field('PATCH', `users/${user.id}`, { metadata: { ab: 'key too short' } })).toBe('user.metadata keys');
    expect(await field('PATCH', `users/${user.id}`, { metadata: { desk: '' } })).toBe('user.metadata["desk"]');
    const many = Object.fromEntries(Array.from({ length: 11 }, (_, n) => [`key${n}`, 'v']));
    expect(await field('PATCH', `organizations/${id}`, { metadata: many })).toBe('organization.metadata');
    await client.done('PATCH', `users/${user.id}`, { metadata: many });
    expect(await field('PUT', 'roles/billing', { description: '' })).toBe('role.description');
    expect(await field('POST', 'scopes', { name: 'yard-open' }, person)).toBe('scope.name');
    const connection = { provider: 'GOOGLE', type: 'OAUTH' };
    expect(await field('POST', `organizations/${id}/connections`, connection)).toBe('connection.type');
    expect(await field('GET', 'resources', undefined)).toBe('resource_type');
  });

  it('is held to: what a role permits is told where it is asked for', async () => {
    expect((await client.get('roles/billing')).role).not.toHaveProperty('permissions');
    expect((await client.get('roles/billing?include=permissions')).role.permissions).toHaveLength(3);
    expect(refusalOf(await client.send('GET', 'roles?include=all'))).toEqual([400, 'INVALID_ARGUMENT', 'include']);
  });
});

describe('roles and scopes', () => {
  it('are created, replaced, made the default and deleted, with those who have them given another', async () => {
    await client.done('POST', 'roles', {
      name: 'yard',
      display_name: 'Yard',
      permissions: ['shipments:read'],
      extends: 'member',
    });
    expect((await client.get('roles/member')).role.dependent_roles_count).toBe(3);
    await client.done('PUT', 'roles/yard', {
      display_name: 'Yard crew',
      permissions: ['shipments:read', 'claims:read'],
    });
    const set = await client.done('PATCH', 'roles:set_defaults', { default_member_role: 'yard' });
    expect(set).toMatchObject({ default_creator: { name: 'admin' }, default_member: { name: 'yard' } });
    expect(await client.done('PATCH', 'roles/default', {})).toEqual(set);
    expect((await client.send('DELETE', 'roles/yard')).status).toBe(400);
    const before = Number((await client.get('roles/billing/users:count')).count);
    expect((await client.send('DELETE', 'roles/billing')).status).toBe(400);
    await client.done('DELETE', 'roles/billing?reassign_role_name=yard');
    expect((await client.get('roles/yard/users:count')).count).toBe(`${before}`);
    await client.done('DELETE', 'roles/fax_operator');
    expect((await client.send('POST', 'roles', { name: 'admin', display_name: 'A' })).status).toBe(409);
    expect(refusalOf(await client.send('POST', 'roles', { name: 'A B', display_name: 'A' })).at(-1)).toBe('role.name');
  });

  it('of an organization are its own', async () => {
    const { id } = await customer();
    await client.done('POST', `organizations/${id}/roles`, { name: 'brewer', display_name: 'Brewer', permissions: [] });
    expect((await client.get(`organizations/${id}/roles/brewer`)).role.is_org_role).toBe(true);
    expect((await client.send('GET', 'roles/brewer')).status).toBe(404);
    expect((await client.send('PUT', `organizations/${id}/roles/admin`, { display_name: 'X' })).status).toBe(404);
    await client.done('DELETE', `organizations/${id}/roles/brewer`);
  });

  it('scopes are created, switched off, and deleted where no MCP server has them', async () => {
    const { scope } = await person.done('POST', 'scopes', { name: 'yard:open', description: 'Open the gate' });
    await person.done('PATCH', `scopes/${scope.id}`, { enabled: false });
    await person.done('DELETE', `scopes/${scope.id}`);
    const { scopes } = await person.get('scopes');
    const used = scopes.find(({ name }: { name: string }) => name === 'shipments:read');
    expect((await person.send('DELETE', `scopes/${used.id}`)).status).toBe(400);
    expect((await person.send('POST', 'scopes', { name: 'shipments:read' })).status).toBe(409);
  });
});
