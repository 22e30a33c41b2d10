// What an operator hides of people is in no answer, and cannot be found out by asking.

import type { Client } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { ask, call, rowsOf } from '../../support/answers.ts';
import { openScalekitServer, type ScalekitServer } from '../../support/scalekit.ts';
import { type Json, listAt } from '../../support/scalekit-changes.ts';

let workspace: ScalekitServer;
let client: Client;
let user: Json;
const asked: string[] = [];

beforeAll(async () => {
  workspace = await openScalekitServer('environment', { maskFields: ['email'], dropFields: ['phone_number'] });
  client = await workspace.server.connect('2026-07-28', 'http', (question) => {
    asked.push(question);
    return 'yes';
  });
});
beforeEach(async () => {
  workspace.scalekit.reset();
  asked.length = 0;
  user = (await listAt(workspace, 'users?page_size=10', 'users'))[0] ?? {};
  await workspace.write('PATCH', `users/${user.id}`, { user_profile: { phone_number: '+44 20 7946 0123' } });
});
afterAll(() => workspace?.close());

const organizationOf = () => String(((user.memberships ?? []) as Json[])[0]?.organization_id);

it('addresses and numbers are in no answer', async () => {
  const calls: [string, Json][] = [
    ['list_environment_users', { view: 'full' }],
    ['list_organization_users', { organizationId: organizationOf(), view: 'full' }],
    ['get_environment_user', { userId: user.id, view: 'full' }],
    ['list_connected_accounts', {}],
    ['list_authentication_requests', { view: 'full' }],
  ];
  for (const [tool, input] of calls) {
    const { result } = await ask(client, tool, input);
    expect(/@[a-z-]+\.example|7946/.test(JSON.stringify(result)), tool).toBe(false);
  }
  const [row] = rowsOf(await ask(client, 'list_environment_users'), 'users');
  expect(row?.email).toBe('[hidden]');
});

it('nobody is found by an address or account that is hidden', async () => {
  const calls: [string, Json][] = [
    ['list_environment_users', { query: 'hel' }],
    ['list_organization_users', { organizationId: organizationOf(), query: 'hel' }],
    ['list_authentication_requests', { email: String(user.email) }],
    ['list_connected_accounts', { identifier: String(user.email) }],
  ];
  for (const [tool, input] of calls) {
    const answer = await call(client, tool, input);
    expect(answer.isError, tool).toBe(true);
    expect(answer.text).toMatch(/hides from assistants/);
  }
});

it('a change names people by id alone, and neither preview nor undo tells what was there', async () => {
  const input = { userId: user.id, phoneNumber: '+44 20 7946 9999' };
  const dry = await ask(client, 'update_environment_user', { ...input, dryRun: true });
  expect(dry.value.changes).toEqual([
    { field: 'user_profile.phone_number', before: '[hidden]', after: '+44 20 7946 9999' },
  ]);
  const done = await ask(client, 'update_environment_user', input);
  expect(done.value.undo).toBeUndefined();
  const gone = await ask(client, 'delete_environment_user', { userId: user.id });
  const seen = JSON.stringify([dry.result, done.result, gone.result, asked]);
  expect(seen).not.toContain('7946 0123');
  expect(seen).not.toContain(String(user.email));
});

it('how many lose a connection is not guessed where it is told by addresses', async () => {
  const connections = await listAt(workspace, 'organizations/-/connections?page_size=30', 'connections');
  const connection = connections.find(({ enabled, domains }) => enabled && (domains as string[]).length > 0);
  const { value } = await ask(client, 'disable_environment_connection', {
    connectionId: connection?.id,
    organizationId: connection?.organization_id,
    dryRun: true,
  });
  expect((value.warnings as string[])[0]).toMatch(/^Some of \d+ users/);
});
