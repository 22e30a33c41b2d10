// Oracle's own SDK for identity domains, unmodified and with its endpoint set, against the simulated domain's SCIM API.

import { createRequire } from 'node:module';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { openSandbox, type Sandbox, type SandboxOci } from '../../src/sandbox/index.ts';
import { newUser, own, urns } from './oci-scim-kit.ts';
import { admin, head, lockedOut } from './oidc-kit.ts';

// biome-ignore lint/suspicious/noExplicitAny: the SDK's own types are not what is tested
type Sdk = any;
const require = createRequire(import.meta.url);

let sandbox: Sandbox;
let oci: SandboxOci;
let client: Sdk;

beforeAll(async () => {
  // It tells of every refusal there.
  vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  sandbox = await openSandbox({ users: 60 });
  oci = await sandbox.oci();
  client = open(admin);
});
afterAll(() => sandbox.close());

function open(login: string): Sdk {
  const common: Sdk = require('oci-common');
  const { tenancy, user, fingerprint, privateKey } = oci.apiKeyOf(login);
  const provider = new common.SimpleAuthenticationDetailsProvider(tenancy, user, fingerprint, privateKey, null);
  const { IdentityDomainsClient }: Sdk = require('oci-identitydomains');
  const made = new IdentityDomainsClient({ authenticationDetailsProvider: provider });
  made.endpoint = oci.url;
  return made;
}

const list = async (kind: string, filter: string, attributes?: string) => {
  const answer = await client[`list${kind}`]({ filter, ...(attributes !== undefined && { attributes }) });
  return answer[`${kind.charAt(0).toLowerCase()}${kind.slice(1)}`].resources;
};
const userOf = async (login: string) => (await list('Users', `userName eq "${login}"`))[0];
const patchOp = (...operations: object[]) => ({ schemas: [urns.patch], operations });

it('users are listed page by page, found and read; names of extensions are the SDK’s own', async () => {
  const seen: string[] = [];
  let page: string | undefined;
  do {
    const answer: Sdk = await client.listUsers({
      limit: 25,
      attributes: 'userName',
      sortBy: 'userName',
      sortOrder: 'DESCENDING',
      ...(page && { page }),
    });
    seen.push(...answer.users.resources.map(({ userName }: Sdk) => userName));
    page = answer.opcNextPage ?? undefined;
  } while (page);
  expect(new Set(seen).size).toBe(60);
  expect(seen).toEqual(seen.toSorted().toReversed());
  const { id } = await userOf(head);
  const { user, opcRequestId } = await client.getUser({ userId: id, attributeSets: ['all'] });
  expect(user.emails.map(({ type }: Sdk) => type)).toEqual(['recovery', 'work']);
  expect(user.urnIetfParamsScimSchemasExtensionEnterprise2_0User.department).toBe('Finance');
  expect(user.urnIetfParamsScimSchemasOracleIdcsExtensionUserStateUser.locked.on).toBe(false);
  expect(opcRequestId).toEqual(expect.any(String));
});

it('a user is made, patched under their version, replaced, deactivated and deleted', async () => {
  const { user } = await client.createUser({ user: { schemas: [urns.user], ...newUser('sdk') } });
  expect(user).toMatchObject({ userName: 'sdk@larkspur.example', active: true });
  const userId = user.id;
  const change = patchOp({ op: 'REPLACE', path: 'title', value: 'Tester' });
  const patched = await client.patchUser({ userId, patchOp: change, ifMatch: user.meta.version });
  expect(patched.user.title).toBe('Tester');
  await expect(client.patchUser({ userId, patchOp: change, ifMatch: user.meta.version })).rejects.toMatchObject({
    statusCode: 412,
  });
  const put = await client.putUser({ userId, user: { ...patched.user, nickName: 'T' }, ifMatch: patched.etag });
  expect(put.user).toMatchObject({ nickName: 'T', title: 'Tester' });
  const changer = { schemas: [own('UserStatusChanger')], active: false };
  await client.putUserStatusChanger({ userStatusChangerId: userId, userStatusChanger: changer });
  expect((await client.getUser({ userId })).user.active).toBe(false);
  await client.deleteUser({ userId, forceDelete: true });
  await expect(client.getUser({ userId })).rejects.toMatchObject({ statusCode: 404, opcRequestId: expect.any(String) });
});

it('somebody is unlocked, their password reset, their factors removed', async () => {
  const { id } = await userOf(lockedOut);
  const path = `${urns.state}:locked.on`;
  const { user } = await client.patchUser({ userId: id, patchOp: patchOp({ op: 'REPLACE', path, value: false }) });
  expect(user.urnIetfParamsScimSchemasOracleIdcsExtensionUserStateUser.locked.on).toBe(false);
  const resetter = { schemas: [own('UserPasswordResetter')], userFlowControlledByExternalClient: true };
  const reset = await client.putUserPasswordResetter({ userPasswordResetterId: id, userPasswordResetter: resetter });
  expect(reset.userPasswordResetter.userToken.value).toEqual(expect.any(String));
  const remover = { schemas: [own('AuthenticationFactorsRemover')], user: { value: id }, type: 'MFA' };
  const removed = await client.createAuthenticationFactorsRemover({ authenticationFactorsRemover: remover });
  expect(removed.authenticationFactorsRemover.user.value).toBe(id);
});

it('groups and their members', async () => {
  const { id } = await userOf(head);
  const member = { value: id, type: 'User' };
  const { group } = await client.createGroup({
    group: { schemas: [urns.group], displayName: 'SDK', members: [member] },
    attributes: 'members',
  });
  expect(group.members).toMatchObject([{ value: id, name: head }]);
  const groupId = group.id;
  const patch = async (operation: object) =>
    (await client.patchGroup({ groupId, patchOp: patchOp(operation), attributes: 'members' })).group.members ?? [];
  expect(await patch({ op: 'REMOVE', path: `members[value eq "${id}"]` })).toEqual([]);
  expect(await patch({ op: 'ADD', path: 'members', value: [member] })).toHaveLength(1);
  await expect(client.deleteGroup({ groupId })).rejects.toMatchObject({ statusCode: 400 });
  await client.deleteGroup({ groupId, forceDelete: true });
});

it('applications, their roles, and grants', async () => {
  const [app] = await list('Apps', 'displayName eq "Dock Scheduler"');
  const [role] = await list('AppRoles', `app.value eq "${app.id}"`, 'displayName,members');
  expect(role).toMatchObject({ displayName: 'Slot Planner', members: [{ type: 'Group' }] });
  const { id } = await userOf(head);
  const { grant } = await client.createGrant({
    grant: {
      schemas: [own('Grant')],
      grantMechanism: 'ADMINISTRATOR_TO_USER',
      grantee: { value: id, type: 'User' },
      app: { value: app.id },
      entitlement: { attributeName: 'appRoles', attributeValue: role.id },
    },
  });
  expect(await list('Grants', `grantee.value eq "${id}" and app.value eq "${app.id}"`)).toHaveLength(1);
  await client.deleteGrant({ grantId: grant.id });
  const off = { appStatusChangerId: app.id, appStatusChanger: { schemas: [own('AppStatusChanger')], active: false } };
  await client.putAppStatusChanger(off);
  expect((await client.getApp({ appId: app.id })).app.active).toBe(false);
});

it('policies, rules, providers, trusts and settings', async () => {
  const { policies } = await client.listPolicies({ attributes: 'name,rules' });
  const policy = policies.resources.find(({ id }: Sdk) => id === 'DefaultSignOnPolicy');
  const { rule } = await client.getRule({ ruleId: policy.rules[0].value });
  expect(rule._return ?? rule.return).toContainEqual({ name: '2FAEnabled', value: 'true' });
  const { condition } = await client.getCondition({ conditionId: rule.conditionGroup.value });
  expect(condition.operator).toBe('coany');
  expect((await client.listPasswordPolicies({})).passwordPolicies.resources[0]).toMatchObject({ minLength: 8 });
  expect((await client.listIdentityProviders({})).identityProviders.totalResults).toBe(3);
  expect((await client.listNetworkPerimeters({})).networkPerimeters.resources[0].ipAddresses).toHaveLength(2);
  const { identityPropagationTrusts } = await client.listIdentityPropagationTrusts({});
  expect(identityPropagationTrusts.resources[0]).toMatchObject({ type: 'JWT', active: true });
  const open = patchOp({ op: 'REPLACE', path: 'signingCertPublicAccess', value: true });
  const { setting } = await client.patchSetting({ settingId: 'Settings', patchOp: open });
  expect(setting.signingCertPublicAccess).toBe(true);
  const { authenticationFactorSettings } = await client.listAuthenticationFactorSettings({});
  expect(authenticationFactorSettings.resources[0].totpEnabled).toBe(true);
});

it('a search in a body, with the SDK’s capitals', async () => {
  const { users } = await client.searchUsers({
    userSearchRequest: {
      schemas: [urns.search],
      filter: 'emails[type eq "work" and value sw "helena."]',
      attributes: ['userName'],
      sortBy: 'userName',
      sortOrder: 'DESCENDING',
      count: 1,
    },
  });
  expect(users).toMatchObject({
    totalResults: expect.any(Number),
    resources: [{ userName: expect.stringMatching(/^helena\./) }],
  });
  expect(users.resources).toHaveLength(1);
});

it('keys and tokens of people, and one’s own', async () => {
  const { apiKeys } = await client.listApiKeys({ filter: 'user.display pr' });
  expect(apiKeys.resources.length).toBeGreaterThan(2);
  const person = open(head);
  expect((await person.getMe({})).me.userName).toBe(head);
  expect((await person.listMyApiKeys({})).myApiKeys.resources).toHaveLength(1);
  await expect(person.listUsers({})).rejects.toMatchObject({ statusCode: 403 });
});
