// OCI as the person who signed in, from end to end in a real browser: an MCP client sends somebody to the identity domain, through
// the broker; their token is exchanged for a session; a signed call answers as them; and the record of calls names them.

import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client } from '@modelcontextprotocol/client';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openSandbox, type Sandbox, type SandboxOci } from '../../src/sandbox/index.ts';
import { ask } from '../support/answers.ts';
import { expectFit, lacksBrowser, openBrowser, openWindow, screenshot, signInAtSandbox } from '../support/browser.ts';
import { type OciDoor, openOciDoor } from '../support/oci-door.ts';
import { callback, createSigningClient } from '../support/sign-in.ts';
import { runCastellan } from '../trials/castellan.ts';

const people = ['helena.brandt@larkspur.example', 'declan.kinsella@larkspur.example'] as const;

describe.skipIf(lacksBrowser())(
  'in Chromium, with the six variables of an identity domain',
  { timeout: 90_000 },
  () => {
    const audit = mkdtempSync(join(tmpdir(), 'castellan-oci-audit-'));
    /** The client's own page, where a browser ends. */
    const ending = createServer((_request, response) => void response.end('You can close this window.'));
    let browser: Browser;
    let sandbox: Sandbox;
    let oci: SandboxOci;
    let door: OciDoor;

    beforeAll(async () => {
      [browser, sandbox] = await Promise.all([openBrowser(), openSandbox({ users: 60 })]);
      oci = await sandbox.oci();
      door = await openOciDoor(oci, { CASTELLAN_AUDIT: audit });
      await new Promise<void>((resolve) => ending.listen(Number(new URL(callback).port), '127.0.0.1', resolve));
    }, 60_000);
    afterAll(async () => {
      await browser?.close();
      await door?.stop();
      await sandbox?.close();
      await new Promise((resolve) => ending.close(resolve).closeAllConnections());
      rmSync(audit, { recursive: true });
    });

    /** In a window of their own: at the domain with a password, then the consent for the client. */
    async function signIn(login: string): Promise<Client> {
      const { page, troubles, close } = await openWindow(browser, {
        origins: [door.origin, oci.url, new URL(callback).origin],
      });
      const headings: string[] = [];
      const walk = async (from: URL) => {
        await page.goto(from.href);
        for (let step = 0; step < 6 && !page.url().startsWith(callback); step++) {
          await expectFit(page);
          await screenshot(page, `oci-${step}`);
          headings.push((await page.getByRole('heading', { level: 1 }).textContent()) ?? '');
          const here = page.url();
          if ((await page.getByLabel(/password/i).count()) > 0) await signInAtSandbox(page, login);
          else await page.getByRole('button', { name: 'Allow' }).click();
          await page.waitForURL((url) => url.href !== here);
        }
        return new URL(page.url());
      };
      const signing = createSigningClient({ url: `${door.origin}/mcp`, era: '2026-07-28', browser: { walk } });
      const client = await signing.connect();
      expect(headings.at(-1)).toBe('Let this application use Castellan?');
      expect(troubles).toEqual([]);
      await close();
      return client;
    }

    test('two people at once are each themselves, at OCI and in the record', async () => {
      // One after the other, for the client's page knows one at a time; from then on both at once.
      const clients: Client[] = [];
      for (const login of people) clients.push(await signIn(login));
      const [namespace, ...others] = await Promise.all(
        clients.map(async (client) => (await ask(client, 'get_os_namespace')).value.namespace),
      );
      expect(namespace).toMatch(/^\w+$/);
      expect(others).toEqual([namespace]);
      const mine = await Promise.all(clients.map(async (client) => (await ask(client, 'whoami')).value));
      expect(mine.map(({ login }) => login)).toEqual(people);
      expect(mine.map(({ user }) => user)).toEqual(people.map((login) => oci.apiKeyOf(login).user));
      await Promise.all(clients.map((client) => client.close()));

      const { stdout } = await runCastellan(['audit', 'tail', '--json'], { env: { CASTELLAN_AUDIT: audit } });
      const records = stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as Record<string, unknown>);
      const done = records.filter(({ tool }) => tool === 'get_oci_object_storage_namespace');
      const callers = new Set(done.map(({ caller }) => String(caller)));
      // Castellan issues the tokens here; a person is named by their id in the domain, for a user name can change.
      expect([...callers].sort()).toEqual(mine.map(({ id }) => `${door.origin}|${id}`).sort());
      expect(stdout + door.stderr()).not.toMatch(/eyJ[\w-]{20,}\./);
      for (const login of people) expect(stdout).not.toContain(login);
    });
  },
);
