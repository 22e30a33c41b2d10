// The broker end to end: clients of both eras register themselves, people sign in at the identity provider and consent.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openTestBroker, type TestBroker } from '../support/broker.ts';
import type { Era } from '../support/server.ts';
import { createSigningClient, openBrowser } from '../support/sign-in.ts';

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
    expect(tools.map(({ name }) => name)).not.toContain('suspend_okta_user');
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
