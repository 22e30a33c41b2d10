// That the simulated services believe no request that is not signed as it must be (docs.oracle.com "Request Signatures").

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSandbox, type Sandbox, type SandboxOci } from '../../src/sandbox/index.ts';
import { type Identity, keyOf, makeKey, type Signing, send, signRequest } from './oci-kit.ts';
import { admin, head } from './oidc-kit.ts';

let sandbox: Sandbox;
let oci: SandboxOci;
let key: Identity;
let origin: string;
let compartment: string;

beforeAll(async () => {
  sandbox = await openSandbox({ users: 30 });
  oci = await sandbox.oci();
  key = keyOf(oci, admin);
  origin = oci.services[oci.homeRegion] ?? '';
  const listed = await send(signRequest(`${origin}/20160918/compartments?compartmentId=${oci.tenancyId}`, key));
  compartment = `${origin}/20160918/compartments/${listed.body[0].id}`;
});
afterAll(() => sandbox.close());

const regions = () => `${origin}/20160918/regions`;
const update: Signing = { method: 'PUT', body: '{"description":"é – told"}' };

async function refused(request: ReturnType<typeof signRequest>): Promise<void> {
  const { status, body, headers } = await send(request);
  expect([status, body.code]).toEqual([401, 'NotAuthenticated']);
  expect(body.message).toEqual(expect.any(String));
  expect(headers.get('opc-request-id')).toBeTruthy();
}

describe('a signature', () => {
  it('is taken with x-date or date, in any order of headers, with more headers signed than must be', async () => {
    expect((await send(signRequest(regions(), key))).status).toBe(200);
    const target = '(request-target)';
    const date = { date: new Date().toUTCString() };
    const signed = ['host', target, 'date'];
    // fetch may not set Date: the sandbox is asked over a plain socket.
    expect(await sendRaw(signRequest(regions(), key, { signed, headers: date }))).toContain('HTTP/1.1 200');
    const more = { signed: ['accept', 'host', 'x-date', target], headers: { accept: 'application/json' } };
    expect((await send(signRequest(regions(), key, more))).status).toBe(200);
    expect((await send(signRequest(compartment, key, update))).status).toBe(200);
  });

  it('holds for the query as it was written', async () => {
    const url = `${origin}/20160918/compartments?compartmentId=${oci.tenancyId}&name=a%20b%2Fc%C3%A9`;
    expect((await send(signRequest(url, key))).status).toBe(200);
  });

  it('is refused where there is none, or none that can be read', async () => {
    const { headers, ...request } = signRequest(regions(), key);
    const authorization = headers.authorization ?? '';
    for (const wrong of [
      '',
      'Bearer abc',
      'Signature nonsense',
      authorization.replace('rsa-sha256', 'hmac-sha256'),
      authorization.replace('version="1"', 'version="2"'),
      authorization.replace(/signature="[^"]*"/, 'signature=""'),
      authorization.replace(/keyId="[^"]*"/, 'keyId=""'),
    ])
      await refused({ ...request, headers: { ...headers, authorization: wrong } });
  });

  it.each(['x-date', '(request-target)', 'host'])('is refused where %s is not signed', async (name) => {
    const signed = ['x-date', '(request-target)', 'host'].filter((each) => each !== name);
    await refused(signRequest(regions(), key, { signed }));
  });

  it.each(['content-length', 'content-type', 'x-content-sha256'])(
    'of a request with a body is refused where %s is not signed',
    async (name) => {
      const all = ['x-date', '(request-target)', 'host', 'content-length', 'content-type', 'x-content-sha256'];
      await refused(signRequest(compartment, key, { ...update, signed: all.filter((each) => each !== name) }));
    },
  );

  it('is refused for another path, query, method, header or host', async () => {
    const request = signRequest(`${regions()}?a=1`, key);
    await refused({ ...request, url: regions() });
    await refused({ ...request, url: `${regions()}?a=2` });
    await refused({ ...request, url: `${origin}/20160918/compartments?a=1` });
    await refused({ ...request, method: 'DELETE' });
    const put = signRequest(compartment, key, update);
    await refused({ ...put, headers: { ...put.headers, 'content-type': 'text/plain' } });
    const elsewhere = oci.services[oci.regions[1] ?? ''] ?? '';
    await refused({ ...request, url: `${elsewhere}/20160918/regions?a=1` });
    const more = signRequest(regions(), key, {
      signed: ['x-date', '(request-target)', 'host', 'opc-retry-token'],
      headers: { 'opc-retry-token': 'one' },
    });
    await refused({ ...more, headers: { ...more.headers, 'opc-retry-token': 'two' } });
  });

  it('is refused for another body, also one that says its own digest', async () => {
    const put = signRequest(compartment, key, update);
    // As long as the one that was signed.
    const other = '{"description":"changed"}'.padEnd(Buffer.byteLength(update.body ?? ''));
    expect(Buffer.byteLength(other)).toBe(Buffer.byteLength(update.body ?? ''));
    await refused({ ...put, body: other });
    const { headers } = signRequest(compartment, key, { ...update, body: other });
    await refused({ ...put, body: other, headers: { ...headers, authorization: put.headers.authorization ?? '' } });
  });

  it('is refused five minutes early or late, and says what time it is', async () => {
    const minutes = (n: number) => signRequest(regions(), key, { now: Date.now() + n * 60_000 });
    expect((await send(minutes(4.5))).status).toBe(200);
    expect((await send(minutes(-4.5))).status).toBe(200);
    await refused(minutes(5.5));
    await refused(minutes(-5.5));
    expect((await send(minutes(-60))).body.message).toMatch(/allowed clock skew.*valid datetime range/);
    await refused(signRequest(regions(), key, { headers: { 'x-date': 'yesterday' } }));
    const request = minutes(-10);
    await refused({ ...request, headers: { ...request.headers, 'x-date': new Date().toUTCString() } });
  });

  it('is refused of another key, for another person, in another tenancy, by a fingerprint that nobody has', async () => {
    await refused(signRequest(regions(), { ...key, privateKey: makeKey().privateKey }));
    const other = keyOf(oci, head);
    await refused(signRequest(regions(), { keyId: other.keyId, privateKey: key.privateKey }));
    const [tenancy, user, fingerprint] = key.keyId.split('/');
    const [, otherUser, otherPrint] = other.keyId.split('/');
    const { privateKey } = key;
    await refused(signRequest(regions(), { keyId: `${tenancy}/${otherUser}/${fingerprint}`, privateKey }));
    await refused(signRequest(regions(), { keyId: `${tenancy}/${user}/${otherPrint}`, privateKey }));
    await refused(signRequest(regions(), { keyId: `ocid1.tenancy.oc1..x/${user}/${fingerprint}`, privateKey }));
    await refused(signRequest(regions(), { keyId: `${key.keyId}/x`, privateKey }));
  });

  it('is refused of somebody who is locked', async () => {
    oci.setLocked(head, true);
    await refused(signRequest(regions(), keyOf(oci, head)));
    oci.setLocked(head, false);
    expect((await send(signRequest(regions(), keyOf(oci, head)))).status).toBe(200);
  });

  it('with a session token is refused where the token is not ours, or the key is not its own', async () => {
    const { token, privateKey } = oci.sessionOf(head);
    const session = { keyId: `ST$${token}`, privateKey };
    expect((await send(signRequest(regions(), session))).status).toBe(200);
    await refused(signRequest(regions(), { ...session, privateKey: oci.sessionOf(head).privateKey }));
    await refused(signRequest(regions(), { ...session, keyId: `ST$${token.slice(0, -8)}AAAAAAAA` }));
    const [header, claims = '', signature] = token.split('.');
    const changed = { ...JSON.parse(Buffer.from(claims, 'base64url').toString()), exp: 9_999_999_999 };
    const forged = [header, Buffer.from(JSON.stringify(changed)).toString('base64url'), signature].join('.');
    await refused(signRequest(regions(), { ...session, keyId: `ST$${forged}` }));
    await refused(
      signRequest(regions(), { ...session, keyId: `ST$${oci.issueToken({ login: head, scopes: ['openid'] })}` }),
    );
    await refused(signRequest(regions(), { ...session, keyId: 'ST$' }));
  });

  it('is refused in a region that the tenancy is not subscribed to', async () => {
    const stranger = Object.keys(oci.services).find((region) => !oci.regions.includes(region)) ?? '';
    await refused(signRequest(`${oci.services[stranger]}/20160918/regions`, key));
  });
});

async function sendRaw({ url, method, headers }: ReturnType<typeof signRequest>): Promise<string> {
  const { connect } = await import('node:net');
  const { text } = await import('node:stream/consumers');
  const { hostname, port, pathname, search } = new URL(url);
  const socket = connect(Number(port), hostname);
  const lines = Object.entries({ ...headers, connection: 'close' }).map(([name, value]) => `${name}: ${value}`);
  socket.write(`${method} ${pathname}${search} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`);
  return text(socket);
}
