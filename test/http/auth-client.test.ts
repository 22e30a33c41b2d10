// The SDK's own client, from an address alone: discovery, sign-in, a call, a step up. In both eras, at a certified
// authorization server on which clients register themselves, and at a simulated Okta where they are registered.

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { UnauthorizedError } from '@modelcontextprotocol/client';
import { afterEach, describe, expect, test } from 'vitest';
import { openSandbox, sandboxPassword as password } from '../../src/sandbox/index.ts';
import { openAuthorizationServer } from '../support/authorization-server.ts';
import { type Era, openTestServer, type TestServer } from '../support/server.ts';
import { createSigningClient, type SigningClient } from '../support/sign-in.ts';

const eras: readonly Era[] = ['2026-07-28', '2025-11-25'];
let close: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const each of close.reverse()) await each();
  close = [];
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** The address of a client's metadata document, which is its id. */
async function publishClient(): Promise<string> {
  const server = createServer((_request, response) => {
    response.end(
      JSON.stringify({ client_id: id, client_name: 'test', redirect_uris: ['http://127.0.0.1:54321/callback'] }),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  close.push(() => new Promise((resolve) => server.close(resolve)));
  const id = `http://127.0.0.1:${(server.address() as AddressInfo).port}/client.json`;
  return id;
}

/** Reads, then does what needs more: asked for, given, done. */
async function workThrough(signing: SigningClient, server: TestServer): Promise<string[]> {
  const reading = await signing.connect();
  const { tools } = await reading.listTools();
  expect(tools.map(({ name }) => name)).toContain('list_okta_users');
  expect(tools.map(({ name }) => name)).not.toContain('suspend_okta_user');
  const users = await reading.callTool({ name: 'list_okta_users', arguments: { max_results: 3 } });
  expect(users.isError).toBeFalsy();
  const args = { user_id: 'tomas.okafor@larkspur.example', dryRun: true };
  const suspend = { name: 'suspend_okta_user', arguments: args };
  await expect(reading.callTool(suspend)).rejects.toThrow(UnauthorizedError);
  const able = await signing.again(reading);
  const done = await able.callTool(suspend);
  expect(done.isError).toBeFalsy();
  await able.close();
  expect(server.organization.mutations).toEqual([]);
  return tools.map(({ name }) => name);
}

test('a public address with a path of its own is served there', async () => {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}/identity/mcp`;
  const as = await openAuthorizationServer(url, 'person-1');
  close.push(() => as.close());
  const server = await openTestServer({ port, parts: () => ({ auth: { issuer: as.url, publicUrl: url } }) });
  close.push(() => server.close());
  await workThrough(createSigningClient({ url, era: '2026-07-28' }), server);
});

describe.each(eras)('%s', (era) => {
  test('signs in where it registers itself (RFC 9728, RFC 8414, RFC 7591, PKCE, RFC 8707)', async () => {
    const port = await freePort();
    const url = `http://127.0.0.1:${port}/mcp`;
    const as = await openAuthorizationServer(url, 'person-1');
    close.push(() => as.close());
    const server = await openTestServer({ port, parts: () => ({ auth: { issuer: as.url, publicUrl: url } }) });
    close.push(() => server.close());
    const signing = createSigningClient({ url, era });
    await workThrough(signing, server);
    expect(signing.asked).toHaveLength(2);
    expect(signing.asked[0]?.split(' ')).toContain('castellan:read');
    expect(signing.asked[0]).not.toContain('castellan:destroy');
    expect(signing.asked[1]?.split(' ')).toEqual(expect.arrayContaining(['castellan:read', 'castellan:destroy']));
    expect(signing.resources).toEqual([url, url]);
    expect(server.log()).toContain(`${as.url}|person-1`);
    expect(server.log()).not.toContain(signing.accessToken());
  });

  test('signs in at Okta’s custom authorization server, where it was registered', async () => {
    const port = await freePort();
    const url = `http://127.0.0.1:${port}/mcp`;
    const server = await openTestServer({
      port,
      parts: ({ sandbox }) => {
        const { issuer } = sandbox.okta.oauth.customServer('default');
        return { auth: { issuer, provider: 'okta', audience: ['api://default'], publicUrl: url } };
      },
    });
    close.push(() => server.close());
    const { sandbox } = server.organization;
    const { clients } = sandbox.okta.oauth.customServer('default');
    const onPage = async (page: string) => {
      const request = /name="request" value="([^"]+)"/.exec(page)?.[1] ?? '';
      const body = new URLSearchParams({
        request,
        login: 'helena.brandt@larkspur.example',
        password,
        decision: 'allow',
      });
      return fetch(`${sandbox.okta.url}/signin`, { method: 'POST', body, redirect: 'manual' });
    };
    const signing = createSigningClient({ url, era, clientId: clients.native.id, onPage });
    await workThrough(signing, server);
    expect(server.log()).toMatch(/\|00u\w{17}"/);
    expect(server.log()).not.toContain(signing.accessToken());
  });

  test('signs in at Scalekit, where it registers itself or has a document; tokens name the environment', async () => {
    const port = await freePort();
    const url = `http://127.0.0.1:${port}/mcp`;
    const sandbox = await openSandbox({ users: 10 });
    close.push(() => sandbox.close());
    const scalekit = await sandbox.scalekit();
    const scopes = ['okta', 'castellan'].flatMap((name) => [`${name}:read`, `${name}:write`, `${name}:destroy`]);
    const { issuer } = scalekit.registerServer(url, scopes);
    const server = await openTestServer({
      port,
      parts: () => ({ auth: { issuer, provider: 'scalekit', publicUrl: url } }),
    });
    close.push(() => server.close());
    const onPage = async (page: string) => {
      const request = /name="request" value="([^"]+)"/.exec(page)?.[1] ?? '';
      const body = new URLSearchParams({
        request,
        login: 'helena.brandt@larkspur.example',
        password,
        decision: 'allow',
      });
      return fetch(`${scalekit.url}/sign-in`, { method: 'POST', body, redirect: 'manual' });
    };
    const registered = createSigningClient({ url, era, onPage });
    await workThrough(registered, server);
    expect(registered.resources).toEqual([url, url]);
    expect(server.log()).toMatch(/http:\/\/127\.0\.0\.1:\d+\|usr_\d{18}"/);
    const documented = createSigningClient({ url, era, clientId: await publishClient(), onPage });
    await workThrough(documented, server);
    expect(server.log()).not.toContain(documented.accessToken());
  });
});
