// mcp-remote, unmodified, as people put it between a client that knows stdio alone and this server: it registers itself, opens
// a browser, and carries what is said.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createVisitor } from '../../src/cli/visitor.ts';
import { openTestBroker, type TestBroker } from '../support/broker.ts';
import { actAs } from '../support/sign-in.ts';

const program = join(import.meta.dirname, '../../node_modules/mcp-remote/dist/proxy.js');
let server: TestBroker;
let folder: string;

beforeAll(async () => {
  server = await openTestBroker();
  folder = mkdtempSync(join(tmpdir(), 'castellan-mcp-remote-'));
});
afterAll(async () => {
  await server?.close();
  rmSync(folder, { recursive: true, force: true });
});

function start() {
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [program, server.url, '--allow-http'],
    env: {
      ...(process.env as Record<string, string>),
      MCP_REMOTE_CONFIG_DIR: folder,
      // No window is opened: it says the address as well.
      BROWSER: '/bin/true',
      DISPLAY: '',
      WAYLAND_DISPLAY: '',
    },
    stderr: 'pipe',
  });
  const lines: string[] = [];
  transport.stderr?.on('data', (chunk: Buffer) => void lines.push(chunk.toString()));
  const client = new Client({ name: 'desktop', version: '1' });
  const connected = client.connect(transport, { timeout: 50_000 });
  connected.catch(() => {});
  return { client, connected, said: () => lines.join('') };
}

const addressIn = (text: string) => /https?:\/\/\S+\/oauth\/authorize\?\S+/.exec(text)?.[0];

test.runIf(process.platform === 'linux')(
  'signs a person in, calls tools, and signs in no second time',
  { timeout: 90_000 },
  async () => {
    const first = start();
    await expect.poll(() => addressIn(first.said()), { timeout: 20_000 }).toBeDefined();
    const asked = new URL(addressIn(first.said()) ?? '');
    const callback = new URL(asked.searchParams.get('redirect_uri') ?? '');
    const browser = createVisitor(({ host, pathname }) => pathname === callback.pathname && host === callback.host);
    const back = await browser.walk(asked, actAs());
    expect((await fetch(back)).status).toBe(200);
    await first.connected;
    const { tools } = await first.client.listTools();
    expect(tools.map(({ name }) => name)).toContain('list_okta_users');
    const answer = await first.client.callTool({ name: 'list_okta_users', arguments: { max_results: 2 } });
    expect(answer.isError, first.said()).toBeFalsy();
    await first.client.close();

    const second = start();
    await second.connected;
    expect((await second.client.listTools()).tools.length).toBe(tools.length);
    await second.client.close();
    expect(addressIn(second.said())).toBeUndefined();
  },
);
