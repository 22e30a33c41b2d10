// How the simulated domain's SCIM API answers beside what it says: trouble on demand, rate limits, headers, the same from the seed.

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSandbox, type Sandbox, type SandboxOci } from '../../src/sandbox/index.ts';
import { createScimClient, refusalOf, type ScimClient, urns } from './oci-scim-kit.ts';

let now: number;
let sandbox: Sandbox;
let oci: SandboxOci;
let scim: ScimClient;

beforeEach(async () => {
  now = Date.parse('2026-03-02T09:00:00Z');
  sandbox = await openSandbox({ users: 30, now: () => now });
  oci = await sandbox.oci();
  scim = createScimClient(oci);
});
afterEach(() => sandbox.close());

const statuses = async (times: number) =>
  (await Promise.all(Array.from({ length: times }, () => scim.ask('GET', 'Users?count=1')))).map(
    ({ status }) => status,
  );
const count = (all: readonly number[], status: number) => all.filter((each) => each === status).length;

it('every answer has its ids, a refusal too (docs.oracle.com "Dynamic Monitoring")', async () => {
  const answers = [await scim.ask('GET', 'Users?count=1'), await scim.ask('GET', 'Users/nobody')];
  const ids = answers.map(({ headers }) => headers.get('x-oracle-dms-ecid'));
  expect(new Set(ids).size).toBe(2);
  for (const { headers } of answers) {
    expect(headers.get('opc-request-id')).toContain(headers.get('x-oracle-dms-ecid'));
    expect(headers.get('x-oracle-dms-rid')).toMatch(/^0/);
    expect(headers.get('content-type')).toContain('application/scim+json');
  }
  const { headers } = await scim.ask('GET', 'Users?count=1', undefined, { 'opc-request-id': 'mine' });
  expect(headers.get('opc-request-id')).toMatch(/^mine\//);
});

it('the body of a refusal is that of RFC 7644 §3.12 with Oracle’s extension', async () => {
  const { status, body } = await scim.ask('GET', 'Users/nobody');
  expect(status).toBe(404);
  expect(body).toEqual({
    schemas: ['urn:ietf:params:scim:api:messages:2.0:Error', urns.error],
    detail: 'User with ID nobody does not exist.',
    status: '404',
    [urns.error]: { messageId: 'error.common.common.resourceNotFound' },
  });
});

describe('rate limits (docs.oracle.com "API Rate Limits", other APIs)', () => {
  it.each([
    ['Free', 20],
    ['Premium', 90],
  ] as const)('a domain of type %s answers %i a second, and as many again in the next', async (type, each) => {
    oci.setDomainType(type);
    expect(count(await statuses(each + 5), 429)).toBe(5);
    const refused = await scim.ask('GET', 'Users?count=1');
    expect(refusalOf(refused)).toBe('429 error.common.common.tooManyRequests');
    expect(refused.headers.get('retry-after')).toBeNull();
    now += 1000;
    expect(count(await statuses(each), 200)).toBe(each);
  });

  it('and so many a minute', async () => {
    oci.setDomainType('Free');
    let answered = 0;
    for (let second = 0; second < 9; second++) {
      answered += count(await statuses(20), 200);
      now += 1000;
    }
    expect(answered).toBe(150);
    now += 60_000;
    expect(count(await statuses(5), 200)).toBe(5);
    oci.setDomainType(undefined);
    expect(count(await statuses(100), 200)).toBe(100);
  });
});

describe('trouble on demand', () => {
  const withFault = (fault: string, options: RequestInit = {}) =>
    fetch(`${oci.url}/admin/v1/ServiceProviderConfig`, { ...options, headers: { 'x-sandbox-fault': fault } });

  it.each([
    ['rate-limit', 429],
    ['unauthorized', 401],
    ['server-error;variant=0', 500],
    ['server-error;variant=1', 502],
    ['server-error;variant=2', 503],
  ])('%s', async (fault, status) => {
    expect((await withFault(fault)).status).toBe(status);
  });

  it.each(['reset;variant=0', 'reset;variant=1', 'cut;variant=0'])('%s ends the connection', async (fault) => {
    await expect(withFault(fault).then((response) => response.text())).rejects.toThrow();
  });

  it.each(['garbage;variant=0', 'garbage;variant=2', 'cut;variant=1'])('%s is no JSON', async (fault) => {
    await expect(withFault(fault).then((response) => response.json())).rejects.toThrow();
  });

  it('what hangs goes on until whoever asked gives up', async () => {
    await expect(withFault('hang', { signal: AbortSignal.timeout(80) })).rejects.toThrow('timeout');
  });

  it('at a rate, of kinds that are chosen, and over when it is said', async () => {
    oci.setDomainFaults({ rate: 1, kinds: ['rate-limit'] });
    expect(await statuses(3)).toEqual([429, 429, 429]);
    oci.setDomainFaults(null);
    expect(await statuses(2)).toEqual([200, 200]);
  });

  it('a change that was answered with trouble was not made', async () => {
    const body = { schemas: [urns.group], displayName: 'Made in trouble' };
    await scim.ask('POST', 'Groups', body, { 'x-sandbox-fault': 'server-error;variant=0' });
    expect(await scim.find('Groups', 'displayName eq "Made in trouble"')).toEqual([]);
    expect(oci.mutations).toEqual([]);
    await scim.ask('POST', 'Groups', body);
    expect(oci.mutations).toMatchObject([{ method: 'POST', path: '/admin/v1/Groups', body, who: { kind: 'User' } }]);
  });
});

it('the same seed gives the same domain, another seed another one', async () => {
  const read = async (seed: number) => {
    const box = await openSandbox({ users: 30, seed, now: () => now });
    const client = createScimClient(await box.oci());
    const kinds = ['Users', 'Groups', 'Apps', 'AppRoles', 'Grants', 'ApiKeys', 'Devices', 'Policies', 'Rules'];
    const lists = kinds.map(async (kind) => (await client.get(`${kind}?attributeSets=all&count=1000`)).Resources);
    const text = JSON.stringify(await Promise.all(lists)).replaceAll(/http:\/\/127\.0\.0\.1:\d+/g, '');
    await box.close();
    return text;
  };
  const [one, same, other] = [await read(7), await read(7), await read(8)];
  expect(same).toBe(one);
  expect(other).not.toBe(one);
});
