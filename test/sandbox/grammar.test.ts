// What each endpoint takes and refuses of Okta's filter language.

import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSandbox, type Sandbox } from '../../src/sandbox/index.ts';
import { type Client, codeOf, createClient, type Item, q } from './kit.ts';

let sandbox: Sandbox;
let client: Client;

beforeAll(async () => {
  sandbox = await openSandbox({ rateLimits: 'off' });
  client = createClient(sandbox);
});
afterAll(() => sandbox.close());

const logins = (items: Item[]) => items.map((item) => (item.profile as { login: string }).login);

describe('users search', () => {
  it.each([
    'profile.lastName eq "LINDQVIST"',
    'profile.lastName EQ "Lindqvist" AND status eq "LOCKED_OUT"',
    'profile.firstName sw "may" and profile.lastName co "dqv"',
    '(status eq "LOCKED_OUT" or status eq "ACTIVE") and profile.login eq "maya.lindqvist@larkspur.example"',
    'profile.login eq "x" or profile.login eq "maya.lindqvist@larkspur.example" and id pr',
    'profile.login eq "may\\u0061.lindqvist@larkspur.example"',
    'lastUpdated gt "2020-01-01T00:00:00.000Z" and profile.email co "maya.lindq"',
  ])('takes %s', async (search) => {
    expect(logins((await client.all(`/api/v1/users?search=${q(search)}`)).items)).toContain(
      'maya.lindqvist@larkspur.example',
    );
  });

  it.each([
    'status ne "ACTIVE"',
    'not (status eq "ACTIVE")',
    'profile.login ew "example"',
    'profile.department co "Fleet"',
    'profile.colour eq "red"',
    'Status eq "ACTIVE"',
    'status eq',
    'status eq ACTIVE',
    'status eq "ACTIVE" and',
    '(status eq "ACTIVE"',
    'status eq "ACTIVE")',
    'status "ACTIVE"',
    'created gt "yesterday"',
    'created gt 5',
    'created sw "2026"',
    'lastLogin gt "2026-01-01T00:00:00Z"',
    'profile.login eq 5',
    'profile.department sw 5',
    'id eq true',
    'id[type eq "x"]',
    'status eq null',
    'status eq "ACTIVE',
    'status eq "\\x"',
    'status like "A"',
    '',
    '   ',
    `${'('.repeat(200)}status pr${')'.repeat(200)}`,
    'profile["login"] eq "x"',
    'profile.constructor pr',
  ])('refuses %s with E0000031', async (search) => {
    const reply = await client.get(`/api/v1/users?search=${q(search)}`);
    expect([reply.status, codeOf(reply)]).toEqual([400, 'E0000031']);
  });

  it('goes by precedence: and binds closer than or', async () => {
    const count = async (search: string) => (await client.all(`/api/v1/users?search=${q(search)}`)).items.length;
    const mixed = await count('status eq "STAGED" or status eq "ACTIVE" and profile.department eq "IT"');
    const staged = await count('status eq "STAGED"');
    const active = await count('status eq "ACTIVE" and profile.department eq "IT"');
    expect(mixed).toBe(staged + active);
  });

  it('sorts by an attribute, and refuses one it does not know or a direction that is none', async () => {
    const names = async (order: string) => {
      const { items } = await client.all(`/api/v1/users?search=id%20pr&sortBy=profile.lastName&sortOrder=${order}`);
      return items.map((item) => (item.profile as { lastName: string }).lastName.toLowerCase());
    };
    const up = await names('asc');
    expect(up).toEqual(up.toSorted());
    expect(await names('desc')).toEqual(up.toReversed());
    expect(codeOf(await client.get('/api/v1/users?search=id%20pr&sortBy=colour'))).toBe('E0000001');
    expect(codeOf(await client.get('/api/v1/users?search=id%20pr&sortOrder=up'))).toBe('E0000001');
  });

  it('cannot go with filter', async () => {
    expect(codeOf(await client.get(`/api/v1/users?search=${q('id pr')}&filter=${q('status eq "ACTIVE"')}`))).toBe(
      'E0000033',
    );
  });
});

describe.each([
  [
    '/api/v1/users',
    'filter',
    ['status eq "ACTIVE"', 'lastUpdated ge "2024-01-01T00:00:00Z"', 'profile.login eq "a" or id eq "b"'],
    ['status sw "A"', 'profile.department eq "IT"', 'not (status eq "ACTIVE")', 'status eq 1'],
    'E0000053',
  ],
  [
    '/api/v1/groups',
    'search',
    ['type eq "OKTA_GROUP"', 'profile.name co "warehouse"', 'lastMembershipUpdated gt "2020-01-01T00:00:00Z"'],
    [
      'created pr',
      'created sw "2026"',
      'id eq 5',
      'type ne "BUILT_IN"',
      'profile.colour eq "x"',
      'id co "00g"',
      'type eq',
    ],
    'E0000031',
  ],
  [
    '/api/v1/groups',
    'filter',
    ['type eq "APP_GROUP"', 'id eq "x"', 'lastUpdated lt "2030-01-01T00:00:00Z"'],
    ['profile.name eq "Fleet"', 'type sw "OKTA"', 'type eq "A" nor type eq "B"'],
    'E0000053',
  ],
  [
    '/api/v1/apps',
    'filter',
    ['status eq "INACTIVE"', 'name eq "bookmark"', 'settings.slo.enabled eq false'],
    ['label eq "x"', 'status gt "A"', 'name', 'name sw "book"', 'name co "book"', 'name eq 1'],
    'E0000053',
  ],
  [
    '/api/v1/zones',
    'filter',
    ['usage eq "BLOCKLIST"', 'system eq true', 'id eq "x" or usage eq "POLICY"'],
    ['name eq "Offices"', 'system eq "true"', 'usage sw "B"'],
    'E0000053',
  ],
  [
    '/api/v1/logs',
    'filter',
    [
      'eventType sw "user." and outcome.result ne "SUCCESS"',
      'not (severity eq "INFO")',
      'actor.alternateId co "maya"',
      'target.type eq "UserGroup"',
      'client.geographicalContext.country ew "ia"',
      'securityContext.risk.level eq "HIGH"',
      'securityContext.isProxy eq false',
    ],
    [
      'colour eq "red"',
      'client.ip eq "1.2.3.4"',
      'actor.foo eq "x"',
      'securityContext.foo eq "x"',
      'authenticationContext.foo.bar eq "x"',
      'eventType sw 5',
      'published gt "2020-01-01T00:00:00Z"',
      'eventType like "x"',
      'eventType eq',
      'target[type eq "User"]',
    ],
    'E0000053',
  ],
] as const)('%s?%s=', (path, name, taken, refused, code) => {
  it.each(taken)('takes %s', async (text) => {
    expect((await client.get(`${path}?${name}=${q(text)}`)).status).toBe(200);
  });
  it.each(refused)('refuses %s', async (text) => {
    const reply = await client.get(`${path}?${name}=${q(text)}`);
    expect([reply.status, codeOf(reply)]).toEqual([400, code]);
  });
});

it('takes realmId in a search of users, whom no realm is given here', async () => {
  const reply = await client.get(`/api/v1/users?search=${q('realmId eq "guo1"')}`);
  expect([reply.status, reply.body]).toEqual([200, []]);
});

describe('the System Log', () => {
  it('names the field it does not know and the place of a bad operator; refuses co on a URL with E0000031', async () => {
    const summary = async (filter: string) =>
      (await client.get(`/api/v1/logs?filter=${q(filter)}`)).body as Record<string, string>;
    expect((await summary('colour eq "red"')).errorSummary).toBe('field is not valid: colour');
    expect((await summary('eventType xx "y"')).errorSummary).toContain('position 10');
    expect((await summary('debugContext.debugData.requestUri co "/x"')).errorCode).toBe('E0000031');
  });
});

it('no text makes the server fail', async () => {
  const piece = fc.constantFrom(
    'status',
    'profile.login',
    'eq',
    'pr',
    'co',
    'and',
    'or',
    'not',
    '(',
    ')',
    '[',
    ']',
    '"x"',
    '"',
    '\\',
    '1',
    '-',
    'true',
    'null',
    '\u0000',
    '🗝',
    ' ',
    'actor.id',
  );
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom('users?search', 'users?filter', 'groups?search', 'logs?filter', 'apps?filter'),
      fc.array(piece, { maxLength: 12 }),
      async (path, parts) => {
        const reply = await client.get(`/api/v1/${path}=${q(parts.join(' '))}&limit=1`);
        expect([200, 400]).toContain(reply.status);
      },
    ),
    { numRuns: 300 },
  );
});
