// The whole way in, in a real browser: an MCP client sends a person to sign in, at each kind of identity provider and however
// the client is known there; the person sees who asks; the client comes back and calls a tool as that person.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createPage } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Visitor } from '../../src/cli/visitor.ts';
import { openSandbox, type Sandbox } from '../../src/sandbox/index.ts';
import { expectFit, lacksBrowser, openBrowser, openWindow, screenshot, signInAtSandbox } from '../support/browser.ts';
import { makeCertificate } from '../support/internet.ts';
import { anyPort, type Era, openTestServer } from '../support/server.ts';
import { callback, createSigningClient, type SignInOptions } from '../support/sign-in.ts';
import { startCastellan } from '../trials/castellan.ts';

const helena = 'helena.brandt@larkspur.example';
const eras: readonly Era[] = ['2026-07-28', '2025-11-25'];

describe.skipIf(lacksBrowser())('in Chromium', { timeout: 60_000 }, () => {
  let browser: Browser;
  /** The client's own page, where a browser ends. */
  const ending = createPage((_request, response) => void response.end('You can close this window.'));
  /** Whose providers are asked; the organization that is administered is another copy of the same company. */
  let company: Sandbox;
  const closing: (() => Promise<unknown>)[] = [];

  beforeAll(async () => {
    [browser, company] = await Promise.all([openBrowser(), openSandbox({ users: 60, rateLimits: 'off' })]);
    await new Promise<void>((resolve) => ending.listen(Number(new URL(callback).port), '127.0.0.1', resolve));
  }, 60_000);
  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close();
  });
  afterAll(async () => {
    await browser?.close();
    await company?.close();
    await new Promise((resolve) => ending.close(resolve).closeAllConnections());
  });

  /** Walks as a person does: signs in where that is asked, allows where that is asked. */
  async function openPerson(
    origins: readonly string[],
    shots: string,
  ): Promise<Pick<Visitor, 'walk'> & { seen: string[] }> {
    const window = await openWindow(browser, { origins: [...origins, new URL(callback).origin] });
    closing.push(async () => {
      expect(window.troubles).toEqual([]);
      await window.close();
    });
    const { page } = window;
    const seen: string[] = [];
    const isBack = () => page.url().startsWith(callback);
    return {
      seen,
      async walk(from) {
        await page.goto(from.href);
        for (let step = 0; step < 6 && !isBack(); step++) {
          await look(page, `${shots}-${step}`);
          seen.push((await page.getByRole('heading', { level: 1 }).textContent()) ?? '');
          const here = page.url();
          if ((await page.getByLabel(/password/i).count()) > 0) await signInAtSandbox(page, helena);
          else await page.getByRole('button', { name: 'Allow' }).click();
          await page.waitForURL((url) => url.href !== here);
        }
        return new URL(page.url());
      },
    };
  }

  async function look(page: Page, name: string): Promise<void> {
    await expectFit(page);
    await screenshot(page, `sign-in-${name}`);
  }

  /** The client comes from an address alone, and ends with an answer of a tool. */
  async function workAs(options: SignInOptions): Promise<string> {
    const signing = createSigningClient(options);
    const client = await signing.connect();
    closing.push(() => client.close());
    const answer = await client.callTool({ name: 'list_okta_users', arguments: { max_results: 2 } });
    expect(answer.isError).toBeFalsy();
    expect(signing.resources[0]).toBe(options.url);
    return signing.clientId();
  }

  const okta = () => company.okta.oauth.customServer('default');

  describe.each(eras)('%s', (era) => {
    test.each([
      ['by their signature', {}],
      ['by introspection', { verify: 'introspection' }],
    ])(
      'at Okta’s custom authorization server, tokens verified %s, as a client that is registered there',
      async (_how, more) => {
        const { issuer, clients } = okta();
        const api = 'verify' in more ? { clientId: clients.api.id, clientSecret: clients.api.secret } : {};
        const auth = {
          issuer,
          provider: 'okta',
          audience: ['api://default'],
          publicUrl: `${anyPort}/mcp`,
          ...api,
          ...more,
        };
        const server = await openTestServer({ parts: { auth } });
        closing.push(server.close);
        const person = await openPerson([new URL(issuer).origin], 'okta');
        await workAs({ url: server.url, era, browser: person, clientId: clients.native.id });
        expect(person.seen).toHaveLength(1);
        await expect.poll(server.log).toMatch(/\|00u\w{17}"/);
      },
    );

    test('at Scalekit, where clients register themselves', async () => {
      const scalekit = await company.scalekit();
      const address = await freeAddress();
      const { issuer } = scalekit.registerServer(`${address.origin}/mcp`);
      const auth = { issuer, provider: 'scalekit', publicUrl: `${address.origin}/mcp` };
      const server = await openTestServer({ port: Number(address.port), parts: { auth } });
      closing.push(server.close);
      const person = await openPerson([scalekit.url], 'scalekit');
      const id = await workAs({ url: server.url, era, browser: person });
      expect(id).toMatch(/^mcpc_/);
    });

    test('at an OCI identity domain, through the broker, as a client that registers itself', async () => {
      const oci = await company.oci();
      const server = await openTestServer({
        parts: {
          auth: { publicUrl: `${anyPort}/mcp`, tenant: oci.tenant },
          signIn: { issuer: oci.url, provider: 'oci', clientId: oci.client.id, clientSecret: oci.client.secret },
        },
      });
      closing.push(server.close);
      const { origin } = new URL(server.url);
      oci.setRedirectUris([`${origin}/oauth/callback`]);
      const person = await openPerson([origin, oci.url], 'oci');
      await workAs({ url: server.url, era, browser: person });
      expect(person.seen.at(-1)).toBe('Let this application use Castellan?');
    });

    test('at Okta, through the broker, as a client that an operator wrote down', async () => {
      const { issuer, clients, setGatewayRedirectUris } = okta();
      const server = await openTestServer({
        parts: {
          auth: { publicUrl: `${anyPort}/mcp` },
          signIn: { issuer, provider: 'okta', clientId: clients.gateway.id, clientSecret: clients.gateway.secret },
          broker: { registration: false, clients: [{ id: 'desk', name: 'The desk', redirectUris: [callback] }] },
        },
      });
      closing.push(server.close);
      const { origin } = new URL(server.url);
      setGatewayRedirectUris([`${origin}/oauth/callback`]);
      const person = await openPerson([origin, new URL(issuer).origin], 'broker');
      expect(await workAs({ url: server.url, era, browser: person, clientId: 'desk' })).toBe('desk');
    });
  });

  test('at the sandbox as it is started by hand, as a client that is known by its metadata document', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'castellan-document-'));
    const { key, cert } = makeCertificate('localhost');
    writeFileSync(join(folder, 'cert.pem'), cert);
    const address = await freeAddress();
    const documents = createServer({ key, cert }, (_request, response) => {
      const document = { client_id: id(), client_name: 'A documented client', redirect_uris: [callback] };
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ ...document, token_endpoint_auth_method: 'none' }));
    });
    await new Promise<void>((resolve) => documents.listen(0, '127.0.0.1', resolve));
    const id = () => `https://localhost:${(documents.address() as AddressInfo).port}/client.json`;
    const args = ['serve', '--http', '--sandbox', '--users', '60', '--port', address.port];
    const castellan = startCastellan(args, { env: { NODE_EXTRA_CA_CERTS: join(folder, 'cert.pem') } });
    closing.push(async () => {
      await castellan.stop();
      await new Promise((resolve) => documents.close(resolve).closeAllConnections());
      rmSync(folder, { recursive: true });
    });
    await expect.poll(castellan.stderr, { timeout: 20_000 }).toContain('Serving MCP at');
    const provider = /sign in at (http:\/\/[^/\s]+)/.exec(castellan.stderr())?.[1] ?? '';
    const person = await openPerson([address.origin, provider], 'document');
    const used = await workAs({ url: `${address.origin}/mcp`, era: '2026-07-28', browser: person, documentUrl: id() });
    expect(used).toBe(id());
    expect(person.seen.at(-1)).toBe('Let this application use Castellan?');
  });
});

async function freeAddress(): Promise<URL> {
  const server = createPage();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return new URL(`http://127.0.0.1:${port}`);
}
