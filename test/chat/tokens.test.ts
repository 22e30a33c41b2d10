// What is kept of sign-ins to MCP servers: renewed in time, by one at a time, never mixed, and never in a loop.

import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { signOut } from '../../src/chat/sign-in/sign-out.ts';
import { openMemoryVault } from '../../src/stores/memory-vault.ts';
import { type GuardedServer, openGuardedServer } from '../support/guarded-server.ts';
import { createSigningPerson, failureOf, type PersonOptions, type SigningPerson } from '../support/signing-person.ts';

let server: GuardedServer;
let kept: Map<string, string>;
let clock: number;
const people: SigningPerson[] = [];
const now = () => clock;

beforeEach(async () => {
  server = await openGuardedServer();
  kept = new Map();
  clock = Date.now();
});

afterEach(async () => {
  for (const person of people.splice(0)) await person.close();
  await server.close();
});

function person(options: PersonOptions = {}, at: URL = server.url): SigningPerson {
  const created = createSigningPerson(at, { vault: openMemoryVault(kept), now, ...options });
  people.push(created);
  return created;
}

async function whisper(somebody: SigningPerson): Promise<void> {
  const { client } = await somebody.connectAlone();
  await client.callTool({ name: 'whisper' });
}

const refreshes = () => server.asked.filter(({ form }) => form.get('grant_type') === 'refresh_token');

function expectNoSecret(...texts: (string | undefined)[]): void {
  for (const secret of server.secrets) for (const text of texts) expect(text).not.toContain(secret);
}

describe('renewing', () => {
  beforeEach(async () => {
    await person().connect();
  });

  test('before it ends, for the same resource; what is rotated is kept (RFC 6749 §6)', async () => {
    await whisper(person());
    expect(refreshes()).toHaveLength(0);
    clock += 3_600_000 - 30_000;
    await whisper(person());
    expect(refreshes().map(({ form }) => form.get('resource'))).toEqual([server.url.href]);
    clock += 3_600_000;
    await whisper(person());
    expect(refreshes()).toHaveLength(2);
    expect(refreshes()[0]?.form.get('refresh_token')).not.toBe(refreshes()[1]?.form.get('refresh_token'));
  });

  test('when it was refused before its time', async () => {
    server.rules.lifetime = undefined;
    clock += 3_600_000;
    const { client } = await person().connectAlone();
    await client.callTool({ name: 'whisper' });
    clock += 365 * 86_400_000;
    await client.callTool({ name: 'whisper' });
    expect(refreshes()).toHaveLength(1);
  });

  test('by one of many at once', async () => {
    clock += 3_600_000;
    server.rules.slowness = 100;
    const { client } = await person().connectAlone();
    server.rules.lifetime = 1;
    clock += 3_600_000;
    await Promise.all([1, 2, 3, 4].map(() => client.callTool({ name: 'whisper' })));
    expect(refreshes().length).toBeLessThanOrEqual(2);
  });

  test('an outage in its last minute does not end it; later it is said as one, and the sign-in stays', async () => {
    clock += 3_600_000 - 30_000;
    server.rules.tokenFailure = { status: 503, error: 'temporarily_unavailable' };
    await whisper(person());
    clock += 60_000;
    const error = await failureOf(whisper(person()));
    expect(error).toMatchObject({ code: 'platform_unavailable', retry: { again: true } });
    server.rules.tokenFailure = undefined;
    await whisper(person());
  });
});

describe('what is over ends in a new sign-in, not in a loop', () => {
  test.each<[string, () => void]>([
    ['ended, with nothing to renew it', () => {}],
    ['revoked', () => server.revokeAll()],
  ])('%s', async (name, happens) => {
    if (name.startsWith('ended')) server.rules.refresh = 'none';
    await person().connect();
    happens();
    clock += 3_600_000;
    for (const _time of [1, 2, 3]) {
      const error = await failureOf(person().connectAlone());
      expect(error).toMatchObject({ code: 'unauthorized', message: expect.stringMatching(/is over/) });
      expect(error.hint).toBe(`Run \`castellan login ${server.url.href}\`.`);
      expectNoSecret(error.message, error.hint, JSON.stringify(error.detail ?? {}));
    }
    expect(refreshes().length).toBe(name === 'revoked' ? 1 : 0);
    // A person who is there is asked, once.
    const ada = person();
    await ada.connect();
    expect(ada.visited).toHaveLength(1);
  });

  test('rotated away: a copy of the sign-in was used elsewhere (RFC 9700 §4.14.2)', async () => {
    await person().connect();
    const copy = new Map(kept);
    clock += 3_600_000;
    await whisper(person());
    const thief = createSigningPerson(server.url, { vault: openMemoryVault(copy), now });
    people.push(thief);
    expect((await failureOf(thief.connectAlone())).message).toMatch(/is over/);
    clock += 3_600_000;
    expect((await failureOf(person().connectAlone())).message).toMatch(/is over/);
    expect(refreshes()).toHaveLength(3);
  });

  test('a server that refuses every token is told of, and nobody is asked over and over', async () => {
    const ada = person();
    const { client } = await ada.connect();
    server.revokeAll();
    server.rules.stillborn = true;
    const error = await failureOf(client.callTool({ name: 'whisper' }));
    expect(error.message).toMatch(/refuses the token/);
    expect(ada.visited.length).toBeLessThanOrEqual(2);
  });
});

describe('two servers', () => {
  test('have tokens of their own, each of which goes to its own alone', async () => {
    const other = await openGuardedServer();
    const ada = person();
    const there = person({}, other.url);
    await ada.connect();
    await there.connect();
    clock += 3_600_000;
    await whisper(person());
    await whisper(person({}, other.url));
    const brought = (at: GuardedServer) =>
      [...at.called, ...at.asked].map(({ headers, body }) => `${headers.authorization} ${body}`).join('\n');
    for (const secret of server.secrets) expect(brought(other)).not.toContain(secret);
    for (const secret of other.secrets) expect(brought(server)).not.toContain(secret);
    expect([...kept.keys()].filter((name) => name.startsWith('mcp '))).toEqual([
      `mcp ${server.url.host} ${server.url.href} ${server.issuer}`,
      `mcp ${other.url.host} ${other.url.href} ${other.issuer}`,
    ]);
    await other.close();
  });

  test('of one site: a token for a path is none for another path', async () => {
    await person().connect();
    const beside = new URL('/other', server.url);
    const before = server.called.length;
    await failureOf(person({}, beside).connectAlone());
    expect(server.called.slice(before).every(({ headers }) => headers.authorization === undefined)).toBe(true);
  });

  test('a kept token that is for another host than the server’s goes nowhere', async () => {
    await person().connect();
    const elsewhere = 'https://other.example/mcp';
    for (const [name, text] of [...kept])
      kept.set(
        name.startsWith('mcp ')
          ? name.replace(server.url.host, 'other.example').replace(server.url.href, elsewhere)
          : name,
        text.replaceAll(server.url.href, elsewhere),
      );
    const before = server.called.length;
    expect((await failureOf(person().connectAlone())).message).toContain('is for https://other.example/mcp');
    expect(server.called.slice(before)).toEqual([]);
  });

  test('a server that moves to another authorization server: the old client and tokens stay behind', async () => {
    await person().connect();
    const other = await openGuardedServer();
    server.rules.resourceMetadata = { authorization_servers: [other.issuer] };
    server.revokeAll();
    clock += 3_600_000;
    await failureOf(person().connect());
    const told = other.asked.map(({ url, body }) => `${url} ${body}`).join('\n');
    expect(told).toContain('/register');
    expect(told).not.toContain('refresh-');
    expect(told).not.toContain('access-');
    await other.close();
  });

  test('a redirect to another host takes no token along', async () => {
    const elsewhere: (string | undefined)[] = [];
    const other = await openGuardedServer();
    await person().connect();
    const { createServer } = await import('node:http');
    const door = createServer((request, response) => {
      elsewhere.push(request.headers.authorization);
      response.writeHead(307, { location: other.url.href }).end();
    });
    await new Promise<void>((resolve) => door.listen(0, '127.0.0.1', resolve));
    const { port } = door.address() as { port: number };
    const at = new URL(`http://127.0.0.1:${port}/mcp`);
    // A sign-in for that place, as if it had been its own.
    for (const [name, text] of [...kept])
      kept.set(name.replaceAll(server.url.host, at.host), text.replaceAll(server.url.host, at.host));
    await failureOf(person({}, at).connectAlone());
    expect(elsewhere.some((token) => token?.startsWith('Bearer '))).toBe(true);
    expect(other.called.every(({ headers }) => headers.authorization === undefined)).toBe(true);
    door.closeAllConnections();
    await new Promise((resolve) => door.close(resolve));
    await other.close();
  });
});

describe('signing out', () => {
  const revocations = () => server.asked.filter(({ url }) => url === '/revoke');
  const leave = () => signOut({ server: server.url, vault: openMemoryVault(kept), fetch });

  test('RFC 7009: the refresh token is revoked, then the access token, and nothing is left here', async () => {
    await person().connect();
    expect(await leave()).toEqual({ was: 'revoked' });
    expect(revocations().map(({ form }) => form.get('token_type_hint'))).toEqual(['refresh_token', 'access_token']);
    expect(kept.size).toBe(0);
    expect(await leave()).toEqual({ was: 'nobody' });
  });

  test.each<[string, () => void, RegExp]>([
    ['an authorization server that fails', () => Object.assign(server.rules, { revocation: { status: 500 } }), /./],
    [
      'one that cannot revoke',
      () => Object.assign(server.rules, { metadata: { revocation_endpoint: undefined } }),
      /no way/,
    ],
  ])('%s: forgotten here all the same, and that is said', async (_name, happens, because) => {
    happens();
    await person().connect();
    const done = await leave();
    expect(done).toMatchObject({ was: 'forgotten', because: expect.stringMatching(because) });
    expectNoSecret(JSON.stringify(done));
    expect(kept.size).toBe(0);
  });

  test('what cannot be read is forgotten', async () => {
    await person().connect();
    for (const name of kept.keys()) kept.set(name, 'damaged');
    expect(await leave()).toMatchObject({ was: 'forgotten' });
    expect(await leave()).toEqual({ was: 'nobody' });
  });
});
