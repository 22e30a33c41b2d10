// What IAM policies give the members of a group: read from statements (docs.oracle.com, "Policy Syntax"), and told and asked
// before who is in it, or what it is called, changes.

import type { Client } from '@modelcontextprotocol/client';
import { afterEach, expect, it } from 'vitest';
import { rightsIn } from '../../../src/platforms/oci/tools/iam-rights.ts';
import { ask, call } from '../../support/answers.ts';
import { administratorsRole, aGrant, aGroup } from '../../support/change-cases/oci-groups.ts';
import { type OciServer, openOciServer } from '../../support/oci.ts';
import { aUser } from '../../support/oci-changes.ts';

const filter = (text: string) => `filter=${encodeURIComponent(text)}`;
const ocid = 'ocid1.group.oc1..aaaacrew';

it.each([
  ['Allow group Crew to inspect users in tenancy', true, false],
  ["allow group 'Crew' to manage all-resources in tenancy", true, true],
  ["ALLOW GROUP 'Larkspur'/'Crew' TO MANAGE ALL-RESOURCES IN TENANCY", true, true],
  ['Allow group Default/Crew to manage policies in tenancy where request.region = "fra"', true, true],
  [`Allow group id ${ocid} to manage groups in tenancy`, true, true],
  ['Allow group Others, Crew, "More Others" to manage users in tenancy', true, true],
  ['Allow group Crew to manage all-resources in compartment Harbour', true, false],
  ['Allow group Crew to use all-resources in tenancy', true, true],
  // Who may update users and groups puts whom they like among the administrators.
  ['Allow group Crew to use groups in tenancy', true, true],
  ['Allow group Crew to use users in tenancy where target.group.name = "x"', true, true],
  ['Allow group Crew to use policies in tenancy', true, false],
  ['Allow group Crew to use groups in compartment Harbour', true, false],
  ['Allow group Crew to manage policies in compartment id ocid1.tenancy.oc1..aaaaroot', true, true],
  ['Allow group Crew to manage policies in compartment id ocid1.compartment.oc1..aaaaharbour', true, false],
  ['Allow group Crew to {USER_CREATE} in tenancy', true, false],
  ['Allow group Crew to {USER_INSPECT, GROUP_UPDATE} in tenancy', true, true],
  ['Allow group Crew to {USER_UIPASS_RESET} in tenancy', true, true],
  ['Allow group Crewmates to manage all-resources in tenancy', false, false],
  ["Allow group 'Crew'/'Others' to manage all-resources in tenancy", false, false],
  ["Allow group 'Old Crew' to manage all-resources in tenancy", false, false],
  ['Allow group id ocid1.group.oc1..others to manage all-resources in tenancy', false, false],
  ['Allow dynamic-group Crew to manage all-resources in tenancy', false, false],
  ['Allow any-user to manage all-resources in tenancy', false, false],
  ['Define group Crew as ocid1.group.oc1..others', false, false],
])('%s', (text, named, ruling) => {
  const rights = rightsIn([text], { displayName: 'crew', ocid });
  expect(rights?.statements).toEqual(named ? [text] : []);
  expect(rights?.ruling).toEqual(ruling ? [text] : []);
});

let tenancy: OciServer;
let client: Client;
const questions: string[] = [];

async function open(options: Parameters<typeof openOciServer>[0] = {}): Promise<void> {
  tenancy = await openOciServer(options);
  questions.length = 0;
  client = await tenancy.server.connect('2026-07-28', 'http', (question) => {
    questions.push(question);
    return 'no';
  });
}
afterEach(() => tenancy?.close());

it('a person is asked before somebody gets into the group that IAM policies let rule the tenancy', async () => {
  await open();
  const [group] = await tenancy.readAll(`Groups?${filter('displayName eq "Identity Administrators"')}`);
  const user = await aUser(tenancy);
  const input = { group_id: group?.id, user_ids: [user.id] };
  const dry = await ask(client, 'add_oci_group_members', { ...input, dryRun: true });
  expect(JSON.stringify(dry.value.warnings)).toMatch(/to manage all-resources in tenancy/);
  expect((await call(client, 'add_oci_group_members', input)).isError).toBe(true);
  expect(questions).toHaveLength(1);
  expect(questions[0]).toMatch(/IAM policies let “Identity Administrators” rule the tenancy/);
});

it('what IAM policies give a group is told before it is deleted, renamed, left, or made under such a name', async () => {
  await open();
  const [desk] = await tenancy.readAll(`Groups?${filter('displayName eq "Service Desk"')}`);
  const plain = await aGroup(tenancy);
  const calls: [string, Record<string, unknown>][] = [
    ['delete_oci_group', { group_id: desk?.id, force: true }],
    ['update_oci_group', { group_id: desk?.id, name: 'Front Desk' }],
  ];
  for (const [tool, input] of calls) {
    const { value } = await ask(client, tool, { ...input, dryRun: true });
    expect(JSON.stringify(value.warnings), tool).toMatch(/to inspect users in tenancy/);
  }
  const none = await ask(client, 'delete_oci_group', { group_id: plain, dryRun: true });
  expect(JSON.stringify(none.value.warnings ?? [])).not.toMatch(/IAM/);
  await tenancy.write('DELETE', `Groups/${desk?.id}?forceDelete=true`);
  const again = await ask(client, 'create_oci_group', { name: 'service desk', dryRun: true });
  expect(JSON.stringify(again.value.warnings)).toMatch(/name a group of this name already.*to inspect users/);
  const renamed = await ask(client, 'update_oci_group', { group_id: plain, name: 'Service Desk', dryRun: true });
  expect(JSON.stringify(renamed.value.warnings)).toMatch(/gets what IAM policies give the new name.*to inspect users/);
});

it('where policies cannot be seen, a person is asked before anybody gets into a group', async () => {
  await open();
  const [helper] = await tenancy.readAll(`Users?${filter('userName sw "a" and active eq true')}`);
  await tenancy.close();
  await open({ login: String(helper?.userName) });
  await aGrant(tenancy, 'User', String(helper?.id), await administratorsRole(tenancy, 'User Administrator'));
  const input = { group_id: await aGroup(tenancy), user_ids: [(await aUser(tenancy)).id] };
  const dry = await ask(client, 'add_oci_group_members', { ...input, dryRun: true });
  expect(JSON.stringify(dry.value.warnings)).toMatch(/whoever the requests are made as may not see/);
  await call(client, 'add_oci_group_members', input);
  expect(questions[0]).toMatch(/IAM policies may give .* any rights, and they cannot be seen/);
});
