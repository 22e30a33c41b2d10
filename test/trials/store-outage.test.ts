// Trial: the store away for seconds, under people who are signed in and people who sign in. What needs it says so, quickly
// and clearly; what does not goes on; and afterwards all is as before, without a restart and without a new sign-in.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { authorizeUrl, newClient, obtain, refresh, register } from '../support/broker.ts';
import { type Fleet, openFleet } from '../support/fleet.ts';
import { ask, call } from '../support/messages.ts';
import { type Organization, openOrganization } from '../support/organization.ts';
import { lacksRedis, startRedis, type TestRedis } from '../support/redis.ts';
import { actAs, openBrowser } from '../support/sign-in.ts';
import { long, report } from './castellan.ts';

const awayMs = long ? 10_000 : 2_000;
/** Longer than anybody should wait for a refusal. */
const soonMs = 4_000;
const people = 4;

describe.skipIf(lacksRedis())('Redis away', () => {
  let redis: TestRedis;
  let organization: Organization;
  let fleet: Fleet;

  beforeAll(async () => {
    // What was written is there again when it comes back.
    redis = await startRedis({ args: ['--appendonly', 'yes', '--appendfsync', 'always'] });
    organization = await openOrganization();
    fleet = await openFleet({ size: 2, store: redis.url, organization });
  }, 60_000);

  afterAll(async () => {
    redis?.goOn();
    await fleet?.close();
    await organization?.close();
    await redis?.close();
  });

  interface Told {
    readonly what: string;
    readonly status: number;
    readonly text: string;
    readonly ms: number;
    readonly retryAfter: string | null;
  }

  async function hear(what: string, asking: Promise<Response>): Promise<Told> {
    const started = performance.now();
    const response = await asking;
    const text = await response.text();
    const ms = performance.now() - started;
    return { what, status: response.status, text, ms, retryAfter: response.headers.get('retry-after') };
  }

  test.each([
    ['stopped', () => redis.stop(), () => redis.start()],
    ['hanging', async () => redis.halt(), async () => redis.goOn()],
  ] as const)('%s', { timeout: 120_000 }, async (how, takeAway, bringBack) => {
    const browser = openBrowser();
    const signed = await Promise.all(
      Array.from({ length: people }, () => obtain(fleet.origin, openBrowser(), actAs())),
    );
    const stranger = (await newClient(fleet.origin)).client_id;
    const mine = await obtain(fleet.origin, browser, actAs());
    const cookies = () => ({
      headers: { cookie: browser.cookies(new URL(fleet.origin)) },
      redirect: 'manual' as const,
    });
    const read = (token: string) =>
      ask(fleet.url, 'tools/call', call('list_okta_users', { max_results: 2 }), { token });
    for (const { access_token: token } of signed) expect((await read(token)).status).toBe(200);

    await takeAway();
    const started = performance.now();
    const told: Told[] = [];
    const calls = new Map<number, number>();
    // A token that was not seen before is looked up in the store.
    const unseen = await read(mine.access_token);
    expect([unseen.status, unseen.body.error?.message]).toEqual([503, expect.stringMatching(/own store/)]);
    do {
      const { url } = authorizeUrl(fleet.origin, stranger);
      told.push(
        await hear('authorize', fetch(url, { redirect: 'manual' })),
        await hear('register', register(fleet.origin)),
        await hear('console', fetch(`${fleet.origin}/calls`, cookies())),
        await hear(
          'token',
          fetch(`${fleet.origin}/oauth/token`, {
            method: 'POST',
            body: new URLSearchParams({
              grant_type: 'authorization_code',
              client_id: stranger,
              code: 'x'.repeat(43),
              code_verifier: 'v'.repeat(43),
              redirect_uri: 'http://127.0.0.1:1/',
            }),
          }),
        ),
        await hear('ready', fetch(`${fleet.origin}/readyz`)),
      );
      expect((await fetch(`${fleet.origin}/healthz`)).status).toBe(200);
      for (const { access_token: token } of signed) {
        const { status, body } = await read(token);
        calls.set(status, (calls.get(status) ?? 0) + 1);
        if (status === 200) expect(body.result?.isError ?? false).toBe(false);
        else expect([status, body.error?.message]).toEqual([503, expect.stringMatching(/try again/)]);
      }
      // Registration has a pace of its own.
      await new Promise((resolve) => setTimeout(resolve, 150));
    } while (performance.now() - started < awayMs);
    await bringBack();
    const back = performance.now();
    await expect
      .poll(async () => (await Promise.all([0, 1].map(() => fetch(`${fleet.origin}/readyz`)))).every(({ ok }) => ok), {
        timeout: 8_000,
        interval: 100,
      })
      .toBe(true);
    const slowest = told.toSorted((one, other) => other.ms - one.ms)[0];
    report(`Redis ${how} for ${awayMs / 1_000} s`, {
      ...Object.fromEntries([...calls].map(([status, count]) => [`calls of signed-in people, ${status}`, count])),
      'slowest refusal, ms': `${Math.round(slowest?.ms ?? 0)} (${slowest?.what})`,
      'back after, ms': Math.round(performance.now() - back),
    });
    expect(told.filter(({ status }) => status !== 503)).toEqual([]);
    expect(told.filter(({ ms }) => ms > soonMs)).toEqual([]);
    expect(told.filter(({ what, retryAfter }) => what !== 'ready' && retryAfter === null)).toEqual([]);

    for (const { access_token: token, refresh_token: old, clientId } of [...signed, mine]) {
      expect((await read(token)).status).toBe(200);
      const next = await refresh(fleet.origin, clientId, old);
      expect(next.status).toBe(200);
      expect((await read(String(next.body.access_token))).status).toBe(200);
    }
    expect((await fetch(`${fleet.origin}/calls`, cookies())).status).toBe(200);
    await obtain(fleet.origin, browser, actAs());
    expect(fleet.alive()).toBe(true);
    expect(fleet.killed()).toBe(0);
    expect(fleet.log()).not.toMatch(/"level":"error"|unhandled|Error:/i);
  });
});
