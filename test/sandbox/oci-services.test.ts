// The simulated IAM, Object Storage and Audit: what they tell, whom, page by page; each answer held against the models of Oracle's SDKs.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSandbox, type Sandbox, type SandboxOci } from '../../src/sandbox/index.ts';
import { createServicesClient, keyOf, type ServicesClient, send, signRequest } from './oci-kit.ts';
import { admin, head, helpDesk } from './oidc-kit.ts';

const opened = Date.parse('2026-03-04T10:30:00Z');
let sandbox: Sandbox;
let oci: SandboxOci;
let ours: ServicesClient;
const now = () => opened;

beforeAll(async () => {
  sandbox = await openSandbox({ users: 30, now });
  oci = await sandbox.oci();
  ours = as(admin);
});
afterAll(() => sandbox.close());

const as = (login: string, region?: string) => createServicesClient(oci, login, { now, ...(region && { region }) });
const iam = '/20160918';
const inTenancy = (more = '') => `compartmentId=${oci.tenancyId}${more}`;
const namesOf = (found: { name: string }[]) => found.map(({ name }) => name);
const refusalOf = async (client: ServicesClient, path: string) => {
  const { status, body } = await client.send('GET', path);
  return `${status} ${body.code}`;
};
const hidden = '404 NotAuthorizedOrNotFound';

describe('IAM', () => {
  it('tells of the tenancy, its regions and where it is at home', async () => {
    expect(await ours.get(`${iam}/tenancies/${oci.tenancyId}`)).toMatchObject({
      id: oci.tenancyId,
      name: 'larkspur',
      homeRegionKey: 'AMS',
    });
    const subscribed = await ours.get(`${iam}/tenancies/${oci.tenancyId}/regionSubscriptions`);
    expect(subscribed.map(({ regionName }: { regionName: string }) => regionName)).toEqual(oci.regions);
    expect(subscribed.filter(({ isHomeRegion }: { isHomeRegion: boolean }) => isHomeRegion)).toHaveLength(1);
    expect(oci.regions.length).toBeGreaterThanOrEqual(2);
    const all = namesOf(await ours.get(`${iam}/regions`));
    expect(all).toEqual(Object.keys(oci.services));
    expect(all.length).toBeGreaterThan(oci.regions.length);
  });

  it('tells of the availability and fault domains of the region that is asked', async () => {
    const at = (region: string) => as(admin, region).get(`${iam}/availabilityDomains?${inTenancy()}`);
    expect(namesOf(await at('eu-amsterdam-1'))).toEqual(['qLkP:EU-AMSTERDAM-1-AD-1']);
    const [first] = await at('uk-london-1');
    expect(await at('uk-london-1')).toHaveLength(3);
    const faultDomains = `${iam}/faultDomains?${inTenancy(`&availabilityDomain=${first.name}`)}`;
    expect(await as(admin, 'uk-london-1').get(faultDomains)).toHaveLength(3);
    expect(await refusalOf(ours, faultDomains)).toBe(hidden);
  });

  it('lists compartments one level deep, or all below the tenancy', async () => {
    const children = await ours.all(`${iam}/compartments?${inTenancy()}`);
    expect(children.every(({ compartmentId }) => compartmentId === oci.tenancyId)).toBe(true);
    const all = await ours.all(`${iam}/compartments?${inTenancy('&compartmentIdInSubtree=true')}`);
    expect(all.length).toBeGreaterThan(children.length);
    expect(all.map(({ id }) => id)).not.toContain(oci.tenancyId);
    const finance = all.find(({ name }) => name === 'Finance');
    expect(namesOf(await ours.get(`${iam}/compartments?compartmentId=${finance.id}`))).toEqual(['Treasury']);
    const deep = `${iam}/compartments?compartmentId=${finance.id}&compartmentIdInSubtree=true`;
    expect(await refusalOf(ours, deep)).toBe('400 InvalidParameter');
  });

  it('filters and sorts them: newest first, names from A', async () => {
    const list = (more: string) => ours.all(`${iam}/compartments?${inTenancy(`&compartmentIdInSubtree=true${more}`)}`);
    const times = (await list('')).map(({ timeCreated }) => timeCreated);
    expect(times).toEqual(times.toSorted().reverse());
    const names = namesOf(await list('&sortBy=NAME'));
    expect(names).toEqual(names.toSorted());
    expect(namesOf(await list('&sortBy=NAME&sortOrder=DESC'))).toEqual(names.toReversed());
    expect(namesOf(await list('&name=Treasury'))).toEqual(['Treasury']);
    expect(await list('&name=treasury')).toEqual([]);
    expect(namesOf(await list('&lifecycleState=DELETED'))).toEqual(['Migration']);
    expect(await refusalOf(ours, `${iam}/compartments?${inTenancy('&sortBy=AGE')}`)).toBe('400 InvalidParameter');
    expect(await refusalOf(ours, `${iam}/compartments`)).toBe('400 MissingParameter');
  });

  it('gives pages whose tokens are of that list alone', async () => {
    const path = `${iam}/compartments?${inTenancy('&compartmentIdInSubtree=true&sortBy=NAME')}`;
    const all = namesOf(await ours.all(path));
    expect(namesOf(await ours.all(`${path}&limit=3`))).toEqual(all);
    const { headers } = await ours.send('GET', `${path}&limit=3`);
    const page = headers.get('opc-next-page') ?? '';
    expect((await ours.send('GET', path)).headers.has('opc-next-page')).toBe(false);
    expect(await refusalOf(ours, `${iam}/policies?${inTenancy(`&page=${page}`)}`)).toBe('400 InvalidParameter');
    expect(await refusalOf(ours, `${path}&page=x`)).toBe('400 InvalidParameter');
    expect(await refusalOf(ours, `${path}&limit=0`)).toBe('400 InvalidParameter');
    expect(await refusalOf(ours, `${path}&limit=1001`)).toBe('400 InvalidParameter');
  });

  it('shows people only what policies let them see, and says no more of the rest than that it may not be there', async () => {
    const all = await ours.all(`${iam}/compartments?${inTenancy('&compartmentIdInSubtree=true')}`);
    const idOf = (name: string) => all.find((each) => each.name === name).id;
    const finance = as(head);
    const seen = `${iam}/compartments?${inTenancy('&compartmentIdInSubtree=true&accessLevel=ACCESSIBLE&sortBy=NAME')}`;
    expect(namesOf(await finance.all(seen))).toEqual(['Finance', 'Treasury']);
    expect((await finance.get(`${iam}/compartments/${idOf('Treasury')}`)).name).toBe('Treasury');
    for (const path of [
      `compartments/${idOf('Network')}`,
      'compartments/ocid1.compartment.oc1..nothing',
      `compartments?${inTenancy()}`,
      `policies?${inTenancy()}`,
      `tenancies/${oci.tenancyId}`,
      `users?${inTenancy()}`,
      `users/${oci.apiKeyOf(admin).user}`,
      `groups?${inTenancy()}`,
    ])
      expect(await refusalOf(finance, `${iam}/${path}`), path).toBe(hidden);
    const own = oci.apiKeyOf(head);
    expect((await finance.get(`${iam}/users/${own.user}`)).name).toBe(head);
    const keys = await finance.get(`${iam}/users/${own.user}/apiKeys`);
    expect(keys.map(({ fingerprint }: { fingerprint: string }) => fingerprint)).toEqual([own.fingerprint]);
    const desk = as(helpDesk);
    expect(await desk.all(`${iam}/users?${inTenancy()}`)).toHaveLength(30);
    expect((await desk.all(`${iam}/compartments?${inTenancy()}`)).length).toBeGreaterThan(3);
    expect(await refusalOf(desk, `${iam}/policies?${inTenancy()}`)).toBe(hidden);
  });

  it('tells of policies, groups, their members and the domain', async () => {
    const policies = await ours.all(`${iam}/policies?${inTenancy()}`);
    expect(policies.flatMap(({ statements }) => statements).join()).toContain('Identity Administrators');
    expect(await ours.get(`${iam}/policies/${policies[0].id}`)).toEqual(policies[0]);
    const groups = await ours.all(`${iam}/groups?${inTenancy()}`);
    const administrators = groups.find(({ name }) => name === 'Identity Administrators');
    expect((await ours.get(`${iam}/groups/${administrators.id}`)).name).toBe('Identity Administrators');
    const members = await ours.all(`${iam}/userGroupMemberships?${inTenancy(`&groupId=${administrators.id}`)}`);
    expect(members.map(({ userId }) => userId)).toEqual([oci.apiKeyOf(admin).user]);
    expect(await refusalOf(ours, `${iam}/userGroupMemberships?${inTenancy()}`)).toBe('400 MissingParameter');
    const [domain] = await ours.get(`${iam}/domains?${inTenancy()}`);
    expect(domain.url).toContain(oci.tenant);
    expect(await ours.get(`${iam}/domains/${domain.id}`)).toEqual(domain);
  });

  it('changes a compartment at home alone, and while it is as it was seen', async () => {
    const [{ id }] = await ours.get(`${iam}/compartments?${inTenancy('&name=Sandbox')}`);
    const path = `${iam}/compartments/${id}`;
    const seen = (await ours.send('GET', path)).headers.get('etag') ?? '';
    const change = (description: string, etag: string, client = ours) =>
      client.send('PUT', path, { description }, { 'if-match': etag });
    const done = await change('Trials', seen);
    expect([done.status, done.body.description]).toEqual([200, 'Trials']);
    expect(await change('Again', seen)).toMatchObject({ status: 412, body: { code: 'NoEtagMatch' } });
    expect((await change('Again', done.headers.get('etag') ?? '')).status).toBe(200);
    expect(await change('Afar', '*', as(admin, 'uk-london-1'))).toMatchObject({
      status: 403,
      body: { code: 'NotAllowed', message: expect.stringContaining('AMS') },
    });
    expect((await change('Mine', '*', as(head))).status).toBe(404);
    const bad = await ours.send('PUT', path, { name: 'a b' });
    expect([bad.status, bad.body.code]).toEqual([400, 'InvalidParameter']);
  });

  it('knows no other path, no other method, and keeps the request id that it was given', async () => {
    expect(await refusalOf(ours, `${iam}/nothing`)).toBe('404 NotFound');
    const { status } = await ours.send('PUT', `${iam}/regions`, {});
    expect(status).toBe(405);
    const reply = await ours.send('GET', `${iam}/regions`, undefined, { 'opc-request-id': 'abc-123' });
    expect(reply.headers.get('opc-request-id')).toMatch(/^abc-123\/[0-9A-F]{32}\/[0-9A-F]{32}$/);
  });
});

describe('Object Storage', () => {
  it('tells everybody the namespace, and those who may see them the buckets of the region', async () => {
    const namespace = await as(head).get('/n');
    expect(await ours.get('/n')).toBe(namespace);
    expect(await ours.get('/n/')).toBe(namespace);
    const all = await ours.all(`${iam}/compartments?${inTenancy('&compartmentIdInSubtree=true')}`);
    const idOf = (name: string) => all.find((each) => each.name === name).id;
    const list = (client: ServicesClient, name: string) => client.all(`/n/${namespace}/b?compartmentId=${idOf(name)}`);
    expect(namesOf(await list(as(head), 'Finance'))).toEqual(['ledger-exports']);
    expect(namesOf(await list(ours, 'Scanning'))).toEqual(['label-templates']);
    expect(namesOf(await list(as(admin, 'us-ashburn-1'), 'Scanning'))).toEqual(['scanner-firmware']);
    expect(await refusalOf(as(head), `/n/${namespace}/b?compartmentId=${idOf('Scanning')}`)).toBe(hidden);
    expect(await refusalOf(ours, `/n/other/b?${inTenancy()}`)).toBe('404 NamespaceNotFound');
    expect(await refusalOf(as(head), `/n/${namespace}/b/label-templates`)).toBe('404 BucketNotFound');
    const bucket = await as(admin, 'us-ashburn-1').get(
      `/n/${namespace}/b/scanner-firmware?fields=approximateCount,approximateSize`,
    );
    expect(bucket).toMatchObject({ publicAccessType: 'ObjectRead', approximateCount: 1 });
  });

  it('lists objects by prefix, folder and from a name on, and gives them', async () => {
    const bucket = `/n/${await ours.get('/n')}/b/label-templates`;
    const list = (more: string) => ours.get(`${bucket}/o${more && `?${more}`}`);
    expect(namesOf((await list('')).objects)).toEqual(['old/pallet.zpl', 'pallet.zpl', 'parcel.zpl']);
    const folders = await list('delimiter=/&fields=name,size');
    expect([namesOf(folders.objects), folders.prefixes]).toEqual([['pallet.zpl', 'parcel.zpl'], ['old/']]);
    expect(folders.objects[0].size).toBeGreaterThan(0);
    expect(namesOf((await list('prefix=old/&delimiter=/')).objects)).toEqual(['old/pallet.zpl']);
    const first = await list('limit=1');
    expect([namesOf(first.objects), first.nextStartWith]).toEqual([['old/pallet.zpl'], 'pallet.zpl']);
    expect(namesOf((await list('start=pallet.zpl')).objects)).toEqual(['pallet.zpl', 'parcel.zpl']);
    const object = await ours.send('GET', `${bucket}/o/old/pallet.zpl`);
    expect([object.status, object.body]).toEqual([200, expect.stringContaining('label-templates/old/pallet.zpl')]);
    const looked = await ours.send('HEAD', `${bucket}/o/old%2Fpallet.zpl`);
    expect([looked.status, looked.body]).toEqual([200, '']);
    expect(looked.headers.get('etag')).toBe(object.headers.get('etag'));
    expect(await refusalOf(ours, `${bucket}/o/none`)).toBe('404 ObjectNotFound');
  });
});

describe('Audit', () => {
  const between = (start: string, end: string, compartment = oci.tenancyId) =>
    `/20190901/auditEvents?compartmentId=${compartment}&startTime=${start}&endTime=${end}`;
  const fortnight = (compartment?: string) => between('2026-02-18T00:00:00Z', '2026-03-05T00:00:00Z', compartment);

  const described = async (userName: string) => {
    const filter = encodeURIComponent(`userName eq "${userName}"`);
    const url = `${oci.url}/admin/v1/Users?filter=${filter}&attributes=description`;
    return (await send(signRequest(url, keyOf(oci, admin), { now: opened }))).body.Resources;
  };

  it('tells what happened in a compartment of a region, oldest first, over pages of which some are empty', async () => {
    const events = await ours.all(fortnight());
    expect(events.length).toBeGreaterThan(50);
    const times = events.map(({ eventTime }) => eventTime);
    expect(times).toEqual(times.toSorted());
    expect(new Set(events.map(({ eventId }) => eventId)).size).toBe(events.length);
    // A Sunday, and the day after it.
    const weekend = await ours.send('GET', between('2026-03-01T00:00:00Z', '2026-03-03T00:00:00Z'));
    expect([weekend.body, weekend.headers.has('opc-next-page')]).toEqual([[], true]);
    expect(await as(admin, 'uk-london-1').all(fortnight())).toEqual([]);
  });

  it('has stories: somebody locked out, a key that was made far away, one that a leaver still uses, a policy and a bucket opened at night', async () => {
    const events = await ours.all(fortnight());
    const named = (name: string) => events.filter(({ data }) => data.eventName === name);
    const failed = named('InteractiveLogin').filter(({ data }) => data.response.status === '401');
    expect(new Set(failed.map(({ data }) => data.identity.principalName))).toEqual(
      new Set(['maya.lindqvist@larkspur.example']),
    );
    const [key] = named('UploadApiKey');
    expect(key.data.identity.principalName).toBe('tomas.okafor@larkspur.example');
    const keyPath = `${iam}/users/${key.data.identity.principalId}/apiKeys`;
    const [made] = await ours.get(keyPath);
    expect([key.data.resourceId, key.eventTime]).toEqual([expect.stringContaining(made.fingerprint), made.timeCreated]);
    const leaver = named('ListCompartments')[0].data.identity;
    const [{ description }] = await described(leaver.principalName);
    expect(description).toMatch(/^Left the company/);
    const all = await ours.all(`${iam}/compartments?${inTenancy('&compartmentIdInSubtree=true')}`);
    const idOf = (name: string) => all.find((each) => each.name === name).id;
    const [policy] = await ours.all(fortnight(idOf('Warehouses')));
    expect(policy.data).toMatchObject({
      eventName: 'CreatePolicy',
      resourceName: 'Scanning-Vendor',
      identity: { principalName: admin, ipAddress: key.data.identity.ipAddress },
    });
    expect(new Date(policy.eventTime).getUTCHours()).toBe(2);
    const [bucket] = await as(admin, 'us-ashburn-1').all(fortnight(idOf('Scanning')));
    expect(bucket.data.stateChange.current).toEqual({ publicAccessType: 'ObjectRead' });
  });

  it('tells of what is done meanwhile: a user who is made, a compartment that is described anew', async () => {
    const userName = 'new.clerk@larkspur.example';
    const user = {
      schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
      userName,
      name: { givenName: 'New', familyName: 'Clerk' },
      emails: [{ value: userName, type: 'work', primary: true }],
    };
    const request = { method: 'POST', body: JSON.stringify(user), now: opened };
    const made = await send(signRequest(`${oci.url}/admin/v1/Users`, keyOf(oci, admin), request));
    expect(made.status).toBe(201);
    const found = await ours.all(`${iam}/users?${inTenancy(`&name=${userName}`)}`);
    expect(found).toMatchObject([{ id: made.body.ocid, lifecycleState: 'ACTIVE' }]);
    const [{ id }] = await ours.get(`${iam}/compartments?${inTenancy('&name=Network')}`);
    expect((await ours.send('PUT', `${iam}/compartments/${id}`, { description: 'Cables' })).status).toBe(200);
    const events = await ours.all(between('2026-03-04T10:30:00Z', '2026-03-04T10:31:00Z'));
    const told = events.map(({ data }) => [data.eventName, data.identity.principalName]);
    expect(told).toContainEqual(['CreateUser', admin]);
    expect(told).toContainEqual(['UpdateCompartment', admin]);
  });

  it('takes times to the minute alone, in order, and shows nobody else anything', async () => {
    const bad = (start: string, end: string) => refusalOf(ours, between(start, end));
    expect(await bad('2026-03-01T00:00:01Z', '2026-03-02T00:00:00Z')).toBe('400 InvalidParameter');
    expect(await bad('2026-03-01', '2026-03-02T00:00:00Z')).toBe('400 InvalidParameter');
    expect(await bad('2026-03-02T00:00:00Z', '2026-03-01T00:00:00Z')).toBe('400 InvalidParameter');
    expect(await refusalOf(ours, `/20190901/auditEvents?${inTenancy()}`)).toBe('400 MissingParameter');
    expect(await refusalOf(as(head), fortnight())).toBe(hidden);
    expect(await ours.get(`/20190901/configuration?${inTenancy()}`)).toEqual({ retentionPeriodDays: 365 });
    const change = (days: number) =>
      ours.send('PUT', `/20190901/configuration?${inTenancy()}`, { retentionPeriodDays: days });
    expect((await change(90)).status).toBe(202);
    expect((await change(30)).status).toBe(400);
    expect((await change(365)).status).toBe(202);
  });
});

describe('trouble', () => {
  it('looks as it does there: 429 and 5xx with a code, broken connections, no answer', async () => {
    const { url, headers } = signRequest(`${oci.services[oci.homeRegion]}/n`, keyOf(oci, admin), { now: opened });
    const { host: _, ...own } = headers;
    const ask = async (fault: string) => fetch(url, { headers: { ...own, 'x-sandbox-fault': fault } });
    const refused = await ask('rate-limit');
    expect([refused.status, ((await refused.json()) as { code: string }).code]).toEqual([429, 'TooManyRequests']);
    expect(refused.headers.get('opc-request-id')).toBeTruthy();
    expect((await ask('server-error;variant=0')).status).toBe(500);
    expect(await (await ask('server-error;variant=2')).json()).toMatchObject({ code: 'ServiceUnavailable' });
    await expect(ask('reset;variant=0')).rejects.toThrow();
    await expect((await ask('cut;variant=0')).text()).rejects.toThrow();
    oci.setFaults({ rate: 1, kinds: ['unauthorized'] });
    expect((await fetch(url, { headers: own })).status).toBe(401);
    oci.setFaults(null);
    expect((await fetch(url, { headers: own })).status).toBe(200);
  });
});
