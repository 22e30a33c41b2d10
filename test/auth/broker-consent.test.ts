// The consent page: each client asks each person for itself, in the browser in which it began, by a form of ours.

import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Seen, Visitor } from '../../src/cli/visitor.ts';
import { authorizeUrl, exchange, newClient, obtain, openTestBroker, type TestBroker } from '../support/broker.ts';
import { actAs, openBrowser } from '../support/sign-in.ts';

const ordinary = 'tomas.okafor@larkspur.example';
const all = 'castellan:read castellan:write castellan:destroy';
let server: TestBroker;
let origin: string;
/** An administrator is signed in there. */
let browser: Visitor;

beforeAll(async () => {
  server = await openTestBroker();
  origin = server.origin;
  browser = openBrowser();
  await obtain(origin, browser, actAs());
});
afterAll(() => server?.close());

/** The consent page for a new client. */
async function pageFor(metadata: Record<string, unknown> = {}, over: Record<string, string> = {}, who = browser) {
  const { client_id: clientId } = await newClient(origin, metadata);
  const { url, verifier } = authorizeUrl(origin, clientId, over);
  let seen = await who.open(url);
  // Somebody who is not signed in there signs in first.
  if (!(seen instanceof URL) && !seen.url.href.startsWith(origin)) seen = await who.send(actAs(ordinary)(seen));
  if (seen instanceof URL) throw new Error(`no page, but ${seen.href}`);
  return { clientId, url, verifier, page: seen, form: formOf(seen) };
}

function formOf({ forms }: Seen) {
  const form = forms.find(({ names }) => names.has('decision'));
  if (!form) throw new Error('no form to decide');
  return form;
}

async function post(page: Seen, body: Record<string, string>, headers: Record<string, string> = {}) {
  const cookie = browser.cookies(page.url);
  return fetch(page.url, {
    method: 'POST',
    redirect: 'manual',
    headers: { cookie, ...headers },
    body: new URLSearchParams(body),
  });
}

describe('what a person is told', () => {
  test('who asks, for what, where it returns to, and who they are', async () => {
    const { page } = await pageFor({ client_name: 'My assistant' }, { scope: all });
    expect(page.text).toContain('It calls itself <strong>My assistant</strong>');
    expect(page.text).toContain('Nobody has checked that name');
    expect(page.text).toContain('a program on this computer');
    expect(page.text).toContain('Helena Brandt');
    for (const scope of all.split(' ')) expect(page.text).toContain(`<code>${scope}</code>`);
    expect(page.text).toContain('Dangerous');
  });

  test('nothing can frame the page, and its form leads here and to the client only', async () => {
    const { page } = await pageFor();
    const answer = await fetch(page.url, { headers: { cookie: browser.cookies(page.url) } });
    const policy = answer.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).toContain("default-src 'none'");
    expect(policy).toMatch(/form-action 'self' http:\/\/127\.0\.0\.1:54321(;|$)/);
    expect(answer.headers.get('x-frame-options')).toBe('DENY');
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });

  test.each([
    ['<script>alert(1)</script>', '&lt;script&gt;'],
    ['"><img src=x onerror=alert(1)>', '&quot;&gt;&lt;img src=x'],
    ['Castellan\u202egnp.exe', 'Castellangnp.exe'],
    ['a\u0000b\nc\u200b', 'abc'],
    ['x'.repeat(150), `${'x'.repeat(79)}…`],
  ])('what a client calls itself is text, in one line: %j', async (name, shown) => {
    const { page } = await pageFor({ client_name: name });
    expect(page.text).toContain(`It calls itself <strong>${shown}`);
    expect(page.text).not.toMatch(/<script>alert|<img src=x|\u202e|\u200b/);
    expect(page.text).toContain('<code>castellan:read</code>');
  });

  test('an address of a site is told by its host', async () => {
    const { client_id: clientId } = await newClient(origin, { redirect_uris: ['https://assistant.example/back'] });
    const { url } = authorizeUrl(origin, clientId, { redirect_uri: 'https://assistant.example/back' });
    const page = await browser.open(url);
    expect('text' in page && page.text).toContain('<strong>assistant.example</strong>');
  });
});

describe('what a person gives', () => {
  test('is what they choose; what takes away is not chosen for them', async () => {
    const { form, clientId, verifier } = await pageFor({}, { scope: all });
    const back = await browser.send({ form, values: { decision: 'allow' } });
    const code = back instanceof URL ? (back.searchParams.get('code') ?? '') : '';
    const { body } = await exchange(origin, clientId, code, verifier);
    expect(body.scope).toBe('castellan:read castellan:write');
  });

  test('is never more than was asked for, whatever the form says', async () => {
    const { form, clientId, verifier } = await pageFor({}, { scope: 'castellan:read' });
    const ticked = [['scope', 'castellan:destroy'] as const, ['scope', 'openid'] as const];
    const back = await browser.send({ form, values: { decision: 'allow' }, ticked });
    const code = back instanceof URL ? (back.searchParams.get('code') ?? '') : '';
    const { body } = await exchange(origin, clientId, code, verifier);
    expect(body.scope).toBe('castellan:read');
  });

  test('is never more than they may do themselves', async () => {
    const { page, form, clientId, verifier } = await pageFor({}, { scope: all }, openBrowser());
    expect(page.text).toContain('It asks for more than you may do here: <code>castellan:write</code>');
    expect(form.names.has('scope')).toBe(true);
    expect(form.unset).toEqual([]);
    const own = openBrowser();
    const given = await obtain(origin, own, actAs(ordinary), { scope: all }, clientId);
    expect(given.scope).toBe('castellan:read');
    expect(verifier).toBeTruthy();
  });

  test('nothing, when all that is asked for is more than they may: the client is told', async () => {
    const own = openBrowser();
    const { page, form } = await pageFor({}, { scope: 'castellan:destroy' }, own);
    expect(page.text).toContain('You may do nothing of what it asks for');
    const back = await own.send({ form, values: { decision: 'allow' } });
    expect(back instanceof URL && back.searchParams.get('error')).toBe('access_denied');
  });

  test('a refusal goes back to the client, with no code', async () => {
    const { form } = await pageFor();
    const back = await browser.send({ form, values: { decision: 'refuse' } });
    if (!(back instanceof URL)) throw new Error('it did not go back');
    expect(Object.fromEntries(back.searchParams)).toMatchObject({
      error: 'access_denied',
      state: 'state-1',
      iss: origin,
    });
    expect(back.searchParams.has('code')).toBe(false);
  });

  test('another person can take the place of the one who is signed in, and the client’s request still waits', async () => {
    const own = openBrowser();
    const { form, page, clientId, verifier } = await pageFor({}, {}, own);
    const before = own.cookies(page.url);
    const asked = await own.send({ form, values: { decision: 'other' } });
    if (asked instanceof URL) throw new Error(`no page, but ${asked.href}`);
    // The provider asks, although somebody is signed in there.
    expect(asked.url.origin).not.toBe(origin);
    expect(asked.forms[0]?.names.has('password')).toBe(true);
    // Nobody is signed in here meanwhile, with the cookie of before either.
    expect((await fetch(page.url, { redirect: 'manual', headers: { cookie: before } })).status).toBe(303);
    const again = await own.send(actAs()(asked));
    if (again instanceof URL) throw new Error(`no page, but ${again.href}`);
    expect(again.url.href).toBe(page.url.href);
    expect(again.text).toContain('Helena Brandt');
    const back = await own.send({ form: formOf(again), values: { decision: 'allow' } });
    const code = back instanceof URL ? (back.searchParams.get('code') ?? '') : '';
    expect((await exchange(origin, clientId, code, verifier)).status).toBe(200);
  });

  test('whoever does not sign in can go back to the application, which is told (RFC 6749 §4.1.2.1)', async () => {
    const own = openBrowser();
    const { client_id: clientId } = await newClient(origin);
    const signIn = await own.open(authorizeUrl(origin, clientId).url);
    if (signIn instanceof URL || !signIn.forms[0]) throw new Error('no page to sign in');
    const refused = await own.send({ form: signIn.forms[0], values: { decision: 'deny' } });
    if (refused instanceof URL) throw new Error(`no page, but ${refused.href}`);
    expect(refused.text).toContain('Try again');
    const link = new URL(/href="([^"]+)">Back to the application/.exec(refused.text)?.[1] ?? '', origin);
    // Not for anybody else, and not because another site says so.
    expect((await fetch(link, { redirect: 'manual' })).status).toBe(400);
    const led = { cookie: own.cookies(link), 'sec-fetch-site': 'cross-site' };
    expect((await fetch(link, { redirect: 'manual', headers: led })).headers.get('location')).toContain('/authorize?');
    const back = await own.open(link);
    if (!(back instanceof URL)) throw new Error('it did not go back');
    expect(Object.fromEntries(back.searchParams)).toMatchObject({
      error: 'access_denied',
      state: 'state-1',
      iss: origin,
    });
    expect(back.searchParams.has('code')).toBe(false);
    expect(await own.open(link)).toMatchObject({ status: 400 });
  });
});

describe('each client is asked for by itself', () => {
  test('a second client is not let in by what the first was allowed', async () => {
    await obtain(origin, browser, actAs(), { scope: all });
    const { page } = await pageFor({}, { scope: 'castellan:read' });
    expect(page.text).toContain('Let this application use Castellan?');
  });

  test('on this machine, where any program can stand, a client asks each time (RFC 8252 §8.6)', async () => {
    const { clientId } = await obtain(origin, browser, actAs());
    const again = await browser.open(authorizeUrl(origin, clientId).url);
    expect(again).not.toBeInstanceOf(URL);
  });

  test('a site asks once for the same, and again for more or when it is told to', async () => {
    const redirect_uri = 'https://assistant.example/back';
    const { client_id: clientId } = await newClient(origin, { redirect_uris: [redirect_uri] });
    const site = (over: Record<string, string> = {}) => authorizeUrl(origin, clientId, { redirect_uri, ...over }).url;
    const next = async (url: URL): Promise<Response> => {
      const begun = await fetch(url, { redirect: 'manual', headers: { cookie: browser.cookies(url) } });
      const jar = begun.headers.getSetCookie().map((line) => line.split(';')[0]);
      const at = new URL(begun.headers.get('location') ?? '', origin);
      const cookie = [browser.cookies(at), ...jar].join('; ');
      return fetch(at, { redirect: 'manual', headers: { cookie } });
    };
    const page = await browser.open(site());
    if (page instanceof URL) throw new Error('no page');
    await browser.send({ form: formOf(page), values: { decision: 'allow' } }).catch(() => {});
    expect((await next(site())).status).toBe(303);
    expect((await next(site({ scope: all }))).status).toBe(200);
    expect((await next(site({ prompt: 'consent' }))).status).toBe(200);
  });
});

describe('a decision is taken from nobody else', () => {
  test.each<[string, (csrf: string) => [Record<string, string>, Record<string, string>]]>([
    ['without the token of the session', () => [{ decision: 'allow' }, {}]],
    [
      'with another token',
      (csrf) => [{ decision: 'allow', csrf: csrf.replace(/./, (c) => (c === 'a' ? 'b' : 'a')) }, {}],
    ],
    ['from another site', (csrf) => [{ decision: 'allow', csrf }, { 'sec-fetch-site': 'cross-site' }]],
    ['from a neighbour of the site', (csrf) => [{ decision: 'allow', csrf }, { 'sec-fetch-site': 'same-site' }]],
    ['from another origin of this machine', (csrf) => [{ decision: 'allow', csrf }, { origin: 'http://127.0.0.1:1' }]],
    ['as another kind of body', (csrf) => [{ decision: 'allow', csrf }, { 'content-type': 'text/plain' }]],
  ])('%s', async (_name, make) => {
    const { page, form } = await pageFor();
    const csrf = form.fields.find(([name]) => name === 'csrf')?.[1] ?? '';
    expect(csrf).not.toBe('');
    const [body, headers] = make(csrf);
    const answer = await post(page, { scope: 'castellan:read', ...body }, headers);
    expect([answer.status, answer.headers.get('location')]).toEqual([403, null]);
  });

  test('reading the page decides nothing, whatever stands in its address', async () => {
    const { page, form } = await pageFor();
    const csrf = form.fields.find(([name]) => name === 'csrf')?.[1] ?? '';
    const url = new URL(`?decision=allow&scope=castellan:read&csrf=${csrf}`, page.url);
    const answer = await fetch(url, { redirect: 'manual', headers: { cookie: browser.cookies(page.url) } });
    expect(answer.status).toBe(200);
  });

  test('a request that began in another browser is over here, for whoever is signed in (session fixation)', async () => {
    const { page } = await pageFor();
    const victim = openBrowser();
    await obtain(origin, victim, actAs(ordinary));
    const seen = await victim.open(page.url);
    expect(seen).toMatchObject({ status: 400 });
    expect('text' in seen && seen.text).toContain('began in another browser');
  });

  test('nor by cookies that a neighbouring host put there: whoever began a request gets nothing of another’s (RFC 6265bis §8.6)', async () => {
    const redirect_uri = 'https://assistant.example/settled';
    const { client_id: clientId } = await newClient(origin, { redirect_uris: [redirect_uri] });
    const { url } = authorizeUrl(origin, clientId, { redirect_uri });
    const page = await browser.open(url);
    if (page instanceof URL) throw new Error('no page');
    await browser.send({ form: formOf(page), values: { decision: 'allow' } }).catch(() => {});
    // From here on nobody is asked for this client. Somebody else begins, and has their cookies put into the person's browser.
    const begun = await fetch(url, { redirect: 'manual' });
    const jar = begun.headers.getSetCookie().map((line) => line.split(';')[0] ?? '');
    const planted = jar.filter((pair) => !pair.startsWith('__Host-'));
    expect(planted.length).toBeGreaterThan(0);
    const at = new URL(begun.headers.get('location') ?? '', origin);
    const cookie = [browser.cookies(at), ...planted].join('; ');
    expect((await fetch(at, { redirect: 'manual', headers: { cookie } })).status).toBe(400);
    const end = new URL(at.pathname.replace('interaction', 'authorize'), origin);
    const fetched = await fetch(end, { redirect: 'manual', headers: { cookie: jar.join('; ') } });
    expect(fetched.headers.get('location') ?? '').not.toContain('code=');
  });

  test('a page that was made for one person is not answered by another who has signed in since', async () => {
    const own = openBrowser();
    await obtain(origin, own, actAs(ordinary));
    const { page, form } = await pageFor({}, {}, own);
    // Somebody else signs in in the same browser.
    const other = await own.open(new URL('/sign-in?to=/', origin));
    if (!(other instanceof URL) && other.forms.length > 0 && !other.url.href.startsWith(origin))
      await own.send(actAs()(other));
    const cookie = own.cookies(page.url);
    const body = new URLSearchParams([
      ...form.fields.map(([name, value]) => [name, value] as [string, string]),
      ['decision', 'allow'],
    ]);
    const answer = await fetch(page.url, { method: 'POST', redirect: 'manual', headers: { cookie }, body });
    expect(answer.status).toBe(403);
  });

  test('the code of a decision is for who decided', async () => {
    const { access_token } = await obtain(origin, openBrowser(), actAs(ordinary));
    const helena = await obtain(origin, browser, actAs());
    expect(decodeJwt(access_token).sub).not.toBe(decodeJwt(helena.access_token).sub);
  });

  test('other methods than reading and answering are refused', async () => {
    const { page } = await pageFor();
    for (const method of ['PUT', 'DELETE'])
      expect((await fetch(page.url, { method, headers: { cookie: browser.cookies(page.url) } })).status).toBe(405);
  });
});

describe('signing out where applications send people (OpenID Connect RP-Initiated Logout)', () => {
  test('asks first, and takes the answer from a form of ours only', async () => {
    const own = openBrowser();
    await obtain(origin, own, actAs(ordinary));
    const url = new URL('/oauth/logout?post_logout_redirect_uri=https://evil.example/', origin);
    const page = await own.open(url);
    if (page instanceof URL) throw new Error('no page');
    const form = page.forms.find(({ action }) => action.pathname === '/oauth/logout');
    if (!form) throw new Error('no form to sign out');
    expect(page.text).not.toContain('evil.example');
    const cookie = own.cookies(url);
    const forged = await fetch(url, { method: 'POST', headers: { cookie }, body: new URLSearchParams({ csrf: 'x' }) });
    expect(await forged.text()).toContain('Sign out of Castellan?');
    expect(await (await fetch(url, { headers: { cookie } })).text()).toContain('Sign out of Castellan?');
    await own.send({ form, values: {} });
    expect(await (await fetch(url, { headers: { cookie } })).text()).toContain('You are signed out');
  });
});
