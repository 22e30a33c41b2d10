// Two changes of one thing at the same time: Scalekit takes things as a whole and knows no versions, so only one is made, and
// whoever made the other is told.

import type { Client } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { call } from '../../support/answers.ts';
import { scalekitCases } from '../../support/change-cases/all-scalekit.ts';
import { openScalekitServer, type ScalekitServer } from '../../support/scalekit.ts';

let workspace: ScalekitServer;
let client: Client;

beforeAll(async () => {
  workspace = await openScalekitServer('workspace');
  client = await workspace.server.connect('2026-07-28', 'http', () => 'yes');
});
beforeEach(() => {
  workspace.scalekit.reset();
  workspace.mutations.length = 0;
});
afterAll(() => workspace?.close());

/** What the second change is about, where the case has the first. */
const others: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  update_organization: { organizationName: 'Another name', metadata: { another: 'key' } },
  update_organization_settings: { features: [{ name: 'dir_sync', enabled: true }] },
  update_environment_user: { metadata: { another: 'key' } },
  set_organization_user_roles: { roles: ['admin'] },
  update_environment_oidc_connection: { oidc_config: { client_id: 'another' } },
  update_mcp_server: { name: 'Another name' },
  update_environment_role: { roleDisplayName: 'Another name' },
  update_environment_scope: { description: 'Another one' },
  add_redirect_uri: { uri: 'https://another.larkspur.example/back' },
};

test.each(Object.entries(others))('%s', async (tool, other) => {
  const first = scalekitCases.find((each) => each.tool === tool);
  if (!first) throw new Error(`there is no case of ${tool}`);
  const { input } = await first.prepare(workspace);
  workspace.mutations.length = 0;
  // The first request that changes something waits for a second one, which comes only if nothing holds that back.
  let second = () => {};
  let isHeld = false;
  workspace.hooks.before = async (method) => {
    if (method === 'GET') return;
    if (isHeld) return second();
    isHeld = true;
    await new Promise<void>((resolve) => {
      second = resolve;
      setTimeout(resolve, 400);
    });
  };
  try {
    const answers = await Promise.all([input, { ...input, ...other }].map((each) => call(client, tool, each)));
    const refused = answers.filter(({ isError }) => isError);
    expect(refused.map(({ text }) => text)).toEqual([
      expect.stringContaining('changed by somebody else in the meantime'),
    ]);
    expect(workspace.mutations).toHaveLength(1);
  } finally {
    workspace.hooks.before = undefined;
  }
});
