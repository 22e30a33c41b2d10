// Who becomes an administrator by a side door: through the rule of a dynamic group, or an application that is switched on again.

import type { Client } from '@modelcontextprotocol/client';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ask, call } from '../../support/answers.ts';
import { administratorsRole, aGrant, plainRole } from '../../support/change-cases/oci-groups.ts';
import { type OciServer, openOciServer } from '../../support/oci.ts';
import { aUser } from '../../support/oci-changes.ts';

const schemas = [
  'urn:ietf:params:scim:schemas:core:2.0:Group',
  'urn:ietf:params:scim:schemas:oracle:idcs:extension:dynamic:Group',
] as const;
let tenancy: OciServer;
let client: Client;
const questions: string[] = [];

beforeEach(async () => {
  tenancy = await openOciServer();
  questions.length = 0;
  client = await tenancy.server.connect('2026-07-28', 'http', (question) => {
    questions.push(question);
    return 'no';
  });
});
afterEach(() => tenancy.close());

async function aDynamicGroup(displayName: string, membershipRule: string): Promise<string> {
  const rule = { membershipType: 'dynamic', membershipRule };
  return String((await tenancy.write('POST', 'Groups', { schemas, displayName, [schemas[1]]: rule })).id);
}

it('a person is asked before a change of somebody that a dynamic group of administrators asks for', async () => {
  const group = await aDynamicGroup('Platform team', 'user.department[eq "Platform"] or user.title eq "Admin"');
  await aGrant(tenancy, 'Group', group, await administratorsRole(tenancy, 'User Administrator'));
  const { id } = await aUser(tenancy);
  const changed = { user_id: id, department: 'Platform' };
  expect((await call(client, 'update_oci_user', changed)).isError).toBe(true);
  expect(questions[0]).toMatch(/“Platform team”.*User Administrator/s);
  const made = { family_name: 'Newcomer', email: 'new@larkspur.example', title: 'Admin' };
  expect((await call(client, 'create_oci_user', made)).isError).toBe(true);
  expect(questions).toHaveLength(2);
  expect(questions[1]).toMatch(/“Platform team”.*User Administrator/s);
  // What its rule does not ask for is changed as before.
  expect((await ask(client, 'update_oci_user', { user_id: id, nick_name: 'No' })).isError).toBe(false);
  expect(questions).toHaveLength(2);
});

it('nobody is asked where the group gives no administrator’s rights', async () => {
  const group = await aDynamicGroup('Everybody of Platform', 'user.department eq "Platform"');
  await aGrant(tenancy, 'Group', group, await plainRole(tenancy));
  const { id } = await aUser(tenancy);
  expect((await ask(client, 'update_oci_user', { user_id: id, department: 'Platform' })).isError).toBe(false);
  expect(questions).toEqual([]);
});

it('a person is asked before an application that has an administrator’s role itself is switched on again', async () => {
  const apps = await tenancy.readAll('Apps?attributes=displayName,name,active,infrastructure,isOPCService');
  const app = apps.find(({ active, infrastructure, isOPCService }) => !active && !infrastructure && !isOPCService);
  const input = { app_id: String(app?.id) };
  expect((await ask(client, 'activate_oci_application', { ...input, dryRun: true })).isError).toBe(false);
  await aGrant(tenancy, 'App', input.app_id, await administratorsRole(tenancy, 'User Administrator'));
  expect((await call(client, 'activate_oci_application', input)).isError).toBe(true);
  expect(questions).toHaveLength(1);
  expect(questions[0]).toMatch(/acts with administrators’ roles again.*User Administrator/s);
});
