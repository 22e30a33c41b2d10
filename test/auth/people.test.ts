// Signing in with a browser at the identity provider: what leads in, and what does not.

import type { IncomingMessage } from 'node:http';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import type { Visitor } from '../../src/cli/visitor.ts';
import { signInKinds } from '../../src/sandbox/sign-in.ts';
import { createMemoryStore } from '../../src/stores/memory.ts';
import {
  browserUntil,
  closeCompany,
  openCompany,
  openTestPeople,
  type PeopleOptions,
  readMe,
  signedIn,
  signInAs,
  type TestPeople,
} from '../support/people.ts';

const admin = 'helena.brandt@larkspur.example';
const opened: TestPeople[] = [];

async function open(options: PeopleOptions = {}): Promise<TestPeople> {
  const one = await openTestPeople(options);
  opened.push(one);
  return one;
}

afterEach(async () => {
  await Promise.all(opened.splice(0).map((one) => one.close()));
});
afterAll(closeCompany);

/** The provider's answer, which the browser has not yet brought. */
async function answerFor(origin: string, login = admin): Promise<{ browser: Visitor; answer: URL }> {
  const browser = browserUntil('/oauth/callback');
  return { browser, answer: await browser.walk(new URL(`${origin}/in`), signInAs(login)) };
}

async function bring(answer: URL, cookies: string, method = 'GET'): Promise<Response> {
  return fetch(answer, { method, redirect: 'manual', headers: { cookie: cookies } });
}

/** Nobody is signed in by it, and the page says so in the common frame. */
async function expectRefused(response: Response, status: number): Promise<string> {
  const text = await response.text();
  expect(response.status).toBe(status);
  expect(response.headers.getSetCookie().filter((line) => /castellan=[^;]/.test(line))).toEqual([]);
  expect(response.headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
  return text;
}

describe('a person who signs in', () => {
  test.each(signInKinds)(
    'in another’s place is asked for at %s, whoever is signed in there (OpenID Connect Core §3.1.2.1)',
    async (at) => {
      const { origin } = await open({ at });
      const browser = await signedIn(origin, admin);
      const before = await readMe(origin, browser);
      const page = await browser.open(new URL(`${origin}/other`));
      if (page instanceof URL) throw new Error('nobody was asked');
      expect(page.forms[0]?.names.has('password')).toBe(true);
      expect(await readMe(origin, browser)).toEqual({});
      await browser.send(signInAs('tomas.okafor@larkspur.example')(page));
      const { id } = await readMe(origin, browser);
      expect([typeof id, id === before.id]).toEqual(['string', false]);
    },
  );

  test('is known by the provider’s lasting id, with what their groups allow, in a session of their browser', async () => {
    const { origin, log } = await open();
    const me = await readMe(origin, await signedIn(origin, admin));
    expect(me).toMatchObject({
      name: 'Helena Brandt',
      caller: `${origin}|${me.id}`,
      allowance: 'castellan:read castellan:write',
      operator: true,
    });
    expect(me.id).toMatch(/^00u/);
    await expect.poll(log).toContain(me.id);
    expect(log()).not.toContain('helena');
  });

  test('gets a cookie that no page, no other host and no other site can use', async () => {
    const { origin } = await open();
    const { browser, answer } = await answerFor(origin);
    const response = await bring(answer, browser.cookies(answer));
    expect(response.status).toBe(303);
    expect(response.headers.get('cache-control')).toBe('no-store');
    const [line = ''] = response.headers.getSetCookie();
    expect(line).toMatch(/^__Host-castellan=[\w-]{43}; /);
    for (const part of ['Path=/', 'HttpOnly', 'SameSite=Lax', 'Secure']) expect(line.split('; ')).toContain(part);
    expect(line).not.toContain('Domain');
  });

  test('goes on to where they were going, and only within this server', async () => {
    const { origin } = await open();
    const places = [
      '//evil.example/',
      '/\\evil.example',
      'https://evil.example/',
      '/%09/evil',
      'evil',
      '/a\nb',
      '/\t/evil',
    ];
    for (const place of places) {
      const browser = browserUntil('/oauth/callback');
      const begin = new URL(`${origin}/in?to=${encodeURIComponent(place)}`);
      const answer = await browser.walk(begin, signInAs(admin));
      const location = (await bring(answer, browser.cookies(answer))).headers.get('location') ?? '';
      expect(new URL(location, origin).origin, place).toBe(origin);
    }
    const browser = browserUntil('/approvals/ABCD-EFGH');
    const at = await browser.walk(new URL(`${origin}/in?to=/approvals/ABCD-EFGH?from=1`), signInAs(admin));
    expect(at.href).toBe(`${origin}/approvals/ABCD-EFGH?from=1`);
  });

  test('is another session each time, and the one before ends (session fixation)', async () => {
    const { origin } = await open();
    const browser = await signedIn(origin, admin);
    const before = browser.cookies(new URL(origin));
    await browser.walk(new URL(`${origin}/in`), signInAs(admin));
    const after = browser.cookies(new URL(origin));
    const valueIn = (cookies: string) => /__Host-castellan=([\w-]+)/.exec(cookies)?.[1];
    expect(valueIn(after)).not.toBe(valueIn(before));
    const response = await fetch(`${origin}/me`, { headers: { cookie: before } });
    expect(await response.json()).toEqual({});
  });

  test('signs out here and at the provider', async () => {
    const { origin } = await open();
    const browser = await signedIn(origin, admin);
    const cookies = browser.cookies(new URL(origin));
    const response = await fetch(`${origin}/out`, { redirect: 'manual', headers: { cookie: cookies } });
    expect(response.headers.get('location')).toContain('/v1/logout?');
    expect(response.headers.getSetCookie().join()).toContain('Max-Age=0');
    expect(await (await fetch(`${origin}/me`, { headers: { cookie: cookies } })).json()).toEqual({});
  });

  test('is signed out after two hours without a visit, and after twelve in any case', async () => {
    const { origin, wait } = await open();
    const browser = await signedIn(origin, admin);
    for (let hour = 0; hour < 11; hour++) {
      wait(3_600_000);
      expect((await readMe(origin, browser)).id).toBeDefined();
    }
    wait(3_700_000);
    expect(await readMe(origin, browser)).toEqual({});
  });

  test('is not signed in by two cookies of one name, or by one of another shape', async () => {
    const { origin } = await open();
    const cookie = (await signedIn(origin, admin)).cookies(new URL(origin));
    for (const cookies of [
      `${cookie}; ${cookie}`,
      cookie.replace(/(__Host-castellan)=\w/g, '$1=*'),
      '__Host-castellan=',
    ]) {
      const response = await fetch(`${origin}/me`, { headers: { cookie: cookies } });
      expect(await response.json(), cookies.slice(0, 20)).toEqual({});
    }
  });
});

describe('an answer that signs nobody in', () => {
  test('one that another browser brings (login CSRF)', async () => {
    const { origin } = await open();
    const { answer } = await answerFor(origin);
    const { browser: other } = await answerFor(origin);
    await expectRefused(await bring(answer, other.cookies(answer)), 400);
    await expectRefused(await bring(answer, ''), 400);
  });

  test('one that was brought before (replay)', async () => {
    const { origin } = await open();
    const { browser, answer } = await answerFor(origin);
    const cookies = browser.cookies(answer);
    expect((await bring(answer, cookies)).status).toBe(303);
    await expectRefused(await bring(answer, cookies), 400);
  });

  test.each([
    ['a forged state', (url: URL) => url.searchParams.set('state', 'A'.repeat(43)), 400],
    ['no state', (url: URL) => url.searchParams.delete('state'), 400],
    ['two states', (url: URL) => url.searchParams.append('state', 'B'.repeat(43)), 400],
    ['two codes', (url: URL) => url.searchParams.append('code', 'other'), 400],
    ['another code', (url: URL) => url.searchParams.set('code', 'other'), 403],
    ['no code', (url: URL) => url.searchParams.delete('code'), 403],
    ['no issuer, of a provider that always says it (RFC 9207)', (url: URL) => url.searchParams.delete('iss'), 403],
    ['another issuer (RFC 9207, mix-up)', (url: URL) => url.searchParams.set('iss', 'https://evil.example'), 403],
  ])('%s', async (_what, change, status) => {
    const { origin } = await open();
    const { browser, answer } = await answerFor(origin);
    change(answer);
    await expectRefused(await bring(answer, browser.cookies(answer)), status);
  });

  test('a code of another sign-in of the same browser (PKCE, RFC 7636)', async () => {
    const { origin } = await open();
    const browser = browserUntil('/oauth/callback');
    const first = await browser.walk(new URL(`${origin}/in`), signInAs(admin));
    const second = await browser.walk(new URL(`${origin}/in`), signInAs(admin));
    second.searchParams.set('code', first.searchParams.get('code') ?? '');
    await expectRefused(await bring(second, browser.cookies(second)), 403);
  });

  test('one that comes after ten minutes', async () => {
    let at = Date.now();
    const { origin, wait } = await open({ store: createMemoryStore(() => at) });
    const { browser, answer } = await answerFor(origin);
    at += 601_000;
    wait(601_000);
    await expectRefused(await bring(answer, browser.cookies(answer)), 400);
  });

  test('one that is posted', async () => {
    const { origin } = await open();
    const { browser, answer } = await answerFor(origin);
    await expectRefused(await bring(answer, browser.cookies(answer), 'POST'), 405);
  });

  test('an ID token of another sign-in (nonce), or of nobody’s signature', async () => {
    const seen: string[] = [];
    let change = (token: string) => token;
    const meddling: typeof fetch = async (input, init) => {
      const response = await fetch(input, init);
      if (!String(input).endsWith('/v1/token')) return response;
      const body = (await response.json()) as { id_token: string };
      seen.push(body.id_token);
      return Response.json({ ...body, id_token: change(body.id_token) });
    };
    const { origin } = await open({ fetch: meddling });
    await signedIn(origin, admin);
    change = () => seen[0] ?? '';
    const replayed = await answerFor(origin);
    await expectRefused(await bring(replayed.answer, replayed.browser.cookies(replayed.answer)), 403);
    change = (token) => {
      const [head, body = '', signature] = token.split('.');
      const claims = JSON.parse(Buffer.from(body, 'base64url').toString());
      const forged = Buffer.from(JSON.stringify({ ...claims, sub: '00uSomebodyElse000000' })).toString('base64url');
      return `${head}.${forged}.${signature}`;
    };
    const forged = await answerFor(origin);
    await expectRefused(await bring(forged.answer, forged.browser.cookies(forged.answer)), 403);
  });

  test('a refusal of the provider, whose words are shown as text', async () => {
    const { origin } = await open();
    const { browser, answer } = await answerFor(origin);
    answer.searchParams.delete('code');
    answer.searchParams.set('error', 'access_denied');
    answer.searchParams.set('error_description', '<img src=x onerror=alert(1)>\u202eevil');
    const text = await expectRefused(await bring(answer, browser.cookies(answer)), 403);
    expect(text).toContain('&lt;img src=x');
    expect(text).not.toContain('<img');
    expect(text).not.toContain('\u202e');
  });
});

test('sign-ins that nobody ends do not fill the store', async () => {
  const { people, store, wait } = await open();
  const request = { headers: {} } as IncomingMessage;
  const answers = [];
  for (let n = 0; n < 5_600; n++) answers.push(await people.begin(request, '/'));
  expect(answers.at(-1)).toMatchObject({ status: 503, headers: { 'retry-after': '60' } });
  expect((await store.keys('')).length).toBeLessThan(5_200);
  wait(60_000);
  expect((await people.begin(request, '/')).status).toBe(303);
});

describe('what is kept of people', () => {
  test('is sealed: no token, name or address lies in the store, and no cookie can be made from its keys', async () => {
    const { origin, store } = await open();
    const browser = await signedIn(origin, admin);
    const cookie = /__Host-castellan=([\w-]+)/.exec(browser.cookies(new URL(origin)))?.[1] ?? '';
    const names = await store.keys('');
    const values = await Promise.all(names.map((name) => store.get(name)));
    const all = [...names, ...values].join('\n');
    expect(names.length).toBeGreaterThan(1);
    for (const secret of [cookie, 'helena', 'Helena', 'larkspur', 'eyJhbGciOi', 'eyJraWQiOi'])
      expect(all).not.toContain(secret);
  });

  test('is opened with an older key, and with none of another’s', async () => {
    const store = createMemoryStore(Date.now);
    const [old, young] = ['o'.repeat(32), 'y'.repeat(32)];
    const first = await open({ store, sealKeys: old });
    const id = (await readMe(first.origin, await signedIn(first.origin, admin))).id ?? '';
    const rotated = await open({ store, sealKeys: `${young},${old}` });
    expect((await rotated.people.known(id))?.id).toBe(id);
    const foreign = await open({ store, sealKeys: young });
    expect(await foreign.people.known(id)).toBeUndefined();
  });

  test('is renewed once for all who ask, in two processes, with a refresh token that is good once', async () => {
    const store = createMemoryStore(Date.now);
    let renewals = 0;
    const counting: typeof fetch = (input, init) => {
      if (String(init?.body).includes('grant_type=refresh_token')) renewals++;
      return fetch(input, init);
    };
    const one = await open({ store, fetch: counting });
    const id = (await readMe(one.origin, await signedIn(one.origin, admin))).id ?? '';
    const other = await open({ store, fetch: counting });
    const signal = AbortSignal.timeout(10_000);
    const early = await one.people.subjectOf(id).load(signal);
    for (const each of [one, other]) each.wait(3_599_000);
    const all = await Promise.all([one, other, one, other].map(({ people }) => people.subjectOf(id).load(signal)));
    expect(renewals).toBe(1);
    expect(new Set(all.map(({ token }) => token.reveal())).size).toBe(1);
    expect(all[0]?.token.reveal()).not.toBe(early.token.reveal());
  });

  test('ends when the provider knows the person no more', async () => {
    const gone: typeof fetch = async (input, init) =>
      String(init?.body).includes('grant_type=refresh_token')
        ? Response.json({ error: 'invalid_grant' }, { status: 400 })
        : fetch(input, init);
    const { origin, people, wait } = await open({ fetch: gone });
    const browser = await signedIn(origin, admin);
    const id = (await readMe(origin, browser)).id ?? '';
    expect(await people.stillThere(id)).toBe(true);
    wait(11 * 60_000);
    expect(await people.stillThere(id)).toBe(false);
    expect(await readMe(origin, browser)).toEqual({});
    await expect(people.subjectOf(id).load(AbortSignal.timeout(5_000))).rejects.toMatchObject({ code: 'unauthorized' });
  });

  test('stays when the provider is away for a while, and nobody is called gone', async () => {
    let away = false;
    const failing: typeof fetch = (input, init) =>
      away ? Promise.reject(new TypeError('fetch failed', { cause: new Error('ECONNREFUSED') })) : fetch(input, init);
    const { origin, people, wait } = await open({ fetch: failing });
    const browser = await signedIn(origin, admin);
    const id = (await readMe(origin, browser)).id ?? '';
    const { browser: visitor, answer } = await answerFor(origin);
    away = true;
    wait(11 * 60_000);
    await expect(people.stillThere(id)).rejects.toThrow();
    expect((await readMe(origin, browser)).id).toBe(id);
    const response = await bring(answer, visitor.cookies(answer));
    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toBeTruthy();
    away = false;
    expect(await people.stillThere(id)).toBe(true);
  });
});

test('whoever is in no group that gives more gets what everybody gets', async () => {
  await openCompany();
  const { origin } = await open({ auth: { everybody: ['okta:read'] } });
  const page = await browserUntil('/me').open(new URL(`${origin}/in`));
  const logins = page instanceof URL ? [] : [...page.text.matchAll(/<kbd>([^<]*@[^<]*)<\/kbd><span>([^<]*)/g)];
  const [, login = ''] = logins.find(([, , about]) => about?.endsWith('No admin role')) ?? [];
  expect(await readMe(origin, await signedIn(origin, login))).toMatchObject({
    allowance: 'okta:read',
    operator: false,
  });
});

test('nobody is a group of operators by being called so', async () => {
  const named: typeof fetch = async (input, init) => {
    const response = await fetch(input, init);
    if (!String(input).endsWith('/v1/userinfo')) return response;
    return Response.json({ ...((await response.json()) as object), handle: 'group:IT' });
  };
  const { origin } = await open({
    fetch: named,
    auth: { subjectClaim: 'handle', groupsClaim: 'teams' },
    signIn: { operators: ['group:IT'] },
  });
  const browser = await signedIn(origin, 'tomas.okafor@larkspur.example');
  expect(await readMe(origin, browser)).toMatchObject({ id: 'group:IT', operator: false });
});
