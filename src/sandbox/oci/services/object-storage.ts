// Object Storage: the namespace, buckets, and a few objects to look at. docs.oracle.com/iaas/api/#/en/objectstorage/20160918.

import { createHash } from 'node:crypto';
import { need, type ServiceAnswer, type ServiceContext, type ServiceRoute, wholeOf } from './context.ts';
import { pageOf } from './paging.ts';
import { notFound, ServiceProblem } from './problem.ts';
import { mayRead } from './rights.ts';
import type { Bucket, StoredObject } from './tenancy.ts';

/** A JSON string; of one's own tenancy, everybody may ask. */
function getNamespace({ tenancy, query }: ServiceContext): ServiceAnswer {
  const compartmentId = query.get('compartmentId') ?? tenancy.id;
  if (!tenancy.compartments.some(({ id }) => id === compartmentId)) throw notFound();
  return { body: tenancy.namespace };
}

function checkNamespace({ tenancy, params }: ServiceContext): void {
  if (params[0] === tenancy.namespace) return;
  throw new ServiceProblem(
    'NamespaceNotFound',
    `You do not have authorization to perform this request, or the requested resource could not be found.`,
  );
}

function getNamespaceMetadata(context: ServiceContext): ServiceAnswer {
  checkNamespace(context);
  if (!context.isAdministrator) throw notFound();
  const { tenancy } = context;
  return {
    body: {
      namespace: tenancy.namespace,
      defaultS3CompartmentId: tenancy.id,
      defaultSwiftCompartmentId: tenancy.id,
    },
  };
}

function isReadable(context: ServiceContext, compartmentId: string): boolean {
  const compartment = context.tenancy.compartments.find(({ id }) => id === compartmentId);
  return compartment !== undefined && mayRead(context, compartment);
}

function summarize({ tenancy }: ServiceContext, { name, compartmentId, createdBy, timeCreated, etag }: Bucket) {
  return { namespace: tenancy.namespace, name, compartmentId, createdBy, timeCreated, etag };
}

function listBuckets(context: ServiceContext): ServiceAnswer {
  checkNamespace(context);
  const { tenancy, region, query } = context;
  const compartmentId = need(context, 'compartmentId');
  if (!isReadable(context, compartmentId)) throw notFound();
  const tags = query.get('fields')?.split(',').includes('tags') ? { freeformTags: {}, definedTags: {} } : {};
  const found = tenancy.buckets.filter((each) => each.region === region && each.compartmentId === compartmentId);
  return pageOf(
    context,
    found.toSorted((a, b) => (a.name < b.name ? -1 : 1)).map((each) => ({ ...summarize(context, each), ...tags })),
    25,
  );
}

/** Buckets are of a region. */
function findBucket(context: ServiceContext): Bucket {
  checkNamespace(context);
  const { tenancy, region, params } = context;
  const found = tenancy.buckets.find((each) => each.region === region && each.name === params[1]);
  if (found && isReadable(context, found.compartmentId)) return found;
  const why = `Either the bucket named '${params[1]}' does not exist in the namespace '${tenancy.namespace}' or you are not authorized to access it`;
  throw new ServiceProblem('BucketNotFound', why);
}

function getBucket(context: ServiceContext): ServiceAnswer {
  const bucket = findBucket(context);
  const fields = context.query.get('fields')?.split(',') ?? [];
  return {
    headers: { etag: bucket.etag },
    body: {
      ...summarize(context, bucket),
      metadata: {},
      publicAccessType: bucket.publicAccessType,
      storageTier: 'Standard',
      objectEventsEnabled: false,
      versioning: 'Disabled',
      freeformTags: {},
      definedTags: {},
      ...(fields.includes('approximateCount') && { approximateCount: bucket.objects.length }),
      ...(fields.includes('approximateSize') && {
        approximateSize: bucket.objects.reduce((sum, { content }) => sum + content.length, 0),
      }),
    },
  };
}

const md5Of = (text: string) => createHash('md5').update(text).digest('base64');

function describeObject({ name, content, timeCreated }: StoredObject, fields: readonly string[]) {
  return {
    name,
    ...(fields.includes('size') && { size: content.length }),
    ...(fields.includes('md5') && { md5: md5Of(content) }),
    ...(fields.includes('timeCreated') && { timeCreated }),
    ...(fields.includes('etag') && { etag: md5Of(content) }),
  };
}

/** Names in order; what is behind a delimiter is told as a prefix; where to go on is in the body. */
function listObjects(context: ServiceContext): ServiceAnswer {
  const bucket = findBucket(context);
  const { query } = context;
  const limit = wholeOf(context, 'limit', 1, 1000, 1000);
  const prefix = query.get('prefix') ?? '';
  const [start, startAfter, end] = ['start', 'startAfter', 'end'].map((name) => query.get(name));
  const fits = ({ name }: StoredObject) =>
    name.startsWith(prefix) &&
    (start == null || name >= start) &&
    (startAfter == null || name > startAfter) &&
    (end == null || name < end);
  const found = bucket.objects.filter(fits).toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const delimiter = query.get('delimiter');
  const folderOf = ({ name }: StoredObject) => {
    const stroke = delimiter === null ? -1 : name.indexOf(delimiter, prefix.length);
    return stroke === -1 ? undefined : name.slice(0, stroke + 1);
  };
  const page = found.slice(0, limit);
  const next = found[limit]?.name;
  const fields = query.get('fields')?.split(',') ?? [];
  return {
    body: {
      objects: page.filter((each) => folderOf(each) === undefined).map((each) => describeObject(each, fields)),
      ...(delimiter !== null && { prefixes: [...new Set(page.flatMap((each) => folderOf(each) ?? []))] }),
      ...(next !== undefined && { nextStartWith: next }),
    },
  };
}

function getObject(context: ServiceContext): ServiceAnswer {
  const bucket = findBucket(context);
  const name = context.params[2];
  const found = bucket.objects.find((each) => each.name === name);
  if (!found)
    throw new ServiceProblem('ObjectNotFound', `The object '${name}' does not exist in bucket '${bucket.name}'.`);
  return {
    headers: {
      'content-type': 'application/octet-stream',
      'content-md5': md5Of(found.content),
      etag: md5Of(found.content),
      'last-modified': new Date(found.timeCreated).toUTCString(),
    },
    text: found.content,
  };
}

const at = (path: string) => new RegExp(`^/n/?${path.replaceAll('{}', '([^/]+)').replace('{…}', '(.+)')}$`);

export const objectStorageRoutes: readonly ServiceRoute[] = [
  { method: 'GET', path: at(''), handle: getNamespace },
  { method: 'GET', path: at('{}'), handle: getNamespaceMetadata },
  { method: 'GET', path: at('{}/b/?'), handle: listBuckets },
  { method: 'GET', path: at('{}/b/{}/?'), handle: getBucket },
  { method: 'GET', path: at('{}/b/{}/o/?'), handle: listObjects },
  { method: 'GET', path: at('{}/b/{}/o/{…}'), handle: getObject },
];
