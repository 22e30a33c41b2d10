// A client that somebody develops on this machine, known by a document there, where everything is simulated.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeCertificate, sendJson } from '../support/internet.ts';
import { callback, createSigningClient, openBrowser } from '../support/sign-in.ts';
import { serveHttp } from '../trials/castellan.ts';

test('serve --http --sandbox reads it, over TLS that Node trusts', async () => {
  const { key, cert } = makeCertificate('localhost');
  const folder = mkdtempSync(join(tmpdir(), 'castellan-document-'));
  const authorities = join(folder, 'authorities.pem');
  writeFileSync(authorities, cert);
  const site = createServer({ key, cert }, (request, response) => {
    const document = { client_id: documentUrl, client_name: 'Mine', redirect_uris: [callback] };
    sendJson(document)(request, response);
  });
  await new Promise<void>((ready) => site.listen(0, '127.0.0.1', ready));
  const documentUrl = `https://localhost:${(site.address() as AddressInfo).port}/client.json`;
  const castellan = await serveHttp(['--sandbox', '--users', '5'], {
    door: [],
    env: { NODE_EXTRA_CA_CERTS: authorities },
  });
  try {
    const url = `${castellan.url}/mcp`;
    const signing = createSigningClient({ url, era: '2026-07-28', documentUrl, browser: openBrowser() });
    const client = await signing.connect();
    expect((await client.callTool({ name: 'list_okta_groups', arguments: {} })).isError).toBeFalsy();
    expect(signing.clientId()).toBe(documentUrl);
    await client.close();
  } finally {
    await castellan.stop();
    site.close();
    rmSync(folder, { recursive: true });
  }
});
