// castellan serve --http --sandbox --sandbox-sign-in scalekit: clients register at the simulated Scalekit themselves.

import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createSigningClient, openBrowser } from '../support/sign-in.ts';
import { type Castellan, startCastellan } from '../trials/castellan.ts';

let castellan: Castellan;
const port = 30_000 + (process.pid % 20_000);
const url = `http://127.0.0.1:${port}/mcp`;

beforeAll(async () => {
  const sandbox = ['--sandbox', '--sandbox-sign-in', 'scalekit', '--users', '40'];
  castellan = startCastellan(['serve', '--http', '--port', String(port), ...sandbox], { door: [] });
  await vi.waitFor(() => expect(castellan.stderr()).toContain('Serving MCP at'), { timeout: 20_000 });
}, 30_000);
afterAll(() => castellan?.stop());

test('an MCP client finds its way there from the address alone, and calls a tool', async () => {
  const signing = createSigningClient({ url, era: '2026-07-28', browser: openBrowser() });
  const client = await signing.connect();
  const answer = await client.callTool({ name: 'list_okta_users', arguments: { max_results: 1 } });
  expect(answer.isError).toBeFalsy();
  expect(signing.clientId()).toMatch(/^mcpc_/);
  await client.close();
});

test('people see the console with the same provider, as the same caller', async () => {
  const home = await (await fetch(new URL('/', url))).text();
  expect(home).toContain('Sign in');
  expect(castellan.stderr()).toContain('/resources/res_');
});
