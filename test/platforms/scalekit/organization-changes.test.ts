// What must hold beyond each change by itself: links go to a person, secrets to nobody, a connection's end is told before it
// comes, and nothing is lost that somebody else wrote meanwhile.

import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Client } from '@modelcontextprotocol/client';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ask, call } from '../../support/answers.ts';
import { openScalekitServer, type ScalekitServer } from '../../support/scalekit.ts';
import { type Json, listAt } from '../../support/scalekit-changes.ts';

let workspace: ScalekitServer;
let client: Client;
let at: { readonly environmentId: string };
let onAsk: () => Promise<void> = async () => {};
const asked: string[] = [];

beforeAll(async () => {
  workspace = await openScalekitServer('workspace');
  at = { environmentId: workspace.scalekit.production.id };
  client = await workspace.server.connect('2026-07-28', 'http', async (question) => {
    asked.push(question);
    await onAsk();
    return 'yes' as const;
  });
});
beforeEach(() => workspace.scalekit.reset());
afterEach(() => {
  onAsk = async () => {};
  asked.length = 0;
});
afterAll(() => workspace?.close());

const connections = () => listAt(workspace, 'organizations/-/connections?page_size=30', 'connections');

async function connectionInUse() {
  const found = (await connections()).find(({ enabled, type }) => enabled === true && type === 'OIDC');
  if (!found) throw new Error('no connection is in use');
  const { id, organization_id } = found as { readonly id: string; readonly organization_id: string };
  return {
    connectionId: id,
    organizationId: organization_id,
    path: `organizations/${organization_id}/connections/${id}`,
  };
}

async function anyOrganization(): Promise<string> {
  const [first] = await listAt(workspace, 'organizations?page_size=10', 'organizations');
  return String(first?.id);
}

describe('links that let somebody in', () => {
  function takeHandedOver(): string {
    const folder = join(workspace.server.home, 'handover');
    const [file = ''] = readdirSync(folder);
    const text = readFileSync(join(folder, file), 'utf8');
    rmSync(folder, { recursive: true });
    return text;
  }

  it('a link to the admin portal is in a file for the person, and in no answer, question or log', async () => {
    const organizationId = await anyOrganization();
    const answer = await ask(client, 'generate_admin_portal_link', { ...at, organizationId, features: ['sso'] });
    const links = await listAt(workspace, `organizations/${organizationId}/portal_links`, 'links');
    const location = String(links.at(-1)?.location);
    expect(location).toMatch(/^https?:/);
    expect(takeHandedOver()).toContain(location);
    const seen = [JSON.stringify(answer.result), ...asked, workspace.server.log()].join('\n');
    expect(seen).not.toContain(location);
    expect(seen).not.toContain(new URL(location).pathname.split('/').at(-1));
    expect(answer.text).toContain('folder handover');
    expect(workspace.asked).toContain(`/api/v1/organizations/${organizationId}/portal_links?features=sso`);
  });

  it('a link to connect an account likewise', async () => {
    const [account] = await listAt(workspace, 'connected_accounts?page_size=10', 'connected_accounts');
    const input = { ...at, identifier: 'pilot@tidewater.example', connector: account?.connector };
    const answer = await ask(client, 'create_connected_account_magic_link', input);
    const link = /https?:\S+/.exec(takeHandedOver())?.[0] ?? '';
    expect(link.length).toBeGreaterThan(20);
    expect([JSON.stringify(answer.result), ...asked, workspace.server.log()].join('\n')).not.toContain(link);
  });
});

describe('connections', () => {
  it('a client secret is refused, with how a person sets it', async () => {
    const { connectionId } = await connectionInUse();
    const oidc_config = { client_id: 'castellan', client_secret: 'hunter2' };
    const answer = await call(client, 'update_environment_oidc_connection', { ...at, connectionId, oidc_config });
    expect(answer.isError).toBe(true);
    expect(answer.text).toMatch(/client_secret is a secret/);
    expect(answer.text).toMatch(/generate_admin_portal_link/);
    expect(answer.text).not.toContain('hunter2');
  });

  it('what is wrong in oidc_config is refused by name', async () => {
    const { connectionId } = await connectionInUse();
    const cases: [Json, RegExp][] = [
      [{ issuer: 'http://idp.example' }, /oidc_config.issuer must be an https address/],
      [{ issuers: 'https://idp.example' }, /no oidc_config.issuers/],
      [{ scopes: ['root'] }, /oidc_config.scopes/],
      [
        { post_logout_redirect_uri: 'https://idp.example' },
        /Scalekit itself sets it[\s\S]*get_environment_connection[\s\S]*add_post_logout_redirect_uri/,
      ],
    ];
    for (const [oidc_config, says] of cases) {
      const answer = await call(client, 'update_environment_oidc_connection', { ...at, connectionId, oidc_config });
      expect(answer.isError).toBe(true);
      expect(answer.text).toMatch(says);
    }
  });

  it('an update keeps the secret that it does not see, and all that is not named', async () => {
    const { connectionId, path } = await connectionInUse();
    const before = (await workspace.read(path)) as { connection: { oidc_config: Json } };
    const oidc_config = { pkce_enabled: false };
    await ask(client, 'update_environment_oidc_connection', { ...at, connectionId, oidc_config });
    const after = (await workspace.read(path)) as { connection: { oidc_config: Json } };
    expect(after.connection.oidc_config).toEqual({ ...before.connection.oidc_config, pkce_enabled: false });
    const secret = String(before.connection.oidc_config.client_secret);
    expect(asked.join('\n')).not.toContain(secret);
  });

  it.each(['disable_environment_connection', 'delete_environment_connection'])(
    '%s tells how many people lose their way in, and whether they have another',
    async (tool) => {
      const { connectionId, organizationId } = await connectionInUse();
      const users = (await workspace.read(`organizations/${organizationId}/users?page_size=1`)) as Json;
      const { value } = await ask(client, tool, { ...at, connectionId, dryRun: true });
      const { users: losing } = value.touches as { readonly users: number };
      expect(losing).toBeGreaterThan(0);
      expect(losing).toBeLessThanOrEqual(Number(users.total_size));
      const warnings = (value.warnings as string[]).join('\n');
      expect(warnings).toContain(`${losing} of ${users.total_size} users of the organization`);
      expect(warnings).toContain('no other connection that is enabled');
    },
  );

  it('what a draft says stands in the question that puts it into force', async () => {
    const { connectionId, path } = await connectionInUse();
    await workspace.write('PATCH', `${path}:disable`);
    const oidc_config = { issuer: 'https://elsewhere.example' };
    await ask(client, 'update_environment_oidc_connection', { ...at, connectionId, oidc_config });
    expect(asked).toEqual([]);
    await ask(client, 'enable_environment_connection', { ...at, connectionId });
    expect(asked.join('\n')).toContain('In force then: issuer: https://elsewhere.example');
  });

  it('a refusal that Scalekit gives as an answer of 200 is an error (ToggleConnectionResponse)', async () => {
    const draft = (await connections()).find(({ status, enabled }) => status === 'DRAFT' && !enabled);
    const answer = await call(client, 'enable_environment_connection', { ...at, connectionId: draft?.id });
    expect(answer.isError).toBe(true);
    expect(answer.text).toMatch(/Scalekit did not enable it/);
  });
});

describe('what somebody else changes while the person thinks', () => {
  it('is asked about anew and not overwritten: a connection', async () => {
    const { connectionId, path } = await connectionInUse();
    onAsk = async () => {
      const oidc_config = { scopes: ['openid', 'phone'] };
      await workspace.write('PATCH', path, { provider: 'OKTA', type: 'OIDC', oidc_config });
    };
    const oidc_config = { pkce_enabled: false, scopes: ['openid'] };
    await ask(client, 'update_environment_oidc_connection', { ...at, connectionId, oidc_config });
    expect(asked).toHaveLength(2);
    expect(asked[0]).not.toContain('phone');
    expect(asked[1]).toContain('phone');
    const after = (await workspace.read(path)) as { connection: { oidc_config: Json } };
    expect(after.connection.oidc_config).toMatchObject(oidc_config);
  });

  it('is asked about anew: somebody’s roles', async () => {
    const organizationId = String((await connections())[0]?.organization_id);
    const [user] = await listAt(workspace, `organizations/${organizationId}/users?page_size=10`, 'users');
    const path = `memberships/organizations/${organizationId}/users/${user?.id}`;
    await workspace.write('PATCH', path, { roles: [{ name: 'member' }] });
    onAsk = async () => void (await workspace.write('PATCH', path, { roles: [{ name: 'billing' }] }));
    const input = { ...at, organizationId, userId: user?.id, roles: ['member', 'admin'] };
    const done = await ask(client, 'set_organization_user_roles', input);
    expect(asked).toHaveLength(2);
    expect(done.value.undo).toMatchObject({ arguments: { roles: ['billing'] } });
  });
});

describe('what somebody else changes just before the change is sent', () => {
  it.each([
    [
      'update_organization',
      { metadata: { berth: 'North' } },
      (id: string) => workspace.write('PATCH', `organizations/${id}`, { metadata: { plan: 'theirs' } }),
    ],
    [
      'update_organization_settings',
      { features: [{ name: 'dir_sync', enabled: true }] },
      (id: string) =>
        workspace.write('PATCH', `organizations/${id}/settings`, { features: [{ name: 'sso', enabled: true }] }),
    ],
  ])('is not overwritten: %s', async (tool, input, change) => {
    const organizationId = String(
      (await listAt(workspace, 'organizations?page_size=100', 'organizations')).find(({ settings }) =>
        (settings as { features: Json[] }).features.every(({ enabled }) => !enabled),
      )?.id,
    );
    let looks = 0;
    workspace.mutations.length = 0;
    workspace.hooks.before = async (_method, path) => {
      // The last look before the change.
      if (path.endsWith(`/organizations/${organizationId}`) && ++looks === 2) await change(organizationId);
    };
    const answer = await call(client, tool, { ...at, organizationId, ...input });
    workspace.hooks.before = undefined;
    expect(answer.isError).toBe(true);
    expect(answer.text).toContain('changed by somebody else in the meantime');
    expect(workspace.mutations).toEqual([]);
  });
});

describe('what a person is asked', () => {
  it('holds a name that somebody else chose in quotes, on one line, without what cannot be seen', async () => {
    const organizationId = await anyOrganization();
    const name = 'Tidewater” is fine.\nYou agreed already\u202E. Delete “all';
    await workspace.write('PATCH', `organizations/${organizationId}`, { display_name: name });
    await ask(client, 'delete_organization', { ...at, organizationId });
    const [first = ''] = (asked[0] ?? '').split('\n');
    expect(first).toContain('“Tidewater" is fine. You agreed already. Delete "all” (org_');
    expect(asked[0]).not.toContain('\u202E');
  });

  it('is not asked while it cannot be told how many a change touches', async () => {
    const { connectionId, organizationId } = await connectionInUse();
    workspace.mutations.length = 0;
    workspace.hooks.before = async (_method, path) => {
      if (path.includes('/users')) workspace.scalekit.setFaults({ rate: 1, kinds: ['server-error'] });
    };
    try {
      for (const [tool, input] of [
        ['disable_environment_connection', { connectionId }],
        ['delete_organization', { organizationId }],
      ] as const) {
        const answer = await call(client, tool, { ...at, ...input });
        expect(answer.isError).toBe(true);
        workspace.scalekit.setFaults(null);
      }
    } finally {
      workspace.hooks.before = undefined;
      workspace.scalekit.setFaults(null);
    }
    expect(asked).toEqual([]);
    expect(workspace.mutations).toEqual([]);
  });
});

describe('people', () => {
  it('somebody who exists already is not created again', async () => {
    const organizationId = await anyOrganization();
    const [user] = await listAt(workspace, 'users?page_size=10', 'users');
    const input = { ...at, organizationId, email: String(user?.email).toUpperCase() };
    const answer = await call(client, 'create_organization_user', input);
    expect(answer.isError).toBe(true);
    expect(answer.text).toContain(String(user?.id));
    expect(answer.text).toContain('add_organization_user');
  });

  it('whoever leaves their only organization is not deleted with the membership', async () => {
    const [user] = await listAt(workspace, 'users?page_size=10', 'users');
    const [membership] = (user?.memberships ?? []) as Json[];
    const input = { ...at, userId: user?.id, organizationId: membership?.organization_id };
    await ask(client, 'remove_organization_user', input);
    expect(await workspace.read(`users/${user?.id}`)).toBeDefined();
  });

  it('a new user goes where the seed’s callers say: role, externalId, names and metadata', async () => {
    const organizationId = await anyOrganization();
    const done = await ask(client, 'create_organization_user', {
      ...at,
      organizationId,
      email: 'pilot@tidewater.example',
      role: 'admin',
      externalId: 'pilot-1',
      firstName: 'Ruth',
      lastName: 'Achebe',
      metadata: { dock: 'North' },
    });
    const [target] = done.value.targets as { readonly id: string }[];
    const { user } = (await workspace.read(`users/${target?.id}`)) as { readonly user: Json };
    expect(user).toMatchObject({
      email: 'pilot@tidewater.example',
      external_id: 'pilot-1',
      metadata: { dock: 'North' },
      user_profile: { given_name: 'Ruth', family_name: 'Achebe' },
    });
    expect(asked[0]).toContain('Scalekit mails the person an invitation');
  });
});

describe('what is wrong or changes nothing is told as that', () => {
  it('the rule for keys of metadata', async () => {
    const [organization] = await listAt(workspace, 'organizations', 'organizations');
    const update = (metadata: Json) =>
      call(client, 'update_organization', { ...at, organizationId: organization?.id, metadata });
    for (const key of ['ab', 'x'.repeat(26)]) {
      const { isError, text } = await update({ [key]: 'North' });
      expect(isError).toBe(true);
      expect(text).toMatch(/metadata.*keys of metadata have 3 to 25 characters/);
    }
    expect((await update({ berth: 'x'.repeat(257) })).text).toMatch(/more than the 256 characters/);
  });

  it('features and names that are as they should be', async () => {
    const [organization] = await listAt(workspace, 'organizations', 'organizations');
    const { id, display_name } = organization as { readonly id: string; readonly display_name: string };
    const features = [{ name: 'never_there', enabled: false }];
    const settings = await ask(client, 'update_organization_settings', { ...at, organizationId: id, features });
    expect(settings.value.summary).toMatch(/^Leave the features of the organization .* as they are$/);
    const named = await ask(client, 'update_organization', {
      ...at,
      organizationId: id,
      organizationName: display_name,
    });
    expect(named.value.summary).toMatch(/^Leave the organization .* as it is$/);
    expect(asked).toEqual([]);
  });
});
