// The official conformance suite behind the door: its server scenarios of both eras with a token of the broker, and its
// authorization server scenarios against the broker. The suite itself cannot send a token, so a proxy adds it. Its further
// scenarios of signing in (auth/…) try clients, and have nothing that a server could pass.

import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDoor } from '../../src/auth/door.ts';
import { authSettings } from '../../src/auth/settings.ts';
import { createVisitor } from '../../src/cli/visitor.ts';
import { loadDefaults } from '../../src/core/settings.ts';
import type { Listener } from '../../src/http/listen.ts';
import { newClient, obtain, openTestBroker, type TestBroker } from '../support/broker.ts';
import { freePort } from '../support/redis.ts';
import { actAs, openBrowser } from '../support/sign-in.ts';
import { judgeServer, openFixture, revisions, runSuite, summaryOf } from './suite.ts';

let broker: TestBroker;
let guarded: Listener;
let proxy: Server;
let url: string;

beforeAll(async () => {
  broker = await openTestBroker();
  const { access_token: token } = await obtain(broker.origin, openBrowser(), actAs());
  const settings = { ...loadDefaults(authSettings), issuer: broker.origin, publicUrl: broker.url };
  guarded = await openFixture(openDoor({ settings, fetch, now: Date.now, log: { debug() {}, warn() {} } }));
  proxy = await openProxy(guarded.url, token);
  url = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}/mcp`;
}, 60_000);

afterAll(async () => {
  proxy?.closeAllConnections();
  proxy?.close();
  await guarded?.close();
  await broker?.close();
});

it('without the token the suite would not get in', async () => {
  expect((await fetch(`${guarded.url}/mcp`, { method: 'POST' })).status).toBe(401);
});

it.each(revisions)('what MCP %s requires of a server, signed in', { timeout: 240_000 }, async (revision) => {
  const run = await judgeServer(url, revision);
  expect(run.status, summaryOf(run.output)).toBe(0);
});

describe.each(revisions)('what MCP %s requires of an authorization server', (revision) => {
  it('metadata, and the whole grant by code', { timeout: 60_000 }, async () => {
    const port = await freePort();
    const returnTo = `http://127.0.0.1:${port}/callback`;
    const client = await newClient(broker.origin, { redirect_uris: [returnTo] });
    const browser = createVisitor((at) => at.href.startsWith(returnTo));
    const walked = Promise.withResolvers<void>();
    let seen = false;
    const flags = ['--url', broker.origin, '--client-id', client.client_id, '--resource', broker.url];
    const run = await runSuite(
      ['authorization', ...flags, '--port', String(port), '--spec-version', revision],
      (said) => {
        const address = /^http\S+\/oauth\/authorize\?\S+$/m.exec(said)?.[0];
        if (address === undefined || seen || !said.includes('Waiting up to')) return;
        seen = true;
        // The person's browser comes back to where the suite listens.
        browser
          .walk(new URL(address), actAs())
          .then((back) => fetch(back))
          .then(() => walked.resolve(), walked.reject);
      },
    );
    await walked.promise;
    expect(run.status, run.output).toBe(0);
    for (const scenario of ['authorization-server-metadata-endpoint', 'authorization-code-grant'])
      expect(run.output).toMatch(new RegExp(`✓ ${scenario}: [1-9]\\d* passed, 0 failed`));
  });
});

/** Passes everything on as it came, with the token. */
async function openProxy(target: string, token: string): Promise<Server> {
  const { hostname, port } = new URL(target);
  const server = createServer((asked, answer) => {
    const headers = { ...asked.headers, authorization: `Bearer ${token}` };
    const { method, url: path } = asked;
    const passed = request({ hostname, port, method, path, headers }, (response) => {
      answer.writeHead(response.statusCode ?? 502, response.headers);
      answer.flushHeaders();
      response.pipe(answer);
    });
    passed.on('error', () => answer.destroy());
    answer.once('close', () => passed.destroy());
    asked.pipe(passed);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}
