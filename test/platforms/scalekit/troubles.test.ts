// What Scalekit does to its callers on bad days, and what assistants are told then: never an empty list.

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Client } from '@modelcontextprotocol/client';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { FaultKind } from '../../../src/sandbox/index.ts';
import { type Answer, ask, call, rowsOf } from '../../support/answers.ts';
import { openScalekitServer, type ScalekitServer } from '../../support/scalekit.ts';
import { openTestServer } from '../../support/server.ts';

let workspace: ScalekitServer;
let client: Client;

beforeAll(async () => {
  workspace = await openScalekitServer('environment', {}, { timeout: 3 });
  client = await workspace.server.connect('2026-07-28', 'http');
});
afterEach(() => {
  workspace.scalekit.setFaults(null);
  workspace.scalekit.reset();
});
afterAll(() => workspace?.close());

const codeOf = ({ result }: Answer) => (result._meta?.['castellan/error'] as { code?: string } | undefined)?.code;
const uri = 'https://app.larkspur.example/callback/two';

describe('when every answer is bad', () => {
  test.each<[FaultKind, string]>([
    ['rate-limit', 'rate_limited'],
    ['server-error', 'platform_unavailable'],
    ['garbage', 'platform_answer_invalid'],
    ['cut', 'platform_unavailable'],
    ['reset', 'platform_unavailable'],
    ['hang', 'platform_unavailable'],
    ['unauthorized', 'unauthorized'],
  ])('%s is told as %s', async (kind, code) => {
    workspace.scalekit.setFaults({ rate: 1, kinds: [kind] });
    const answer = await call(client, 'list_environment_roles');
    expect(answer.isError).toBe(true);
    // What nobody answered in time is told as either, whichever ends first.
    const late = kind === 'hang' ? ['deadline_exceeded'] : [];
    expect([code, ...late]).toContain(codeOf(answer));
    expect(answer.text).not.toMatch(/roles: 0|no roles/i);
  });
});

test('an answer that is bad once is asked for again', async () => {
  workspace.scalekit.setFaults({ rate: 0.3, kinds: ['server-error', 'reset', 'garbage'], seed: 4 });
  const answers = await Promise.all(Array.from({ length: 8 }, () => call(client, 'list_environment_roles')));
  for (const answer of answers.filter(({ isError }) => !isError))
    expect(rowsOf(answer, 'roles').length).toBeGreaterThan(0);
  expect(answers.filter(({ isError }) => !isError).length).toBeGreaterThan(4);
});

test('a token that Scalekit no longer takes is replaced by a new one', async () => {
  await ask(client, 'list_environment_roles');
  workspace.scalekit.rotateKeys();
  expect(rowsOf(await ask(client, 'list_environment_roles'), 'roles').length).toBeGreaterThan(0);
});

test.each([1, 10, 50])('%i callers at once are all answered rightly', async (callers) => {
  const tools = ['list_environment_roles', 'list_mcp_servers', 'list_redirect_uris'];
  const right = await Promise.all(tools.map((tool) => ask(client, tool)));
  const clients = await Promise.all(
    Array.from({ length: Math.min(callers, 10) }, () => workspace.server.connect('2026-07-28', 'http')),
  );
  const answers = await Promise.all(
    Array.from({ length: callers }, (_, place) =>
      ask(clients[place % clients.length] as Client, tools[place % 3] ?? ''),
    ),
  );
  for (const [place, answer] of answers.entries()) expect(answer.value).toEqual(right[place % 3]?.value);
});

describe('a list that is only taken as a whole', () => {
  const elsewhere = 'https://elsewhere.larkspur.example/';
  async function readOwn(): Promise<Record<string, unknown>> {
    const { clients } = (await workspace.read('clients')) as { clients: Record<string, unknown>[] };
    return clients.find(({ client_type }) => client_type === 'ENV') ?? {};
  }
  async function addElsewhere(): Promise<string[]> {
    const { id, post_login_uris: now } = await readOwn();
    const uris = [...new Set([...((now ?? []) as string[]), elsewhere])];
    await workspace.write('PATCH', `clients/${id}`, { post_login_uris: uris });
    return uris;
  }

  test('is not sent when somebody else changed it in the meantime', async () => {
    let theirs: string[] | undefined;
    const asking = await workspace.server.connect('2025-11-25', 'http', () => 'yes');
    workspace.mutations.length = 0;
    workspace.hooks.before = async (_method, path) => {
      // The last look before the change.
      if (/\/clients\/\w+$/.test(path)) theirs ??= await addElsewhere();
    };
    const answer = await call(asking, 'add_redirect_uri', { uri });
    workspace.hooks.before = undefined;
    expect(answer.isError).toBe(true);
    expect(answer.text).toContain('changed by somebody else in the meantime');
    expect(workspace.mutations).toEqual([]);
    expect((await readOwn()).post_login_uris).toEqual(theirs);
  });

  test('is asked about anew when somebody else changed it while the person thought', async () => {
    const asked: string[] = [];
    let theirs: string[] = [];
    const asking = await workspace.server.connect('2026-07-28', 'http', async (question) => {
      asked.push(question);
      theirs = await addElsewhere();
      return 'yes' as const;
    });
    await ask(asking, 'add_redirect_uri', { uri });
    expect(asked).toHaveLength(2);
    expect(asked[1]).toContain(elsewhere);
    expect((await readOwn()).post_login_uris).toEqual([...theirs, uri]);
  });

  test.each([
    ['no address', 'callback'],
    ['a script', 'javascript:alert(1)'],
    ['a page in an address', 'data:text/html,hello'],
  ])('takes %s for none', async (_what, bad) => {
    const answer = await call(client, 'add_redirect_uri', { uri: bad });
    expect(codeOf(answer)).toBe('invalid_input');
  });
});

test('what breaks a rule of Scalekit is told in its words and by its code', async () => {
  const answer = await call(client, 'delete_environment_role', { roleName: 'nobody_has_this', dryRun: true });
  expect(codeOf(answer)).toBe('not_found');
  const { roles } = (await workspace.read('roles')) as { roles: Record<string, unknown>[] };
  const kept = roles.find(({ default_member }) => default_member)?.name;
  const asking = await workspace.server.connect('2026-07-28', 'http', () => 'yes');
  const refused = await call(asking, 'delete_environment_role', { roleName: kept });
  expect(refused.text).toMatch(/Scalekit refused the request \([A-Z_]+: “/);
});

test('a member is never invited as an administrator without a person’s word', async () => {
  const whole = await openScalekitServer('workspace');
  try {
    const asked: string[] = [];
    const one = await whole.server.connect('2026-07-28', 'http', (question) => {
      asked.push(question);
      return 'no';
    });
    await ask(one, 'invite_workspace_member', { email: 'new.hand@larkspur.example' });
    expect(asked).toEqual([]);
    const body = (await whole.read('members?page_size=100', 'workspace')) as { members: Record<string, unknown>[] };
    expect(body.members.find(({ email }) => email === 'new.hand@larkspur.example')?.role).toBe('USER');
    const boss = await call(one, 'invite_workspace_member', { email: 'boss@larkspur.example', role: 'ADMIN' });
    expect(boss.isError).toBe(true);
    expect(asked).toHaveLength(1);
  } finally {
    await whole.close();
  }
});

test.each([
  ['{}', true],
  ['{"roles":[],"total_size":0}', true],
  ['{"total_size":3}', false],
  ['{"items":[]}', false],
  ['{"error":"maintenance"}', false],
  ['[]', false],
])('%s in the place of a list: an empty one %s', async (text, isList) => {
  const host = createServer((request, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(request.url === '/oauth/token' ? '{"access_token":"a","expires_in":600}' : text);
  });
  await new Promise<void>((resolve) => host.listen(0, '127.0.0.1', resolve));
  const environmentUrl = `http://127.0.0.1:${(host.address() as AddressInfo).port}`;
  const tenant = { platform: 'scalekit', environmentUrl, clientId: 'skc_1', clientSecret: 'test_1' };
  const server = await openTestServer({ timeout: 2, parts: { tenants: { scalekit: tenant } } });
  try {
    const answer = await call(await server.connect('2026-07-28', 'http'), 'list_environment_roles');
    expect(answer.isError).toBe(!isList);
    if (!isList) expect(['platform_answer_invalid', 'deadline_exceeded']).toContain(codeOf(answer));
  } finally {
    await server.close();
    host.closeAllConnections();
    host.close();
  }
});
