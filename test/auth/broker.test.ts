// The broker end to end: clients of both eras register themselves, people sign in at the identity provider and consent.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openTestBroker, type TestBroker } from '../support/broker.ts';
import type { Era } from '../support/server.ts';
import { actAs, createSigningClient, openBrowser } from '../support/sign-in.ts';

const eras: readonly Era[] = ['2026-07-28', '2025-11-25'];
let server: TestBroker;

beforeAll(async () => {
  server = await openTestBroker();
});
afterAll(() => server?.close());

describe.each(eras)('%s', (era) => {
  test('a client registers itself, its person signs in and consents, and it steps up when it must (RFC 7591, RFC 9728)', async () => {
    const signing = createSigningClient({ url: server.url, era, browser: openBrowser() });
    const reading = await signing.connect();
    const { tools } = await reading.listTools();
    expect(tools.map(({ name }) => name)).toContain('list_okta_users');
    // Somebody who may do it sees that it is there; the call then leads to asking them.
    expect(tools.map(({ name }) => name)).toContain('suspend_okta_user');
    const users = await reading.callTool({ name: 'list_okta_users', arguments: { max_results: 3 } });
    expect(users.isError).toBeFalsy();
    const suspend = {
      name: 'suspend_okta_user',
      arguments: { user_id: 'tomas.okafor@larkspur.example', dryRun: true },
    };
    await expect(reading.callTool(suspend)).rejects.toThrow();
    const able = await signing.again(reading);
    expect((await able.callTool(suspend)).isError).toBeFalsy();
    await able.close();
    expect(signing.asked[0]?.split(' ')).not.toContain('castellan:destroy');
    expect(signing.resources).toEqual([server.url, server.url]);
    expect(server.log()).toContain(`${server.origin}|00u`);
    expect(server.log()).not.toContain(signing.accessToken());
    expect(server.log()).not.toContain(signing.refreshToken());
  });
});

test('a person who may not do it is told so, and not sent to sign in again and again', async () => {
  const act = actAs('solveig.halvorsen@larkspur.example');
  const signing = createSigningClient({ url: server.url, era: '2026-07-28', browser: openBrowser(), act });
  const client = await signing.connect();
  expect((await client.listTools()).tools.map(({ name }) => name)).not.toContain('suspend_okta_user');
  const args = { user_id: 'tomas.okafor@larkspur.example', dryRun: true };
  const answer = await client.callTool({ name: 'suspend_okta_user', arguments: args });
  expect(answer.isError).toBe(true);
  expect(JSON.stringify(answer.content)).toContain('an administrator of this server can give them more');
  expect(signing.asked).toHaveLength(1);
  await client.close();
});
