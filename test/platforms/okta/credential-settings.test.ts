// Which credentials may be configured, from which variables, and what is said about those that contradict themselves.

import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { loadConfig } from '../../../src/config.ts';
import { readScopes } from '../../../src/platforms/okta/credential-settings.ts';
import { loadOktaContract } from '../../contracts/okta-contract.ts';

const orgUrl = 'https://acme.okta.com';
const pem = (type: 'pkcs8' | 'pkcs1', key = rsa(2048)) => key.export({ type, format: 'pem' }).toString();
const rsa = (bits: number) => generateKeyPairSync('rsa', { modulusLength: bits }).privateKey;
const good = pem('pkcs8');

function load(env: Record<string, string>) {
  const { config, faults, shown } = loadConfig({}, { env, folder: '/' });
  return { settings: config.tenants[0]?.settings, faults, shown, said: JSON.stringify([faults, shown]) };
}

describe('credentials that are right', () => {
  test.each<[string, Record<string, string>, Record<string, unknown>]>([
    ['an API token', { OKTA_API_TOKEN: 'x' }, { clientId: undefined }],
    [
      'a service app',
      { OKTA_CLIENT_ID: '0oa1', OKTA_PRIVATE_KEY: good, OKTA_KEY_ID: 'k' },
      { clientId: '0oa1', keyId: 'k' },
    ],
    [
      'a service app by the names of Okta’s SDKs',
      { OKTA_CLIENT_CLIENTID: '0oa1', OKTA_CLIENT_PRIVATEKEY: good, OKTA_CLIENT_KEYID: 'k' },
      { keyId: 'k' },
    ],
    ['a person', { OKTA_CLIENT_ID: '0oa1' }, { clientId: '0oa1', dpop: 'auto', scopes: readScopes }],
    [
      'scopes with spaces',
      { OKTA_CLIENT_ID: '0oa1', OKTA_SCOPES: 'okta.users.read  okta.logs.read' },
      { scopes: ['okta.users.read', 'okta.logs.read'] },
    ],
    [
      'scopes with commas',
      { OKTA_CLIENT_ID: '0oa1', OKTA_CLIENT_SCOPES: 'okta.users.read, okta.logs.read,' },
      { scopes: ['okta.users.read', 'okta.logs.read'] },
    ],
    ['DPoP off', { OKTA_CLIENT_ID: '0oa1', OKTA_DPOP: 'false' }, { dpop: 'false' }],
  ])('%s', (_name, env, expected) => {
    const { settings, faults, said } = load({ OKTA_ORG_URL: orgUrl, ...env });
    expect(faults).toEqual([]);
    expect(settings).toMatchObject(expected);
    expect(said).not.toContain('PRIVATE KEY');
  });

  const ec = (namedCurve: string) => generateKeyPairSync('ec', { namedCurve }).privateKey;
  test.each<[string, string]>([
    ['PKCS #1', pem('pkcs1')],
    ['SEC 1', ec('prime256v1').export({ type: 'sec1', format: 'pem' }).toString()],
    ['P-384 as PKCS #8', ec('secp384r1').export({ type: 'pkcs8', format: 'pem' }).toString()],
    ['one line with \\n', good.replaceAll('\n', '\\n')],
    ['a JSON Web Key', JSON.stringify(rsa(2048).export({ format: 'jwk' }))],
  ])('a key as %s', (_name, key) => {
    expect(load({ OKTA_ORG_URL: orgUrl, OKTA_CLIENT_ID: '0oa1', OKTA_PRIVATE_KEY: key }).faults).toEqual([]);
  });
});

describe('credentials that are wrong', () => {
  test.each<[string, Record<string, string>, string, RegExp]>([
    [
      'a token and a key',
      { OKTA_API_TOKEN: 'x', OKTA_CLIENT_ID: '0oa1', OKTA_PRIVATE_KEY: good },
      'OKTA_API_TOKEN',
      /OKTA_PRIVATE_KEY.*Unset the API token/,
    ],
    [
      'a token and a client',
      { OKTA_API_TOKEN: 'x', OKTA_CLIENT_ID: '0oa1' },
      'OKTA_API_TOKEN',
      /OKTA_CLIENT_ID.*Unset/,
    ],
    ['a key without a client', { OKTA_PRIVATE_KEY: good }, 'OKTA_CLIENT_ID', /is missing/],
    ['a key id without a key', { OKTA_CLIENT_ID: '0oa1', OKTA_KEY_ID: 'k' }, 'OKTA_KEY_ID', /private key/],
    ['no credential', {}, 'OKTA_API_TOKEN', /is missing.*privateKey.*castellan login okta/],
    ['no scope', { OKTA_CLIENT_ID: '0oa1', OKTA_SCOPES: ' , ' }, 'OKTA_SCOPES', /no list of scopes/],
    [
      'a scope in quotes',
      { OKTA_CLIENT_ID: '0oa1', OKTA_SCOPES: '"okta.users.read"' },
      'OKTA_SCOPES',
      /no list of scopes/,
    ],
    ['DPoP perhaps', { OKTA_CLIENT_ID: '0oa1', OKTA_DPOP: 'perhaps' }, 'OKTA_DPOP', /none of auto, true and false/],
  ])('%s', (_name, env, where, says) => {
    const { faults } = load({ OKTA_ORG_URL: orgUrl, ...env });
    expect(faults).toHaveLength(1);
    expect(faults[0]?.where).toBe(where);
    expect(`${faults[0]?.problem} ${faults[0]?.todo}`.replaceAll('\n', ' ')).toMatch(says);
  });

  const publicKey = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey;
  const jwk = rsa(2048).export({ format: 'jwk' });
  const encrypted = { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' } as const;
  test.each<[string, string, RegExp]>([
    ['is a word', 'secret-canary', /neither a PEM text/],
    ['is a public key', publicKey.export({ type: 'spki', format: 'pem' }).toString(), /public key, not a private/],
    ['is a public JSON Web Key', JSON.stringify({ ...jwk, d: undefined }), /public half/],
    ['is a set of keys', JSON.stringify({ keys: [jwk] }), /set of keys/],
    ['is JSON of something else', '{"a":"secret-canary"}', /kty/],
    ['is broken JSON', '{"kty":"RSA","d":"secret-canary"', /JSON/],
    ['is cut off', good.slice(0, 400), /damaged/],
    ['holds nonsense', '-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----', /damaged/],
    ['is too short', rsa(1024).export({ type: 'pkcs8', format: 'pem' }).toString(), /1024 bits; 2048/],
    ['is encrypted', rsa(2048).export(encrypted).toString(), /passphrase/],
    [
      'is of another kind',
      generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
      /ed25519/,
    ],
    ['says an alg that is not its own', JSON.stringify({ ...jwk, alg: 'ES256' }), /alg/],
  ])('a private key that %s', (_name, key, says) => {
    const { faults, said } = load({ OKTA_ORG_URL: orgUrl, OKTA_CLIENT_ID: '0oa1', OKTA_PRIVATE_KEY: key });
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatchObject({ where: 'OKTA_PRIVATE_KEY', problem: expect.stringMatching(says) });
    for (const part of ['canary', key.slice(40, 80)].filter(Boolean)) expect(said).not.toContain(part);
  });

  test.each([{ OKTA_API_TOKEN: 'x' }, { OKTA_CLIENT_ID: '0oa1' }, { OKTA_CLIENT_CLIENTID: '0oa1' }])(
    '%j without an address is a tenant whose address is missing',
    (env) => {
      expect(load(env).faults).toMatchObject([{ where: 'OKTA_CLIENT_ORGURL', problem: 'is missing' }]);
    },
  );

  test('a key alone in the environment describes no tenant: a file may point to it', () => {
    expect(load({ OKTA_PRIVATE_KEY: good })).toMatchObject({ faults: [], settings: undefined });
  });
});

const contract = loadOktaContract();
test.skipIf(!contract)('the scopes that are asked for by default exist', () => {
  const known = new Set(contract?.scopes());
  expect(readScopes.filter((scope) => !known.has(scope))).toEqual([]);
});
