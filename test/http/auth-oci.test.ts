// Tokens of the simulated OCI identity domain at the front door: keys that are not public, an issuer that all domains share, and
// introspection.

import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openSandbox, type Sandbox, type SandboxOci } from '../../src/sandbox/index.ts';
import { ask, call } from '../support/messages.ts';
import { openTestServer, type TestServer } from '../support/server.ts';

const login = 'declan.kinsella@larkspur.example';

let sandbox: Sandbox;
let oci: SandboxOci;
let server: TestServer;

beforeEach(async () => {
  sandbox = await openSandbox({ users: 10 });
  oci = await sandbox.oci();
});
afterEach(async () => {
  await server?.close();
  await sandbox.close();
});

async function open(more: Record<string, unknown> = {}) {
  const { id: clientId, secret: clientSecret } = oci.client;
  const auth = { issuer: oci.url, provider: 'oci', tenant: oci.tenant, audience: [oci.resource.audience] };
  const publicUrl = 'https://mcp.example.com/mcp';
  server = await openTestServer({ parts: { auth: { ...auth, clientId, clientSecret, publicUrl, ...more } } });
}

const mint = (over: Record<string, unknown> = {}, name = 'castellan:read') =>
  oci.issueToken({ login, scopes: [oci.resource.audience + name], over });
const statusOf = async (token: string) => (await ask(server.url, 'tools/list', {}, { token })).status;

describe.each(['jwt', 'introspection'])('by %s', (verify) => {
  test('a token of the domain opens what its scopes say, and its person is known for good', async () => {
    await open({ verify });
    const answer = await ask(server.url, 'tools/call', call('get_current_time'), { token: mint() });
    expect([answer.status, answer.body.result?.isError ?? false]).toEqual([200, false]);
    // A call is logged when its answer is out.
    await expect.poll(() => server.log()).toMatch(/https:\/\/identity\.oraclecloud\.com\/\|[0-9a-f]{32}"/);
    expect(server.log()).not.toContain(login);
  });

  test('a token of another domain, audience or time opens nothing, and neither does one of no signature', async () => {
    await open({ verify });
    expect(await statusOf(mint())).toBe(200);
    const other = 'idcs-00000000000000000000000000000000';
    expect(await statusOf(mint({ tenant: other, user_tenantname: other }))).toBe(401);
    expect(await statusOf(mint({ aud: 'https://other.example/' }))).toBe(401);
    expect(await statusOf(mint({ exp: 1 }))).toBe(401);
    expect(await statusOf(mint({ tok_type: 'IT' }))).toBe(401);
    const [header, payload] = mint().split('.');
    expect(await statusOf(`${header}.${payload}.`)).toBe(401);
  });
});

test('tokens under the domain’s next key are taken as well', async () => {
  await open();
  expect(await statusOf(mint())).toBe(200);
  oci.rotateKeys();
  expect(await statusOf(mint())).toBe(200);
});
