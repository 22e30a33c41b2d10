// Admin roles in the simulated Okta: of people, of groups and so of their members; and taking factors away.

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

const user = (login: string) => okta.done('GET', `/api/v1/users/${login}`);
const group = async (name: string) =>
  (await okta.list(`/api/v1/groups?search=${q(`profile.name eq "${name}"`)}`))[0] as Item;
const desk = () => group('Okta Administrators – Help Desk');
const rolesOf = async (path: string) =>
  (await okta.list(`${path}/roles`)).map(({ type, assignmentType }) => `${assignmentType} ${type}`);

describe('the roles of a person', () => {
  it('are their own and those of their groups', async () => {
    expect(await rolesOf('/api/v1/users/me')).toEqual(['USER SUPER_ADMIN']);
    const declan = await user('declan.kinsella');
    expect(await rolesOf(`/api/v1/users/${declan.id}`)).toEqual(['USER REPORT_ADMIN', 'GROUP HELP_DESK_ADMIN']);
    expect(await rolesOf('/api/v1/users/maya.lindqvist')).toEqual([]);
  });

  it('are given once, read one by one, and taken', async () => {
    const maya = await user('maya.lindqvist');
    const path = `/api/v1/users/${maya.id}/roles`;
    const given = await okta.send('POST', path, { type: 'APP_ADMIN' });
    expect(given.status).toBe(201);
    const role = given.body as Item;
    expect(role).toMatchObject({ type: 'APP_ADMIN', label: 'Application Administrator', assignmentType: 'USER' });
    expect(await okta.done('GET', `${path}/${role.id}`)).toEqual(role);
    expect(refusalOf(await okta.send('POST', path, { type: 'APP_ADMIN' }))).toEqual([409, 'E0000090']);
    expect((await okta.send('DELETE', `${path}/${role.id}`)).status).toBe(204);
    expect(refusalOf(await okta.send('DELETE', `${path}/${role.id}`))).toEqual([404, 'E0000007']);
    expect(await okta.list(path)).toEqual([]);
    expect(await okta.events(2)).toEqual(['user.account.privilege.revoke', 'user.account.privilege.grant']);
    expect(refusalOf(await okta.send('POST', path, { type: 'KING' }))).toEqual([
      400,
      'E0000001',
      'type: The role type is missing or unknown.',
    ]);
  });

  it('may be the own ones of the company, with a resource set', async () => {
    const [custom] = (await okta.done('GET', '/api/v1/iam/roles')).roles as Item[];
    const [set] = (await okta.done('GET', '/api/v1/iam/resource-sets'))['resource-sets'] as Item[];
    const body = { type: 'CUSTOM', role: custom?.id, 'resource-set': set?.id };
    const role = await okta.done('POST', '/api/v1/users/maya.lindqvist/roles', body);
    expect(role).toMatchObject({ type: 'CUSTOM', label: 'Access Reviewer', role: custom?.id, 'resource-set': set?.id });
    expect(refusalOf(await okta.send('POST', '/api/v1/users/maya.lindqvist/roles', body))[1]).toBe('E0000090');
    const wrong = { ...body, role: 'cr0None' };
    expect(refusalOf(await okta.send('POST', '/api/v1/users/maya.lindqvist/roles', wrong))[1]).toBe('E0000007');
    expect(await okta.done('GET', `/api/v1/iam/roles/${q('Access Reviewer')}`)).toEqual(custom);
    const { permissions } = await okta.done('GET', `/api/v1/iam/roles/${custom?.id}/permissions`);
    expect((permissions as Item[]).map(({ label }) => label)).toContain('okta.users.read');
    expect(await okta.done('GET', `/api/v1/iam/resource-sets/${set?.id}`)).toEqual(set);
  });

  it('end with deactivation and do not come back', async () => {
    const declan = await user('declan.kinsella');
    await okta.done('POST', `/api/v1/users/${declan.id}/lifecycle/deactivate`);
    expect(await rolesOf(`/api/v1/users/${declan.id}`)).toEqual([]);
    expect(await okta.events(3)).toContain('user.account.privilege.revoke');
    const refused = await okta.send('POST', `/api/v1/users/${declan.id}/roles`, { type: 'ORG_ADMIN' });
    expect(refusalOf(refused)).toEqual([403, 'E0000038']);
    await okta.done('POST', `/api/v1/users/${declan.id}/lifecycle/activate`);
    expect(await rolesOf(`/api/v1/users/${declan.id}`)).not.toContain('USER REPORT_ADMIN');
  });
});

describe('the roles of a group', () => {
  it("are its members' from joining until leaving, and can be taken only from the group", async () => {
    const { id } = await desk();
    const maya = await user('maya.lindqvist');
    await okta.send('PUT', `/api/v1/groups/${id}/users/${maya.id}`);
    expect(await rolesOf(`/api/v1/users/${maya.id}`)).toEqual(['GROUP HELP_DESK_ADMIN']);
    const [role] = await okta.list(`/api/v1/users/${maya.id}/roles`);
    expect(refusalOf(await okta.send('DELETE', `/api/v1/users/${maya.id}/roles/${role?.id}`))[1]).toBe('E0000007');
    expect((await okta.send('DELETE', `/api/v1/groups/${id}/roles/${role?.id}`)).status).toBe(204);
    expect(await rolesOf(`/api/v1/users/${maya.id}`)).toEqual([]);
    expect(await okta.events(1)).toEqual(['group.privilege.revoke']);
    await okta.done('POST', `/api/v1/groups/${id}/roles`, { type: 'USER_ADMIN' });
    expect(await okta.events(1)).toEqual(['group.privilege.grant']);
    expect(await rolesOf(`/api/v1/users/${maya.id}`)).toEqual(['GROUP USER_ADMIN']);
    expect(await rolesOf(`/api/v1/groups/${id}`)).toEqual(['GROUP USER_ADMIN']);
    expect(refusalOf(await okta.send('POST', `/api/v1/groups/${id}/roles`, { type: 'USER_ADMIN' }))[1]).toBe(
      'E0000090',
    );
    await okta.send('DELETE', `/api/v1/groups/${id}/users/${maya.id}`);
    expect(await rolesOf(`/api/v1/users/${maya.id}`)).toEqual([]);
  });

  it.each([
    ['Everyone', 'E0000211'],
    ['crm-sales-editors', 'E0000194'],
    ['Finance', 'E0000192'],
  ])('are refused to %s with %s', async (name, code) => {
    const { id } = await group(name);
    const refused = await okta.send('POST', `/api/v1/groups/${id}/roles`, { type: 'READ_ONLY_ADMIN' });
    expect(refusalOf(refused).slice(0, 2)).toEqual([400, code]);
    expect(await okta.list(`/api/v1/groups/${id}/roles`)).toEqual([]);
  });

  it('show in the statistics of the group', async () => {
    const [found] = await okta.list(
      `/api/v1/groups?search=${q('profile.name sw "Okta Administrators – "')}&expand=stats`,
    );
    expect(found?._embedded).toMatchObject({ stats: { hasAdminPrivlege: true } });
  });
});

it('Okta lists everybody with a role, a page at a time, the next one named in the body', async () => {
  const { id } = await desk();
  for (const login of ['maya.lindqvist', 'priya.raman', 'tomas.okafor'])
    await okta.send('PUT', `/api/v1/groups/${id}/users/${(await user(login)).id}`);
  const found: string[] = [];
  let pages = 0;
  for (let path: string | undefined = '/api/v1/iam/assignees/users?limit=2'; path !== undefined; pages++) {
    const page: Item = await okta.done('GET', path);
    found.push(...(page.value as Item[]).map((person) => person.id));
    path = (page._links as { next?: { href: string } } | undefined)?.next?.href.replace(sandbox.okta.url, '');
  }
  expect(pages).toBe(Math.ceil(found.length / 2));
  expect(new Set(found).size).toBe(found.length);
  for (const login of ['me', 'declan.kinsella', 'maya.lindqvist']) expect(found).toContain((await user(login)).id);
  expect(found).not.toContain((await user('solveig.halvorsen')).id);
});

describe('a factor', () => {
  it('is taken away alone; with push goes the one-time code of the same phone', async () => {
    const path = '/api/v1/users/declan.kinsella/factors';
    const factors = await okta.list(path);
    const push = factors.find((factor) => factor.factorType === 'push') as Item;
    expect((await okta.send('DELETE', `${path}/${push.id}`)).status).toBe(204);
    const phone = ['push', 'token:software:totp'];
    expect(await okta.list(path)).toEqual(factors.filter((factor) => !phone.includes(String(factor.factorType))));
    expect(refusalOf(await okta.send('DELETE', `${path}/${push.id}`))).toEqual([404, 'E0000007']);
    expect(refusalOf(await okta.send('GET', `${path}/${push.id}`))[1]).toBe('E0000007');
    expect(await okta.events(1)).toEqual(['user.mfa.factor.deactivate']);
    const catalog = await okta.list(`${path}/catalog`);
    expect(catalog.find((kind) => kind.factorType === 'push')?.status).toBe('NOT_SETUP');
  });
});
