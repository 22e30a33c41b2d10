// Okta's own client for Node, unmodified, against the simulated Okta: an independent reader of the same API.

import { createRequire } from 'node:module';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openSandbox, type Sandbox } from '../../src/sandbox/index.ts';

interface Found {
  id: string;
  label?: string;
  status?: string;
  factorType?: string;
  eventType?: string;
  scope?: string;
  created?: Date;
  profile?: { login?: string; name?: string; description?: string };
}
interface Collection {
  each: (visit: (item: Found) => void) => Promise<void>;
}
type List = (request: object) => Promise<Collection>;
type Act = (request: object) => Promise<Found>;
interface SdkClient {
  userApi: { listUsers: List; getUser: (request: object) => Promise<Found>; listUserGroups: List };
  groupApi: Record<'listGroups' | 'listGroupUsers', List> &
    Record<
      | 'createGroup'
      | 'replaceGroup'
      | 'deleteGroup'
      | 'createGroupRule'
      | 'activateGroupRule'
      | 'deactivateGroupRule'
      | 'deleteGroupRule',
      Act
    >;
  applicationApi: Record<'listApplications' | 'listApplicationUsers' | 'listApplicationGroupAssignments', List> &
    Record<
      | 'replaceApplication'
      | 'deactivateApplication'
      | 'deleteApplication'
      | 'assignUserToApplication'
      | 'updateApplicationUser'
      | 'unassignUserFromApplication'
      | 'assignGroupToApplication',
      Act
    >;
  policyApi: { listPolicies: List; listPolicyRules: List };
  networkZoneApi: { listNetworkZones: List };
  systemLogApi: { listLogEvents: List };
  userFactorApi: { listFactors: List };
}

let sandbox: Sandbox;
let okta: SdkClient;

beforeAll(async () => {
  sandbox = await openSandbox();
  const { Client } = createRequire(import.meta.url)('@okta/okta-sdk-nodejs') as {
    Client: new (options: object) => SdkClient;
  };
  okta = new Client({ orgUrl: sandbox.okta.url, token: sandbox.okta.token });
}, 30_000);
afterAll(() => sandbox.close());

async function gather(list: Promise<Collection>): Promise<Found[]> {
  const found: Found[] = [];
  await (await list).each((item) => void found.push(item));
  return found;
}

it('pages through all users, and through a search', async () => {
  const users = await gather(okta.userApi.listUsers({ limit: 30 }));
  expect(users.length).toBeGreaterThan(220);
  expect(new Set(users.map((user) => user.id)).size).toBe(users.length);
  expect(users[0]?.created).toBeInstanceOf(Date);
  const locked = await gather(okta.userApi.listUsers({ search: 'status eq "LOCKED_OUT"' }));
  expect(locked.map((user) => user.profile?.login)).toContain('maya.lindqvist@larkspur.example');
});

it('gets one user with groups and factors', async () => {
  const user = await okta.userApi.getUser({
    id: 'priya.raman@larkspur.example',
    userId: 'priya.raman@larkspur.example',
  });
  expect(user.profile?.login).toBe('priya.raman@larkspur.example');
  const groups = await gather(okta.userApi.listUserGroups({ id: user.id, userId: user.id }));
  expect(groups.map((group) => group.profile?.name)).toContain('Everyone');
  const factors = await gather(okta.userFactorApi.listFactors({ userId: user.id }));
  expect(factors.map((factor) => factor.factorType)).toContain('push');
});

it('lists groups with members, and applications with assignments', async () => {
  const groups = await gather(okta.groupApi.listGroups({ limit: 10 }));
  expect(groups.length).toBeGreaterThan(25);
  const members = await gather(okta.groupApi.listGroupUsers({ groupId: groups[0]?.id, limit: 50 }));
  expect(members.length).toBeGreaterThan(220);
  const apps = await gather(okta.applicationApi.listApplications({ limit: 10 }));
  expect(apps.map((app) => app.label)).toContain('Berth Warehouse System');
  const wiki = apps.find((app) => app.label === 'Larkpedia Wiki');
  const assigned = await gather(okta.applicationApi.listApplicationUsers({ appId: wiki?.id }));
  expect(assigned.length).toBe(members.length);
  expect(await gather(okta.applicationApi.listApplicationGroupAssignments({ appId: wiki?.id }))).toHaveLength(1);
});

it('makes a group, fills it by a rule, gives it an application, and takes all back', async () => {
  const { groupApi, applicationApi } = okta;
  const group = await groupApi.createGroup({ group: { profile: { name: 'Made by the SDK', description: 'x' } } });
  const groupId = group.id;
  const replaced = await groupApi.replaceGroup({ groupId, group: { profile: { name: 'Renamed by the SDK' } } });
  expect([replaced.profile?.name, replaced.profile?.description]).toEqual(['Renamed by the SDK', undefined]);
  const groupRule = {
    type: 'group_rule',
    name: 'By the SDK',
    conditions: { expression: { type: 'urn:okta:expression:1.0', value: 'user.title=="Claims Specialist"' } },
    actions: { assignUserToGroups: { groupIds: [groupId] } },
  };
  const { id: ruleId } = await groupApi.createGroupRule({ groupRule });
  await groupApi.activateGroupRule({ ruleId });
  const members = await gather(groupApi.listGroupUsers({ groupId }));
  expect(members.map((user) => user.profile?.login)).toContain('maya.lindqvist@larkspur.example');
  const [app] = await gather(applicationApi.listApplications({ q: 'Fathom' }));
  const appId = app?.id;
  await applicationApi.assignGroupToApplication({ appId, groupId, applicationGroupAssignment: { priority: 0 } });
  const [first] = await gather(applicationApi.listApplicationGroupAssignments({ appId }));
  expect(first?.id).toBe(groupId);
  const userId = members[0]?.id;
  const assigned = await applicationApi.assignUserToApplication({ appId, appUser: { id: userId, scope: 'USER' } });
  expect(assigned.scope).toBe('USER');
  await applicationApi.updateApplicationUser({ appId, userId, appUser: { profile: { tier: 'gold' } } });
  await applicationApi.unassignUserFromApplication({ appId, userId });
  const written = await applicationApi.replaceApplication({ appId, application: { ...app, label: 'By the SDK' } });
  expect(written.label).toBe('By the SDK');
  await groupApi.deactivateGroupRule({ ruleId });
  await groupApi.deleteGroupRule({ ruleId, removeUsers: true });
  expect(await gather(groupApi.listGroupUsers({ groupId }))).toEqual([]);
  await groupApi.deleteGroup({ groupId });
  await applicationApi.deactivateApplication({ appId });
  await applicationApi.deleteApplication({ appId });
  expect(await gather(applicationApi.listApplications({ q: 'By the SDK' }))).toEqual([]);
});

it('lists policies, rules and network zones', async () => {
  const policies = await gather(okta.policyApi.listPolicies({ type: 'OKTA_SIGN_ON' }));
  expect(policies).toHaveLength(2);
  expect((await gather(okta.policyApi.listPolicyRules({ policyId: policies[1]?.id }))).length).toBe(3);
  expect((await gather(okta.networkZoneApi.listNetworkZones({}))).length).toBeGreaterThan(5);
});

it('reads the System Log between two times', async () => {
  const request = {
    since: new Date(Date.now() - 3 * 86_400_000).toISOString(),
    until: new Date().toISOString(),
    limit: 200,
  };
  const events = await gather(okta.systemLogApi.listLogEvents(request));
  expect(events.map((event) => event.eventType)).toContain('user.account.lock');
});
