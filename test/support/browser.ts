// A real browser for tests: Debian's Chromium without a window. What a page must not do (break its policy, ask another
// origin, scroll sideways) is noted while it is used.

import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { expect } from 'vitest';

const executablePath = '/usr/bin/chromium';
let missing: boolean | undefined;

/** True, with one visible line, where there is no Chromium; with CI=true that is a failure. */
export function lacksBrowser(): boolean {
  if (missing !== undefined) return missing;
  missing = !existsSync(executablePath);
  if (!missing) return false;
  if (process.env.CI === 'true') throw new Error(`there is no ${executablePath}; apt-get install chromium`);
  process.stderr.write(`skipped: there is no ${executablePath} (apt-get install chromium)\n`);
  return true;
}

export function openBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath, args: ['--no-sandbox'] });
}

export interface Window {
  readonly context: BrowserContext;
  readonly page: Page;
  /** What went wrong on any of its pages so far. */
  readonly troubles: string[];
  readonly close: () => Promise<void>;
}

export interface WindowOptions {
  /** Origins that pages may lead to and load from. */
  readonly origins: readonly string[];
  readonly width?: number;
  readonly scheme?: 'light' | 'dark';
}

/** A window of its own, with cookies of its own. */
export async function openWindow(browser: Browser, options: WindowOptions): Promise<Window> {
  const { origins, width = 1280, scheme = 'light' } = options;
  const context = await browser.newContext({ colorScheme: scheme, viewport: { width, height: 800 } });
  context.setDefaultTimeout(10_000);
  const troubles: string[] = [];
  context.on('console', (message) => {
    const text = message.text();
    // A page that answers 404 or 403 is one that a test asked for.
    if (message.type() === 'error' && !/status of 40\d/.test(text)) troubles.push(`console: ${text}`);
  });
  context.on('weberror', (error) => troubles.push(`script: ${error.error().message}`));
  context.on('request', (request) => {
    const url = new URL(request.url());
    if (url.protocol !== 'data:' && !origins.includes(url.origin)) troubles.push(`asked ${url.origin}`);
  });
  const page = await context.newPage();
  return { context, page, troubles, close: () => context.close() };
}

/** At the sign-in page of the simulated organization, with the password that the page itself tells. */
export async function signInAtSandbox(page: Page, login: string): Promise<void> {
  const password = (await page.getByText('password here is').locator('kbd').textContent()) ?? '';
  await page.getByLabel(/password/i).fill(password);
  await page.locator('input[name=login]').fill(login);
  await page.locator('button[value=allow]').click();
}

/** Runs in the page. */
const fitness = `(() => {
  const all = (what) => [...document.querySelectorAll(what)];
  const ids = all('[id]').map(({ id }) => id);
  return {
    sideways: Math.max(0, document.documentElement.scrollWidth - innerWidth),
    headings: all('h1').length,
    mains: all('main').length,
    lang: document.documentElement.lang,
    titled: document.title.length > 0,
    twice: ids.filter((id, place) => ids.indexOf(id) !== place),
    unlabelled: all('input:not([type=hidden]), select, textarea').filter(({ labels }) => labels.length === 0).length,
    nameless: all('a, button').filter((each) => each.textContent.trim() === '' && !each.hasAttribute('aria-label')).length,
  };
})()`;

/** What every page of ours holds, for everybody who reads it in whichever way. */
export async function expectFit(page: Page): Promise<void> {
  const fit = { sideways: 0, headings: 1, mains: 1, lang: 'en', titled: true, twice: [], unlabelled: 0, nameless: 0 };
  expect(await page.evaluate(fitness), page.url()).toEqual(fit);
}

/** Into the folder that CASTELLAN_SCREENSHOTS names, for people to look at. */
export async function screenshot(page: Page, name: string): Promise<void> {
  const folder = process.env.CASTELLAN_SCREENSHOTS;
  if (folder === undefined) return;
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
}
