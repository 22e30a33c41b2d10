// From a request to the resource that it is about, and from a resource to the answer.

import { type Answer, type Call, empty, json } from '../../answer.ts';
import { checkRight, checkUserPatch, type Doing } from './access.ts';
import type { ScimContext } from './context.ts';
import { readBody } from './given.ts';
import type { Kind, Operation } from './kind.ts';
import { type Listing, listsOf, readQuery, readSearch, writePage } from './listing.ts';
import { create, findResource, patch, remove, replace, select } from './operate.ts';
import { ScimProblem, scimType } from './problem.ts';
import { project, readProjection } from './projection.ts';
import { type Complex, isComplex, isList, type Resource } from './resource.ts';
import { complete } from './whole.ts';

export interface ScimRequest {
  context: ScimContext;
  call: Call;
  /** Roles in the domain of whoever asks. */
  roles: readonly string[];
}

const listResponse = 'urn:ietf:params:scim:api:messages:2.0:ListResponse';

export function notAllowed(method: string): ScimProblem {
  return new ScimProblem('method', `The method ${method} is not allowed here.`);
}

/** A request to `/admin/v1/Kind`, `/admin/v1/Kind/.search` or `/admin/v1/Kind/{id}`. */
export function answerKind(request: ScimRequest, kind: Kind, id: string | undefined): Answer {
  const { method } = request.call;
  if (id === undefined) {
    if (method === 'GET') return answerList(request, kind, readQuery(kind, request.call.url.searchParams));
    if (method === 'POST') return answerCreate(request, kind);
  } else if (id === '.search') {
    if (method === 'POST') return answerSearch(request, kind);
  } else {
    const one = { GET: answerRead, PUT: answerReplace, PATCH: answerPatch, DELETE: answerDelete }[method];
    if (one) return one(request, kind, id);
  }
  throw notAllowed(method);
}

function allow({ roles, call }: ScimRequest, kind: Kind, operation: Operation, doing: Doing): void {
  if (!kind.operations.includes(operation)) throw notAllowed(call.method);
  checkRight(roles, kind.path, doing);
}

function answerSearch(request: ScimRequest, kind: Kind): Answer {
  return answerList(request, kind, readSearch(kind, readBody(request.call.body), request.call.url.searchParams));
}

function answerList(request: ScimRequest, kind: Kind, listing: Listing): Answer {
  allow(request, kind, 'list', 'read');
  return answerListOf(request, kind, listing, select(request.context, kind, listing));
}

/** One page of what was chosen. */
export function answerListOf(
  { context }: ScimRequest,
  kind: Kind,
  { start, count, attributes, sets, isPaged }: Listing,
  found: readonly Resource[],
): Answer {
  const projection = readProjection(kind, attributes, sets);
  const page = found.slice(start - 1, start - 1 + count);
  const next = start + count;
  const body = {
    schemas: [listResponse],
    totalResults: found.length,
    Resources: page.map((resource) =>
      shown(kind, project(context, kind, complete(context, kind, resource), projection)),
    ),
    startIndex: start,
    itemsPerPage: count,
  };
  return json(body, { ...scimType, ...(isPaged && next <= found.length && { 'opc-next-page': writePage(next) }) });
}

/** What was said once at the creation is not said again. */
function shown(kind: Kind, resource: Complex): Complex {
  if (!kind.shownOnce) return resource;
  return Object.fromEntries(Object.entries(resource).filter(([name]) => !kind.shownOnce?.includes(name)));
}

export function answerResource({ context, call }: ScimRequest, kind: Kind, resource: Resource, isNew = false): Answer {
  const { searchParams } = call.url;
  const projection = readProjection(kind, listsOf(searchParams, 'attributes'), listsOf(searchParams, 'attributeSets'));
  const whole = complete(context, kind, resource);
  const answer = project(context, kind, whole, projection);
  const meta = isComplex(whole.meta) ? whole.meta : {};
  const headers = {
    ...scimType,
    etag: `"${String(meta.version)}"`,
    ...(isNew && { location: String(meta.location) }),
  };
  return json(isNew ? answer : shown(kind, answer), headers, isNew ? 201 : 200);
}

function answerCreate(request: ScimRequest, kind: Kind): Answer {
  allow(request, kind, 'create', 'write');
  if (kind.path === 'Users') checkUserPatch(request.roles, [undefined]);
  return answerResource(request, kind, create(request.context, kind, readBody(request.call.body)), true);
}

function answerRead(request: ScimRequest, kind: Kind, id: string): Answer {
  if (!isOwn(request, kind, id)) allow(request, kind, 'read', 'read');
  const resource = findResource(request.context, kind, id);
  if (readVersions(request.call.headers['if-none-match'])?.includes(versionOf(request, kind, resource)))
    return { status: 304, headers: {}, body: '' };
  return answerResource(request, kind, resource);
}

/** Everybody may read themselves. */
const isOwn = ({ context }: ScimRequest, kind: Kind, id: string) =>
  kind.path === `${context.who.kind}s` && context.who.id === id;

function answerReplace(request: ScimRequest, kind: Kind, id: string): Answer {
  allow(request, kind, 'replace', 'write');
  const before = findToChange(request, kind, id);
  if (kind.path === 'Users') checkUserPatch(request.roles, [undefined]);
  return answerResource(request, kind, replace(request.context, kind, before, readBody(request.call.body)));
}

function answerPatch(request: ScimRequest, kind: Kind, id: string): Answer {
  allow(request, kind, 'patch', 'write');
  const before = findToChange(request, kind, id);
  const body = readBody(request.call.body);
  if (kind.path === 'Users') checkUserPatch(request.roles, pathsOf(body));
  return answerResource(request, kind, patch(request.context, kind, before, body));
}

function pathsOf({ Operations: operations }: Complex): readonly (string | undefined)[] {
  if (!isList(operations)) return [undefined];
  return operations.map((each) => (isComplex(each) && typeof each.path === 'string' ? each.path : undefined));
}

function answerDelete(request: ScimRequest, kind: Kind, id: string): Answer {
  allow(request, kind, 'delete', 'write');
  if (kind.path === 'Users') checkUserPatch(request.roles, [undefined]);
  const resource = findToChange(request, kind, id);
  remove(request.context, kind, resource, request.call.url.searchParams.get('forceDelete') === 'true');
  return empty();
}

/** RFC 7644 §3.14: If-Match names the version that the change was made for. */
export function findToChange(request: ScimRequest, kind: Kind, id: string): Resource {
  const resource = findResource(request.context, kind, id);
  const wanted = readVersions(request.call.headers['if-match']);
  const version = versionOf(request, kind, resource);
  if (wanted && !wanted.includes('*') && !wanted.includes(version))
    throw new ScimProblem(
      'version',
      `The ${kind.name} ${id} has the version ${version}, which is not the one asked for.`,
    );
  return resource;
}

function versionOf({ context }: ScimRequest, kind: Kind, resource: Resource): string {
  const { meta } = complete(context, kind, resource);
  return isComplex(meta) ? String(meta.version) : '';
}

/** meta.version says it without quotes, the ETag header with them. */
function readVersions(header: string | undefined): readonly string[] | undefined {
  return header?.split(',').map((each) =>
    each
      .trim()
      .replace(/^W\//, '')
      .replace(/^"(.*)"$/, '$1'),
  );
}
