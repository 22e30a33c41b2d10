// Settings of the broker: what belongs together, and secrets, which nobody is told.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { unknownPlatformsOf } from '../../src/auth/broker/settings.ts';
import { loadConfig } from '../../src/config.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'castellan-broker-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function load(content: Readonly<Record<string, unknown>>, env = {}) {
  const config = join(folder, 'castellan.json');
  writeFileSync(config, JSON.stringify(content));
  return loadConfig({ config }, { env, folder, tenants: false });
}
const broker = (part: Readonly<Record<string, unknown>>, env = {}) => load({ broker: part }, env);

const secret = 'machine-secret-that-nobody-is-told-ever';
const scopes = ['castellan:read'];

test('a client that would return people to this very server is refused', () => {
  const client = (uri: string) => [{ id: 'app', name: 'App', redirectUris: [uri] }];
  const given = (uri: string) =>
    load({
      auth: { publicUrl: 'https://mcp.acme.dev/mcp' },
      signIn: { issuer: 'https://acme.okta.com', clientId: 'c', clientSecret: secret },
      broker: { clients: client(uri) },
    }).faults;
  expect(given('https://app.acme.dev/oauth/callback')).toEqual([]);
  expect(given('https://mcp.acme.dev./oauth/callback')).toMatchObject([
    { where: 'broker.clients', problem: expect.stringContaining('the client app') },
  ]);
});

describe('a secret in a list', () => {
  const machine = (value: unknown) => ({ machines: [{ id: 'ci', secret: value, scopes }] });

  test('may be a reference to the environment or to a file', () => {
    writeFileSync(join(folder, 'secret.txt'), `${secret}\n`);
    const byEnv = broker(machine({ env: 'CI_SECRET' }), { CI_SECRET: secret });
    const byFile = broker(machine({ file: 'secret.txt' }));
    for (const { config, faults } of [byEnv, byFile, broker(machine(secret))]) {
      expect(faults).toEqual([]);
      expect(config.broker.machines[0]?.secret).toBe(secret);
    }
  });

  test.each([
    ['a variable that is not set', { env: 'NONE' }, /NONE is not set/],
    ['a file that is not there', { file: 'none.txt' }, /none.txt cannot be read/],
    ['something else', { value: 'x' }, /is a string/],
  ])('and not %s', (_what, value, problem) => {
    const [fault] = broker(machine(value)).faults;
    expect(fault?.where).toContain('broker.machines[0].secret');
    expect(fault?.problem).toMatch(problem);
  });

  test('is told neither by doctor nor by what is wrong beside it', () => {
    const { shown, faults } = broker({
      machines: [{ id: 'ci', secret, scopes: ['openid'] }],
      clients: [{ id: 'app', secret, name: 'App', redirectUris: 7 }],
    });
    expect(faults).toHaveLength(2);
    const good = broker({ machines: [{ id: 'ci', secret, scopes }] });
    expect(good.shown.find(({ name }) => name === 'broker.machines')?.value).toBe('ci');
    expect(JSON.stringify([shown, faults, good.shown])).not.toContain(secret);
  });

  test('nor is the private part of a key', () => {
    const { faults } = broker({ machines: [{ id: 'ci', keys: [{ kty: 'EC', d: secret }], scopes }] });
    expect(JSON.stringify(faults)).toMatch(/private key/);
    expect(JSON.stringify(faults)).not.toContain(secret);
  });
});

describe('what does not go together', () => {
  const issuer = { issuer: 'https://login.acme.dev', scopes };
  test.each([
    ['two machines of one name', { machines: [1, 2].map(() => ({ id: 'ci', secret, scopes })) }, /ci is there twice/],
    [
      'a machine and a client of one name',
      { machines: [{ id: 'app', secret, scopes }], clients: [{ id: 'app', name: 'App' }] },
      /app is there twice/,
    ],
    ['an issuer twice', { assertionIssuers: [issuer, issuer] }, /login.acme.dev is there twice/],
    [
      'an issuer of everybody',
      { assertionIssuers: [{ issuer: 'https://identity.oraclecloud.com/', scopes }] },
      /all identity domains of the world/,
    ],
    ['an issuer whose people may do nothing', { assertionIssuers: [{ issuer: issuer.issuer }] }, /may do nothing/],
  ])('%s', (_what, part, problem) => {
    expect(broker(part).faults.map((fault) => fault.problem)).toEqual([expect.stringMatching(problem)]);
  });

  test('machines, and an authorization server of others', () => {
    const auth = { issuer: 'https://login.acme.dev', publicUrl: 'https://mcp.acme.dev/mcp' };
    const { faults } = load({ auth, broker: { machines: [{ id: 'ci', secret, scopes }] } });
    expect(faults).toMatchObject([{ where: 'broker.machines', problem: expect.stringMatching(/not used/) }]);
  });

  test.each([
    'https://accounts.google.com',
    'https://gitlab.com',
    'https://login.microsoftonline.com/common/v2.0',
    'https://login.microsoftonline.com/9188040d-6c67-4c5b-b112-36a304b66dad/v2.0',
  ])('that all the world may read, at %s', (issuer) => {
    const signIn = { issuer, clientId: 'castellan', clientSecret: secret };
    const auth = { publicUrl: 'https://mcp.acme.dev/mcp' };
    expect(load({ auth, signIn }).faults).toMatchObject([
      { where: 'CASTELLAN_AUTH_EVERYBODY', problem: expect.stringMatching(/anybody in the world/) },
    ]);
    // Whoever says it has thought of it.
    expect(load({ auth, signIn }, { CASTELLAN_AUTH_EVERYBODY: 'castellan:read' }).faults).toEqual([]);
    expect(load({ auth: { ...auth, everybody: [] }, signIn }).faults).toEqual([]);
  });

  test('not so at an organization’s own provider', () => {
    for (const issuer of [
      'https://acme.okta.com',
      'https://login.microsoftonline.com/0f1e2d3c-0000-4000-8000-000000000000/v2.0',
      'https://gitlab.com.acme.dev',
    ]) {
      const signIn = { issuer, clientId: 'castellan', clientSecret: secret };
      expect(load({ auth: { publicUrl: 'https://mcp.acme.dev/mcp' }, signIn }).faults).toEqual([]);
    }
  });

  test('scopes of a platform that is not there', () => {
    const { config } = broker({ machines: [{ id: 'ci', secret, scopes: ['castellan:read', 'entra:read'] }] });
    expect(unknownPlatformsOf(config.broker, ['okta'])).toMatchObject([
      { where: 'broker.machines', problem: 'ci gives scopes of entra, and there is no such platform' },
    ]);
  });
});
