// The console in a real browser: the whole way of a person, by mouse and by keyboard alone, light and dark, wide and narrow.

import type { Client } from '@modelcontextprotocol/client';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  expectFit,
  lacksBrowser,
  openBrowser,
  openWindow,
  screenshot,
  signInAtSandbox,
  type Window,
} from '../support/browser.ts';
import { askFor, helena, openTestConsole, type TestConsole, tomas } from '../support/console.ts';

describe.skipIf(lacksBrowser())('in Chromium', () => {
  let server: TestConsole;
  let browser: Browser;
  let client: Client;
  let users: readonly string[];

  beforeAll(async () => {
    [server, browser] = await Promise.all([openTestConsole({ tenants: { okta: { users: 40 } } }), openBrowser()]);
    client = await server.connectFor(await server.signIn(tomas), 'An assistant on this computer');
    const all = await server.organization.read('/api/v1/users?limit=30&filter=status eq "ACTIVE"');
    users = all.flatMap(({ id, profile }) =>
      [helena, tomas].includes((profile as { login: string }).login) ? [] : [id],
    );
  }, 60_000);
  afterAll(async () => {
    await client?.close();
    await browser?.close();
    await server?.close();
  });

  const open = (options: { width?: number; scheme?: 'light' | 'dark' } = {}) =>
    openWindow(browser, { origins: [server.origin, server.organization.sandbox.okta.url], ...options });

  async function signIn({ page }: Window, login: string, path = '/'): Promise<void> {
    await page.goto(`${server.origin}${path}`);
    if (path === '/') await page.getByRole('link', { name: 'Sign in' }).click();
    await signInAtSandbox(page, login);
    await page.waitForURL(`${server.origin}${path}`);
  }

  const heading = (page: Page) => page.getByRole('heading', { level: 1 }).textContent();

  test('a person signs in, approves what their assistant asked, withdraws the assistant and signs out', async () => {
    const window = await open();
    const { page, troubles } = window;
    await signIn(window, tomas);
    expect(await heading(page)).toBe('All is well');
    const { path } = await askFor(client, users[0] ?? '');
    await page.reload();
    await page.getByRole('link', { name: 'Read and decide' }).click();
    await page.getByRole('link', { name: /^Suspend the user/ }).click();
    expect(new URL(page.url()).pathname).toBe(path);
    await page.getByRole('button', { name: 'Approve' }).click();
    await page.getByText('Approved by you.').waitFor();
    expect((await askFor(client, users[0] ?? '')).text).toContain('"done":true');

    await page.getByRole('link', { name: 'Calls' }).click();
    await page.getByRole('link', { name: 'suspend_okta_user' }).first().click();
    expect(await page.locator('main').textContent()).toContain(`user:${users[0]}`);

    const extra = await server.connectFor(await server.signIn(tomas), 'Another one');
    await page.getByRole('link', { name: 'Clients' }).click();
    await page.getByRole('link', { name: /Withdraw.*Another one/ }).click();
    await page.getByRole('button', { name: 'Withdraw' }).click();
    await page.waitForURL(`${server.origin}/clients`);
    expect(await page.getByText('Another one').count()).toBe(0);
    await extra.close();

    await page.getByRole('button', { name: 'Sign out', exact: true }).click();
    await page.waitForURL((url) => url.origin !== server.origin || url.pathname === '/');
    await page.goto(`${server.origin}/calls`);
    await page.getByLabel(/password/i).waitFor();
    expect(troubles).toEqual([]);
    await window.close();
  }, 60_000);

  test('all of it goes by keyboard alone, and where one stands can be seen', async () => {
    const { path } = await askFor(client, users[1] ?? '');
    const window = await open();
    const { page, troubles } = window;
    await signIn(window, tomas, path);
    await page.keyboard.press('Tab');
    expect(await focused(page)).toBe('Skip to the content');
    await page.keyboard.press('Enter');
    for (let step = 0; step < 10 && (await focused(page)) !== 'Refuse'; step++) {
      await page.keyboard.press('Tab');
      expect(await page.evaluate('getComputedStyle(document.activeElement).outlineStyle')).toBe('solid');
    }
    await page.keyboard.press('Enter');
    await page.getByText('Refused by you.').waitFor();
    expect(troubles).toEqual([]);
    await window.close();
  }, 60_000);

  test('what is to be copied is copied by its button', async () => {
    const window = await open();
    const { page, context, troubles } = window;
    await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: server.origin });
    await signIn(window, tomas, '/connect');
    await page.getByRole('button', { name: 'Copy what Claude Code needs' }).click();
    await page.getByText('Copied.').waitFor({ state: 'attached' });
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe(
      `claude mcp add --transport http castellan ${server.url}`,
    );
    expect(troubles).toEqual([]);
    await window.close();
  }, 60_000);

  test.each([
    [1280, 'light'],
    [1280, 'dark'],
    [360, 'light'],
    [360, 'dark'],
  ] as const)(
    'every page fits %i pixels, %s, with text that stands out',
    async (width, scheme) => {
      const { path } = await askFor(client, users[2] ?? '');
      const window = await open({ width, scheme });
      const { page, troubles } = window;
      await page.goto(server.origin);
      await look('welcome');
      await signIn(window, helena);
      await look('overview');
      await page.goto(`${server.origin}/clients`);
      for (const [name, to] of [
        ...([
          ['calls', '/calls'],
          ['approvals', '/approvals'],
          ['approval', path],
          ['clients', '/clients'],
        ] as const),
        ...([
          ['connect', '/connect'],
          ['nothing', '/approvals/AAAA-AAAA'],
        ] as const),
      ]) {
        await page.goto(`${server.origin}${to}`);
        await look(name);
      }
      await page.goto(`${server.origin}/calls`);
      await page.getByRole('link', { name: /okta/ }).first().click();
      await look('call');
      expect(troubles).toEqual([]);
      await window.close();

      async function look(name: string): Promise<void> {
        await expectFit(page);
        expect(await page.evaluate(faintTexts), `${name} ${scheme}`).toEqual([]);
        await screenshot(page, `${name}-${scheme}-${width}`);
      }
    },
    60_000,
  );
});

function focused(page: Page): Promise<string> {
  return page.evaluate('document.activeElement.textContent.trim()');
}

/** WCAG 2.2 §1.4.3: texts whose contrast to what lies behind them is below 4.5 to 1. Runs in the page. */
const faintTexts = `(() => {
  const context = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  const read = (colour) => {
    context.clearRect(0, 0, 1, 1);
    context.fillStyle = colour;
    context.fillRect(0, 0, 1, 1);
    return [...context.getImageData(0, 0, 1, 1).data];
  };
  const light = ([r, g, b]) => {
    const [x, y, z] = [r, g, b].map((v) => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const behind = (element) => {
    for (let each = element; each; each = each.parentElement) {
      const colour = read(getComputedStyle(each).backgroundColor);
      if (colour[3] === 255) return colour;
    }
    return [255, 255, 255, 255];
  };
  const faint = [];
  for (const element of document.querySelectorAll('body *')) {
    const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim() !== '');
    if (!own || element.closest('.unseen, .skip, script, style')) continue;
    const [one, other] = [light(read(getComputedStyle(element).color)), light(behind(element))];
    const contrast = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
    if (contrast < 4.5) faint.push(element.textContent.trim().slice(0, 40) + ' ' + contrast.toFixed(2));
  }
  return faint;
})()`;
