// Castellan registered as an MCP server in Scalekit: its tokens are taken, and the scopes of Scalekit's own MCP server say
// which tools they open; what they do upstream, they do with the rights of whoever calls.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ScalekitServerHandle } from '../../../src/sandbox/index.ts';
import { ask, call } from '../../support/messages.ts';
import { openScalekitServer, type ScalekitServer, workspaceAdmin } from '../../support/scalekit.ts';
import { anyPort } from '../../support/server.ts';

const scopes = ['wks:read', 'wks:write', 'env:read', 'env:write', 'org:read', 'org:write'];

let workspace: ScalekitServer;
let registered: ScalekitServerHandle;
let environmentId: string;

beforeAll(async () => {
  workspace = await openScalekitServer(
    'caller',
    {},
    {
      parts: ({ scalekit }) => {
        registered = scalekit.registerServer(undefined, scopes);
        const { issuer, audience } = registered;
        return { auth: { issuer, audience, provider: 'scalekit', publicUrl: `${anyPort}/mcp` } };
      },
    },
  );
  environmentId = workspace.scalekit.production.id;
});
afterAll(() => workspace?.close());

const tokenFor = (...given: string[]) => registered.issueToken({ login: workspaceAdmin, scopes: given });
const url = () => workspace.server.url;

async function listed(...given: string[]): Promise<string[]> {
  const { body } = await ask(url(), 'tools/list', {}, { token: tokenFor(...given) });
  return (body.result as { tools: { name: string }[] }).tools.map(({ name }) => name);
}

test('what can be asked for is told (RFC 9728 §2)', async () => {
  const answer = await fetch(new URL('/.well-known/oauth-protected-resource/mcp', url()));
  expect(await answer.json()).toMatchObject({ authorization_servers: [registered.issuer], scopes_supported: scopes });
});

describe('a scope opens the tools of its area and of no other', () => {
  test('in lists', async () => {
    const [env, org, wks] = [await listed('env:read'), await listed('org:read'), await listed('wks:read')];
    expect(env).toEqual(expect.arrayContaining(['list_environments', 'list_environment_roles', 'list_mcp_servers']));
    expect(wks).toEqual(expect.arrayContaining(['list_workspace_members']));
    for (const tools of [env, org]) expect(tools).not.toContain('list_workspace_members');
    for (const tools of [wks, org]) expect(tools).not.toContain('list_environments');
    expect(env).not.toContain('create_environment_role');
    expect(await listed('env:read', 'env:write')).toEqual(
      expect.arrayContaining(['create_environment_role', 'remove_redirect_uri']),
    );
  });

  test.each(['modern', 'legacy'] as const)('%s: in calls, 403 says which scope is needed', async (era) => {
    const input = { environmentId, roleName: 'x', roleDisplayName: 'X' };
    const before = workspace.asked.length;
    const answer = await ask(url(), 'tools/call', call('create_environment_role', input), {
      token: tokenFor('env:read', 'org:write'),
      era,
    });
    expect(answer.status).toBe(403);
    expect(answer.challenge).toContain('error="insufficient_scope"');
    expect(answer.challenge).toMatch(/scope="env:read org:write env:write"/);
    const members = await ask(url(), 'tools/call', call('list_workspace_members'), {
      token: tokenFor('env:read'),
      era,
    });
    expect(members.status).toBe(403);
    expect(members.challenge).toContain('wks:read');
    expect(workspace.asked.length).toBe(before);
  });
});

test('a call reaches Scalekit with a token that the caller’s was exchanged for, never with the caller’s own', async () => {
  const token = tokenFor('env:read');
  const answer = await ask(url(), 'tools/call', call('list_environment_roles', { environmentId }), { token });
  expect(answer.status).toBe(200);
  const result = answer.body.result as { isError?: boolean; structuredContent: { roles: unknown[] } };
  expect(result.isError ?? false).toBe(false);
  expect(result.structuredContent.roles.length).toBeGreaterThan(0);
});

test('the address of an environment is looked up once', async () => {
  const token = tokenFor('env:read');
  await ask(url(), 'tools/call', call('list_environment_scopes', { environmentId }), { token });
  workspace.asked.length = 0;
  await ask(url(), 'tools/call', call('list_environment_scopes', { environmentId }), { token });
  expect(workspace.asked).toEqual(['/api/v1/scopes']);
});
