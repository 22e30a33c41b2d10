// What an operator hides of people is hidden wherever groups and grants speak of them, in previews and questions too.

import type { Client } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ask, rowsOf } from '../../support/answers.ts';
import { aGrant, aGroup, plainRole } from '../../support/change-cases/oci-groups.ts';
import { type OciServer, openOciServer } from '../../support/oci.ts';
import { aUser } from '../../support/oci-changes.ts';

type Json = Record<string, unknown>;

let tenancy: OciServer;
let client: Client;
let user: { readonly id: string } & Json;
let group_id: string;
const questions: string[] = [];

beforeAll(async () => {
  tenancy = await openOciServer({ settings: { maskFields: ['displayName', 'userName'] } });
  client = await tenancy.server.connect('2026-07-28', 'http', (question) => {
    questions.push(question);
    return 'yes';
  });
  user = await aUser(tenancy);
  group_id = await aGroup(tenancy, { members: [user.id] });
  await tenancy.write('PATCH', `Groups/${group_id}`, {
    schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
    Operations: [
      {
        op: 'add',
        path: 'urn:ietf:params:scim:schemas:oracle:idcs:extension:group:Group:owners',
        value: [{ value: user.id, type: 'User' }],
      },
    ],
  });
  await aGrant(tenancy, 'User', user.id, await plainRole(tenancy));
});
afterAll(() => tenancy?.close());

it('names and logins of people are in no answer, those of groups and applications are', async () => {
  const calls: [string, Json][] = [
    ['get_oci_group', { group_id, members: true, view: 'full' }],
    ['list_oci_groups', { view: 'full', max_results: 1000 }],
    ['list_oci_applications', { view: 'full' }],
    ['list_oci_app_roles', { view: 'full' }],
    ['list_oci_grants', { user_id: user.id, view: 'full' }],
    ['list_oci_grants', { view: 'full' }],
  ];
  for (const [tool, input] of calls) {
    const { result } = await ask(client, tool, input);
    // Who made a group stands beside it as well.
    expect(/Nora Newcomer|newcomer\.|Helena|helena\./.test(JSON.stringify(result)), tool).toBe(false);
  }
  const { value } = await ask(client, 'get_oci_group', { group_id, members: true });
  expect(value.name).toMatch(/^Harbour crew/);
  expect(value.members).toEqual([{ id: user.id, login: '[hidden]', name: '[hidden]', active: true }]);
  expect(value.owners).toEqual([{ id: user.id, name: '[hidden]', type: 'User' }]);
  const [grant] = rowsOf(await ask(client, 'list_oci_grants', { user_id: user.id }), 'grants');
  expect(grant?.grantee).toEqual({ id: user.id, type: 'User', name: '[hidden]' });
  expect(grant?.app).toHaveProperty('name');
});

it('previews and questions name people by their ids', async () => {
  questions.length = 0;
  const { text } = await ask(client, 'remove_oci_group_members', { group_id, user_ids: [user.id] });
  expect(text).toContain(user.id);
  expect(questions[0]).toContain(user.id);
  expect(/newcomer\.|Nora/.test(`${text}${questions.join()}`)).toBe(false);
});
