// The pages at which a sign-in of the command line ends, in a real browser: readable everywhere, and nothing else lets them in.

import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { expectFit, lacksBrowser, openBrowser, openWindow, screenshot, type Window } from '../support/browser.ts';
import { type GuardedServer, openGuardedServer } from '../support/guarded-server.ts';
import { createSigningPerson, type SigningPerson } from '../support/signing-person.ts';

let browser: Browser;
let server: GuardedServer;
let person: SigningPerson | undefined;
let window: Window | undefined;

const skip = lacksBrowser();

/** Runs in a page of another site. */
const asking = (address: string) => `(async () => {
  const address = ${JSON.stringify(address)};
  await fetch(address, { mode: 'no-cors' }).catch(() => {});
  for (const kind of ['img', 'iframe'])
    await new Promise((resolve) => {
      const element = document.createElement(kind);
      element.onload = element.onerror = resolve;
      element.src = address;
      document.body.append(element);
    });
})()`;

beforeAll(async () => {
  if (!skip) browser = await openBrowser();
});
afterAll(() => browser?.close());

beforeEach(async () => {
  server = await openGuardedServer();
});

afterEach(async () => {
  await window?.close();
  await person?.close();
  await server.close();
});

/** Signs in with that browser; other pages that it holds open may do something before. */
async function signIn(
  look: { width: number; scheme: 'light' | 'dark' },
  before?: (url: URL, page: Window['page']) => Promise<void>,
) {
  const opened = await openWindow(browser, {
    ...look,
    origins: [server.issuer, server.url.origin, 'http://127.0.0.1'],
  });
  window = opened;
  const visited = Promise.withResolvers<void>();
  person = createSigningPerson(server.url, {
    openBrowser(url) {
      const go = async () => {
        await before?.(new URL(url), opened.page);
        await opened.page.goto(url);
      };
      go().then(visited.resolve, visited.reject);
    },
  });
  const done = person.connect().then(
    () => undefined,
    (error: Error) => error,
  );
  await visited.promise;
  return { page: opened.page, error: await done };
}

const looks = [
  { width: 1280, scheme: 'light' },
  { width: 1280, scheme: 'dark' },
  { width: 360, scheme: 'light' },
  { width: 360, scheme: 'dark' },
] as const;

describe.skipIf(skip).each(looks)('$width wide, $scheme', (look) => {
  test('says that it worked, and leads nowhere', async () => {
    const { page, error } = await signIn(look);
    expect(error).toBeUndefined();
    expect(await page.getByRole('heading').textContent()).toBe('You are signed in');
    expect(await page.locator('a[href="/"]').count()).toBe(0);
    await expectFit(page);
    await screenshot(page, `callback-done-${look.width}-${look.scheme}`);
  });

  test('says why not, as text', async () => {
    server.rules.callback = {
      code: undefined,
      error: 'access_denied',
      error_description: '<img src=x onerror=alert(1)> nobody here',
    };
    const { page, error } = await signIn(look);
    expect(error?.message).toContain('access_denied');
    expect(await page.getByRole('heading').textContent()).toBe('The sign-in failed');
    expect(await page.locator('img').count()).toBe(0);
    expect(await page.textContent('main')).toContain('<img src=x');
    await expectFit(page);
    await screenshot(page, `callback-failed-${look.width}-${look.scheme}`);
  });
});

describe.skipIf(skip)('other pages of the same browser', () => {
  test('cannot answer for the person: neither a request, nor an image, nor a frame of theirs gets through', async () => {
    const { error } = await signIn({ width: 1280, scheme: 'light' }, async (url, page) => {
      const back = `${url.searchParams.get('redirect_uri')}?code=stolen&state=${url.searchParams.get('state')}`;
      await page.goto(`${server.url.origin}/elsewhere`);
      await page.evaluate(asking(back));
    });
    expect(error).toBeUndefined();
    expect(server.asked.filter(({ url }) => url === '/token')).toHaveLength(1);
    expect(server.asked.some(({ body }) => body.includes('stolen'))).toBe(false);
  });
});
