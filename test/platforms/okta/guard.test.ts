// What the guard says to a plan, asked without a server: whose application it is, and by which names somebody is protected.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Plan, Target } from '../../../src/core/change.ts';
import type { OktaClient } from '../../../src/platforms/okta/client.ts';
import { createGuard } from '../../../src/platforms/okta/guard.ts';
import { openTestServer, type TestServer } from '../../support/server.ts';

const plan = (...targets: Target[]): Plan => ({
  summary: 'Change it',
  targets,
  changes: [],
  undo: { none: 'a test' },
  apply: async () => undefined,
});

/** A client that knows the answers to these paths, and nobody's roles. */
function clientOf(answers: Readonly<Record<string, unknown>>): OktaClient {
  const get = async (path: readonly string[]) => answers[path.join('/')];
  const list = async () => ({ items: [], complete: true });
  return { get, getExact: get, list, hides: () => false } as unknown as OktaClient;
}

const nothing = { protectUsers: [], protectGroups: [], protectApps: [], clientId: undefined, kind: 'ssws' as const };

describe('the application that Castellan itself runs on', () => {
  const client = clientOf({
    'apps/0oa1': { credentials: { oauthClient: { client_id: 'chosen-by-hand' } } },
    'apps/0oa2': { credentials: { oauthClient: { client_id: 'another' } } },
    'apps/0oa3': {},
  });
  const judge = (clientId: string, id: string) =>
    createGuard({ ...nothing, clientId, kind: 'service' })(plan({ type: 'application', id }), client, 'write');

  it('is known by its id, and by a client id that somebody chose', async () => {
    expect(await judge('0oa2', '0oa2')).toMatch(/itself runs on/);
    expect(await judge('chosen-by-hand', '0oa1')).toMatch(/itself runs on/);
  });

  it('is no other', async () => {
    expect(await judge('chosen-by-hand', '0oa2')).toBeUndefined();
    expect(await judge('chosen-by-hand', '0oa3')).toBeUndefined();
  });
});

it.each(['tomas.okafor@larkspur.example', 'Tomas.Okafor', ' tomas.okafor ', '00u1'])(
  'protectUsers: %j is Tomas',
  async (entry) => {
    const guard = createGuard({ ...nothing, protectUsers: [entry] });
    const target = { type: 'user', id: '00u1', name: 'tomas.okafor@larkspur.example' };
    const client = clientOf({ 'users/me': { id: '00u9', status: 'ACTIVE' } });
    expect(await guard(plan(target), client, 'write')).toMatch(/protected by the operator/);
    const other = { type: 'user', id: '00u2', name: 'tomas.okafor.junior@larkspur.example' };
    expect(await guard(plan(other), client, 'write')).toBeUndefined();
  },
);

describe('doctor', () => {
  let server: TestServer;
  beforeAll(async () => {
    const protect = {
      protectUsers: ['maya.lindqvist', 'typo@larkspur.example'],
      protectGroups: ['Warehouse Handheld Users', 'No such group'],
      protectApps: ['Berth Warehouse System'],
    };
    server = await openTestServer({ tenantSettings: protect });
  });
  afterAll(() => server?.close());

  it('names what is protected and not there', async () => {
    const [tenant] = server.app.connected[0]?.tenants.values() ?? [];
    const check = tenant?.checks.find(({ name }) => name === 'protected');
    expect(await check?.run(AbortSignal.timeout(5_000))).toMatchObject({
      ok: false,
      says: 'protected, and not there: “typo@larkspur.example”, “No such group”',
    });
  });
});
