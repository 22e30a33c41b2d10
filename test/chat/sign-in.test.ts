// A person signs in to an MCP server: what is sent, what is refused, and where nothing goes.

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { openMemoryVault } from '../../src/stores/memory-vault.ts';
import { type GuardedServer, openGuardedServer } from '../support/guarded-server.ts';
import { freePort } from '../support/redis.ts';
import { createSigningPerson, failureOf, type PersonOptions, type SigningPerson } from '../support/signing-person.ts';

let server: GuardedServer;
const people: SigningPerson[] = [];

beforeEach(async () => {
  server = await openGuardedServer();
});

afterEach(async () => {
  for (const person of people.splice(0)) await person.close();
  await server.close();
});

function person(options: PersonOptions = {}): SigningPerson {
  const created = createSigningPerson(server.url, options);
  people.push(created);
  return created;
}

const tokenRequests = () => server.asked.filter(({ url }) => url === '/token');
const registrations = () => server.asked.filter(({ url }) => url === '/register');

/** Nothing that opens something is in what a person or a model reads. */
function expectNoSecret(...texts: (string | undefined)[]): void {
  for (const secret of server.secrets) for (const text of texts) expect(text).not.toContain(secret);
}

describe('a sign-in in the browser', () => {
  test('asks with PKCE S256, state, the resource and a loopback address; the token goes to that resource alone', async () => {
    const ada = person();
    const { client } = await ada.connect();
    expect((await client.callTool({ name: 'whisper' })).content).toEqual([{ type: 'text', text: 'hush' }]);

    const asked = Object.fromEntries(ada.visited[0]?.searchParams ?? []);
    expect(asked).toMatchObject({
      response_type: 'code',
      code_challenge_method: 'S256',
      resource: server.url.href,
      scope: 'read',
      redirect_uri: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/callback$/),
    });
    expect(asked.state).toMatch(/^[\w-]{43}$/);
    expect(tokenRequests()[0]?.form.get('resource')).toBe(server.url.href);
    expect(JSON.parse(registrations()[0]?.body ?? '')).toMatchObject({
      application_type: 'native',
      token_endpoint_auth_method: 'none',
      redirect_uris: [asked.redirect_uri],
    });
    expect(ada.pages).toEqual([{ status: 200, text: expect.stringContaining('You are signed in') }]);
    for (const { url, token } of ada.sent) if (url.origin !== server.url.origin) expect(token).toBeNull();
    expect(ada.sent.some(({ token }) => token?.startsWith('Bearer access-'))).toBe(true);
    expectNoSecret(...ada.said, ...ada.pages.map(({ text }) => text));
  });

  test('is kept: the next one connects without asking anybody', async () => {
    const vault = openMemoryVault();
    await person({ vault }).connect();
    const alone = person({ vault });
    await alone.connectAlone();
    expect(alone.visited).toEqual([]);
    expect(server.asked.filter(({ url }) => url.startsWith('/authorize'))).toHaveLength(1);
  });

  test('without a person it ends in what to run', async () => {
    const error = await failureOf(person().connectAlone());
    expect(error.message).toBe(`${server.url.href} asks for a sign-in.`);
    expect(error.hint).toBe(`Run \`castellan login ${server.url.href}\`.`);
  });

  test('again uses the client that is registered, at the port of last time', async () => {
    const vault = openMemoryVault();
    const first = person({ vault });
    await first.connect();
    server.revokeAll();
    const again = person({ vault });
    await again.connect();
    expect(registrations()).toHaveLength(1);
    expect(again.visited[0]?.searchParams.get('redirect_uri')).toBe(first.visited[0]?.searchParams.get('redirect_uri'));
  });

  test('again at another port where that one is taken, with a client of its own', async () => {
    const vault = openMemoryVault();
    const first = person({ vault });
    await first.connect();
    const taken = Number(new URL(first.visited[0]?.searchParams.get('redirect_uri') ?? '').port);
    const inTheWay = createServer();
    await new Promise<void>((resolve) => inTheWay.listen(taken, '127.0.0.1', resolve));
    server.revokeAll();
    const again = person({ vault });
    await again.connect();
    expect(registrations()).toHaveLength(2);
    await new Promise((resolve) => inTheWay.close(resolve));
  });

  test('a named port that is taken is said, with what to do', async () => {
    const inTheWay = createServer();
    await new Promise<void>((resolve) => inTheWay.listen(0, '127.0.0.1', resolve));
    const { port } = inTheWay.address() as AddressInfo;
    const error = await failureOf(person({ port }).connect());
    expect(error.message).toContain(`cannot listen on 127.0.0.1:${port}`);
    expect(error.hint).toContain('--port');
    await new Promise((resolve) => inTheWay.close(resolve));
  });

  test('a browser that is closed ends the waiting, with what to do', async () => {
    const error = await failureOf(person({ waitMs: 200, openBrowser: () => {} }).connect());
    expect(error.code).toBe('deadline_exceeded');
    expect(error.hint).toContain('castellan login');
  });

  test('it can be given up', async () => {
    const stop = new AbortController();
    const ada = person({ signal: stop.signal, openBrowser: () => stop.abort(new Error('no more')) });
    await expect(ada.connect()).rejects.toThrow('no more');
  });

  test('works at a server of the older transport, whose messages have a path of their own', async () => {
    server.rules.older = true;
    const ada = person();
    const connected = await ada.connect();
    expect(connected.transport).toBe('sse');
    expect((await connected.client.listTools()).tools.map(({ name }) => name)).toEqual(['whisper']);
    const messages = server.called.filter(({ url }) => url === '/messages');
    expect(messages.every(({ headers }) => headers.authorization?.startsWith('Bearer access-'))).toBe(true);
    expect(ada.visited).toHaveLength(1);
  });

  test('several requests at once have one person asked once', async () => {
    server.rules.open = true;
    server.rules.scopeOfCalls = 'write';
    const ada = person();
    const { client } = await ada.connect();
    const calls = await Promise.all([1, 2, 3].map(() => client.callTool({ name: 'whisper' })));
    expect(calls.every(({ isError }) => !isError)).toBe(true);
    expect(ada.visited).toHaveLength(1);
  });
});

describe('who the client is', () => {
  test('a given client is not registered, and its secret goes to its own authorization server alone', async () => {
    const client = { clientId: 'given-1', clientSecret: 'canary-given-secret-c0ffee', issuer: server.issuer };
    await person({ client }).connect();
    expect(registrations()).toEqual([]);
    expect(tokenRequests()[0]?.headers.authorization).toMatch(/^Basic /);

    const other = await failureOf(person({ client: { ...client, issuer: 'https://login.acme.com' } }).connect());
    expect(other.message).toContain('https://login.acme.com');
    expect(tokenRequests()).toHaveLength(1);
  });

  test('a client ID metadata document is named where the authorization server takes one', async () => {
    const client = { metadataUrl: 'https://acme.example/castellan.json' };
    const ada = person({ client });
    await ada.connect();
    expect(ada.visited[0]?.searchParams.get('client_id')).toBe(client.metadataUrl);
    expect(registrations()).toEqual([]);
    expect(ada.sent.map(({ url }) => url.host)).not.toContain('acme.example');
  });

  test('where it takes none, the client registers', async () => {
    server.rules.metadata = { client_id_metadata_document_supported: undefined };
    await person({ client: { metadataUrl: 'https://acme.example/castellan.json' } }).connect();
    expect(registrations()).toHaveLength(1);
  });

  test('a secret that comes with registration is used, and not once it has ended (RFC 7591 §3.2.1)', async () => {
    const vault = openMemoryVault();
    server.rules.registration = {
      status: 201,
      more: {
        client_secret: 'canary-registered-c0ffee',
        client_secret_expires_at: 1_000,
        token_endpoint_auth_method: 'client_secret_basic',
      },
    };
    await person({ vault }).connect();
    expect(tokenRequests()[0]?.headers.authorization).toMatch(/^Basic /);
    server.revokeAll();
    await person({ vault }).connect();
    expect(registrations()).toHaveLength(2);
  });

  test.each([
    ['nobody can register', { metadata: { registration_endpoint: undefined } }, /cannot register themselves/],
    ['registration is refused', { registration: { status: 403 } }, /does not register this client \(HTTP 403/],
  ])('%s: the way out is told', async (_name, rules, message) => {
    Object.assign(server.rules, rules);
    const error = await failureOf(person().connect());
    expect(error.message).toMatch(message);
    expect(error.hint).toContain('--client-id');
  });
});

describe('what is no answer to this sign-in', () => {
  test.each<[string, Record<string, string | undefined>, RegExp]>([
    ['RFC 9207 §2.4: another issuer', { iss: 'https://evil.example' }, /not from the authorization server/],
    ['RFC 9207 §2.4: no issuer where one was announced', { iss: undefined }, /not from the authorization server/],
    ['a refusal by the person', { code: undefined, error: 'access_denied' }, /refused \(access_denied\)/],
    [
      'RFC 9207 §2.4: a refusal by another issuer, of which nothing is shown',
      { code: undefined, error: 'x', error_description: 'canary text', iss: 'https://evil.example' },
      /not from the authorization server/,
    ],
    ['a code that nobody was given', { code: 'code-of-somebody-else' }, /invalid_grant/],
  ])('%s', async (_name, callback, message) => {
    server.rules.callback = callback;
    const vault = openMemoryVault();
    const ada = person({ vault });
    const error = await failureOf(ada.connect());
    expect(error.message).toMatch(message);
    expect(error.message).not.toContain('canary');
    expect(await vault.names('')).toEqual([]);
    await vi.waitFor(() => expect(ada.pages).toHaveLength(1));
    expect(ada.pages[0]?.status).toBe(400);
    expect(ada.pages[0]?.text).toContain('The sign-in failed');
    expect(ada.pages[0]?.text).not.toContain('canary');
    // A code is for one use, whatever comes of it.
    expect(tokenRequests()).toHaveLength(callback.code === undefined || 'iss' in callback ? 0 : 1);
  });

  test('RFC 6749 §10.12: an answer with another state is refused, and the right one still taken', async () => {
    const statuses: number[] = [];
    const ada = person({
      async openBrowser(url) {
        const back = new URL(new URL(url).searchParams.get('redirect_uri') ?? '');
        for (const query of ['code=x&state=guessed', 'code=x', 'error=access_denied&state=guessed'])
          statuses.push((await fetch(`${back}?${query}`)).status);
        statuses.push((await fetch(url)).status);
      },
    });
    await ada.connect();
    expect(statuses).toEqual([400, 400, 400, 200]);
    expect(ada.said.filter((text) => text.includes('another sign-in'))).toHaveLength(3);
    expect(tokenRequests()).toHaveLength(1);
  });

  test('RFC 6749 §10.12: an answer that comes before anybody was sent away is none', async () => {
    const port = await freePort();
    const early = new Set<number>();
    const ada = person({
      port,
      async openBrowser(url) {
        // Whoever guesses the port has been at it since it was open.
        await vi.waitFor(() => expect(early.size).toBeGreaterThan(0), { timeout: 3_000 });
        await fetch(url);
      },
    });
    const signedIn = ada.connect();
    const guess = setInterval(() => {
      rawStatus(`http://127.0.0.1:${port}/callback?code=of-somebody-else&iss=${server.issuer}`, {}).then(
        (status) => early.add(status),
        () => {},
      );
    }, 10);
    await signedIn.finally(() => clearInterval(guess));
    expect(tokenRequests()).toHaveLength(1);
    expect(tokenRequests()[0]?.form.get('code')).not.toBe('of-somebody-else');
  });

  test('the callback answers once, and pages of other sites not at all (Fetch Metadata, DNS rebinding)', async () => {
    const statuses: Record<string, number> = {};
    const ada = person({
      async openBrowser(url) {
        const { searchParams } = new URL(url);
        const at = `${searchParams.get('redirect_uri')}?code=stolen&state=${searchParams.get('state')}`;
        const ask = async (name: string, headers: Record<string, string>, method = 'GET') => {
          statuses[name] = await rawStatus(at, headers, method);
        };
        await ask('script', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty' });
        await ask('image', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' });
        await ask('frame', {
          'sec-fetch-site': 'cross-site',
          'sec-fetch-mode': 'navigate',
          'sec-fetch-dest': 'iframe',
        });
        await ask('origin', { origin: 'https://evil.example' });
        await ask('name', { host: 'evil.example' });
        await ask('form', {}, 'POST');
        const first = await fetch(url);
        statuses.first = first.status;
        // Whoever comes a second time finds nobody: the server is gone, or says so.
        statuses.second = await rawStatus(first.url, {}).catch(() => 404);
      },
    });
    await ada.connect();
    await vi.waitFor(() => expect(statuses.second).toBeDefined());
    expect(statuses).toEqual({
      script: 404,
      image: 404,
      frame: 404,
      origin: 404,
      name: 404,
      form: 404,
      first: 200,
      second: 404,
    });
    expect(tokenRequests()).toHaveLength(1);
  });

  test('mix-up: the answer to one sign-in is none to another at the same time', async () => {
    const other = await openGuardedServer();
    let crossed = 0;
    const toOther = createSigningPerson(other.url, { waitMs: 300, openBrowser: () => {} });
    const waiting = toOther.connect();
    waiting.catch(() => {});
    await vi.waitFor(() => expect(toOther.visited).toHaveLength(1));
    const theirs = toOther.visited[0]?.searchParams.get('redirect_uri') ?? '';
    const ada = person({
      async openBrowser(url) {
        const answer = await fetch(url, { redirect: 'manual' });
        const back = new URL(answer.headers.get('location') ?? '');
        crossed = (await fetch(`${theirs}${back.search}`)).status;
        await fetch(back);
      },
    });
    await ada.connect();
    expect(crossed).toBe(400);
    await expect(waiting).rejects.toMatchObject({ code: 'deadline_exceeded' });
    expect(other.asked.filter(({ url }) => url === '/token')).toEqual([]);
    await other.close();
  });
});

async function rawStatus(url: string, headers: Record<string, string>, method = 'GET'): Promise<number> {
  const { request } = await import('node:http');
  return new Promise((resolve, reject) => {
    request(url, { method, headers }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    })
      .on('error', reject)
      .end();
  });
}

describe('what a server may not name', () => {
  test.each<[string, Record<string, unknown>, RegExp]>([
    [
      'a page that is no page',
      { authorization_endpoint: 'file:///etc/passwd' },
      /no page to sign in at|cannot be read/,
    ],
    ['a program', { authorization_endpoint: 'javascript:alert(1)' }, /no page to sign in at|cannot be read/],
    ['a page without TLS', { authorization_endpoint: 'http://login.example/authorize' }, /without TLS/],
    ['a token endpoint without TLS', { token_endpoint: 'http://login.example/token' }, /TLS/],
    ['a registration endpoint without TLS', { registration_endpoint: 'http://login.example/register' }, /without TLS/],
    ['another issuer', { issuer: 'https://evil.example' }, /not from the authorization server/],
    ['no PKCE', { code_challenge_methods_supported: undefined }, /PKCE/],
    ['no PKCE with S256', { code_challenge_methods_supported: ['plain'] }, /code challenge method|PKCE/],
    ['nothing that can be read', { token_endpoint: 5 }, /cannot be read/],
  ])('%s: nothing is kept, no code is sent', async (_name, metadata, message) => {
    server.rules.metadata = metadata;
    const vault = openMemoryVault();
    const ada = person({ vault });
    const error = await failureOf(ada.connect());
    expect(error).toMatchObject({ name: 'CastellanError', message: expect.stringMatching(message) });
    expect(await vault.names('')).toEqual([]);
    expect(ada.sent.map(({ url }) => url.host)).not.toContain('login.example');
    if (!('token_endpoint' in metadata)) expect(ada.visited).toEqual([]);
  });

  test('the whole site as its resource, where the site does not say so itself (RFC 9728 §3.3)', async () => {
    server.rules.resourceMetadata = { resource: `${server.url.origin}/` };
    const told = person();
    await told.connect();
    expect(told.visited[0]?.searchParams.get('resource')).toBe(`${server.url.origin}/`);
    server.revokeAll();
    // Whoever has one path of a site must not get a token for the paths of others.
    server.rules.resourceMetadataAt = '/mcp/metadata';
    const ada = person();
    const error = await failureOf(ada.connect());
    expect(error.message).toContain('says that it is another resource');
    expect(ada.visited).toEqual([]);
    server.rules.resourceMetadata = {};
    await person().connect();
  });

  test('another resource than itself (RFC 8707, RFC 9728 §3.3)', async () => {
    server.rules.resourceMetadata = { resource: 'https://other.example/mcp' };
    const error = await failureOf(person().connect());
    expect(error.message).toMatch(/another resource/);
    expect(server.asked.map(({ url }) => url)).toEqual(['/.well-known/oauth-authorization-server']);
  });

  test('an authorization server without TLS, or on the person’s machine where it is itself elsewhere', async () => {
    server.rules.resourceMetadata = { authorization_servers: ['http://login.example'] };
    const error = await failureOf(person().connect());
    expect(error).toMatchObject({ code: 'not_allowed', message: expect.stringContaining('without TLS') });

    const { mayName } = await import('../../src/chat/sign-in/guarded-fetch.ts');
    const local = new URL('http://127.0.0.1:8080/token');
    expect(mayName(new URL('https://mcp.example'), local)).toBe(false);
    expect(mayName(new URL('http://localhost:3000/mcp'), local)).toBe(true);
  });

  test('an answer without end', async () => {
    server.rules.metadata = { padding: 'x'.repeat(300 * 1024) };
    expect((await failureOf(person().connect())).message).toContain('more than');
  });
});

describe('scopes', () => {
  test('RFC 6750 §3.1, insufficient_scope: asks for what is missing beside what was granted, once', async () => {
    const ada = person();
    const { client } = await ada.connect();
    server.rules.scopeOfCalls = 'write';
    expect((await client.callTool({ name: 'whisper' })).isError).toBeFalsy();
    expect(ada.visited.map((url) => url.searchParams.get('scope'))).toEqual(['read', 'read write']);
  });

  test('without a person it says what to run', async () => {
    const vault = openMemoryVault();
    await person({ vault }).connect();
    server.rules.scopeOfCalls = 'write';
    const { client } = await person({ vault }).connectAlone();
    const error = await failureOf(client.callTool({ name: 'whisper' }));
    expect(error).toMatchObject({ code: 'missing_scope' });
    expect(error.hint).toBe(`Run \`castellan login ${server.url.href} --scope 'read write'\`.`);
  });

  test('what is never granted ends, and not in a loop', async () => {
    const ada = person();
    const { client } = await ada.connect();
    server.rules.scopeOfCalls = 'write';
    server.rules.granted = 'read';
    const error = await failureOf(client.callTool({ name: 'whisper' }));
    expect(error.message).toMatch(/than its authorization server gave/);
    expect(ada.visited.length).toBeLessThanOrEqual(3);
  });
});

describe('where this machine has no browser', () => {
  test('the address at which another browser ended is taken, and nothing else', async () => {
    const typed: string[] = [];
    const ada = person({
      async paste() {
        const url = /http\S+authorize\S+/.exec(ada.said[0] ?? '')?.[0] ?? '';
        const answer = await fetch(url, { redirect: 'manual' });
        const text = ['nonsense', 'http://127.0.0.1/callback?code=x&state=y', answer.headers.get('location') ?? ''];
        typed.push(text[typed.length] ?? '');
        return typed.at(-1) ?? '';
      },
    });
    await ada.connect();
    expect(ada.visited).toEqual([]);
    expect(typed).toHaveLength(3);
    expect(ada.said.filter((text) => text.startsWith('That is not'))).toHaveLength(2);
  });
});
