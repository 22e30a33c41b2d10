// What leaves Castellan in a full view or a log line: no secret, and everything that is none.

import { describe, expect, test } from 'vitest';
import { withoutSecrets } from '../../src/core/redact.ts';

const hidden = '[removed]';
const copy = (value: unknown) => withoutSecrets(value);

describe('secrets are taken out', () => {
  test('of a password that was imported with its hash, whatever its depth', () => {
    const password = { hash: { algorithm: 'BCRYPT', salt: 'rwh>3', value: 'gJhtl' }, value: ['x'], hook: 'default' };
    expect(JSON.stringify(copy({ credentials: { password } }))).not.toMatch(/rwh|gJhtl|"x"/);
    expect(copy({ password: { value: 1234 } })).toEqual({ password: { value: hidden } });
    expect(copy({ password: { history: { items: [{ value: 'x' }] } } })).toEqual({
      password: { history: { items: [{ value: hidden }] } },
    });
    expect(copy({ password: { old: ['x'] } })).toEqual({ password: { old: [hidden] } });
    expect(copy({ recovery_question: { question: 'Where?', answer: 'here' } })).toEqual({
      recovery_question: { question: 'Where?', answer: hidden },
    });
  });

  test.each([
    ...['client_secret', 'secret_hash', 'secretKey', 'secretKeyEnc', 'signingKey', 'accessKey', 'authToken', 'token'],
    ...['bearerToken', 'scimToken', 'deviceToken', 'stateToken', 'privateKeyPem', 'clientSecretValue', 'pin', 'otp'],
    ...['passwd', 'pwd', 'recovery_codes', 'recoveryCodes', 'private_key', 'apiKey', 'sharedSecret', 'id_token'],
    // Of virtual circuits and vaults at OCI, and of what else its services keep.
    ...['bgpMd5AuthKey', 'secretBundleContent', 'masterKey', 'hmacKey', 'encryptionKey', 'activationCode', 'otpCode'],
    ...[
      'seed',
      'passwordVerifiers',
      'mixedSalt',
      'psk',
      'adminPass',
      'db_pass',
      'authenticationKey',
      'verificationCode',
      'bypassCodes',
    ],
    ...['Authorization', 'set-cookie', 'password', 'passwords', 'secrets', 'tokens', 'refresh_token', 'x-api-key'],
  ])('named %s, as a text, a number, a list or a map', (name) => {
    expect(copy({ [name]: 'leak' })).toEqual({ [name]: hidden });
    expect(copy({ [name]: 4711 })).toEqual({ [name]: hidden });
    expect(copy({ [name]: ['leak', ['leak']] })).toEqual({ [name]: [hidden, [hidden]] });
    expect(copy({ [name]: { first: 'leak', last: [{ more: 'leak' }] } })).toEqual({
      [name]: { first: hidden, last: [{ more: hidden }] },
    });
  });

  test('of a JSON Web Key (RFC 7518 §6), whose public members stay', () => {
    const shown = { kty: 'RSA', kid: 'k1', use: 'sig', alg: 'RS256', n: 'n', e: 'AQAB', x5c: ['MIIC'], x: 'x', y: 'y' };
    const secret = { d: 's', p: 's', q: 's', dp: 's', dq: 's', qi: 's', k: 's' };
    const key = { ...shown, ...secret, oth: [{ r: 's', d: 's', t: 's' }] };
    const result = copy({ keys: [key], signingKey: key }) as { keys: unknown[]; signingKey: unknown };
    for (const made of [result.keys[0], result.signingKey]) {
      expect(made).toMatchObject(shown);
      expect(JSON.stringify(made)).not.toContain('"s"');
    }
  });

  test.each([
    ['sent Authorization: SSWS 00abcDEF-1', 'sent Authorization: SSWS [removed]'],
    ['bearer abc.def', 'bearer [removed]'],
    ['Basic dXNlcjpwYXNz, then', 'Basic [removed] then'],
    ['got eyJhbGciOi.eyJzdWIi.c2lnX-8 back', 'got [removed] back'],
    [
      '#!/bin/sh\n-----BEGIN RSA PRIVATE KEY-----\nMIIE\nabc=\n-----END RSA PRIVATE KEY-----\nexit',
      '#!/bin/sh\n[removed]\nexit',
    ],
    ['-----BEGIN PGP PRIVATE KEY BLOCK-----\nlQ', '[removed]'],
    ['-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqh', '[removed]'],
    ['https://user:pw@acme.okta.com/x', 'https://[removed]@acme.okta.com/x'],
    ['/cb?code=abc&state=s1#id_token=ey&x=1', '/cb?code=[removed]&state=s1#id_token=[removed]&x=1'],
    [
      '/a?stateToken=0a&sessionToken=0b&id_token_hint=c',
      '/a?stateToken=[removed]&sessionToken=[removed]&id_token_hint=[removed]',
    ],
    [
      '/t?client_secret=a&assertion=b&password=c&token=d',
      '/t?client_secret=[removed]&assertion=[removed]&password=[removed]&token=[removed]',
    ],
  ])('of the text %j', (text, expected) => {
    expect(copy({ said: [text] })).toEqual({ said: [expected] });
  });

  test('a key called __proto__ is a key', () => {
    const result = copy(JSON.parse('{"__proto__":{"token":"t","admin":true}}')) as Record<string, unknown>;
    expect(Object.getPrototypeOf(result)).toBe(Object.prototype);
    expect(result.admin).toBeUndefined();
    expect(JSON.stringify(result)).toBe('{"__proto__":{"token":"[removed]","admin":true}}');
  });
});

test('what is no secret stays as it is', () => {
  const value = {
    token_endpoint_auth_method: 'client_secret_basic',
    passwordChanged: '2026-01-01T00:00:00.000Z',
    passwordField: 'pass',
    usernameField: 'user',
    tokenLifetimeSeconds: 3600,
    keyId: 'k',
    kid: 'k',
    settings: {
      password: {
        complexity: { minLength: 8, useNumbers: true, excludeAttributes: ['firstName'] },
        age: { maxAgeDays: 90, historyCount: 4 },
        lockout: { maxAttempts: 10, autoUnlockMinutes: 0 },
      },
      recovery: {
        factors: {
          okta_email: { status: 'ACTIVE', properties: { recoveryToken: { tokenLifetimeMinutes: 60 } } },
          recovery_question: { status: 'ACTIVE', properties: { complexity: { minLength: 4 } } },
        },
      },
    },
    oauthClient: { refresh_token: { rotation_type: 'STATIC', leeway: 0 } },
    _links: { changePassword: { href: 'https://acme.okta.com/api/v1/users/1/credentials/change_password' } },
    name: 'Basic Users',
    bypass: 'none',
    encryptionKeyId: 'ocid1.key.oc1..a',
    certificate: '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----',
    publicKey: '-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----',
    note: 'Basic authentication, R&D? yes',
    nextPageToken: 'place',
    href: 'https://acme.okta.com/api/v1/users?after=1&limit=2',
    nothing: null,
  };
  expect(copy(value)).toEqual(value);
});

test('the properties that a caller leaves out are left out everywhere', () => {
  expect(withoutSecrets({ a: 1, _links: {}, b: [{ _links: {}, c: 2 }] }, new Set(['_links']))).toEqual({
    a: 1,
    b: [{ c: 2 }],
  });
});

test.each(['eyJ-', 'eyJa.', 'eyJ', ' eyJ', 'Bearer ', '?a=', '://a', '-----BEGIN ', '-----BEGIN PRIVATE KEY-----'])(
  'a megabyte of %j is read once: squared it would take minutes, and this test its time limit',
  (part) => {
    const text = part.repeat(Math.ceil(1_000_000 / part.length));
    expect(typeof (copy({ text }) as { text: string }).text).toBe('string');
  },
);
