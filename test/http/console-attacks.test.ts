// What must not work on the console: forms from elsewhere, pages in frames, markup in names, other people's things, an
// assistant in a person's place.

import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
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
import { createSigningClient } from '../support/sign-in.ts';

let server: TestConsole;
let victim: Signed;
let other: Signed;
/** A question of the victim's, and what they let a client do. */
let question: { readonly code: string; readonly path: string };
let consent: string;

beforeAll(async () => {
  server = await openTestConsole();
  victim = await server.signIn(helena);
  other = await server.signIn(tomas);
  const client = await server.connectFor(victim);
  const users = await server.organization.read('/api/v1/users?limit=20&filter=status eq "ACTIVE"');
  const target = users.find(({ profile }) => ![helena, tomas].includes((profile as { login: string }).login));
  question = await askFor(client, target?.id ?? '');
  const [, path = ''] = /href="(\/clients\/[^"]+)"/.exec((await victim.get('/clients')).text) ?? [];
  consent = path;
  await client.close();
});
afterAll(() => server?.close());

const csrfOf = ({ first }: Signed) => Object.fromEntries(formWith(first, 'csrf').fields).csrf ?? '';

/** Everything that the console changes, as `path, fields`. */
const deeds = [
  ['a decision', () => question.path, { decision: 'approved' }],
  ['a withdrawal', () => consent, {}],
  ['signing out', () => '/sign-out', {}],
] as const;

async function nothingDone(): Promise<void> {
  expect((await server.app.approvals.get(question.code))?.status).toBe('pending');
  expect((await victim.get(consent)).status).toBe(200);
  expect((await victim.ask('/calls')).status).toBe(200);
}

describe.each(deeds)('%s', (_what, pathOf, fields) => {
  const form = (more: Record<string, string> = {}) => new URLSearchParams({ ...fields, ...more }).toString();
  const type = { 'content-type': 'application/x-www-form-urlencoded' };
  const post = (body: string, headers: Record<string, string> = {}) =>
    victim.ask(pathOf(), { method: 'POST', body, headers: { ...type, origin: server.origin, ...headers } });

  test.each<[string, () => Promise<Response>]>([
    ['without the token of the session', () => post(form())],
    ['with an empty token', () => post(form({ csrf: '' }))],
    ['with a wrong token of the right length', () => post(form({ csrf: 'A'.repeat(csrfOf(victim).length) }))],
    ['with the token of another person’s session', () => post(form({ csrf: csrfOf(other) }))],
    ['from another site', () => post(form({ csrf: csrfOf(victim) }), { 'sec-fetch-site': 'cross-site' })],
    [
      'from another host of the same site',
      () => post(form({ csrf: csrfOf(victim) }), { 'sec-fetch-site': 'same-site' }),
    ],
    ['typed into the address bar', () => post(form({ csrf: csrfOf(victim) }), { 'sec-fetch-site': 'none' })],
    ['from another origin', () => post(form({ csrf: csrfOf(victim) }), { origin: 'https://evil.example' })],
    ['from another port', () => post(form({ csrf: csrfOf(victim) }), { origin: 'http://127.0.0.1:1' })],
    ['from a sandboxed frame', () => post(form({ csrf: csrfOf(victim) }), { origin: 'null' })],
    [
      'as JSON',
      () => post(JSON.stringify({ ...fields, csrf: csrfOf(victim) }), { 'content-type': 'application/json' }),
    ],
    ['as text that looks like a form', () => post(form({ csrf: csrfOf(victim) }), { 'content-type': 'text/plain' })],
    ['with more than a form can hold', () => post(form({ csrf: csrfOf(victim), more: 'x'.repeat(20_000) }))],
  ])('is refused %s', async (_how, send) => {
    const answer = await send();
    expect(answer.status).toBe(403);
    await nothingDone();
  });

  test('is not done by GET, with or without the token', async () => {
    for (const query of [form(), form({ csrf: csrfOf(victim) })]) {
      const answer = await victim.ask(`${pathOf()}?${query}`);
      expect([200, 405]).toContain(answer.status);
    }
    await nothingDone();
  });

  test.each(['PUT', 'DELETE', 'PATCH', 'OPTIONS'])('is not done by %s: 405 (RFC 9110 §15.5.6)', async (method) => {
    const answer = await victim.ask(pathOf(), { method, headers: { origin: server.origin } });
    expect(answer.status).toBe(405);
    expect(answer.headers.get('allow')).toMatch(/^(GET, HEAD, )?POST$/);
    await nothingDone();
  });

  test('is not done without a session, whatever token comes along', async () => {
    const body = form({ csrf: csrfOf(victim) });
    const headers = { ...type, origin: server.origin };
    const answer = await fetch(`${server.origin}${pathOf()}`, { method: 'POST', body, headers, redirect: 'manual' });
    expect(answer.status).toBe(303);
    await nothingDone();
  });

  test('is not done by an assistant: a token for MCP opens no page', async () => {
    const signing = createSigningClient({ url: server.url, era: '2026-07-28', browser: other.browser });
    const client = await signing.connect();
    const authorization = `Bearer ${signing.accessToken()}`;
    const headers = { ...type, origin: server.origin, authorization };
    const body = form({ csrf: csrfOf(other) });
    const answer = await fetch(`${server.origin}${pathOf()}`, { method: 'POST', body, headers, redirect: 'manual' });
    expect(answer.status).toBe(303);
    const page = await fetch(`${server.origin}/approvals`, { headers: { authorization }, redirect: 'manual' });
    expect(page.status).toBe(303);
    await nothingDone();
    await client.close();
  });
});

describe('every page', () => {
  const pages = [
    ...['/', '/calls', '/calls/none', '/approvals', '/approvals/AAAA-AAAA', '/clients', '/clients/none', '/connect'],
    ...['/sign-out', '/oauth/interaction/none', '/oauth/callback', '/oauth/logout'],
  ];

  test.each(pages)('%s is not framed, kept, sniffed or scripted by anybody else', async (path) => {
    for (const answer of [await victim.ask(path), await fetch(`${server.origin}${path}`, { redirect: 'manual' })]) {
      const { headers } = answer;
      expect(headers.get('cache-control'), path).toBe('no-store');
      if (answer.status === 303) continue;
      const policy = headers.get('content-security-policy') ?? '';
      expect(policy).toMatch(
        /^default-src 'none'; style-src 'sha256-[^']+'; (script-src 'sha256-[^' ]+'; )?img-src data:;/,
      );
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).toContain("base-uri 'none'");
      expect(policy).not.toContain('unsafe');
      expect(headers.get('x-frame-options')).toBe('DENY');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('cross-origin-opener-policy')).toBe('same-origin');
      expect(headers.get('access-control-allow-origin')).toBeNull();
    }
  });

  test.each(pages)('%s is whole: one h1, a language, labels, no id twice, nothing from elsewhere', async (path) => {
    const { text } = await victim.get(path);
    expect(text.match(/<h1>/g)).toHaveLength(1);
    expect(text).toMatch(/^<!doctype html>\s*<html lang="en">/);
    expect(text).toMatch(/<title>[^<]+<\/title>/);
    const ids = [...text.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const [, id] of text.matchAll(/<input id="([^"]+)"/g)) expect(text).toContain(`<label for="${id}"`);
    expect(text).not.toMatch(/ (src|srcset|style|on\w+)=/);
    expect(text.match(/<link [^>]*>/g)).toHaveLength(1);
  });

  test('reached by a foreign name answers nothing: DNS rebinding', async () => {
    const { port } = new URL(server.origin);
    const { request } = await import('node:http');
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const headers = { host: 'evil.example', cookie: victim.browser.cookies(new URL(server.origin)) };
      const asked = request({ host: '127.0.0.1', port, path: '/approvals', headers }, ({ statusCode }) => {
        resolve(statusCode);
      });
      asked.once('error', reject).end();
    });
    expect(status).toBe(403);
  });
});

describe('what others wrote', () => {
  const hostile = '</pre></title><script>alert(1)</script><img src=x onerror=alert(1)>"\'\u202Egpj.exe';

  test('a client’s name is text on every page that shows it', async () => {
    const client = await server.connectFor(other, hostile);
    for (const path of ['/clients', '/']) {
      const { text } = await other.get(path);
      expect(text).not.toMatch(/<script>alert|<img src/);
      expect(text).not.toContain('\u202E');
    }
    const list = await other.get('/clients');
    expect(list.text).toContain('&lt;script&gt;alert(1)');
    const [, path = ''] = /gpj\.exe.*?href="(\/clients\/[^"]+)"/s.exec(list.text) ?? [];
    expect((await other.get(path)).text).not.toMatch(/<script>alert|<img src/);
    await client.close();
  });

  test('a name in the directory is text in the question that it stands in', async () => {
    const profile = {
      firstName: 'A',
      lastName: 'B',
      login: 'hostile@larkspur.example',
      email: 'hostile@larkspur.example',
    };
    const user = await server.organization.write('POST', '/api/v1/users?activate=true', { profile });
    const name = '<script>alert(1)</script>';
    const group = await server.organization.write('POST', '/api/v1/groups', { profile: { name, description: '' } });
    const client = await server.connectFor(other);
    const asked = await client.callTool({ name: 'delete_okta_group', arguments: { group_id: group.id } });
    const [, path = ''] = /decide at http:\/\/[^/]+(\/approvals\/[A-Z0-9-]{9})/.exec(JSON.stringify(asked)) ?? [];
    for (const page of [await other.get(path), await other.get('/approvals'), await victim.get(path)]) {
      expect(page.status).toBe(200);
      expect(page.text).not.toContain(name);
      expect(wordsOf(page)).toContain(name);
    }
    expect(user.id).toMatch(/^00u/);
    await client.close();
  });

  test.each([
    '/calls?caller=%3Cscript%3Ealert(1)%3C/script%3E%22%3E',
    '/calls?before=%3Cscript%3E',
    '/calls/%3Cscript%3Ealert(1)%3C%2Fscript%3E',
    '/calls/%E0%A4%A',
    '/approvals/%3Cscript%3Ealert(1)',
    '/clients/..%2F..%2Fetc',
  ])('an address is text, too: %s', async (path) => {
    const { text, status } = await victim.get(path);
    expect([200, 404]).toContain(status);
    expect(text).not.toMatch(/<script>(alert|"?>)/);
  });
});

describe('signing in', () => {
  test.each([
    'https://evil.example/',
    '//evil.example',
    '/\\evil.example',
    '/%0d%0aset-cookie:a=b',
    'javascript:alert(1)',
    '\t//evil.example',
  ])('leads nowhere but to pages of ours: %j', async (to) => {
    const { first } = await server.signIn(tomas, to);
    expect(first.url.origin).toBe(server.origin);
  });

  test('gives a session that nobody could have put there beforehand', async () => {
    const before = other.browser.cookies(new URL(server.origin));
    const again = await server.signIn(tomas);
    const after = again.browser.cookies(new URL(server.origin));
    const sessionIn = (cookies: string) => /__Host-castellan=([^;]+)/.exec(cookies)?.[1];
    expect(sessionIn(after)).toMatch(/^[\w-]{43}$/);
    expect(sessionIn(after)).not.toBe(sessionIn(before));
    expect(csrfOf(again)).not.toBe(csrfOf(other));
  });
});

test('going to every address that the pages name changes nothing', async () => {
  const seen = new Set<string>();
  const ahead = ['/'];
  const signed = await server.signIn(helena);
  for (let path = ahead.shift(); path !== undefined && seen.size < 80; path = ahead.shift()) {
    if (seen.has(path)) continue;
    seen.add(path);
    const { text } = await signed.get(path);
    for (const [, to = ''] of text.matchAll(/href="(\/[^"]*)"/g)) ahead.push(to.replaceAll('&amp;', '&'));
  }
  expect([...seen]).toEqual(expect.arrayContaining([question.path, consent, '/connect']));
  await nothingDone();
});

describe('the state of things', () => {
  beforeEach(nothingDone);

  test('is that of the beginning after all of this, and the right form is taken', async () => {
    const form = formWith(await victim.get(question.path), 'decision');
    const done = await victim.send({ form, values: { decision: 'refused' } });
    expect(wordsOf(done)).toContain('Refused by you');
  });
});
