// The console: what people see of their calls, decide, and withdraw.

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { callerName } from '../../src/http/console/words.ts';
import { brokerParts } from '../support/broker.ts';
import {
  askFor,
  formWith,
  helena,
  openTestConsole,
  type Signed,
  type TestConsole,
  tomas,
  wordsOf,
} from '../support/console.ts';
import { openTestServer } from '../support/server.ts';
import { actAs, createSigningClient, openBrowser } from '../support/sign-in.ts';

/** Nothing listens there. */
const unreachable = { issuer: 'http://127.0.0.1:1/oauth2/default', provider: 'okta' };

let server: TestConsole;
let operator: Signed;
let person: Signed;

beforeAll(async () => {
  server = await openTestConsole();
  operator = await server.signIn(helena);
  person = await server.signIn(tomas);
});
afterAll(() => server?.close());

async function freePort(): Promise<number> {
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
  const { port } = taken.address() as AddressInfo;
  await new Promise((resolve) => taken.close(resolve));
  return port;
}

/** Of somebody else whom nothing protects. */
async function anybodyElse(place: number): Promise<string> {
  const users = await server.organization.read('/api/v1/users?limit=50&filter=status eq "ACTIVE"');
  const found = users.filter(({ profile }) => ![helena, tomas].includes((profile as { login: string }).login))[place];
  if (!found) throw new Error('nobody is there');
  return found.id;
}

async function statusOf(id: string): Promise<unknown> {
  const user = await server.organization.read<{ status: string }>(`/api/v1/users/${id}`);
  return user.status;
}

describe('where nobody is signed in', () => {
  test('/ says what this is, where the MCP endpoint is and how to sign in, and nothing of what is configured', async () => {
    const answer = await fetch(server.origin);
    const text = await answer.text();
    expect(answer.status).toBe(200);
    expect(text).toContain(server.url);
    expect(text).toContain(`href="${server.origin}/sign-in"`);
    expect(text).not.toContain('Healthy');
    expect(text).not.toContain('0.0.0-test');
  });

  test.each(['/calls', '/calls/some', '/approvals', '/approvals/ABCD-EFGH', '/clients', '/clients/some', '/connect'])(
    '%s leads to signing in, and back',
    async (path) => {
      const answer = await fetch(`${server.origin}${path}`, { redirect: 'manual' });
      expect(answer.status).toBe(303);
      expect(answer.headers.get('location')).toBe(`${server.origin}/sign-in?${new URLSearchParams({ to: path })}`);
    },
  );

  test('after signing in one stands where one wanted to go', async () => {
    const { first } = await server.signIn(tomas, '/calls?before=1.0');
    expect([first.status, first.url.href]).toEqual([200, `${server.origin}/calls?before=1.0`]);
  });
});

test('where nothing is, a browser is shown a page, and everything else a line of text', async () => {
  const browser = await fetch(`${server.origin}/nonexistent`, { headers: { accept: 'text/html,*/*;q=0.8' } });
  expect([browser.status, browser.headers.get('content-type')]).toEqual([404, 'text/html; charset=utf-8']);
  expect(browser.headers.get('content-security-policy')).toContain("default-src 'none'");
  expect(wordsOf({ text: await browser.text() })).toContain('There is no page at this address.');
  const other = await fetch(`${server.origin}/nonexistent`);
  expect([other.status, await other.text()]).toEqual([404, expect.stringMatching(/^There is nothing here\..*\n$/)]);
});

describe('the overview', () => {
  test('tells whether organizations answer, and what one may let a client do', async () => {
    const words = wordsOf(person.first);
    expect(words).toMatch(/okta Healthy okta · answered in \d+ ms/);
    expect(words).toMatch(/Store Healthy.*Audit log Healthy/);
    expect(words).toContain('castellan:destroy');
    expect(words).not.toContain('You are an operator');
    expect(wordsOf(operator.first)).toContain('You are an operator');
  });

  test('a tenant that does not answer is told, with what to do', async () => {
    const broken = await openTestConsole({ settingsOf: { okta: { apiToken: 'wrong' } } });
    try {
      const { first } = await broken.signIn(helena);
      expect(wordsOf(first)).toMatch(/Something needs attention.*okta Trouble/);
    } finally {
      await broken.close();
    }
  });
});

describe('a question', () => {
  test('is read and approved by its person; the assistant’s next call does it, and the record names who agreed', async () => {
    const client = await server.connectFor(person);
    const id = await anybodyElse(0);
    const { text, path, code, address } = await askFor(client, id);
    expect(address).toBe(`${server.origin}/approvals/${code}`);
    expect(text).toContain(`castellan approve ${code}`);
    expect(wordsOf(await person.get('/'))).toContain('One question waits for your decision');
    expect(wordsOf(await person.get('/approvals'))).toContain(code);

    const asked = await person.get(path);
    expect(wordsOf(asked)).toMatch(
      /Suspend the user .* status: ACTIVE → SUSPENDED .* Asked by you Client id \S+ Ends in 14 minutes/,
    );
    expect(await statusOf(id)).toBe('ACTIVE');
    const form = formWith(asked, 'decision');
    const decided = await person.send({ form, values: { decision: 'approved' } });
    expect([decided.status, decided.url.pathname]).toEqual([200, path]);
    expect(wordsOf(decided)).toContain('Approved by you. It is not done yet: tell the assistant to go on.');
    expect(decided.forms.some(({ names }) => names.has('decision'))).toBe(false);
    expect(await statusOf(id)).toBe('ACTIVE');

    expect((await askFor(client, id)).text).toMatch(/"done":true/);
    expect(await statusOf(id)).toBe('SUSPENDED');
    expect((await person.get(path)).status).toBe(404);
    expect(wordsOf(await person.get('/calls'))).toMatch(
      /^(?:(?!suspend_okta_user).)*suspend_okta_user at \S+ \S+ UTC, [0-9a-f]{8} Done/,
    );

    const calls = await person.get('/calls');
    const [, call = ''] = /href="(\/calls\/[^"]+)">suspend_okta_user/.exec(calls.text) ?? [];
    const words = wordsOf(await person.get(call.replaceAll('&amp;', '&')));
    expect(words).toMatch(/Approved .* By you Confirmation .* Done/);
    expect(words).toContain(`user:${id}`);

    expect((await askFor(client, id)).text).toMatch(/"done":false/);
    const idle = await person.get('/calls');
    expect(wordsOf(idle)).toMatch(
      /^(?:(?!suspend_okta_user).)*suspend_okta_user at \S+ \S+ UTC, [0-9a-f]{8} Nothing to do/,
    );
    const [, last = ''] = /href="(\/calls\/[^"]+)">suspend_okta_user/.exec(idle.text) ?? [];
    expect(wordsOf(await person.get(last.replaceAll('&amp;', '&')))).toContain('Nothing to do');
    const links = [...idle.text.matchAll(/<a href="\/calls\/[^"]+">([\s\S]*?)<\/a>/g)].map(([, words]) => words);
    expect(new Set(links).size).toBe(links.length);
    await client.close();
  });

  test('that one client asked is not answered for another of the same person', async () => {
    const [first, second] = [await server.connectFor(person, 'One'), await server.connectFor(person, 'Another')];
    const id = await anybodyElse(1);
    const { path } = await askFor(first, id);
    await person.send({ form: formWith(await person.get(path), 'decision'), values: { decision: 'approved' } });
    const other = await askFor(second, id);
    expect(other.path).toMatch(/^\/approvals\//);
    expect(other.path).not.toBe(path);
    expect(await statusOf(id)).toBe('ACTIVE');
    await person.send({ form: formWith(await person.get(other.path), 'decision'), values: { decision: 'refused' } });
    await askFor(second, id);
    for (const client of [first, second]) await client.close();
  });

  test('that is refused is answered so, and nothing is done', async () => {
    const client = await server.connectFor(person);
    const id = await anybodyElse(1);
    const { path } = await askFor(client, id);
    const form = formWith(await person.get(path), 'decision');
    const decided = await person.send({ form, values: { decision: 'refused' } });
    expect(wordsOf(decided)).toContain('Refused by you. Nothing will be changed');
    expect((await askFor(client, id)).text).toContain('The person refused');
    expect(await statusOf(id)).toBe('ACTIVE');
    await client.close();
  });

  test('of somebody else is decided by an operator, and what was decided first stands', async () => {
    const client = await server.connectFor(person);
    const id = await anybodyElse(1);
    const { path, code } = await askFor(client, id);
    const mine = formWith(await person.get(path), 'decision');
    expect(wordsOf(await operator.get('/approvals'))).toContain(code);
    const asked = await operator.get(path);
    expect(wordsOf(asked)).toMatch(/Asked by 00u\w+/);
    await operator.send({ form: formWith(asked, 'decision'), values: { decision: 'refused' } });
    const late = await person.send({ form: mine, values: { decision: 'approved' } });
    expect(wordsOf(late)).toMatch(/This was refused .* Refused by 00u\w+/);
    expect((await askFor(client, id)).text).toContain('The person refused');
    await client.close();
  });

  test('of an operator’s assistant looks like none to others, and cannot be decided by them', async () => {
    const client = await server.connectFor(operator);
    const id = await anybodyElse(1);
    const { path, code } = await askFor(client, id);
    const own = formWith(await operator.get(path), 'decision');
    const none = await person.get('/approvals/AAAA-AAAA');
    const foreign = await person.get(path);
    expect([foreign.status, foreign.text]).toEqual([404, none.text]);
    expect((await person.get('/approvals')).text).not.toContain(code);
    const csrf = Object.fromEntries(formWith(await person.get('/'), 'csrf').fields).csrf ?? '';
    const tried = await person.send({ form: own, values: { csrf, decision: 'approved' } });
    expect(tried.status).toBe(404);
    expect((await server.app.approvals.get(code))?.status).toBe('pending');
    await operator.send({ form: own, values: { decision: 'refused' } });
    await client.close();
  });
});

describe('calls', () => {
  test('are one’s own; an operator sees everybody’s and chooses whose', async () => {
    const [mine, theirs] = [await server.connectFor(person), await server.connectFor(operator)];
    await mine.callTool({ name: 'list_okta_groups', arguments: {} });
    await theirs.callTool({ name: 'list_okta_applications', arguments: {} });
    const own = await person.get('/calls');
    expect(own.text).toContain('list_okta_groups');
    expect(own.text).not.toContain('list_okta_applications');
    const all = await operator.get('/calls');
    expect(all.text).toContain('list_okta_groups');
    expect(all.text).toContain('list_okta_applications');
    const [, caller = ''] = /href="(\/calls\?caller=[^"]+)">Only mine/.exec(all.text) ?? [];
    const chosen = await operator.get(caller);
    expect(chosen.text).not.toContain('list_okta_groups');
    expect(chosen.text).toContain('list_okta_applications');

    const [, foreign = ''] = /href="(\/calls\/[^"]+)">list_okta_applications/.exec(all.text) ?? [];
    expect((await operator.get(foreign)).status).toBe(200);
    expect((await person.get(foreign)).status).toBe(404);
    const widened = await person.get('/calls?caller=');
    expect(widened.text).not.toContain('list_okta_applications');
    await mine.close();
    await theirs.close();
  });

  test('a call’s page has its records with the upstream’s request ids', async () => {
    const list = await person.get('/calls');
    const [, call = ''] = /href="(\/calls\/[^"]+)">list_okta_groups/.exec(list.text) ?? [];
    const words = wordsOf(await person.get(call));
    expect(words).toMatch(/list_okta_groups .* Tenant okta Access read .* Done just now/);
    expect(words).toMatch(/Request ids \w{10,}/);
  });

  test('more than a page are gone through to the end', async () => {
    const client = await server.connectFor(person);
    for (let call = 0; call < 30; call++) await client.callTool({ name: 'list_okta_event_types', arguments: {} });
    const first = await person.get('/calls');
    const [, older = ''] = /rel="next" href="([^"]+)"/.exec(first.text) ?? [];
    const second = await person.get(older.replaceAll('&amp;', '&'));
    const count = ({ text }: { text: string }) => text.match(/<td role="cell" data-label="Outcome"/g)?.length ?? 0;
    expect(count(first)).toBe(25);
    expect(count(second)).toBeGreaterThan(5);
    await client.close();
  });
});

describe('clients', () => {
  test('stand with what they may do; that is withdrawn in two steps, by whose client it is', async () => {
    const client = await server.connectFor(person, 'Client to be withdrawn');
    const list = await person.get('/clients');
    expect(wordsOf(list)).toContain('“Client to be withdrawn”');
    expect((await operator.get('/clients')).text).not.toContain('Client to be withdrawn');
    const [, path = ''] = /“Client to be withdrawn”<\/h2><a class="button slight" href="([^"]+)"/.exec(list.text) ?? [];
    expect((await operator.get(path)).status).toBe(404);
    const question = await person.get(path);
    expect(wordsOf(question)).toMatch(/Withdraw what this client may do\? .* castellan:destroy/);
    const form = question.forms.find(({ action }) => action.pathname === path);
    if (!form) throw new Error('there is no form to withdraw');
    const done = await person.send({ form, values: {} });
    expect([done.status, done.url.pathname]).toEqual([200, '/clients']);
    expect(done.text).not.toContain('Client to be withdrawn');
    expect((await person.send({ form, values: {} })).status).toBe(404);
    await client.close();
  });
});

test('how to connect each client stands there with this server’s own address', async () => {
  const page = await person.get('/connect');
  const words = wordsOf(page);
  for (const client of ['Claude Desktop', 'Claude Code', 'VS Code', 'Cursor', 'Windsurf', 'Gemini CLI', 'Codex'])
    expect(words).toContain(client);
  for (const client of ['MCP Inspector', 'mcp-remote']) expect(words).toContain(client);
  const texts = [...page.text.matchAll(/<pre [^>]*>([^<]*)<\/pre>/g)].map(([, text = '']) => text);
  expect(texts).toHaveLength(11);
  expect(texts).toContain(`castellan init --remote ${server.url}`);
  for (const text of texts) expect(text).toContain(server.url);
});

test('signing out ends the session here, and leads to where the provider ends its own', async () => {
  const leaving = await server.signIn(tomas);
  const form = formWith(leaving.first, 'csrf');
  const { action, fields } = form;
  const before = leaving.browser.cookies(new URL(server.origin));
  const answer = await leaving.ask('/sign-out', {
    method: 'POST',
    headers: { origin: server.origin, 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(Object.fromEntries(fields)).toString(),
  });
  expect([action.pathname, answer.status]).toEqual(['/sign-out', 200]);
  expect(await answer.text()).toMatch(/http-equiv="refresh" content="0; url=http[^"]+\/logout/);
  const again = await fetch(`${server.origin}/calls`, { redirect: 'manual', headers: { cookie: before } });
  expect(again.status).toBe(303);
});

test('signing out everywhere ends every browser’s session of this person, and nobody else’s', async () => {
  const [one, two, theirs] = [await server.signIn(tomas), await server.signIn(tomas), await server.signIn(helena)];
  const page = await one.get('/clients');
  const form = formWith(page, 'where');
  await one.browser.send({ form, values: { where: 'everywhere' } });
  for (const gone of [one, two, person]) expect((await gone.ask('/calls')).status).toBe(303);
  expect((await theirs.ask('/calls')).status).toBe(200);
  expect((await server.signIn(tomas, '/calls')).first.status).toBe(200);
});

test('without its store it says so, and that nothing was changed', async () => {
  const away = await openTestConsole({}, { state: { store: 'redis://127.0.0.1:1' } });
  try {
    const answer = await fetch(`${away.origin}/approvals`, {
      redirect: 'manual',
      headers: { cookie: `__Host-castellan=${'a'.repeat(43)}` },
    });
    expect(answer.status).toBe(503);
    expect(answer.headers.get('retry-after')).toBe('5');
    expect(await answer.text()).toContain('Nothing was changed');
  } finally {
    await away.close();
  }
});

test('while the identity provider cannot be asked, signing in says so, and / is there', async () => {
  const alone = await openTestConsole({}, { signIn: { ...unreachable, clientId: 'some', clientSecret: 'other' } });
  try {
    const answer = await fetch(`${alone.origin}/sign-in`, { redirect: 'manual' });
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '5']);
    expect(await answer.text()).toContain('Something that Castellan needs cannot be reached');
    expect((await fetch(alone.origin)).status).toBe(200);
  } finally {
    await alone.close();
  }
});

test('where clients sign in at an authorization server of its own, people see here what was called in their name', async () => {
  const port = await freePort();
  const publicUrl = `http://127.0.0.1:${port}/mcp`;
  const own = await openTestServer({
    port,
    parts: (organization) => {
      const { signIn } = brokerParts(organization);
      return { signIn, auth: { issuer: signIn.issuer, provider: 'okta', audience: ['api://default'], publicUrl } };
    },
  });
  try {
    const gateway = own.organization.sandbox.okta.oauth.customServer('default');
    gateway.setGatewayRedirectUris([`http://127.0.0.1:${port}/oauth/callback`]);
    const browser = openBrowser();
    const { native } = gateway.clients;
    const signing = createSigningClient({
      url: publicUrl,
      era: '2026-07-28',
      clientId: native.id,
      browser,
      act: actAs(tomas),
    });
    const client = await signing.connect();
    await client.callTool({ name: 'list_okta_groups', arguments: {} });
    // Signed in there already: the browser only passes by.
    const calls = await browser.open(new URL('/sign-in?to=/calls', publicUrl));
    expect('text' in calls && wordsOf(calls)).toMatch(/list_okta_groups at \S+ \S+ UTC, [0-9a-f]{8} Done/);
    const clients = await browser.open(new URL('/clients', publicUrl));
    expect('text' in clients && wordsOf(clients)).toContain(`MCP clients sign in at ${gateway.issuer}`);
    await client.close();
  } finally {
    await own.close();
  }
});

test('a caller is shown whole, also where ids hold what stands between issuer and id', () => {
  const issuer = 'https://mcp.example.com';
  const me = { id: 'auth0|me', caller: `${issuer}|auth0|me` } as Parameters<typeof callerName>[1];
  const names = ['auth0|me', 'auth0|other', 'samlp|other', 'machine:x|me'].map((id) =>
    callerName(`${issuer}|${id}`, me),
  );
  expect(names).toEqual(['you', 'auth0|other', 'samlp|other', 'machine:x|me']);
  expect(callerName('local', me)).toBe('local');
});
