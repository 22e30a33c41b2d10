// Changing resources of the simulated domain: what can be written, PUT, PATCH, uniqueness, versions and deletion.

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSandbox, type Sandbox, type SandboxOci } from '../../src/sandbox/index.ts';
import { createScimClient, newUser, type Operation, own, refusalOf, type ScimClient, urns } from './oci-scim-kit.ts';
import { admin, head, lockedOut } from './oidc-kit.ts';

let now: number;
let sandbox: Sandbox;
let oci: SandboxOci;
let scim: ScimClient;

beforeEach(async () => {
  now = Date.parse('2026-03-02T09:00:00Z');
  sandbox = await openSandbox({ users: 30, now: () => now });
  oci = await sandbox.oci();
  scim = createScimClient(oci);
});
afterEach(() => sandbox.close());

const idOf = async (login: string) => (await scim.find('Users', `userName eq "${login}"`))[0].id;
const create = (kind: string, urn: string, body: object) => scim.ask('POST', kind, { schemas: [urn], ...body });
const patchUser = async (id: string, ...operations: Operation[]) =>
  refusalOf(await scim.patch(`Users/${id}`, ...operations));

describe('create', () => {
  it('a user has what the domain decides: name, recovery address, capabilities, state (docs.oracle.com "Response Body")', async () => {
    const reply = await create('Users', urns.user, newUser('nina', { id: 'mine', ocid: 'ocid1.user.oc1..mine' }));
    expect(reply.status).toBe(201);
    const { body, headers } = reply;
    expect(headers.get('location')).toBe(`${oci.url}/admin/v1/Users/${body.id}`);
    expect(headers.get('etag')).toBe(`"${body.meta.version}"`);
    expect(body.id).toMatch(/^[0-9a-f]{32}$/);
    expect(body.ocid).toMatch(/^ocid1\.user\.oc1\.\./);
    expect(body).toMatchObject({
      displayName: 'nina Newcomer',
      active: true,
      meta: { created: '2026-03-02T09:00:00.000Z', resourceType: 'User' },
      idcsCreatedBy: { type: 'User', display: admin },
      [urns.ext]: { isFederatedUser: false },
      [urns.state]: { locked: { on: false } },
    });
    expect(body.emails.map(({ type, primary }: { type: string; primary: boolean }) => [type, primary])).toEqual([
      ['recovery', false],
      ['work', true],
    ]);
    expect(await scim.get(`Users/${body.id}`)).toEqual(body);
  });

  it.each([
    ['without a primary address', { userName: 'x' }, '400 error.identity.user.primaryEmailNotSpecified'],
    ['without a user name', { emails: newUser('x').emails }, '400 error.common.validation.missingReqAttributes'],
    [
      'with an address without type',
      { ...newUser('x'), emails: [{ value: 'a@b.c', primary: true }] },
      '400 error.common.validation.missingReqAttributes',
    ],
    [
      'with an attribute that there is not',
      newUser('x', { shoeSize: 44 }),
      '400 error.common.validation.invalidAttribute',
    ],
    ['with a value of another type', newUser('x', { active: 'yes' }), '400 error.common.validation.invalidValue'],
    ['with a word that there is not', newUser('x', { userType: 'Pirate' }), '400 error.common.validation.invalidValue'],
    [
      'with a manager who is nobody',
      newUser('x', { [urns.enterprise]: { manager: { value: 'nobody' } } }),
      '400 error.common.validation.invalidReferenceResource',
    ],
    ['with a weak password', newUser('x', { password: 'x' }), '400 error.identity.passwordmgmt.policyViolation'],
    [
      'with the user name of somebody, in capitals',
      newUser('helena.BRANDT'),
      '409 error.common.validation.uniquenessConstraint',
    ],
  ])('refuses a user %s', async (_, body, refusal) => {
    expect(refusalOf(await create('Users', urns.user, body))).toBe(refusal);
    expect((await scim.get('Users')).totalResults).toBe(30);
  });

  it('refuses a body that is no JSON, no object, or does not name its schema', async () => {
    expect(refusalOf(await scim.ask('POST', 'Users', '{"userName":'))).toBe('400 error.common.validation.invalidJson');
    expect(refusalOf(await scim.ask('POST', 'Users', '[]'))).toBe('400 error.common.validation.invalidJson');
    expect(refusalOf(await scim.ask('POST', 'Users', newUser('x')))).toBe(
      '400 error.common.validation.missingReqAttributes',
    );
    expect(refusalOf(await create('Users', urns.group, newUser('x')))).toBe(
      '400 error.common.validation.invalidSchema',
    );
  });

  it('what only the domain writes is passed over in silence, and a password is never given back', async () => {
    const groups = [{ value: 'anything' }];
    const phoneNumbers = [{ type: 'work', value: '+31 10 555 0100', verified: true, display: 'mine' }];
    const { body } = await create(
      'Users',
      urns.user,
      newUser('nina', { groups, phoneNumbers, password: 'Str0ng-enough!' }),
    );
    const whole = await scim.get(`Users/${body.id}?attributeSets=all`);
    expect(whole).not.toHaveProperty('groups');
    expect(whole.phoneNumbers).toEqual([{ type: 'work', value: '+31 10 555 0100' }]);
    expect(JSON.stringify(whole)).not.toContain('Str0ng');
    expect(whole[urns.password].lastSuccessfulSetDate).toBe('2026-03-02T09:00:00.000Z');
  });

  it('the same opc-retry-token once more makes nothing twice', async () => {
    const headers = { 'opc-retry-token': 'once' };
    const body = { schemas: [urns.user], ...newUser('nina') };
    const [first, second] = [
      await scim.ask('POST', 'Users', body, headers),
      await scim.ask('POST', 'Users', body, headers),
    ];
    expect(second.body).toEqual(first.body);
    expect((await scim.get('Users')).totalResults).toBe(31);
  });
});

describe('PATCH (RFC 7644 §3.5.2)', () => {
  it('replaces, adds and removes; op in small letters or in capitals as Oracle’s SDK has it', async () => {
    const id = await idOf(head);
    now += 1000;
    const reply = await scim.patch(
      `Users/${id}`,
      { op: 'REPLACE', path: 'title', value: 'Chair' },
      { op: 'add', path: 'phoneNumbers', value: [{ type: 'work', value: '+31 10 555 0100' }] },
      { op: 'Remove', path: 'addresses' },
      { op: 'replace', path: 'name.middleName', value: 'M' },
      { op: 'replace', path: `${urns.enterprise}:department`, value: 'Board' },
    );
    expect(reply.status).toBe(200);
    expect(reply.body).toMatchObject({
      title: 'Chair',
      name: { givenName: 'Solveig', middleName: 'M' },
      meta: { lastModified: '2026-03-02T09:00:01.000Z' },
      [urns.enterprise]: { department: 'Board', organization: 'Larkspur Logistics' },
    });
    expect(reply.body.phoneNumbers).toHaveLength(2);
    expect(reply.body).not.toHaveProperty('addresses');
    expect(reply.headers.get('etag')).toBe(`"${reply.body.meta.version}"`);
  });

  it('entries are chosen by a filter in the path, whole or by a part', async () => {
    const id = await idOf(head);
    await scim.patch(`Users/${id}`, {
      op: 'replace',
      path: 'emails[type eq "recovery"].value',
      value: 'home@solveig.example',
    });
    const { emails } = await scim.get(`Users/${id}`);
    expect(emails.find(({ type }: { type: string }) => type === 'recovery').value).toBe('home@solveig.example');
    expect(emails.find(({ type }: { type: string }) => type === 'work').value).toBe(head);
    await scim.patch(`Users/${id}`, { op: 'remove', path: 'emails[type eq "recovery" and primary eq false]' });
    expect((await scim.get(`Users/${id}`)).emails).toHaveLength(1);
    expect(await patchUser(id, { op: 'remove', path: 'emails[type eq "home"]' })).toBe(
      '400 error.common.validation.noTarget',
    );
    expect(await patchUser(id, { op: 'replace', path: 'emails[type eq "home"].value', value: 'x' })).toMatch(
      /noTarget/,
    );
  });

  it('a value that stands without a path says its attributes', async () => {
    const id = await idOf(head);
    const value = { title: 'Chair', [urns.enterprise]: { costCenter: '77' } };
    await scim.patch(`Users/${id}`, { op: 'replace', value } as Operation);
    const after = await scim.get(`Users/${id}`);
    expect(after).toMatchObject({ title: 'Chair', [urns.enterprise]: { costCenter: '77', department: 'Finance' } });
  });

  it('members of a group are added once and removed; who is nobody is refused', async () => {
    const id = await idOf(head);
    const [group] = await scim.find('Groups', 'displayName eq "IT"');
    const add = (value: string) =>
      scim.patch(`Groups/${group.id}?attributes=members`, {
        op: 'add',
        path: 'members',
        value: [{ value, type: 'User' }],
      });
    const before = (await scim.get(`Groups/${group.id}?attributes=members`)).members.length;
    now += 60_000;
    const { body } = await add(id);
    expect(body.members).toHaveLength(before + 1);
    expect(body.members.at(-1)).toMatchObject({
      value: id,
      name: head,
      display: 'Solveig Halvorsen',
      dateAdded: '2026-03-02T09:01:00.000Z',
    });
    expect((await add(id)).body.members).toHaveLength(before + 1);
    expect(refusalOf(await add('nobody'))).toBe('400 error.common.validation.invalidReferenceResource');
    const removed = await scim.patch(`Groups/${group.id}?attributes=members`, {
      op: 'remove',
      path: `members[value eq "${id}"]`,
    });
    expect(removed.body.members).toHaveLength(before);
  });

  it('is done whole or not at all', async () => {
    const id = await idOf(head);
    const before = await scim.get(`Users/${id}?attributeSets=all`);
    const refusal = await patchUser(
      id,
      { op: 'replace', path: 'title', value: 'Chair' },
      { op: 'replace', path: 'userName', value: admin },
    );
    expect(refusal).toBe('409 error.common.validation.uniquenessConstraint');
    expect(await scim.get(`Users/${id}?attributeSets=all`)).toEqual(before);
  });

  it.each<[string, Operation, string]>([
    ['what is read only', { op: 'replace', path: 'groups', value: [] }, 'readOnlyAttribute'],
    ['what is read only in part', { op: 'replace', path: 'meta.version', value: 'x' }, 'readOnlyAttribute'],
    ['an immutable attribute that has a value', { op: 'replace', path: 'ocid', value: 'x' }, 'immutableAttribute'],
    ['what must be there', { op: 'remove', path: 'userName' }, 'missingReqAttributes'],
    ['the only primary address', { op: 'remove', path: 'emails' }, 'primaryEmailNotSpecified'],
    ['what there is not', { op: 'replace', path: 'shoeSize', value: 44 }, 'invalidPath'],
    ['a path that is none', { op: 'replace', path: 'emails[type eq', value: 'x' }, 'invalidPath'],
    ['with another operation', { op: 'move', path: 'title', value: 'x' }, 'invalidValue'],
    ['a removal of nothing that is named', { op: 'remove' }, 'invalidPath'],
    ['by a value of another type', { op: 'replace', path: 'active', value: 'no' }, 'invalidValue'],
  ])('refuses %s', async (_, operation, messageId) => {
    expect(await patchUser(await idOf(head), operation)).toMatch(new RegExp(`^400 error\\..*\\.${messageId}$`));
  });
});

describe('PUT (RFC 7644 §3.5.1)', () => {
  it('sets what is sent and clears what is not; what cannot be written may come back as it is', async () => {
    const id = await idOf(head);
    const before = await scim.get(`Users/${id}`);
    const { title: _, ...rest } = before;
    const { status, body } = await scim.ask('PUT', `Users/${id}`, { ...rest, nickName: 'Sol' });
    expect(status).toBe(200);
    expect(body).toMatchObject({ id, userName: head, nickName: 'Sol', [urns.enterprise]: { department: 'Finance' } });
    expect(body).not.toHaveProperty('title');
    expect(body.meta.created).toBe(before.meta.created);
  });

  it('of a group without members leaves none, since they can be written', async () => {
    const [{ id, displayName }] = await scim.find('Groups', 'displayName eq "Finance"');
    await scim.ask('PUT', `Groups/${id}`, { schemas: [urns.group], displayName });
    expect(await scim.get(`Groups/${id}?attributes=members`)).not.toHaveProperty('members');
  });

  it('refuses another value for what is read only or immutable', async () => {
    const id = await idOf(head);
    const before = await scim.get(`Users/${id}`);
    const put = async (more: object) => refusalOf(await scim.ask('PUT', `Users/${id}`, { ...before, ...more }));
    expect(await put({ id: 'other' })).toBe('400 error.common.validation.readOnlyAttribute');
    expect(await put({ ocid: 'ocid1.user.oc1..other' })).toBe('400 error.common.validation.immutableAttribute');
    expect(await put({ meta: { ...before.meta, created: '2020-01-01T00:00:00.000Z' } })).toMatch(/readOnlyAttribute/);
  });
});

describe('versions (RFC 7644 §3.14)', () => {
  it('a change for another version than there is, is refused with 412 and does nothing', async () => {
    const id = await idOf(head);
    const { meta } = await scim.get(`Users/${id}`);
    const body = { schemas: [urns.patch], Operations: [{ op: 'replace', path: 'title', value: 'Chair' }] };
    const patch = (version: string) => scim.ask('PATCH', `Users/${id}`, body, { 'if-match': version });
    expect(refusalOf(await patch('"0123"'))).toBe('412 error.common.common.versionMismatch');
    expect((await scim.get(`Users/${id}`)).title).toBe('Chief Executive Officer');
    expect((await patch(`W/"${meta.version}"`)).status).toBe(200);
    expect(refusalOf(await patch(meta.version))).toBe('412 error.common.common.versionMismatch');
    expect((await patch('*')).status).toBe(200);
    expect(refusalOf(await scim.ask('DELETE', `Users/${id}`, undefined, { 'if-match': meta.version }))).toMatch(/^412/);
  });

  it('a read for another version than is known', async () => {
    const id = await idOf(head);
    const { meta } = await scim.get(`Users/${id}`);
    const read = (version: string) => scim.ask('GET', `Users/${id}`, undefined, { 'if-none-match': version });
    expect((await read(`"${meta.version}"`)).status).toBe(304);
    expect((await read('"other"')).status).toBe(200);
  });
});

describe('DELETE', () => {
  it('of what others refer to is refused without forceDelete, and takes the references along with it', async () => {
    const id = await idOf(lockedOut);
    expect(refusalOf(await scim.ask('DELETE', `Users/${id}`))).toBe('400 error.common.validation.resourceInUse');
    expect((await scim.ask('DELETE', `Users/${id}?forceDelete=true`)).status).toBe(204);
    expect(refusalOf(await scim.ask('GET', `Users/${id}`))).toBe('404 error.common.common.resourceNotFound');
    expect(await scim.find('Groups', `members.value eq "${id}"`)).toEqual([]);
    expect(await scim.find('Devices', `user.value eq "${id}"`)).toEqual([]);
    expect(refusalOf(await scim.ask('DELETE', `Users/${id}?forceDelete=true`))).toMatch(/^404/);
  });

  it('of a group with grants', async () => {
    const [{ id }] = await scim.find('Groups', 'displayName eq "Finance"');
    expect(refusalOf(await scim.ask('DELETE', `Groups/${id}`))).toMatch(/^400 .*resourceInUse/);
    expect((await scim.ask('DELETE', `Groups/${id}?forceDelete=true`)).status).toBe(204);
    expect(await scim.find('Grants', `grantee.value eq "${id}"`)).toEqual([]);
  });

  it('of somebody whom nothing refers to needs no force', async () => {
    const { id } = await scim.create('Users', urns.user, newUser('nina'));
    expect((await scim.ask('DELETE', `Users/${id}`)).status).toBe(204);
  });

  it('what is the domain’s own is neither changed nor deleted, forced or not', async () => {
    for (const path of ['Groups/AllUsersId', 'Apps/IDCSAppId'])
      expect(refusalOf(await scim.ask('DELETE', `${path}?forceDelete=true`)), path).toBe(
        '400 error.common.validation.operationPrevented',
      );
    const rename = await scim.patch('Groups/AllUsersId', { op: 'replace', path: 'displayName', value: 'Nobody' });
    expect(refusalOf(rename)).toBe('400 error.common.validation.operationPrevented');
    const off = await scim.ask('PUT', 'AppStatusChanger/IDCSAppId', {
      schemas: [own('AppStatusChanger')],
      active: false,
    });
    expect(refusalOf(off)).toBe('400 error.common.validation.operationPrevented');
    expect((await scim.get('Groups/AllUsersId?attributes=idcsPreventedOperations')).idcsPreventedOperations).toContain(
      'delete',
    );
  });
});

it('a method that an endpoint has not is 405, an endpoint that is not there 404', async () => {
  expect(refusalOf(await scim.ask('DELETE', 'Users'))).toBe('405 error.common.common.methodNotAllowed');
  expect(refusalOf(await scim.ask('POST', 'Settings', {}))).toBe('405 error.common.common.methodNotAllowed');
  expect(refusalOf(await scim.ask('GET', 'Wizards'))).toBe('404 error.common.common.endpointNotFound');
  expect(refusalOf(await scim.ask('GET', 'Users/none/groups'))).toBe('404 error.common.common.endpointNotFound');
});
