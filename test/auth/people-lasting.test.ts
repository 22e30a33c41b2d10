// Signing in with a browser when things go wrong in between: a provider that fails half-way, a store that is away, two at once.
// Nobody is signed in or out by it who should not be.

import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { CastellanError } from '../../src/core/errors.ts';
import { createMemoryStore } from '../../src/stores/memory.ts';
import type { Store } from '../../src/stores/store.ts';
import {
  browserUntil,
  closeCompany,
  type Me,
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

const soon = () => AbortSignal.timeout(10_000);
const isRefresh = (init: RequestInit | undefined) => String(init?.body).includes('grant_type=refresh_token');

/** A provider of which one answer can be put in another's place. */
function meddle(): { fetch: typeof fetch; answer: (url: string, init?: RequestInit) => Promise<Response> | undefined } {
  const meddler = {
    answer: (_url: string, _init?: RequestInit): Promise<Response> | undefined => undefined,
    fetch: ((input, init) => meddler.answer(String(input), init) ?? fetch(input, init)) as typeof fetch,
  };
  return meddler;
}

/** Fails as long as `fails` says so, of whatever key. */
function frailStore(store: Store, fails: (deed: string, key: string) => boolean): Store {
  const guard = <A extends [string, ...unknown[]], R>(deed: string, run: (...args: A) => Promise<R>) => {
    return (...args: A): Promise<R> =>
      fails(deed, args[0])
        ? Promise.reject(new CastellanError({ code: 'store_unavailable', message: 'The store is away.' }))
        : run(...args);
  };
  const { get, set, add, take } = store;
  return {
    ...store,
    get: guard('get', get),
    set: guard('set', set),
    add: guard('add', add),
    take: guard('take', take),
    delete: guard('delete', store.delete),
  };
}

describe('what the provider gives once', () => {
  test('is not lost when what follows fails: keys or further questions that nobody answers', async () => {
    const provider = meddle();
    const { origin, people, wait } = await open({ fetch: provider.fetch });
    const id = (await readMe(origin, await signedIn(origin, admin))).id ?? '';
    wait(11 * 60_000);
    let broken = false;
    provider.answer = (url, init) => {
      if (!isRefresh(init)) return undefined;
      broken = true;
      // The refresh token is used up by this; the ID token is one that cannot be verified.
      return fetch(url, init).then(async (response) => {
        const body = (await response.json()) as Record<string, unknown>;
        return Response.json({ ...body, id_token: 'e30.e30.' });
      });
    };
    await expect(people.stillThere(id)).rejects.toThrow();
    expect(broken).toBe(true);
    provider.answer = () => undefined;
    expect(await people.stillThere(id)).toBe(true);
    await expect(people.subjectOf(id).load(soon())).resolves.toMatchObject({
      type: 'urn:ietf:params:oauth:token-type:access_token',
    });
  });

  test('is not lost when the store is away as it comes', async () => {
    let failures = 0;
    let away = false;
    const store = frailStore(createMemoryStore(Date.now), (deed, key) => {
      const fails = away && deed === 'set' && key.startsWith('person:') && failures < 2;
      if (fails) failures++;
      return fails;
    });
    const { origin, people, wait } = await open({ store });
    const id = (await readMe(origin, await signedIn(origin, admin))).id ?? '';
    for (let time = 0; time < 2; time++) {
      away = time === 0;
      wait(11 * 60_000);
      expect(await people.stillThere(id)).toBe(true);
    }
    expect(failures).toBe(2);
  });

  test('an older refresh token that is refused does not end what a later sign-in gave', async () => {
    const provider = meddle();
    const scopes = ['openid', 'profile', 'offline_access'];
    const { origin, people, wait } = await open({ fetch: provider.fetch, signIn: { scopes } });
    const id = (await readMe(origin, await signedIn(origin, admin))).id ?? '';
    wait(11 * 60_000);
    let refused = false;
    provider.answer = (_url, init) => {
      if (!isRefresh(init)) return undefined;
      provider.answer = () => undefined;
      refused = true;
      return signedIn(origin, admin).then(() => Response.json({ error: 'invalid_grant' }, { status: 400 }));
    };
    expect(await people.stillThere(id)).toBe(true);
    expect(refused).toBe(true);
    expect(await people.known(id)).toMatchObject({ id, operator: true });
  });

  test('a token with less than a minute left is not handed out where no other can be had', async () => {
    const { origin, people, wait } = await open({ signIn: { scopes: ['openid', 'profile'] } });
    const id = (await readMe(origin, await signedIn(origin, admin))).id ?? '';
    const { expires } = await people.subjectOf(id).load(soon());
    wait(expires - Date.now() - 50_000);
    await expect(people.subjectOf(id).load(soon())).rejects.toMatchObject({ code: 'unauthorized' });
    // Without a refresh token nobody can be asked; what is known stands.
    expect(await people.stillThere(id)).toBe(true);
  });

  test('whoever waits for it waits no longer than they want to', async () => {
    const provider = meddle();
    const { origin, people, wait } = await open({ fetch: provider.fetch });
    const id = (await readMe(origin, await signedIn(origin, admin))).id ?? '';
    wait(3_599_000);
    const { promise, resolve } = Promise.withResolvers<Response>();
    provider.answer = (_url, init) => (isRefresh(init) ? promise : undefined);
    await expect(people.subjectOf(id).load(AbortSignal.timeout(50))).rejects.toMatchObject({ name: 'TimeoutError' });
    resolve(Response.json({ error: 'temporarily_unavailable' }, { status: 503 }));
  });
});

describe('a session', () => {
  test('that is ended while a page is made stays ended', async () => {
    const plain = createMemoryStore(Date.now);
    let hold: Promise<void> | undefined;
    let reached: () => void = () => {};
    const store: Store = {
      ...plain,
      async get(key) {
        const value = await plain.get(key);
        if (hold && key.startsWith('person:')) {
          reached();
          await hold;
        }
        return value;
      },
    };
    const { origin, wait } = await open({ store });
    const browser = await signedIn(origin, admin);
    const headers = { cookie: browser.cookies(new URL(origin)) };
    wait(5 * 60_000);
    const held = Promise.withResolvers<void>();
    const there = Promise.withResolvers<void>();
    hold = held.promise;
    reached = there.resolve;
    const page = fetch(`${origin}/me`, { headers });
    await there.promise;
    hold = undefined;
    await fetch(`${origin}/out`, { redirect: 'manual', headers });
    held.resolve();
    await page;
    expect(await (await fetch(`${origin}/me`, { headers })).json()).toEqual({});
  });

  test('ends two hours after the last visit, whatever the store remembers', async () => {
    const { origin, wait } = await open();
    const browser = await signedIn(origin, admin);
    wait(7_100_000);
    expect((await readMe(origin, browser)).id).toBeDefined();
    wait(7_300_000);
    expect(await readMe(origin, browser)).toEqual({});
  });

  test('is not over because the store is away: nobody is told that they are signed out', async () => {
    let away = false;
    const store = frailStore(createMemoryStore(Date.now), () => away);
    const { origin } = await open({ store });
    const browser = await signedIn(origin, admin);
    const visitor = browserUntil('/oauth/callback');
    const answer = await visitor.walk(new URL(`${origin}/in`), signInAs(admin));
    const headers = { cookie: browser.cookies(new URL(origin)) };
    away = true;
    const asked = await fetch(`${origin}/me`, { headers });
    expect([asked.status, await asked.text()]).toEqual([503, 'CastellanError']);
    const response = await fetch(answer, { redirect: 'manual', headers: { cookie: visitor.cookies(answer) } });
    expect(response.status).toBe(503);
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
    away = false;
    expect((await readMe(origin, browser)).id).toBeDefined();
    // Nothing of the answer was used up.
    const again = await fetch(answer, { redirect: 'manual', headers: { cookie: visitor.cookies(answer) } });
    expect(again.status).toBe(303);
  });

  test('is over when its sealing key was removed, and goes on under one that is only older', async () => {
    const store = createMemoryStore(Date.now);
    const [old, young] = ['o'.repeat(32), 'y'.repeat(32)];
    const first = await open({ store, sealKeys: old });
    const { cookies } = await signedIn(first.origin, admin);
    const headers = { cookie: cookies(new URL(first.origin)) };
    const idAt = async ({ origin }: TestPeople) => ((await (await fetch(`${origin}/me`, { headers })).json()) as Me).id;
    expect(await idAt(await open({ store, sealKeys: `${young},${old}` }))).toMatch(/^00u/);
    expect(await idAt(await open({ store, sealKeys: young }))).toBeUndefined();
  });

  test('begins in each of several tabs, in whichever order they come back', async () => {
    const { origin } = await open();
    const browser = browserUntil('/oauth/callback');
    const answers: URL[] = [];
    for (const to of ['/me?tab=1', '/me?tab=2', '/me?tab=3'])
      answers.push(await browser.walk(new URL(`${origin}/in?to=${encodeURIComponent(to)}`), signInAs(admin)));
    const places: (string | null)[] = [];
    for (const answer of answers.reverse()) {
      const response = await fetch(answer, { redirect: 'manual', headers: { cookie: browser.cookies(answer) } });
      places.push(response.headers.get('location'));
    }
    expect(places).toEqual(['/me?tab=3', '/me?tab=2', '/me?tab=1']);
  });

  test('is kept by Safari on this machine too, which takes no Secure cookie without TLS', async () => {
    const { origin } = await open();
    const safari =
      'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.3 Safari/605.1.15';
    const response = await fetch(`${origin}/in`, { redirect: 'manual', headers: { 'user-agent': safari } });
    const [line = ''] = response.headers.getSetCookie();
    expect(line).toMatch(/^castellan-sign-in=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax; Max-Age=600$/);
  });
});

describe('a provider that does not take what it is sent', () => {
  const isExchange = (init: RequestInit | undefined) => String(init?.body).includes('grant_type=authorization_code');

  test.each([
    ['an error of its own', () => new Response('<h1>Bad gateway</h1>', { status: 502 }), 503, ''],
    ['too many requests', () => Response.json({ error: 'slow_down' }, { status: 429 }), 503, ''],
    [
      'a wrong secret of Castellan’s',
      () => Response.json({ error: 'invalid_client' }, { status: 401, headers: { 'www-authenticate': 'Basic' } }),
      500,
      'check signIn.clientId',
    ],
    [
      'a client without the right',
      () => Response.json({ error: 'unauthorized_client' }, { status: 400 }),
      500,
      'check signIn.clientId',
    ],
    ['a code that it does not know', () => Response.json({ error: 'invalid_grant' }, { status: 400 }), 403, ''],
  ])('%s: whoever signs in is told whose turn it is, and so is the log', async (_what, make, status, told) => {
    const provider = meddle();
    provider.answer = (_url, init) => (isExchange(init) ? Promise.resolve(make()) : undefined);
    const { origin, log } = await open({ fetch: provider.fetch });
    const visitor = browserUntil('/oauth/callback');
    const answer = await visitor.walk(new URL(`${origin}/in`), signInAs(admin));
    const response = await fetch(answer, { redirect: 'manual', headers: { cookie: visitor.cookies(answer) } });
    expect(response.status).toBe(status);
    expect(response.headers.getSetCookie()).toEqual([]);
    await expect.poll(log).toContain(told);
    expect(log()).not.toContain(answer.searchParams.get('code'));
  });

  test('one that signs with another key from one moment to the next is believed at once', async () => {
    const { okta } = await openCompany();
    let reads = 0;
    const counting: typeof fetch = (input, init) => {
      if (String(input).endsWith('/v1/keys')) reads++;
      return fetch(input, init);
    };
    const { origin } = await open({ fetch: counting });
    for (let time = 0; time < 2; time++) await signedIn(origin, admin);
    expect(reads).toBe(1);
    // The next key was published before; the one after it was not.
    for (let time = 0; time < 2; time++) okta.oauth.customServer('default').rotateKeys();
    expect((await readMe(origin, await signedIn(origin, admin))).id).toMatch(/^00u/);
    expect(reads).toBe(2);
  });

  test('a wrong secret signs nobody out', async () => {
    const provider = meddle();
    const { origin, people, wait } = await open({ fetch: provider.fetch });
    const browser = await signedIn(origin, admin);
    const id = (await readMe(origin, browser)).id ?? '';
    wait(11 * 60_000);
    provider.answer = (_url, init) =>
      isRefresh(init) ? Promise.resolve(Response.json({ error: 'invalid_client' }, { status: 401 })) : undefined;
    await expect(people.stillThere(id)).rejects.toThrow('check signIn.clientId');
    expect((await readMe(origin, browser)).id).toBe(id);
  });
});

test('somebody who is suspended at Okta is signed out within ten minutes, and not let in again until that ends', async () => {
  const { okta } = await openCompany();
  const { origin, people, wait } = await open();
  const browser = await signedIn(origin, 'tomas.okafor@larkspur.example');
  const id = (await readMe(origin, browser)).id ?? '';
  const setStanding = (deed: 'suspend' | 'unsuspend') =>
    fetch(`${okta.url}/api/v1/users/${id}/lifecycle/${deed}`, {
      method: 'POST',
      headers: { authorization: `SSWS ${okta.token}` },
    });
  expect((await setStanding('suspend')).status).toBe(200);
  wait(11 * 60_000);
  expect(await readMe(origin, browser)).toEqual({});
  expect(await people.stillThere(id)).toBe(false);
  await expect(signedIn(origin, 'tomas.okafor@larkspur.example')).rejects.toThrow();
  expect((await setStanding('unsuspend')).status).toBe(200);
  expect((await readMe(origin, await signedIn(origin, 'tomas.okafor@larkspur.example'))).id).toBe(id);
});

describe('people of the same company at another provider', () => {
  test.each(['oci', 'scalekit'] as const)('%s: known for good, with what their groups allow', async (at) => {
    let renewals = 0;
    const counting: typeof fetch = (input, init) => {
      if (isRefresh(init)) renewals++;
      return fetch(input, init);
    };
    const { origin, people, wait } = await open({ at, fetch: counting });
    const me = await readMe(origin, await signedIn(origin, admin));
    expect(me).toMatchObject({
      name: 'Helena Brandt',
      caller: `${origin}|${me.id}`,
      allowance: 'castellan:read castellan:write',
      operator: true,
    });
    expect(me.id).not.toContain('@');
    // With a refresh token, since the provider's metadata offer one.
    wait(11 * 60_000);
    expect(await people.stillThere(me.id ?? '')).toBe(true);
    expect(renewals).toBe(1);
    expect(await people.known(me.id ?? '')).toMatchObject({ id: me.id, operator: true });
    const again = await readMe(origin, await signedIn(origin, admin));
    expect(again.id).toBe(me.id);
  });
});

test('somebody of another provider is another person, whatever they are called there', async () => {
  const store = createMemoryStore(Date.now);
  const { origin, people } = await open({ store });
  const browser = await signedIn(origin, admin);
  const { id = '' } = await readMe(origin, browser);
  const other = await open({ store, at: 'oci' });
  expect(await people.known(id)).toMatchObject({ id });
  expect(await other.people.known(id)).toBeUndefined();
  expect(await other.people.stillThere(id)).toBe(false);
  const cookie = browser.cookies(new URL(origin));
  expect(await (await fetch(`${other.origin}/me`, { headers: { cookie } })).json()).toEqual({});
});
