// What must hold of changes to an environment beyond preview and undo: nothing that was not named is lost, and mistakes
// are told before anybody is asked.

import type { Client } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ask, call, rowsOf } from '../../support/answers.ts';
import { openScalekitServer, type ScalekitServer } from '../../support/scalekit.ts';

type Json = Record<string, unknown>;

let workspace: ScalekitServer;
let client: Client;
let at: { environmentId: string };
const asked: string[] = [];

beforeAll(async () => {
  workspace = await openScalekitServer('workspace');
  client = await workspace.server.connect('2026-07-28', 'http', (question) => {
    asked.push(question);
    return 'yes';
  });
  at = { environmentId: workspace.scalekit.production.id };
});
beforeEach(() => {
  workspace.scalekit.reset();
  workspace.mutations.length = 0;
  asked.length = 0;
});
afterAll(() => workspace?.close());

/** A mistake: told, without a question and without a change. */
async function expectMistake(tool: string, input: Json, says: RegExp): Promise<void> {
  const answer = await call(client, tool, { ...at, ...input });
  expect(answer.isError, answer.text).toBe(true);
  expect(answer.text).toMatch(says);
  expect(asked).toEqual([]);
  expect(workspace.mutations).toEqual([]);
}

test('a role that is described anew keeps its permissions (PUT replaces the whole)', async () => {
  const namesOf = (role: Json | undefined) => ((role?.permissions ?? []) as Json[]).map(({ name }) => name);
  const { roles } = (await workspace.read('roles?include=permissions')) as { roles: Json[] };
  const role = roles.find((each) => namesOf(each).length > 1);
  await ask(client, 'update_environment_role', { ...at, roleName: role?.name, roleDisplayName: 'Another name' });
  const after = (await workspace.read(`roles/${role?.name}?include=permissions`)) as { role: Json };
  expect(after.role.display_name).toBe('Another name');
  expect(namesOf(after.role)).toEqual(namesOf(role));
});

test('what was empty is not promised back', async () => {
  await workspace.write('POST', 'roles', { name: 'gate_keeper', display_name: 'Gate keeper' });
  const input = { ...at, roleName: 'gate_keeper', description: 'Opens the gate' };
  const { value } = await ask(client, 'update_environment_role', input);
  expect(value.undo).toBeUndefined();
  expect(value.no_undo).toMatch(/description cannot be made empty again/);
});

describe('an MCP server', () => {
  const server = { name: 'Freight', url: 'https://freight.larkspur.example/mcp', access_token_expiry: 600 };
  const register = async (more: Json = {}) => {
    const { value } = await ask(client, 'register_mcp_server', { ...at, ...server, ...more });
    return (value.targets as { id: string }[])[0]?.id ?? '';
  };

  test('stays one, with all that was not named, when it is updated', async () => {
    const id = await register({ description: 'Quotes' });
    const before = ((await workspace.read(`resources/${id}`)) as { resource: Json }).resource;
    await ask(client, 'update_mcp_server', { ...at, id, use_scalekit_authentication: true, name: 'Freight tools' });
    const { resource } = (await workspace.read(`resources/${id}`)) as { resource: Json };
    expect(resource).toEqual({ ...before, name: 'Freight tools', update_time: resource.update_time });
    expect(resource.resource_type).toBe('MCP_SERVER');
    expect(resource.access_token_expiry).toBe('600');
  });

  test('takes scopes that the environment has', async () => {
    await workspace.write('POST', 'scopes', { name: 'docks:read', description: 'See docks' });
    const id = await register({ scopes: ['docks:read'] });
    const servers = rowsOf(await ask(client, 'list_mcp_servers', at), 'mcp_servers');
    expect(servers.find((each) => each.id === id)?.scopes).toEqual(['docks:read']);
  });

  test.each<[string, Json, RegExp]>([
    ['with Scalekit authentication and a provider', { provider: 'okta' }, /does not go with Scalekit/],
    ['with neither', { useScalekitAuthentication: false }, /provider is missing/],
    ['with a scope that does not exist', { scopes: ['nothing:here'] }, /has no scope/],
    ['at no address', { url: 'freight' }, /is no address/],
    ['whose tokens live for no time', { access_token_expiry: 0 }, /accessTokenExpiry/],
  ])('is not registered %s', async (_what, more, says) => {
    await expectMistake('register_mcp_server', { ...server, ...more }, says);
  });

  test('keeps its provider until it is switched', async () => {
    const id = await register({ provider: 'okta', useScalekitAuthentication: false });
    workspace.mutations.length = 0;
    await expectMistake('update_mcp_server', { id, useScalekitAuthentication: true }, /switch_mcp_auth_to_scalekit/);
    const { value } = await ask(client, 'switch_mcp_auth_to_scalekit', { ...at, id });
    expect(value.done).toBe(true);
    expect(workspace.mutations).toEqual([`PUT /api/v1/resources/${id}/provider:delete`]);
  });
});

test.each<[string, Json, RegExp]>([
  ['create_environment_role', { roleName: 'no blanks', displayName: 'X' }, /is no name for a role/],
  ['create_environment_role', { roleName: 'admin', displayName: 'X' }, /There is a role “admin” already/],
  ['update_environment_role', { roleName: 'admin' }, /Nothing was named/],
  ['delete_environment_role', { roleName: 'nobody' }, /no role “nobody”/],
  ['set_default_environment_roles', { memberRoleName: 'nobody' }, /no role “nobody”/],
  ['create_environment_scope', { scopeName: 'not a scope' }, /is no name for a scope/],
  ['delete_environment_scope', { scopeName: 'nothing:here' }, /has no scope/],
  ['set_initiate_login_uri', { uri: 'https://*.larkspur.example/start' }, /wildcard/],
])('%s %j is told as a mistake', expectMistake);

test('nobody removes themself or the last administrator', async () => {
  const { member } = (await workspace.read('members:this', 'workspace')) as { member: Json };
  const answer = await call(client, 'remove_workspace_member', { memberId: member.id });
  expect(answer.text).toMatch(/nobody removes themself/);
  expect(workspace.mutations).toEqual([]);
});

test('what the operator hides of members is not shown', async () => {
  const hiding = await openScalekitServer('workspace', { maskFields: ['email'], dropFields: ['last_name'] });
  try {
    const other = await hiding.server.connect('2026-07-28', 'http');
    const members = rowsOf(await ask(other, 'list_workspace_members', { view: 'full' }), 'members');
    expect(new Set(members.map(({ email }) => email))).toEqual(new Set(['[hidden]']));
    expect(JSON.stringify(members)).not.toContain('@larkspur.example');
    expect(members.some((each) => 'last_name' in each)).toBe(false);
  } finally {
    await hiding.close();
  }
});

test('of changes to one list at the same time none is lost: what was not done is told', async () => {
  const uris = [1, 2, 3, 4].map((n) => `https://app${n}.larkspur.example/bye`);
  const answers = await Promise.all(uris.map((uri) => call(client, 'add_post_logout_redirect_uri', { ...at, uri })));
  const done = uris.filter((_uri, index) => !answers[index]?.isError);
  expect(done.length).toBeGreaterThan(0);
  for (const { isError, text } of answers)
    if (isError) expect(text).toContain('changed by somebody else in the meantime');
  const now = await ask(client, 'list_redirect_uris', at);
  expect(uris.filter((uri) => (now.value.post_logout_redirect_uris as string[]).includes(uri))).toEqual(done);
});

test('whoever deletes a scope is told first which MCP servers use it', async () => {
  const { scopes } = (await workspace.read('scopes')) as { scopes: Json[] };
  const { resources } = (await workspace.read('resources?resource_type=MCP_SERVER')) as { resources: Json[] };
  const namesOf = ({ scopes: own }: Json) => ((own ?? []) as Json[]).map(({ name }) => name);
  const isUsed = ({ name }: Json) => resources.some((server) => namesOf(server).includes(name));
  const [used, unused] = [scopes.find(isUsed), scopes.find((scope) => !isUsed(scope))];
  const servers = resources.filter((server) => namesOf(server).includes(used?.name));
  const told = await ask(client, 'delete_environment_scope', { ...at, scopeName: used?.name, dryRun: true });
  expect(told.value.touches).toEqual({ mcp_servers: servers.length });
  for (const { id } of servers) expect(told.text).toContain(String(id));
  if (!unused) return;
  const free = await ask(client, 'delete_environment_scope', { ...at, scopeName: unused.name, dryRun: true });
  expect(free.value.touches).toEqual({ mcp_servers: 0 });
  expect(free.text).not.toContain('In use by');
});
