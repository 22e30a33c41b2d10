// `castellan serve --http` with sign-in, as a process of its own: what it says, whom it lets in, what it does while the
// authorization server is away.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Issuer, openIssuer } from '../support/issuer.ts';
import { ask, call } from '../support/messages.ts';
import { type HttpCastellan, serveHttp } from '../trials/castellan.ts';

const publicUrl = 'https://mcp.example.com/castellan/mcp';
let issuer: Issuer;
let castellan: HttpCastellan;
let url: string;

beforeAll(async () => {
  issuer = await openIssuer({ audience: publicUrl });
  const door = ['--auth-issuer', issuer.url, '--public-url', publicUrl, '--log-level', 'debug'];
  castellan = await serveHttp(['--sandbox', '--users', '20'], { door });
  url = `${castellan.url}/mcp`;
});

afterAll(async () => {
  await castellan?.stop();
  await issuer?.close();
});

test('says where callers sign in, and lets in whoever did', async () => {
  expect(castellan.stderr()).toContain(`Callers sign in at ${issuer.url} for ${publicUrl}.`);
  expect(castellan.stderr()).not.toContain('Nobody signs in');
  expect((await ask(url, 'tools/list')).status).toBe(401);
  const token = await issuer.mint();
  for (const era of ['modern', 'legacy'] as const) {
    const { status, body } = await ask(url, 'tools/call', call('list_okta_users', { max_results: 2 }), { token, era });
    expect([status, body.result?.isError ?? false]).toEqual([200, false]);
  }
  expect(castellan.stderr()).not.toContain(token);
  expect(castellan.stderr()).toContain(`${issuer.url}|person-1`);
});

test('is known by its public name, and its metadata stands where that name’s path says (RFC 9728 §3.1)', async () => {
  const path = '/.well-known/oauth-protected-resource/castellan/mcp';
  for (const place of [path, '/.well-known/oauth-protected-resource/mcp', '/.well-known/oauth-protected-resource']) {
    const answer = await fetch(new URL(place, url));
    expect(await answer.json()).toMatchObject({ resource: publicUrl, authorization_servers: [issuer.url] });
  }
  const { challenge } = await ask(url, 'tools/list');
  expect(challenge).toContain(`resource_metadata="https://mcp.example.com${path}"`);
});

test('the authorization server away: 503 to tokens under a new key, an answer to those seen before', async () => {
  const known = await issuer.mint();
  expect((await ask(url, 'tools/list', {}, { token: known })).status).toBe(200);
  await issuer.rotate();
  issuer.behave = 'fail';
  const fresh = await issuer.mint();
  const refused = await ask(url, 'tools/list', {}, { token: fresh });
  expect(refused.status).toBe(503);
  expect(refused.response.headers.get('retry-after')).toBe('5');
  expect(refused.body.error?.message).toMatch(/authorization server cannot be asked/);
  expect((await ask(url, 'tools/list', {}, { token: known })).status).toBe(200);
  issuer.behave = 'well';
  // When it is asked again is a matter of half a minute: test/auth/keys.test.ts.
  expect((await ask(url, 'tools/list', {}, { token: known })).status).toBe(200);
});
