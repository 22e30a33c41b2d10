// What lies in a store cannot be read without the keys: questions to people and the keys of credentials, on every kind of store.

import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Secret } from '../../src/core/secret.ts';
import { createApprovals } from '../../src/mcp/approvals.ts';
import { openStore } from '../../src/stores/open.ts';
import { openSeal } from '../../src/stores/seal.ts';
import { sealStore } from '../../src/stores/seal-store.ts';
import type { Store } from '../../src/stores/store.ts';
import { openBench } from '../support/credential-door.ts';
import { lacksRedis, startRedis } from '../support/redis.ts';
import { openTestServer } from '../support/server.ts';

const old = 'the old key, thirty-two characters or more';
const fresh = 'the new key, thirty-two characters or more';
const question = {
  tool: 'suspend_okta_user',
  caller: 'https://id.example.com|ada',
  call: 'digest-of-the-call',
  plan: 'digest-of-the-plan',
  question: 'Suspend tomas.okafor@larkspur.example?',
};

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'castellan-sealed-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Everything that lies there, as whoever can read the store sees it. */
async function readAll(store: Store): Promise<string> {
  const names = await store.keys('');
  return JSON.stringify(await Promise.all(names.map(async (name) => [name, await store.get(name)])));
}

function approvalsWith(store: Store, keys: string) {
  const seal = openSeal({ keys: new Secret(keys), folder });
  return createApprovals(
    sealStore(store, () => seal.keys('store')),
    Date.now,
  );
}

const kinds = [
  ['memory', async () => ({ name: 'memory', close: async () => {} })],
  ['sqlite', async () => ({ name: join(folder, 'castellan.db'), close: async () => {} })],
  [
    'redis',
    async () => {
      const redis = await startRedis();
      return { name: redis.url, close: redis.close };
    },
  ],
] as const;

describe.each(kinds)('%s', (kind, open) => {
  test.skipIf(kind === 'redis' && lacksRedis())(
    'a question cannot be read, and keys are changed while it waits',
    async () => {
      const at = await open();
      const store = openStore(at.name, Date.now);
      try {
        const { code } = await approvalsWith(store, old).put(question);
        const raw = await readAll(store);
        expect(raw).toContain(`approval:${code}`);
        for (const secret of ['larkspur', 'suspend', 'ada', question.plan]) expect(raw).not.toContain(secret);

        const stranger = approvalsWith(store, fresh);
        expect(await stranger.get(code)).toBeUndefined();
        expect(await stranger.countUnreadable()).toBe(1);
        // Whoever cannot read it cannot take it away either.
        expect(await stranger.decide(code, 'approved', 'terminal:eve')).toBeUndefined();

        const both = approvalsWith(store, `${fresh},${old}`);
        expect(await both.pending()).toMatchObject([question]);
        expect(await both.decide(code, 'approved', 'terminal:ada')).toMatchObject({ status: 'approved' });
        expect(await approvalsWith(store, fresh).get(code)).toMatchObject({ status: 'approved' });
        expect(await approvalsWith(store, old).get(code)).toBeUndefined();
      } finally {
        await store.close();
        await at.close();
      }
    },
  );
});

test('a sealed value that is moved to another name is none there', async () => {
  const store = openStore('memory', Date.now);
  const approvals = approvalsWith(store, old);
  const { code } = await approvals.put(question);
  await store.set('approval:AAAA-BBBB', (await store.get(`approval:${code}`)) ?? '', 60_000);
  expect(await approvals.get('AAAA-BBBB')).toBeUndefined();
});

const bytesOf = (where: string) =>
  readdirSync(where)
    .filter((name) => name.startsWith('castellan.db'))
    .map((name) => readFileSync(join(where, name), 'latin1'))
    .join('');

test('what a server asked of a person stands nowhere in its file', async () => {
  const server = await openTestServer();
  try {
    const client = await server.connect('2026-07-28', 'http');
    const args = { user_id: 'tomas.okafor@larkspur.example' };
    const answer = await client.callTool({ name: 'suspend_okta_user', arguments: args });
    expect(JSON.stringify(answer)).toContain('castellan approve');
    const raw = bytesOf(server.home);
    expect(raw).toContain('approval:');
    expect(raw).not.toMatch(/tomas|larkspur|suspend/i);
  } finally {
    await server.close();
  }
});

test('nor does the key that a service app’s tokens are bound to (RFC 9449 §11.3)', async () => {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const bench = await openBench({ oauth: { serviceKey: { ...publicKey.export({ format: 'jwk' }), kid: 'ec-1' } } });
  try {
    const { app, call } = await bench.open({
      OKTA_CLIENT_ID: bench.sandbox.okta.oauth.serviceClientId,
      OKTA_PRIVATE_KEY: String(privateKey.export({ type: 'pkcs8', format: 'pem' })),
      OKTA_SCOPES: 'okta.users.read',
    });
    expect(await call('list_okta_users', { max_results: 1 })).toMatchObject({ failed: false });
    const raw = await readAll(app.store);
    expect(raw).toContain('okta:proof-key:');
    expect(raw).not.toContain('P-256');
  } finally {
    await bench.close();
  }
});
