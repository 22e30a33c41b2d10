// Two people at once through one server, each signed in at the identity domain, in 1,000 interleaved calls (a short form outside
// long runs): never each other’s key, token or data.

import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openSandbox, type Sandbox, type SandboxOci } from '../../src/sandbox/index.ts';
import { type OciDoor, openOciDoor } from '../support/oci-door.ts';
import { long, report } from './castellan.ts';

const people = ['helena.brandt@larkspur.example', 'declan.kinsella@larkspur.example'] as const;
const calls = long ? 1_000 : 120;
const atOnce = 20;

let sandbox: Sandbox;
let oci: SandboxOci;
let door: OciDoor;

beforeAll(async () => {
  sandbox = await openSandbox({ users: 60 });
  oci = await sandbox.oci();
  door = await openOciDoor(oci);
}, 60_000);
afterAll(async () => {
  await door?.stop();
  await sandbox?.close();
});

test(
  `${calls} interleaved calls of two people each answer about the one who called`,
  async () => {
    const tokens = await Promise.all(people.map((login) => door.signIn(login)));
    const users = people.map((login) => oci.apiKeyOf(login).user);
    const [order = []] = fc.sample(fc.array(fc.nat(people.length - 1), { minLength: calls, maxLength: calls }), {
      seed: 3,
      numRuns: 1,
    });
    const began = performance.now();
    for (let from = 0; from < order.length; from += atOnce) {
      // While it goes on, one of them signs in anew: what their older token was exchanged for must serve nobody else.
      if (from === calls / 2) tokens[0] = await door.signIn(people[0]);
      const answers = order.slice(from, from + atOnce).map(async (who, n) => {
        const name = n % 2 === 0 ? 'whoami' : 'get_access_token_claims';
        const { failed, value, text } = await door.call(tokens[who] ?? '', name);
        expect(failed, text).toBe(false);
        if (name === 'whoami') expect(value).toMatchObject({ login: people[who], user: users[who] });
        else expect(value).toMatchObject({ domain_token: { sub: people[who] }, session_token: { sub: users[who] } });
        for (const other of people) if (other !== people[who]) expect(text).not.toContain(other);
      });
      await Promise.all(answers);
    }
    const seconds = (performance.now() - began) / 1_000;
    report('Two people at an identity domain', { calls, 'calls a second': Math.round(calls / seconds) });
    // What is written down of them holds neither.
    for (const token of tokens) expect(door.stderr()).not.toContain(token);
    expect(door.stderr()).not.toMatch(/eyJ[\w-]{20,}\./);
  },
  long ? 300_000 : 60_000,
);
