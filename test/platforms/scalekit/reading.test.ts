// The tools that only look, through every door, against what Scalekit itself says.

import type { Client } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask, call, rowsOf } from '../../support/answers.ts';
import { openScalekitServer, type ScalekitServer } from '../../support/scalekit.ts';
import { doors } from '../../support/server.ts';

type Json = Record<string, unknown>;
const listOf = (body: unknown, key: string) => (body as Record<string, Json[]>)[key] ?? [];
const field = (rows: readonly Readonly<Json>[], name: string) => rows.map((row) => row[name]);

describe.each(doors)('over $door, MCP $era', ({ door, era }) => {
  let workspace: ScalekitServer;
  let client: Client;
  let environmentId: string;

  beforeAll(async () => {
    workspace = await openScalekitServer('workspace');
    client = await workspace.server.connect(era, door);
    environmentId = workspace.scalekit.production.id;
  });
  afterAll(() => workspace?.close());

  it('list_environments and get_environment_details tell what the workspace has', async () => {
    const theirs = listOf(await workspace.read('environments?page_size=100', 'workspace'), 'environments');
    const ours = rowsOf(await ask(client, 'list_environments'), 'environments');
    expect(field(ours, 'id')).toEqual(field(theirs, 'id'));
    expect(field(ours, 'domain')).toEqual(field(theirs, 'domain'));
    const one = await ask(client, 'get_environment_details', { environmentId });
    expect(one.value.id).toBe(environmentId);
    expect(one.value.domain).toBe(workspace.scalekit.production.domain);
  });

  it('list_workspace_members goes on page by page, without losing or repeating anybody', async () => {
    const theirs = listOf(await workspace.read('members?page_size=100', 'workspace'), 'members');
    const seen: unknown[] = [];
    for (let cursor: unknown, calls = 0; calls < 50; calls++) {
      const answer = await ask(client, 'list_workspace_members', {
        pageSize: 2,
        ...(cursor !== undefined && { pageToken: cursor }),
      });
      seen.push(...field(rowsOf(answer, 'members'), 'id'));
      if (answer.value.complete) break;
      cursor = answer.value.next_cursor;
    }
    expect(theirs.length).toBeGreaterThan(2);
    expect(seen).toEqual(field(theirs, 'id'));
  });

  it('a page’s number is taken in the place of a cursor, as the official server takes it, and leads past no end', async () => {
    const theirs = listOf(await workspace.read('members?page_size=100', 'workspace'), 'members');
    const first = await ask(client, 'list_workspace_members', { pageToken: 1 });
    expect(field(rowsOf(first, 'members'), 'id')).toEqual(field(theirs, 'id'));
    const second = await ask(client, 'list_workspace_members', { pageToken: 2, pageSize: 2 });
    expect(field(rowsOf(second, 'members'), 'id')).toEqual(field(theirs.slice(2, 4), 'id'));
    const environments = await ask(client, 'list_environments', { pageToken: '2', pageSize: 1 });
    expect(field(rowsOf(environments, 'environments'), 'id')).toEqual([workspace.scalekit.development.id]);
    expect(environments.value.complete).toBe(true);
    for (const pageSize of [1, 100]) {
      const beyond = await call(client, 'list_environments', { pageToken: '3', pageSize });
      expect(beyond.isError).toBe(true);
    }
  });

  it('roles, scopes, redirect URIs and MCP servers are those of the environment that is named', async () => {
    const roles = rowsOf(await ask(client, 'list_environment_roles', { environmentId }), 'roles');
    expect(field(roles, 'name')).toEqual(field(listOf(await workspace.read('roles'), 'roles'), 'name'));
    const scopes = rowsOf(await ask(client, 'list_environment_scopes', { environmentId }), 'scopes');
    expect(field(scopes, 'name')).toEqual(field(listOf(await workspace.read('scopes'), 'scopes'), 'name'));
    const [own] = listOf(await workspace.read('clients'), 'clients').filter(({ client_type }) => client_type === 'ENV');
    const uris = await ask(client, 'list_redirect_uris', { environmentId });
    expect(uris.value.redirect_uris).toEqual(own?.post_login_uris ?? []);
    const servers = rowsOf(await ask(client, 'list_mcp_servers', { environmentId }), 'mcp_servers');
    const theirs = listOf(await workspace.read('resources?resource_type=MCP_SERVER'), 'resources');
    expect(field(servers, 'id')).toEqual(field(theirs, 'id'));
    expect(field(servers, 'access_token_expiry')).toEqual(theirs.map((each) => each.access_token_expiry));

    const other = workspace.scalekit.development.id;
    const there = rowsOf(await ask(client, 'list_environment_scopes', { environmentId: other }), 'scopes');
    expect(field(there, 'id')).not.toEqual(field(scopes, 'id'));
  });

  it('get_environment_credentials shows address and client id, and no secret', async () => {
    const answer = await ask(client, 'get_environment_credentials', { environmentId });
    expect(answer.value.client_id).toBe(workspace.scalekit.client.id);
    expect(answer.text).not.toContain(workspace.scalekit.client.secret);
    expect(JSON.stringify(answer.value)).not.toContain(workspace.scalekit.client.secret);
  });

  it('answers where proto3 leaves out what is empty are the same', async () => {
    const tools = ['list_environment_roles', 'list_environment_scopes', 'list_redirect_uris', 'list_mcp_servers'];
    const before = await Promise.all(tools.map((tool) => ask(client, tool, { environmentId })));
    workspace.scalekit.setSparse(true);
    try {
      const after = await Promise.all(tools.map((tool) => ask(client, tool, { environmentId })));
      expect(after.map(({ value }) => value)).toEqual(before.map(({ value }) => value));
    } finally {
      workspace.scalekit.setSparse(false);
    }
  });

  it('bad input is refused by name', async () => {
    const cases: [string, Json, RegExp][] = [
      ['list_environment_roles', {}, /environmentId is missing/],
      ['list_environment_roles', { environmentId: 'org_1' }, /environmentId/],
      ['list_environment_roles', { environmentId: 'env_404404404' }, /knows no such thing/],
      ['list_mcp_servers', { environmentId, max_results: 0 }, /max_results/],
      ['list_workspace_members', { cursor: '7' }, /no page 7/],
      ['list_workspace_members', { cursor: '0' }, /cursor/],
    ];
    for (const [tool, input, says] of cases) {
      const answer = await call(client, tool, input);
      expect(answer.isError).toBe(true);
      expect(answer.text).toMatch(says);
    }
  });
});
