// Our signatures against those of Oracle's own SDK for JavaScript: the same headers, the same order, the same bytes.

import { createPublicKey, generateKeyPairSync, verify } from 'node:crypto';
import fc from 'fast-check';
import { type AuthenticationDetailsProvider, DefaultRequestSigner, type HttpRequest } from 'oci-common';
import { expect, test } from 'vitest';
import { addressOf } from '../../../src/core/upstream.ts';
import { signRequest } from '../../../src/platforms/oci/signer.ts';

const { privateKey: key } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const pem = key.export({ type: 'pkcs8', format: 'pem' }).toString();
const apiKeyId = 'ocid1.tenancy.oc1..aaaa/ocid1.user.oc1..bbbb/12:34:56:78:9a:bc:de:f0:12:34:56:78:9a:bc:de:f0';
const now = Date.UTC(2026, 10, 21, 12, 0, 1);

/** What Oracle's signer puts on a request, with the names of headers in small letters, as their comparison has them. */
async function signAsOracle(
  { method, url, body }: { method: string; url: URL; body: string | undefined },
  keyId: string,
): Promise<Record<string, string>> {
  const provider: AuthenticationDetailsProvider = {
    getKeyId: async () => keyId,
    getPrivateKey: () => pem,
    getPassphrase: () => null,
  };
  const headers = new Headers({ 'x-date': new Date(now).toUTCString() });
  const request = { method, uri: url.href, headers, ...(body !== undefined && { body }) } as unknown as HttpRequest;
  await new DefaultRequestSigner(provider).signHttpRequest(request);
  const signed = Object.fromEntries(headers as unknown as Iterable<[string, string]>);
  return {
    ...signed,
    authorization: (signed.authorization ?? '').replace(/headers="[^"]*"/, (names) => names.toLowerCase()),
  };
}

const segment = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }).filter((text) => !/^\.{1,2}$/.test(text));
const value = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 20 }),
  fc.constantFrom('userName eq "o\'neil" and active eq true', 'a b+c%2B&d=e', "/?#[]@!$&'()*,;=:", '~._-', '✓ 漢字 🏰'),
  fc.integer(),
  fc.boolean(),
);
const request = fc.record({
  host: fc.constantFrom(
    'https://identity.eu-frankfurt-1.oci.oraclecloud.com',
    'https://idcs-0a1b.identity.oraclecloud.com:443',
    'http://127.0.0.1:8123',
  ),
  method: fc.constantFrom('GET', 'DELETE', 'POST', 'PUT', 'PATCH'),
  path: fc.array(fc.oneof(segment, fc.constantFrom('20160918', 'Users', '.search', "o'neil", 'a/b', '(x)|{y}')), {
    minLength: 1,
    maxLength: 5,
  }),
  query: fc.dictionary(fc.constantFrom('filter', 'page', 'limit', 'name', 'a b'), value, { maxKeys: 4 }),
  body: fc.option(fc.json({ stringUnit: 'grapheme' }), { nil: undefined }),
  keyId: fc.constantFrom(apiKeyId, 'ST$eyJhbGciOiJSUzI1NiJ9.eyJqdGkiOiJ4In0.c2ln'),
});

test('300 generated requests are signed exactly as Oracle’s SDK signs them, and the signature is the key’s', async () => {
  let signed = 0;
  await fc.assert(
    fc.asyncProperty(request, async ({ host, method, path, query, body: written, keyId }) => {
      const url = addressOf(new URL(host), { path, query });
      const body = ['GET', 'DELETE'].includes(method) ? undefined : written;
      const ours = await signRequest({ method, url, body, now }, { keyId, key });
      // Their `date` is sent and not signed.
      const {
        host: theirHost,
        'content-length': length,
        date: _date,
        ...theirs
      } = await signAsOracle({ method, url, body }, keyId);
      expect(ours).toEqual(theirs);
      expect(theirHost).toBe(url.host);
      if (length !== undefined) expect(length).toBe(String(Buffer.byteLength(body ?? '')));
      signed++;
    }),
    { numRuns: 300, seed: 20261121 },
  );
  expect(signed).toBe(300);
});

test('what is signed is each line by its name, and no other request has that signature (draft-cavage §2.3)', async () => {
  const url = new URL('https://identity.eu-frankfurt-1.oci.oraclecloud.com/20160918/policies?a=1');
  const { authorization = '', ...sent } = await signRequest(
    { method: 'POST', url, body: '{"a":1}', now },
    { keyId: apiKeyId, key },
  );
  const fields = Object.fromEntries(
    [...authorization.matchAll(/(\w+)="([^"]*)"/g)].map(([, name, text]) => [name, text]),
  );
  expect(fields).toMatchObject({ version: '1', keyId: apiKeyId, algorithm: 'rsa-sha256' });
  const all: Record<string, string> = {
    ...sent,
    host: url.host,
    'content-length': '7',
    '(request-target)': 'post /20160918/policies?a=1',
  };
  const isSigned = (headers: Record<string, string>) =>
    verify(
      'sha256',
      Buffer.from(
        (fields.headers ?? '')
          .split(' ')
          .map((name: string) => `${name}: ${headers[name]}`)
          .join('\n'),
      ),
      createPublicKey(key),
      Buffer.from(fields.signature ?? '', 'base64'),
    );
  expect(isSigned(all)).toBe(true);
  expect((fields.headers ?? '').split(' ').sort()).toEqual(Object.keys(all).sort());
  for (const name of Object.keys(all)) expect(isSigned({ ...all, [name]: `${all[name]}0` }), name).toBe(false);
});
