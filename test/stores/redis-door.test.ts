// At the door of Redis: passwords, rights, TLS, versions, and what is no Redis at all. No password is told anywhere.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { openRedisStore } from '../../src/stores/redis.ts';
import type { Store } from '../../src/stores/store.ts';
import { failureOf, freePort, lacksRedis, startRedis, type TestRedis } from '../support/redis.ts';
import { runCastellan } from '../trials/castellan.ts';

const opened: Store[] = [];
const sockets: Server[] = [];

function open(name: string, say?: (text: string) => void): Store {
  const store = openRedisStore(name, say);
  opened.push(store);
  return store;
}

afterEach(async () => {
  for (const store of opened.splice(0)) await store.close();
  for (const server of sockets.splice(0)) server.close();
});

describe.skipIf(lacksRedis())('who may in', () => {
  const canary = 'canary-7e/1@c:a%t#?';
  const encoded = encodeURIComponent(canary);
  let redis: TestRedis;
  beforeAll(async () => {
    redis = await startRedis({ args: ['--requirepass', canary], login: { password: canary } });
    const rights = ['~castellan:*', '+get', '+getdel', '+set', '+del', '+scan', '+info', '+select'];
    await redis.ask(['ACL', 'SETUSER', 'ada', 'on', `>${canary}`, ...rights]);
    await redis.ask(['ACL', 'SETUSER', 'plain', 'on', `>${canary}`, ...rights.slice(0, 6)]);
    await redis.ask(['ACL', 'SETUSER', 'reader', 'on', `>${canary}`, '~castellan:*', '+get', '+info']);
  });
  afterAll(() => redis.close());
  const address = (login: string) => `redis://${login}127.0.0.1:${redis.port}`;

  test('password alone, user and password, and a user with no more rights than are named', async () => {
    for (const login of [`:${encoded}@`, `default:${encoded}@`, `ada:${encoded}@`, `plain:${encoded}@`]) {
      const store = open(address(login));
      await store.set('k', login);
      expect(await store.keys('')).toEqual(['k']);
      expect(await store.take('k')).toBe(login);
      expect(await store.weakness?.()).toBeUndefined();
    }
  });

  test.each([
    ['no password', '', /wants a password/],
    ['a wrong password', ':canary-wrong@', /refuses the user or the password/],
    ['an unknown user', `bob:${encoded}@`, /refuses the user or the password/],
  ])('%s is something to mend, told without what was tried', async (_name, login, says) => {
    const said: string[] = [];
    const { error, ms } = await failureOf(open(address(login), (text) => said.push(text)).get('k'));
    expect(error.code).toBe('bad_configuration');
    expect(error.message).toMatch(says);
    expect(error.hint).toContain('CASTELLAN_STORE');
    expect(ms).toBeLessThan(1_000);
    expect(JSON.stringify([error.message, error.hint, error.detail, error.stack, said])).not.toContain('canary');
  });

  test('a user without the rights is told which ones', async () => {
    const store = open(address(`reader:${encoded}@`));
    expect(await store.get('k')).toBeUndefined();
    const { error } = await failureOf(store.take('k'));
    expect(error.code).toBe('bad_configuration');
    expect(error.hint).toContain('+getdel');
  });
});

describe('what is no Redis 7', () => {
  /** Answers each command by its name, as Redis would on the wire. */
  async function serve(answer: (command: string) => string): Promise<string> {
    const port = await freePort();
    const server = createServer((socket) => {
      socket.on('error', () => {});
      socket.on('data', (chunk) => {
        const commands = [...String(chunk).matchAll(/\*\d+\r\n\$\d+\r\n(\w+)/g)];
        for (const [, name = ''] of commands) socket.write(answer(name.toUpperCase()));
      });
    });
    sockets.push(server);
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    return `redis://ada:canary-pass@127.0.0.1:${port}`;
  }
  const bulk = (text: string) => `$${text.length}\r\n${text}\r\n`;

  test('version 6 is refused by its number; 7, 8 and Valkey are not', async () => {
    const of = (version: string) =>
      serve((name) =>
        name === 'INFO' ? bulk(`redis_version:${version}\r\n`) : name === 'GET' ? '$-1\r\n' : '+OK\r\n',
      );
    const { error } = await failureOf(open(await of('6.2.14')).get('k'));
    expect(error.code).toBe('bad_configuration');
    expect(`${error.message} ${error.hint}`).toMatch(/6\.2\.14.*Redis 7/);
    for (const version of ['7.0.15', '7.2.4', '8.2.1', '10.0.0'])
      expect(await open(await of(version)).get('k')).toBeUndefined();
  });

  test.each([
    [
      'words of the arguments',
      "-ERR unknown command 'AUTH', with args beginning with: 'ada' 'canary-pass'\r\n",
      'bad_configuration',
    ],
    ['starting', '-LOADING Redis is loading the dataset in memory\r\n', 'store_unavailable'],
    ['another protocol', 'HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n', 'store_unavailable'],
    ['nonsense', '\u0000\u0001\u0002\u0003\r\n', 'store_unavailable'],
  ])('%s: an error within a second, without the password', async (_name, answer, code) => {
    const { error, ms } = await failureOf(open(await serve(() => answer)).get('k'));
    expect(error.code).toBe(code);
    expect(ms).toBeLessThan(1_900);
    expect(JSON.stringify([error.message, error.hint, error.detail])).not.toContain('canary');
  });

  test('a replica, a cluster: told as what they are', async () => {
    const refusing = (text: string) =>
      serve((name) =>
        name === 'INFO' ? bulk('redis_version:7.0.0\r\n') : name === 'SET' ? `-${text}\r\n` : '+OK\r\n',
      );
    const replica = await failureOf(
      open(await refusing("READONLY You can't write against a read only replica.")).set('k', 'v'),
    );
    expect(replica.error).toMatchObject({ code: 'store_unavailable', hint: expect.stringContaining('primary') });
    const cluster = await failureOf(open(await refusing('MOVED 1234 10.0.0.1:6379')).set('k', 'v'));
    expect(cluster.error.message).toContain('Redis Cluster');
  });

  test('nobody at the address, and a name that nobody knows', async () => {
    const gone = await failureOf(open(`redis://127.0.0.1:${await freePort()}`).get('k'));
    expect(gone.error.message).toContain('refused the connection');
    const unknown = await failureOf(open('redis://no-such-host.invalid').get('k'));
    expect(unknown.error.code).toBe('store_unavailable');
    expect(unknown.ms).toBeLessThan(1_900);
  });

  test('an answer without TLS where TLS was wanted', async () => {
    const port = await freePort();
    const server = createServer((socket) => {
      socket.on('error', () => {});
      socket.once('data', () => socket.write('-ERR Protocol error\r\n'));
    });
    sockets.push(server);
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    const { error } = await failureOf(open(`rediss://127.0.0.1:${port}`).get('k'));
    expect(error.code).toBe('bad_configuration');
    expect(error.message).toContain('does not speak TLS');
  });
});

describe.skipIf(lacksRedis())('TLS', () => {
  const folder = mkdtempSync(join(tmpdir(), 'castellan-tls-'));
  const [certificate, key] = [join(folder, 'redis.crt'), join(folder, 'redis.key')];
  let redis: TestRedis;
  beforeAll(async () => {
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
    const made = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-keyout', key, '-out', certificate];
    execFileSync('openssl', [...made, ...subject], { stdio: 'ignore' });
    const tlsPort = await freePort();
    const files = ['--tls-cert-file', certificate, '--tls-key-file', key, '--tls-ca-cert-file', certificate];
    const args = ['--tls-port', `${tlsPort}`, '--tls-auth-clients', 'no', ...files];
    redis = { ...(await startRedis({ args })), port: tlsPort };
  });
  afterAll(async () => {
    await redis.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const doctor = (store: string, env: Readonly<Record<string, string>> = {}) =>
    runCastellan(['doctor', '--sandbox'], { env: { CASTELLAN_STORE: store, ...env } });

  test('a certificate of a known authority for this host is trusted, no other', async () => {
    const trusting = { NODE_EXTRA_CA_CERTS: certificate };
    const known = await doctor(`rediss://localhost:${redis.port}`, trusting);
    expect(known.stdout).toMatch(/• store: can be written and read \(rediss:\/\/localhost:\d+\/0\)/);
    expect(known.status).toBe(0);
    const otherHost = await doctor(`rediss://127.0.0.1:${redis.port}`, trusting);
    expect(otherHost.stdout).toMatch(/✗ store: .*certificate of Redis is not trusted \(ERR_TLS_CERT_ALTNAME_INVALID\)/);
    expect(otherHost.status).toBe(1);
    const stranger = await doctor(`rediss://localhost:${redis.port}`);
    expect(stranger.stdout).toMatch(/✗ store: .*certificate of Redis is not trusted[\s\S]*NODE_EXTRA_CA_CERTS/);
  });

  test('spoken on one side only: the hint names the other address', async () => {
    const bare = await failureOf(open(`redis://localhost:${redis.port}`).get('k'));
    expect(bare.error.hint).toContain('rediss://');
    const sealed = await failureOf(open(redis.url.replace('redis:', 'rediss:')).get('k'));
    expect(sealed.error.hint).toContain('A Redis without TLS has redis://');
    expect(sealed.ms).toBeLessThan(1_900);
  });
});
