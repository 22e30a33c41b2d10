// Who may do what in the simulated domain, and how they show who they are.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSandbox, type Sandbox, type SandboxOci } from '../../src/sandbox/index.ts';
import { keyOf, send, signRequest } from './oci-kit.ts';
import { createClient, createScimClient, newUser, own, refusalOf, type ScimClient, urns } from './oci-scim-kit.ts';
import { admin, head, helpDesk, lockedOut } from './oidc-kit.ts';

let sandbox: Sandbox;
let oci: SandboxOci;
let scim: ScimClient;

beforeAll(async () => {
  sandbox = await openSandbox({ users: 30 });
  oci = await sandbox.oci();
  scim = createScimClient(oci);
});
afterAll(() => sandbox.close());

const idOf = async (login: string) => (await scim.find('Users', `userName eq "${login}"`))[0].id;

async function grantRole(login: string, role: string): Promise<string> {
  const [{ id, app }] = await scim.find('AppRoles', `displayName eq "${role}"`);
  const grant = await scim.create('Grants', own('Grant'), {
    grantMechanism: 'ADMINISTRATOR_TO_USER',
    grantee: { value: await idOf(login), type: 'User' },
    app: { value: app.value },
    entitlement: { attributeName: 'appRoles', attributeValue: id },
  });
  return grant.id;
}

const denied = '401 error.common.common.accessDenied';
const forbidden = '403 error.common.common.forbidden';

describe('who asks', () => {
  it('nobody, a token that is made up, one for another audience and one that has ended are refused with 401', async () => {
    const bearer = (token: string) => createClient(oci, { authorization: `Bearer ${token}` }).ask('GET', 'Users');
    const none = await createClient(oci, {}).ask('GET', 'Users');
    expect(refusalOf(none)).toBe(denied);
    expect(none.headers.get('www-authenticate')).toBe('Bearer');
    expect(refusalOf(await bearer('made-up'))).toBe(denied);
    const { audience, scopes } = oci.resource;
    const foreign = oci.issueToken({ login: admin, scopes: [audience + scopes[0]] });
    expect(refusalOf(await bearer(foreign))).toBe(denied);
    // A scope of somebody's own, named as the domain names its own.
    oci.addResource('https://other.example/', ['urn:opc:idm:t.user']);
    const named = oci.issueToken({ login: admin, scopes: ['https://other.example/urn:opc:idm:t.user'] });
    expect(refusalOf(await bearer(named))).toBe(denied);
    expect(refusalOf(await bearer(oci.issueToken({ login: admin, scopes: ['openid'] })))).toBe(denied);
    const ended = oci.issueToken({ login: admin, scopes: ['urn:opc:idm:__myscopes__'], expiresIn: -1 });
    expect(refusalOf(await bearer(ended))).toBe(denied);
  });

  it('an application asks with a token of its own, and has the rights of its grants', async () => {
    const asApp = createClient(oci, {
      authorization: `Bearer ${oci.issueToken({ scopes: ['urn:opc:idm:__myscopes__'] })}`,
    });
    expect((await asApp.get('Users?count=1')).totalResults).toBe(30);
    const { body } = await asApp.ask('POST', 'Groups', {
      schemas: [urns.group],
      displayName: 'Made by an application',
    });
    expect(body.idcsCreatedBy).toMatchObject({ type: 'App', display: 'Castellan' });
  });

  it('a signature as for OCI’s services does in the place of a token; an altered one does not', async () => {
    const url = `${oci.url}/admin/v1/Users?count=1`;
    const signed = signRequest(url, keyOf(oci, admin));
    const { status, body } = await send(signed);
    expect([status, body.totalResults]).toEqual([200, 30]);
    expect((await send({ ...signed, url: `${url}&startIndex=2` })).status).toBe(401);
    expect((await send(signRequest(url, keyOf(oci, head)))).status).toBe(403);
    const write = signRequest(`${oci.url}/admin/v1/Groups`, keyOf(oci, admin), {
      method: 'POST',
      body: JSON.stringify({ schemas: [urns.group], displayName: 'Signed' }),
    });
    expect((await send({ ...write, body: write.body?.replace('Signed', 'Other') ?? '' })).status).toBe(401);
    expect((await send(write)).status).toBe(201);
  });

  it('whoever is locked or deactivated asks no more, whatever they hold', async () => {
    const person = createScimClient(oci, head);
    await person.get('Me');
    await scim.patch(`Users/${await idOf(head)}`, { op: 'replace', path: 'active', value: false });
    expect(refusalOf(await person.ask('GET', 'Me'))).toBe(denied);
    expect((await send(signRequest(`${oci.url}/admin/v1/Me`, keyOf(oci, head)))).status).toBe(401);
    await scim.patch(`Users/${await idOf(head)}`, { op: 'replace', path: 'active', value: true });
  });
});

describe('roles of administrators (docs.oracle.com "Understanding Administrator Roles")', () => {
  it('without one people read themselves, and nobody else', async () => {
    const person = createScimClient(oci, head);
    const id = await idOf(head);
    expect((await person.get('Me')).userName).toBe(head);
    expect((await person.get(`Users/${id}`)).userName).toBe(head);
    expect(refusalOf(await person.ask('GET', 'Users'))).toBe(forbidden);
    expect(refusalOf(await person.ask('GET', `Users/${await idOf(admin)}`))).toBe(forbidden);
    expect(refusalOf(await person.ask('POST', 'Users', { schemas: [urns.user], ...newUser('x') }))).toBe(forbidden);
    expect(refusalOf(await person.patch(`Users/${id}`, { op: 'replace', path: 'title', value: 'x' }))).toBe(forbidden);
    expect(refusalOf(await person.ask('GET', 'Settings'))).toBe(forbidden);
    expect((await person.get('ServiceProviderConfig')).patch).toEqual({ supported: true });
  });

  it('the help desk unlocks, resets passwords and factors, and changes nothing else', async () => {
    const desk = createScimClient(oci, helpDesk);
    const id = await idOf(lockedOut);
    expect((await desk.get('Users')).totalResults).toBe(30);
    const title = { op: 'replace', path: 'title', value: 'x' };
    const unlock = { op: 'replace', path: `${urns.state}:locked.on`, value: false };
    expect(refusalOf(await desk.patch(`Users/${id}`, title))).toBe(forbidden);
    expect(refusalOf(await desk.patch(`Users/${id}`, unlock, title))).toBe(forbidden);
    expect(refusalOf(await desk.ask('DELETE', `Users/${id}`))).toBe(forbidden);
    expect(refusalOf(await desk.ask('POST', 'Users', { schemas: [urns.user], ...newUser('x') }))).toBe(forbidden);
    expect((await desk.patch(`Users/${id}`, unlock)).body[urns.state].locked).toEqual({ on: false });
    const resetter = { schemas: [own('UserPasswordResetter')] };
    expect((await desk.ask('PUT', `UserPasswordResetter/${id}`, resetter)).status).toBe(200);
    const remover = { schemas: [own('AuthenticationFactorsRemover')], user: { value: id }, type: 'MFA' };
    expect((await desk.ask('POST', 'AuthenticationFactorsRemover', remover)).status).toBe(201);
    const off = { schemas: [own('UserStatusChanger')], active: false };
    expect(refusalOf(await desk.ask('PUT', `UserStatusChanger/${id}`, off))).toBe(forbidden);
  });

  it.each([
    ['User Administrator', { Users: 200, Groups: 200, Apps: 200, Policies: 403, Settings: 403 }],
    ['Application Administrator', { Users: 200, Apps: 200, Grants: 200, Settings: 403 }],
    ['Security Administrator', { Policies: 200, Settings: 200, IdentityProviders: 200 }],
    ['Audit Administrator', { Users: 200, Apps: 200, Policies: 200, Settings: 200 }],
  ])('%s', async (role, expected) => {
    const grant = await grantRole(head, role);
    const person = createScimClient(oci, head);
    const statuses = Object.keys(expected).map(async (kind) => [kind, (await person.ask('GET', kind)).status]);
    expect(Object.fromEntries(await Promise.all(statuses))).toEqual(expected);
    const made = await person.ask('POST', 'Groups', { schemas: [urns.group], displayName: `By ${role}` });
    expect(made.status).toBe(role === 'User Administrator' ? 201 : 403);
    expect((await scim.ask('DELETE', `Grants/${grant}`)).status).toBe(204);
    expect((await person.ask('GET', 'Users')).status).toBe(403);
  });

  it('a role by another name gives nothing, whatever that name is', async () => {
    for (const displayName of ['constructor', '__proto__', 'identity domain administrators']) {
      await scim.create('AppRoles', own('AppRole'), { displayName, app: { value: 'IDCSAppId' } });
      const grant = await grantRole(head, displayName);
      expect((await createScimClient(oci, head).ask('GET', 'Users')).status, displayName).toBe(403);
      await scim.ask('DELETE', `Grants/${grant}`, 'a body that nobody reads');
    }
  });

  it('roles come by groups as well: whoever leaves the group has them no more', async () => {
    const [group] = await scim.find('Groups', 'displayName eq "Identity Administrators"');
    const id = await idOf(head);
    const person = createScimClient(oci, head);
    await scim.patch(`Groups/${group.id}`, { op: 'add', path: 'members', value: [{ value: id, type: 'User' }] });
    expect((await person.ask('GET', 'Settings')).status).toBe(200);
    await scim.patch(`Groups/${group.id}`, { op: 'remove', path: `members[value eq "${id}"]` });
    expect((await person.ask('GET', 'Settings')).status).toBe(403);
  });
});

describe('what is one’s own', () => {
  it('Me can be read, and changed where it is for oneself to change', async () => {
    const person = createScimClient(oci, head);
    const { body } = await person.patch('Me', { op: 'replace', path: 'nickName', value: 'Sol' });
    expect(body).toMatchObject({ nickName: 'Sol', meta: { resourceType: 'Me' } });
    for (const path of ['userName', 'active', `${urns.state}:locked.on`])
      expect(refusalOf(await person.patch('Me', { op: 'replace', path, value: true })), path).toBe(forbidden);
    expect(
      refusalOf(
        await createClient(oci, {
          authorization: `Bearer ${oci.issueToken({ scopes: ['urn:opc:idm:__myscopes__'] })}`,
        }).ask('GET', 'Me'),
      ),
    ).toBe(forbidden);
  });

  it('own tokens, keys, devices and groups, and not those of others', async () => {
    const person = createScimClient(oci, head);
    const made = await person.ask('POST', 'MyAuthTokens', { schemas: [own('authToken')], description: 'mine' });
    expect(made.body).toMatchObject({ description: 'mine', user: { value: await idOf(head) } });
    expect(
      (await person.get('MyAuthTokens')).Resources.map(({ description }: { description: string }) => description),
    ).toEqual(['mine']);
    const [foreign] = await scim.find('AuthTokens', 'user.display pr');
    expect(refusalOf(await person.ask('GET', `MyAuthTokens/${foreign.id}`))).toMatch(/^404/);
    expect(refusalOf(await person.ask('DELETE', `MyAuthTokens/${foreign.id}`))).toMatch(/^404/);
    expect((await person.ask('DELETE', `MyAuthTokens/${made.body.id}`)).status).toBe(204);
    const groups = (await person.get('MyGroups')).Resources;
    expect(groups.map(({ displayName }: { displayName: string }) => displayName)).toEqual(['Finance']);
    const devices = (await person.get('MyDevices')).Resources;
    const all = await scim.find('Devices', `user.value eq "${await idOf(head)}"`);
    expect(devices.map(({ id }: { id: string }) => id)).toEqual(all.map(({ id }) => id));
  });
});
