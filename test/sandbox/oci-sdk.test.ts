// Oracle's own SDKs, unmodified and with their endpoint set, against the simulated services: independent readers of the same API.

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { openSandbox, type Sandbox, type SandboxOci } from '../../src/sandbox/index.ts';
import { makeConfigFiles } from '../../src/sandbox/oci/config-file.ts';
import { exchange, makeKey } from './oci-kit.ts';
import { admin, head } from './oidc-kit.ts';

// biome-ignore lint/suspicious/noExplicitAny: the SDKs' own types are not what is tested
type Sdk = any;
const require = createRequire(import.meta.url);
const load = (name: string): Sdk => require(name);

let sandbox: Sandbox;
let oci: SandboxOci;
let folder: string;

beforeAll(async () => {
  // They tell of every refusal there.
  vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  sandbox = await openSandbox({ users: 30 });
  oci = await sandbox.oci();
  folder = await mkdtemp(join(tmpdir(), 'oci-sdk-'));
  for (const { name, text } of makeConfigFiles(oci, admin, folder)) await writeFile(join(folder, name), text);
});
afterAll(async () => {
  await sandbox.close();
  await rm(folder, { recursive: true });
});

function open(module: string, client: string, provider: Sdk, region = oci.homeRegion): Sdk {
  const made = new (load(module)[client])({ authenticationDetailsProvider: provider });
  made.endpoint = oci.services[region];
  return made;
}

const byKey = () => new (load('oci-common').ConfigFileAuthenticationDetailsProvider)(join(folder, 'config'), 'DEFAULT');
const bySession = () => new (load('oci-common').SessionAuthDetailProvider)(join(folder, 'config'), 'SESSION');

/** What a program that exchanges tokens by itself gives the SDK. */
async function byExchange(login: string): Promise<Sdk> {
  const { privateKey, publicKey } = makeKey();
  const subject = oci.issueToken({ login, scopes: ['openid'] });
  const { body } = await exchange(oci, subject, publicKey);
  return {
    getKeyId: async () => `ST$${body.token}`,
    getPrivateKey: () => privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
    getPassphrase: () => null,
    getAuthType: () => undefined,
    getDelegationToken: () => undefined,
  };
}

describe.each([
  ['an API key', byKey],
  ['a session of the configuration file', bySession],
  ['an exchanged token', () => byExchange(admin)],
])('with %s', (_, provider) => {
  it('oci-identity reads tenancy, regions, compartments and policies, and changes a compartment', async () => {
    const client = open('oci-identity', 'IdentityClient', await provider());
    const { tenancy } = await client.getTenancy({ tenancyId: oci.tenancyId });
    expect(tenancy).toMatchObject({ name: 'larkspur', homeRegionKey: 'AMS' });
    const { items: subscribed } = await client.listRegionSubscriptions({ tenancyId: oci.tenancyId });
    expect(subscribed.map(({ regionName }: Sdk) => regionName)).toEqual(oci.regions);
    const inTenancy = { compartmentId: oci.tenancyId };
    const all: Sdk[] = [];
    const listing = { ...inTenancy, compartmentIdInSubtree: true, accessLevel: 'ACCESSIBLE', limit: 3 };
    for await (const each of client.listAllCompartments(listing)) all.push(each);
    expect(all.map(({ name }) => name)).toContain('Treasury');
    expect((await client.listAvailabilityDomains(inTenancy)).items).toHaveLength(1);
    expect((await client.listPolicies(inTenancy)).items[0].statements[0]).toMatch(/^Allow group/);
    const compartmentId = all.find(({ name }) => name === 'Sandbox').id;
    const { etag } = await client.getCompartment({ compartmentId });
    const change = { compartmentId, updateCompartmentDetails: { description: 'Versuche – für IT' }, ifMatch: etag };
    expect((await client.updateCompartment(change)).compartment.description).toBe('Versuche – für IT');
    await expect(client.updateCompartment(change)).rejects.toMatchObject({
      statusCode: 412,
      serviceCode: 'NoEtagMatch',
      opcRequestId: expect.any(String),
    });
  });

  it('oci-objectstorage reads namespace, buckets and objects', async () => {
    const client = open('oci-objectstorage', 'ObjectStorageClient', await provider());
    const namespaceName = (await client.getNamespace({})).value;
    const identity = open('oci-identity', 'IdentityClient', await provider());
    const scanning = { compartmentId: oci.tenancyId, compartmentIdInSubtree: true, name: 'Scanning' };
    const [{ id: compartmentId }] = (await identity.listCompartments(scanning)).items;
    const { items } = await client.listBuckets({ namespaceName, compartmentId });
    expect(items.map(({ name }: Sdk) => name)).toEqual(['label-templates']);
    const at = { namespaceName, bucketName: 'label-templates' };
    const { listObjects } = await client.listObjects({ ...at, prefix: 'old/' });
    const objectName = listObjects.objects[0].name;
    const { value, eTag } = await client.getObject({ ...at, objectName });
    expect(await new Response(value).text()).toContain(objectName);
    expect((await client.headObject({ ...at, objectName })).eTag).toBe(eTag);
    await expect(client.getBucket({ ...at, bucketName: 'nothing' })).rejects.toMatchObject({ statusCode: 404 });
  });

  it('oci-audit reads events over all pages, and the retention', async () => {
    const client = open('oci-audit', 'AuditClient', await provider());
    const minute = (ago: number) => new Date(Math.floor((Date.now() - ago) / 60_000) * 60_000);
    const events: Sdk[] = [];
    const asked = { compartmentId: oci.tenancyId, startTime: minute(14 * 86_400_000), endTime: minute(0) };
    for await (const event of client.listAllEvents(asked)) events.push(event);
    expect(events.length).toBeGreaterThan(50);
    expect(events[0].data.identity.principalName).toMatch(/@larkspur\.example$/);
    const { configuration } = await client.getConfiguration({ compartmentId: oci.tenancyId });
    expect(configuration.retentionPeriodDays).toBe(365);
  });
});

it('shows somebody else no more than themselves, whose exchanged token it is', async () => {
  const client = open('oci-identity', 'IdentityClient', await byExchange(head));
  const userId = oci.apiKeyOf(head).user;
  expect((await client.getUser({ userId })).user.name).toBe(head);
  await expect(client.listUsers({ compartmentId: oci.tenancyId })).rejects.toMatchObject({
    statusCode: 404,
    serviceCode: 'NotAuthorizedOrNotFound',
  });
});
