// What an operator hides of people is in no answer of OCI's tools, and cannot be found out by asking.

import type { Client } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { ask, call, rowsOf } from '../../support/answers.ts';
import { domainAdmin, type OciServer, openOciServer } from '../../support/oci.ts';
import { aUser } from '../../support/oci-changes.ts';

type Json = Record<string, unknown>;
const phone = '+44 20 7946 0123';
const enrolledMfa = 'urn:ietf:params:scim:schemas:oracle:idcs:extension:mfa:User:devices';

let tenancy: OciServer;
let client: Client;
let user: Json;
const asked: string[] = [];

beforeAll(async () => {
  tenancy = await openOciServer({ settings: { maskFields: ['emails'], dropFields: ['phoneNumbers'] } });
  client = await tenancy.server.connect('2026-07-28', 'http', (question) => {
    asked.push(question);
    return 'yes';
  });
});
beforeEach(async () => {
  asked.length = 0;
  user = await aUser(tenancy, { phoneNumbers: [{ value: phone, type: 'mobile' }] });
});
afterAll(() => tenancy?.close());

const tells = (value: unknown) => /@[a-z-]+\.example|7946 0123|0123/.exec(JSON.stringify(value))?.[0];

it('addresses, logins and numbers are in no answer', async () => {
  const users = await tenancy.readAll(`Users?attributes=userName,groups,${enrolledMfa}`);
  const enrolled = users.find(
    (each) => each.userName !== domainAdmin && Object.keys(each).some((name) => name.startsWith('urn:')),
  );
  const [group] = (users.find(({ groups }) => Array.isArray(groups))?.groups ?? []) as { value: string }[];
  const [phoned] = rowsOf(await ask(client, 'list_oci_user_mfa_factors', { user_id: enrolled?.id }), 'factors');
  expect(phoned?.device).toBe('[hidden]');
  const calls: [string, Json][] = [
    ['list_oci_users', { view: 'full' }],
    ['get_oci_user', { user_id: user.id, view: 'full' }],
    ['list_oci_user_mfa_factors', { user_id: enrolled?.id }],
    ['list_oci_user_api_keys', {}],
    ['list_oci_user_auth_tokens', {}],
    ['get_oci_group', { group_id: group?.value, view: 'full' }],
    ['list_oci_grants', { view: 'full' }],
    ['remove_oci_user_mfa_factor', { user_id: enrolled?.id, dryRun: true }],
  ];
  for (const [tool, input] of calls) {
    const { result } = await ask(client, tool, input);
    expect(tells(result), tool).toBeUndefined();
  }
  const [row] = rowsOf(await ask(client, 'list_oci_users', { max_results: 1 }), 'users');
  expect(row?.login).toBe('[hidden]');
});

it('nobody is found by what is hidden', async () => {
  for (const query of ['nora', 'a']) {
    const answer = await call(client, 'list_oci_users', { query, match: 'contains' });
    expect(answer.isError).toBe(true);
    expect(answer.text).toMatch(/hides from assistants/);
  }
  const [{ value } = { value: '' }] = (user.emails as { value: string; type: string }[]).filter(
    ({ type }) => type === 'recovery',
  );
  const answer = await call(client, 'get_oci_user', { user_id: value });
  expect(answer.text).toMatch(/no such user/);
});

it('a change names people by id alone, and neither preview nor undo tells what was there', async () => {
  const input = { user_id: user.id, mobile_phone: '+44 20 7946 9999', recovery_email: 'new@elsewhere.test' };
  const dry = await ask(client, 'update_oci_user', { ...input, dryRun: true });
  expect(dry.value.changes).toEqual([
    { field: 'emails.recovery', before: '[hidden]', after: 'new@elsewhere.test' },
    { field: 'phoneNumbers.mobile', before: '[hidden]', after: '+44 20 7946 9999' },
  ]);
  const done = await ask(client, 'update_oci_user', input);
  expect(done.value.undo).toBeUndefined();
  const off = await ask(client, 'deactivate_oci_user', { user_id: user.id });
  const gone = await ask(client, 'delete_oci_user', { user_id: user.id });
  expect(tells([dry.result, done.result, off.result, gone.result, asked])).toBeUndefined();
  expect(asked.join('\n')).toContain(String(user.id));
});

it('whoever guesses what is hidden is not told that they are right', async () => {
  const guess = await ask(client, 'update_oci_user', { user_id: user.id, mobile_phone: phone, dryRun: true });
  expect(guess.value.changes).toEqual([{ field: 'phoneNumbers.mobile', before: '[hidden]', after: phone }]);
});

it('where numbers alone are hidden, devices are not named: a phone is called by its number', async () => {
  const other = await openOciServer({ settings: { maskFields: ['phoneNumbers'] } });
  try {
    const asking = await other.server.connect('2026-07-28', 'http');
    const users = await other.readAll(`Users?attributes=userName,${enrolledMfa}`);
    const enrolled = users.find(
      (each) => each.userName !== domainAdmin && Object.keys(each).some((name) => name.startsWith('urn:')),
    );
    const listed = await ask(asking, 'list_oci_user_mfa_factors', { user_id: enrolled?.id });
    expect(rowsOf(listed, 'factors')[0]?.device).toBe('[hidden]');
    const preview = await ask(asking, 'remove_oci_user_mfa_factor', { user_id: enrolled?.id, dryRun: true });
    expect(preview.value.changes).toContainEqual(
      expect.objectContaining({ before: expect.stringContaining('[hidden]') }),
    );
    expect((await ask(asking, 'get_oci_user', { user_id: enrolled?.id })).value.login).toBe(enrolled?.userName);
  } finally {
    await other.close();
  }
});
