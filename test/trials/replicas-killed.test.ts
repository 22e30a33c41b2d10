// Trial: servers on one Redis of which one after the other is killed, at any moment, while people sign in and confirm.
// Nothing is lost, nothing is done twice, nobody has to sign in again.

import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { createVisitor, type Seen } from '../../src/cli/visitor.ts';
import { authorizeUrl, exchange, newClient, refresh } from '../support/broker.ts';
import { type Fleet, openFleet, steady } from '../support/fleet.ts';
import { ask, call } from '../support/messages.ts';
import { type Organization, openOrganization } from '../support/organization.ts';
import { lacksRedis, startRedis, type TestRedis } from '../support/redis.ts';
import { actAs, callback } from '../support/sign-in.ts';
import { sendRaw, yes } from '../support/vault.ts';
import { long, report } from './castellan.ts';

const atOnce = 3;
const rounds = long ? 34 : 4;
const total = rounds * atOnce;
/** About as long as what is done in a round. */
const killWithinMs = 250;
const tool = 'suspend_okta_user';

describe.skipIf(lacksRedis()).each([2, 3])('%i servers on one Redis, one of them killed again and again', (size) => {
  let redis: TestRedis;
  let organization: Organization;
  let fleet: Fleet;
  let broken = 0;

  beforeAll(async () => {
    redis = await startRedis();
    organization = await openOrganization({ users: 250 });
    fleet = await openFleet({ size, store: redis.url, organization, parts: { tools: { confirm: 'destroy' } } });
    vi.stubGlobal(
      'fetch',
      steady(globalThis.fetch, () => broken++),
    );
  }, 60_000);

  afterAll(async () => {
    vi.unstubAllGlobals();
    await fleet?.close();
    await organization?.close();
    await redis?.close();
  });

  /** Some at once, and somewhere in the middle one server dies; another is there before the next begin. */
  async function inRounds(one: (place: number) => Promise<void>): Promise<void> {
    for (let round = 0; round < rounds; round++) {
      const kill = async () => {
        await new Promise((resolve) => setTimeout(resolve, Math.random() * killWithinMs));
        await fleet.kill(round % size);
      };
      const places = Array.from({ length: atOnce }, (_, place) => round * atOnce + place);
      await Promise.all([kill(), ...places.map(one)]);
    }
  }

  interface SignedIn {
    readonly clientId: string;
    readonly access: string;
    readonly refresh: string;
    readonly code: string;
    readonly verifier: string;
  }

  function openPerson(scope: string) {
    let passwords = 0;
    const visitor = createVisitor((url) => url.href.startsWith(callback));
    const act = (page: Seen) => {
      const deed = actAs()(page);
      if (deed.form.names.has('password')) passwords++;
      return { ...deed, ticked: deed.form.unset };
    };
    let again = 0;
    return {
      passwords: () => passwords,
      again: () => again,
      /** What an application does that is to get a token; where a step was lost on the way it begins anew, without the person. */
      async signIn(given?: string): Promise<SignedIn> {
        const clientId = given ?? (await newClient(fleet.origin)).client_id;
        for (;;) {
          const { url, verifier } = authorizeUrl(fleet.origin, clientId, { scope });
          const back = await visitor.walk(url, act).catch((error: Error) => error);
          const code = back instanceof URL ? back.searchParams.get('code') : null;
          if (code !== null) {
            const { status, body } = await exchange(fleet.origin, clientId, code, verifier);
            if (status === 200)
              return {
                clientId,
                code,
                verifier,
                access: String(body.access_token),
                refresh: String(body.refresh_token),
              };
            expect([status, body.error]).toEqual([400, 'invalid_grant']);
          }
          if (again++ > 10) throw back;
        }
      },
    };
  }

  test(`${total} sign-ins`, { timeout: 900_000 }, async () => {
    const tally = { again: 0, 'refreshed anew': 0 };
    const passwords: number[] = [];
    const one = async () => {
      const person = openPerson('castellan:read');
      const got = await person.signIn();
      expect((await ask(fleet.url, 'tools/call', call('get_current_time'), { token: got.access })).status).toBe(200);
      let next = await refresh(fleet.origin, got.clientId, got.refresh);
      if (next.status !== 200) {
        expect(next.body.error).toBe('invalid_grant');
        tally['refreshed anew']++;
        const anew = await person.signIn(got.clientId);
        next = await refresh(fleet.origin, anew.clientId, anew.refresh);
      }
      const token = String(next.body.access_token);
      expect((await ask(fleet.url, 'tools/call', call('get_current_time'), { token })).status).toBe(200);
      // A code that was used is used, wherever it is tried.
      for (let tried = 0; tried < 2; tried++)
        expect((await exchange(fleet.origin, got.clientId, got.code, got.verifier)).body.error).toBe('invalid_grant');
      tally.again += person.again();
      passwords.push(person.passwords());
    };
    await inRounds(one);
    report(`${total} sign-ins at ${size} servers`, { ...tally, kills: fleet.killed(), 'requests sent again': broken });
    expect(passwords).toEqual(Array.from({ length: total }, () => 1));
    expect(fleet.killed()).toBe(rounds);
    expect(fleet.log()).not.toMatch(/"level":"error"|unhandled/i);
  });

  test(`${total} confirmations`, { timeout: 900_000 }, async () => {
    const { access: token } = await openPerson('castellan:read castellan:write castellan:destroy').signIn();
    const people = (await organization.readAll('/api/v1/users?limit=200')).filter(({ status }) => status === 'ACTIVE');
    const targets = people.slice(20, 20 + total).map(({ id }) => id);
    expect(targets).toHaveLength(total);
    organization.mutations.length = 0;
    const send = (request: Parameters<typeof sendRaw>[1]) =>
      sendRaw(
        (asked) => {
          const headers = new Headers(asked.headers);
          headers.set('authorization', `Bearer ${token}`);
          return fetch(new Request(fleet.url, new Request(asked, { headers })));
        },
        { name: tool, ...request },
      );
    const tally = { 'asked anew': 0 };
    const statusOf = async (id: string) => (await organization.read<{ status: string }>(`/api/v1/users/${id}`)).status;
    const one = async (place: number) => {
      const id = targets[place] ?? '';
      const args = { user_id: id };
      let said = '';
      for (let tried = 0; (await statusOf(id)) !== 'SUSPENDED'; tried++) {
        if (tried > 0) tally['asked anew']++;
        if (tried > 10) throw new Error(`never done: ${said}`);
        const asked = await send({ args });
        said = asked.text;
        if (asked.kind !== 'asked') continue;
        const { requestState } = asked;
        await Promise.all([0, 1].map(() => send({ args, requestState, inputResponses: yes })));
      }
    };
    await inRounds(one);
    report(`${total} confirmations at ${size} servers`, {
      ...tally,
      kills: fleet.killed(),
      'requests sent again': broken,
    });
    const suspensions = organization.mutations.filter((each) => /\/lifecycle\/suspend$/.test(each));
    expect(suspensions.toSorted()).toEqual(
      targets.map((id) => `POST /api/v1/users/${id}/lifecycle/suspend`).toSorted(),
    );
    expect(organization.mutations).toHaveLength(total);
    expect(fleet.log()).not.toMatch(/"level":"error"|unhandled/i);
  });
});
