// What a person meets on the way of an MCP client, in a real browser: signing in, consent, the way back to the client.

import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { authorizeUrl, exchange, newClient } from '../support/broker.ts';
import { expectFit, lacksBrowser, openBrowser, openWindow, screenshot, signInAtSandbox } from '../support/browser.ts';
import { openTestConsole, type TestConsole, tomas } from '../support/console.ts';

describe.skipIf(lacksBrowser())('in Chromium', () => {
  let server: TestConsole;
  let browser: Browser;
  /** Where the client listens for its answer. */
  let listening: Server;
  let callback: string;

  beforeAll(async () => {
    [server, browser] = await Promise.all([openTestConsole({ tenants: { okta: { users: 20 } } }), openBrowser()]);
    listening = createServer((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/html' }).end('<title>done</title><link rel=icon href="data:,">');
    });
    await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
    callback = `http://127.0.0.1:${(listening.address() as AddressInfo).port}/callback`;
  }, 60_000);
  afterAll(async () => {
    listening?.close();
    await browser?.close();
    await server?.close();
  });

  async function startAt(width: number, scheme: 'light' | 'dark', name: string) {
    const { client_id: id } = await newClient(server.origin, { client_name: name, redirect_uris: [callback] });
    const over = { redirect_uri: callback, scope: 'castellan:read okta:write okta:destroy' };
    const { url, verifier } = authorizeUrl(server.origin, id, over);
    const origins = [server.origin, server.organization.sandbox.okta.url, new URL(callback).origin];
    const window = await openWindow(browser, { origins, width, scheme });
    await window.page.goto(url.href);
    await screenshot(window.page, `sign-in-${scheme}-${width}`);
    await signInAtSandbox(window.page, tomas);
    await window.page.getByRole('button', { name: 'Allow' }).waitFor();
    return { ...window, id, verifier };
  }

  test.each([
    [1280, 'light'],
    [360, 'dark'],
  ] as const)(
    'what is allowed at %i pixels, %s, is what the client gets, at its own address',
    async (width, scheme) => {
      const { page, troubles, id, verifier, close } = await startAt(width, scheme, 'A client');
      await expectFit(page);
      await screenshot(page, `consent-${scheme}-${width}`);
      expect(await page.locator('main').textContent()).toContain(
        'It calls itself A client. Nobody has checked that name.',
      );
      await page.getByLabel(/^Take away in Okta/).check();
      await page.getByLabel(/^Change Okta/).uncheck();
      await page.getByRole('button', { name: 'Allow' }).click();
      await page.waitForURL((url) => url.href.startsWith(callback));
      const code = new URL(page.url()).searchParams.get('code') ?? '';
      const { body } = await exchange(server.origin, id, code, verifier, { redirect_uri: callback });
      expect(String(body.scope).split(' ').sort()).toEqual(['castellan:read', 'okta:destroy']);
      expect(troubles).toEqual([]);
      await close();
    },
    60_000,
  );

  test('a refusal is told to the client, and nothing is remembered', async () => {
    const { page, troubles, close } = await startAt(1280, 'light', 'Refused');
    await page.getByRole('button', { name: 'Refuse' }).click();
    await page.waitForURL((url) => url.href.startsWith(callback));
    expect(new URL(page.url()).searchParams.get('error')).toBe('access_denied');
    await page.goto(`${server.origin}/clients`);
    expect(await page.locator('main').textContent()).not.toContain('Refused');
    expect(troubles).toEqual([]);
    await close();
  }, 60_000);

  test('somebody else’s browser: another person signs in, and is asked themselves', async () => {
    const { page, troubles, close } = await startAt(1280, 'light', 'For another');
    const asked = page.url();
    await page.getByRole('button', { name: 'I am another person' }).click();
    await page.waitForURL((url) => url.origin === new URL(server.organization.sandbox.okta.url).origin);
    await signInAtSandbox(page, 'helena.brandt@larkspur.example');
    await page.waitForURL(asked);
    expect(await page.locator('main').textContent()).toContain('Helena Brandt');
    await page.getByRole('button', { name: 'Allow' }).click();
    await page.waitForURL((url) => url.href.startsWith(callback));
    expect(new URL(page.url()).searchParams.has('code')).toBe(true);
    expect(troubles).toEqual([]);
    await close();
  }, 60_000);

  test('whoever cancels at the provider can go back to the application, which is told', async () => {
    const { client_id: id } = await newClient(server.origin, { redirect_uris: [callback] });
    const origins = [server.origin, server.organization.sandbox.okta.url, new URL(callback).origin];
    const { page, troubles, close } = await openWindow(browser, { origins });
    await page.goto(authorizeUrl(server.origin, id, { redirect_uri: callback }).url.href);
    await page.locator('button[value=deny]').click();
    await page.getByRole('link', { name: 'Try again' }).waitFor();
    await expectFit(page);
    await page.getByRole('link', { name: 'Back to the application' }).click();
    await page.waitForURL((url) => url.href.startsWith(callback));
    expect(new URL(page.url()).searchParams.get('error')).toBe('access_denied');
    expect(troubles).toEqual([]);
    await close();
  }, 60_000);
});
