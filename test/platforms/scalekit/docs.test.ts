// The documentation: only what the operator has named is read, only when somebody asks, and from its own server alone.

import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Client } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { ask, call, rowsOf } from '../../support/answers.ts';
import { openScalekitServer, type ScalekitServer } from '../../support/scalekit.ts';

const index = `# Docs

- [Admin portal](/portal.md): let customers set up single sign-on themselves
- [Magic links](/links.md): sign in without a password
- [SCIM](/scim.md): users and groups of a directory
- [Elsewhere](https://elsewhere.example/portal.md): admin portal of somebody else
`;

let host: Server;
let workspace: ScalekitServer;
let client: Client;
let status = 200;
const read: string[] = [];

beforeAll(async () => {
  host = createServer((request, response) => {
    read.push(request.url ?? '');
    response.statusCode = status;
    response.end(request.url === '/llms.txt' ? index : `# Page ${request.url}\n\nGenerate a link for the customer.`);
  });
  await new Promise<void>((resolve) => host.listen(0, '127.0.0.1', resolve));
  const docsUrl = `http://127.0.0.1:${(host.address() as AddressInfo).port}/llms.txt`;
  workspace = await openScalekitServer('environment', { docsUrl });
  client = await workspace.server.connect('2026-07-28', 'http');
});
beforeEach(() => {
  status = 200;
  read.length = 0;
});
afterAll(async () => {
  await workspace?.close();
  host?.close();
});

test('an index that cannot be read is an error, not an empty answer', async () => {
  status = 503;
  const answer = await call(client, 'search_docs', { query: 'portal' });
  expect(answer.isError).toBe(true);
  expect(answer.text).toMatch(/could not be read/);
});

test('search_docs gives the pages that fit, best first, with their text, and nothing from other servers', async () => {
  const pages = rowsOf(await ask(client, 'search_docs', { query: 'admin portal' }), 'pages');
  expect(pages.map(({ title }) => title)).toEqual(['Admin portal']);
  expect(pages[0]?.text).toContain('Generate a link');
  expect(read).toEqual(['/llms.txt', '/portal.md']);
  await ask(client, 'search_docs', { query: 'scim' });
  expect(read.slice(2)).toEqual(['/scim.md']);
});

test('docs:// resources read the same index', async () => {
  const { resources } = await client.listResources();
  const addresses = resources.map(({ uri }) => uri).filter((uri) => uri.startsWith('docs://'));
  expect(addresses).toHaveLength(9);
  const { contents } = await client.readResource({ uri: 'docs://index' });
  expect(JSON.stringify(contents)).toContain('Magic links');
});

test('without an index there is neither the tool nor the resources', async () => {
  const bare = await openScalekitServer('environment');
  try {
    const other = await bare.server.connect('2026-07-28', 'http');
    expect((await other.listTools()).tools.map(({ name }) => name)).not.toContain('search_docs');
    const answer = await call(other, 'search_docs', { query: 'portal' });
    expect(answer.text).toContain('SCALEKIT_DOCS_URL');
    const { resources } = await other.listResources();
    expect(resources.filter(({ uri }) => uri.startsWith('docs://'))).toEqual([]);
  } finally {
    await bare.close();
  }
});
