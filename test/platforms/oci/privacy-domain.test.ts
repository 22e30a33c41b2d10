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
  tenancy = await openOciServer({
    settings: { maskFields: ['displayName', 'userName'] },
    parts: { tools: { toolsets: ['all', 'oci.api'] } },
  });
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

it('a service of a region tells of a user by the OCID alone, and of whoever made a resource nothing', async () => {
  const compartmentId = tenancy.oci.tenancyId;
  const { user: ocid } = tenancy.oci.apiKeyOf('helena.brandt@larkspur.example');
  const tags = { 'Oracle-Tags': { CreatedBy: 'default/helena.brandt@larkspur.example', CreatedOn: '2026-01-01' } };
  tenancy.hooks.after = (_method, _path, answer) =>
    Array.isArray(answer) ? (answer.map((each: Json) => ({ ...each, definedTags: tags })) as never) : answer;
  const ofService = (path: string, query: Json = {}) =>
    ask(client, 'query_oci_api', { service: 'identity', path: `/20160918/${path}`, query });
  const list = await ofService('users', { compartmentId, limit: 5 });
  const one = await ofService(`users/${ocid}`);
  const compartments = await ofService('compartments', { compartmentId });
  tenancy.hooks.after = undefined;
  // Addresses of mail are not hidden here.
  const said = JSON.stringify([list.value, one.value, compartments.value]).replace(/"email":"[^"]*"/g, '');
  expect(said).not.toMatch(/larkspur\.example|Helena|Brandt/);
  expect(one.value.answer).toMatchObject({ id: ocid, name: '[hidden]', description: '[hidden]' });
  expect(compartments.value.answer).toContainEqual(
    expect.objectContaining({
      name: 'Finance',
      definedTags: { 'Oracle-Tags': { CreatedBy: '[hidden]', CreatedOn: '2026-01-01' } },
    }),
  );
});
