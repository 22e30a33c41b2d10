// Acting as the caller: each caller's token is exchanged for one of the API (RFC 8693), with DPoP where the server gives bound
// tokens (RFC 9449). The token that came with a request is never sent to an API, and nobody gets what another's allows.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { loadConfig } from '../../src/config.ts';
import type { CustomServerHandle } from '../../src/sandbox/index.ts';
import { type ApiGateway, openApiGateway } from '../support/api-gateway.ts';
import { ask, call } from '../support/messages.ts';
import { type Organization, openOrganization } from '../support/organization.ts';
import { openTestServer, type TestServer } from '../support/server.ts';

const admin = 'helena.brandt@larkspur.example';
const traveller = 'solveig.halvorsen@larkspur.example';
const publicUrl = 'https://mcp.example.com/mcp';

let administrators: string[];
let organization: Organization;
let gateway: ApiGateway;
let signIn: CustomServerHandle;
let server: TestServer;

async function open(more: Record<string, unknown> = {}): Promise<void> {
  const { id: clientId, secret: clientSecret } = gateway.server.clients.api;
  server = await openTestServer({
    tenantSettings: {
      orgUrl: gateway.url,
      apiToken: undefined,
      actAs: 'caller',
      exchangeUrl: gateway.tokenUrl,
      exchangeAudience: gateway.server.audience,
      exchangeScopes: 'shipments:read',
      clientId,
      clientSecret,
      ...more,
    },
    parts: {
      auth: {
        issuer: signIn.issuer,
        provider: 'okta',
        publicUrl,
        audience: [signIn.audience],
        scopeMap: { 'okta:read': ['okta:read'], 'okta:write': ['okta:write', 'okta:destroy'] },
      },
    },
  });
}

beforeEach(async () => {
  administrators = [admin];
  organization = await openOrganization();
  gateway = await openApiGateway(organization.sandbox, 'Logistics APIs', administrators);
  signIn = organization.sandbox.okta.oauth.customServer('default');
});

afterEach(async () => {
  await server?.close();
  await gateway.close();
  await organization.close();
});

const tokenOf = (login: string, more = {}) =>
  signIn.issueToken({ login, scopes: ['okta:read', 'okta:write'], ...more });

async function read(token: string, user = admin) {
  const { body, status } = await ask(server.url, 'tools/call', call('get_okta_user', { user_id: user }), { token });
  expect(status).toBe(200);
  return { failed: body.result?.isError === true, text: body.result?.content?.[0]?.text ?? '' };
}

const records = () =>
  readdirSync(join(server.home, 'audit'))
    .filter((name) => name.endsWith('.jsonl'))
    .flatMap((name) =>
      readFileSync(join(server.home, 'audit', name), 'utf8')
        .trim()
        .split('\n'),
    )
    .map((line) => JSON.parse(line) as Record<string, unknown>);

const bearerOf = ({ headers }: { readonly headers: Readonly<Record<string, string>> }) =>
  headers.authorization?.split(' ')[1] ?? '';

test('two callers at once get what each may see; tokens are kept for the one they are for (RFC 8693 §2)', async () => {
  await open();
  const [one, other] = [tokenOf(admin), tokenOf(traveller)];
  const answers = await Promise.all(Array.from({ length: 20 }, (_, n) => read(n % 2 === 0 ? one : other)));
  for (const [n, answer] of answers.entries()) {
    expect(answer.failed).toBe(n % 2 === 1);
    expect(answer.text).toContain(n % 2 === 0 ? 'Helena' : 'role');
    if (n % 2 === 1) expect(answer.text).not.toContain('Helena');
  }
  // One exchange for each, after one that only learned the nonce.
  const done = gateway.exchanges().filter(({ status }) => status === 200);
  expect(done.map(({ form }) => form.subject_token).sort()).toEqual([one, other].sort());
  expect(done[0]?.form).toMatchObject({
    grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
    subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
    requested_token_type: 'urn:ietf:params:oauth:token-type:access_token',
    audience: gateway.server.audience,
    scope: 'shipments:read',
  });
  // The inbound token never goes to the API, in no header, and neither stands in the log.
  const sent = JSON.stringify(gateway.api());
  const exchanged = new Set(gateway.api().map(bearerOf));
  expect(exchanged.size).toBe(2);
  for (const token of [one, other]) expect(sent).not.toContain(token);
  for (const token of [one, other, ...exchanged]) expect(server.log()).not.toContain(token);
  expect(organization.asked).toEqual([]);
});

test('in a session of a 2025-era client, each call is made with the token that it came with', async () => {
  await open();
  let token = tokenOf(admin);
  const transport = new StreamableHTTPClientTransport(new URL(server.url), {
    fetch: (input, init) => {
      const headers = new Headers(init?.headers);
      headers.set('authorization', `Bearer ${token}`);
      return fetch(input, { ...init, headers });
    },
  });
  const client = new Client({ name: 'test', version: '1' }, { versionNegotiation: { mode: 'legacy' } });
  await client.connect(transport);
  const get = () => client.callTool({ name: 'get_okta_user', arguments: { user_id: admin } });
  expect((await get()).isError ?? false).toBe(false);
  token = tokenOf(admin, { scopes: ['okta:read'] });
  expect((await get()).isError ?? false).toBe(false);
  const done = gateway.exchanges().filter(({ status }) => status === 200);
  expect(done.map(({ form }) => form.subject_token)).toHaveLength(2);
  expect(done[1]?.form.subject_token).toBe(token);
  // Somebody else's token opens no session of hers.
  token = tokenOf(traveller);
  await expect(get()).rejects.toThrow();
  await client.close();
});

test('the record names the person and that the call was made as them', async () => {
  await open();
  const token = tokenOf(admin);
  await read(token);
  const { uid } = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
  expect(records().at(-1)).toMatchObject({ event: 'done', caller: `${signIn.issuer}|${uid}`, as: 'caller' });
});

test('a token that ends or is revoked is exchanged anew, once; another token of the same person is another', async () => {
  await open();
  const token = tokenOf(admin);
  expect((await read(token)).failed).toBe(false);
  gateway.revoked.add(bearerOf(gateway.api().at(-1) as never));
  expect((await read(token)).failed).toBe(false);
  expect(gateway.exchanges().filter(({ status }) => status === 200)).toHaveLength(2);
  expect((await read(tokenOf(admin, { scopes: ['okta:read'] }))).failed).toBe(false);
  expect(gateway.exchanges().filter(({ status }) => status === 200)).toHaveLength(3);
});

test('what is refused again is told, and it does not stop the others', async () => {
  await open();
  const [one, other] = [tokenOf(admin), tokenOf(traveller)];
  for (let n = 0; n < 15; n++) expect((await read(other)).failed).toBe(true);
  expect((await read(one)).failed).toBe(false);
  gateway.exchangeAnswer = ({ subject_token }) =>
    subject_token === one ? undefined : Response.json({ error: 'invalid_grant' }, { status: 400 });
  expect((await read(one)).failed).toBe(false);
  const { text } = await read(tokenOf(traveller, { scopes: ['okta:read'] }));
  expect(text).toMatch(/Sign in again/);
});

test('nonces of the API are learned, and its proofs are made for each request (RFC 9449 §9)', async () => {
  await open();
  gateway.nonce = 'a nonce of the API';
  expect((await read(tokenOf(admin))).failed).toBe(false);
  expect((await read(tokenOf(admin))).failed).toBe(false);
  expect(gateway.api().every(({ headers }) => headers.authorization?.startsWith('DPoP '))).toBe(true);
  expect(gateway.api().map(({ status }) => status)).toEqual([401, 200, 200]);
  expect(new Set(gateway.api().map(({ headers }) => headers.dpop)).size).toBe(3);
});

test('dpop false: an ordinary bearer token', async () => {
  await open({ dpop: false });
  expect((await read(tokenOf(admin))).failed).toBe(false);
  expect(gateway.seen.some(({ headers }) => headers.dpop !== undefined)).toBe(false);
});

describe('what the authorization server refuses is told with who can mend it (RFC 8693 §2.2.2)', () => {
  test.each([
    ['invalid_target', /exchangeAudience/],
    ['access_denied', /Access policies/],
    ['consent_required', /agree/],
    ['unauthorized_client', /Token Exchange/],
    ['invalid_scope', /exchangeScopes/],
    ['invalid_client', /clientSecret/],
  ])('%s', async (error, says) => {
    await open();
    gateway.exchangeAnswer = () => Response.json({ error, error_description: 'no' }, { status: 400 });
    const { failed, text } = await read(tokenOf(admin));
    expect(failed).toBe(true);
    expect(text).toMatch(says);
    expect(gateway.api()).toEqual([]);
  });
});

test.each([
  ['gives back the token itself', (form: Readonly<Record<string, string>>) => ({ access_token: form.subject_token })],
  ['gives another kind of token', () => ({ issued_token_type: 'urn:ietf:params:oauth:token-type:refresh_token' })],
  ['does not say what it gives', () => ({ issued_token_type: undefined })],
  ['gives a token of no known type', () => ({ token_type: 'N_A' })],
  ['gives a token without a lifetime', () => ({ expires_in: undefined })],
])('a server that %s is not believed (RFC 8693 §2.2.1)', async (_what, over) => {
  await open();
  const good = {
    access_token: 'another-token',
    issued_token_type: 'urn:ietf:params:oauth:token-type:access_token',
    token_type: 'Bearer',
    expires_in: 300,
  };
  gateway.exchangeAnswer = (form) => Response.json({ ...good, ...over(form) });
  expect((await read(tokenOf(admin))).failed).toBe(true);
  expect(gateway.api()).toEqual([]);
});

test('a caller cannot change their own account, and everybody is somebody else', async () => {
  await open();
  administrators.push(traveller);
  const suspend = async (token: string, user_id: string) => {
    const asked = call('suspend_okta_user', { user_id, dryRun: true });
    const { body } = await ask(server.url, 'tools/call', asked, { token });
    return body.result?.content?.[0]?.text ?? JSON.stringify(body);
  };
  expect(await suspend(tokenOf(admin), admin)).toContain('own account');
  expect(await suspend(tokenOf(admin), traveller)).not.toContain('own account');
  expect(await suspend(tokenOf(traveller), traveller)).toContain('own account');
});

test('without a person behind the call nothing is done in Castellan’s own name', async () => {
  await open();
  const client = await server.connect('2026-07-28', 'stdio');
  const answer = await client.callTool({ name: 'get_okta_user', arguments: { user_id: admin } });
  expect(answer.isError).toBe(true);
  expect(JSON.stringify(answer.content)).toContain('without a person’s sign-in');
  expect(gateway.seen).toEqual([]);
});

test('the token of a request is no token of the organization, whoever issued it', async () => {
  await open({
    exchangeUrl: undefined,
    exchangeAudience: undefined,
    exchangeScopes: undefined,
    clientId: undefined,
    clientSecret: undefined,
  });
  const { failed, text } = await read(tokenOf(admin));
  expect(failed).toBe(true);
  expect(text).toContain('so it is not sent there');
  expect(gateway.seen).toEqual([]);
});

test.each([
  [{ actAs: 'caller', apiToken: 'x' }, /own rights/],
  [
    { actAs: 'caller', exchangeUrl: 'https://a.example/token' },
    /OKTA_CLIENT_ID is missing\nOKTA_CLIENT_SECRET is missing/,
  ],
  [{ actAs: 'caller', exchangeAudience: 'x' }, /goes with an exchange/],
  [{ exchangeUrl: 'https://a.example/token', apiToken: 'x' }, /goes with actAs caller/],
  [{ actAs: 'caller', exchangeUrl: 'http://a.example/token', clientId: 'x', clientSecret: 'y' }, /https/],
])('settings that do not fit together are told: %o', (settings, says) => {
  const env = { CASTELLAN_DATA: '/nonexistent' };
  const { faults } = loadConfig({}, { env: { ...env, ...asEnvironment(settings) } });
  expect(faults.map(({ problem, where }) => `${where} ${problem}`).join('\n')).toMatch(says);
});

function asEnvironment(settings: Readonly<Record<string, string>>): Record<string, string> {
  const names: Readonly<Record<string, string>> = {
    actAs: 'OKTA_ACT_AS',
    apiToken: 'OKTA_API_TOKEN',
    exchangeUrl: 'OKTA_EXCHANGE_URL',
    exchangeAudience: 'OKTA_EXCHANGE_AUDIENCE',
    clientId: 'OKTA_CLIENT_ID',
    clientSecret: 'OKTA_CLIENT_SECRET',
  };
  const named = Object.entries(settings).map(([name, value]) => [names[name] ?? name, value]);
  return { OKTA_ORG_URL: 'https://acme.okta.com', ...Object.fromEntries(named) };
}
