// What people ask about themselves: Me, and their own devices, keys, tokens and groups.

import type { Answer } from '../../answer.ts';
import { readBody } from './given.ts';
import type { Kind } from './kind.ts';
import { dynamicExtension } from './kinds/groups.ts';
import { kindAt } from './kinds.ts';
import { readQuery } from './listing.ts';
import { create, findResource, patch, remove, replace, select } from './operate.ts';
import { ScimProblem } from './problem.ts';
import { answerListOf, answerResource, findToChange, notAllowed, type ScimRequest } from './request.ts';
import { idsAt, isComplex, type Resource } from './resource.ts';

/** By name: the kind that they are of. */
const mine: Readonly<Record<string, string>> = {
  MyDevices: 'Devices',
  MyApiKeys: 'ApiKeys',
  MyAuthTokens: 'AuthTokens',
  MyCustomerSecretKeys: 'CustomerSecretKeys',
  MyGroups: 'Groups',
};

export const mineNames: readonly string[] = ['Me', ...Object.keys(mine)];

/** What people may say of themselves; the rest is for administrators (docs.oracle.com, Me). */
const ownAttributes = [
  ...['nickname', 'displayname', 'name', 'title', 'phonenumbers', 'addresses', 'preferredlanguage', 'locale'],
  ...['timezone', 'profileurl', 'emails', 'schemas'],
];

export function answerMine(request: ScimRequest, name: string, id: string | undefined): Answer {
  if (request.context.who.kind !== 'User') throw new ScimProblem('forbidden', 'Only a user has what is theirs.');
  if (name === 'Me') return answerMe(request, id);
  const found = kindAt(mine[name] ?? '');
  if (!found) throw notAllowed(request.call.method);
  // The models of one's own things have neither secrets nor how a group's members are chosen.
  const without = [dynamicExtension, ...(found.shownOnce ?? [])];
  const kind = { ...found, attributes: found.attributes.filter((each) => !without.includes(each.name)) };
  return id === undefined ? answerAll(request, name, kind) : answerOne(request, name, kind, id);
}

function answerMe(request: ScimRequest, id: string | undefined): Answer {
  const { context, call } = request;
  const kind = kindAt('Users');
  if (!kind || id !== undefined) throw notAllowed(call.method);
  // Me is a schema of its own that says the same of a user.
  const me: Kind = { ...kind, path: 'Me', name: 'Me', urn: 'urn:ietf:params:scim:schemas:oracle:idcs:Me' };
  const user = findToChange(request, kind, context.who.id);
  if (call.method === 'GET') return answerResource(request, me, user);
  const body = readBody(call.body);
  if (call.method === 'PATCH') {
    const operations = Array.isArray(body.Operations) ? body.Operations : [];
    checkOwn(operations.map((each) => (isComplex(each) ? String(each.path ?? '') : '')));
    return answerResource(request, me, patch(context, kind, user, body));
  }
  if (call.method !== 'PUT') throw notAllowed(call.method);
  checkOwn(Object.keys(body));
  return answerResource(request, me, replace(context, kind, user, { ...body, schemas: [kind.urn] }));
}

function checkOwn(paths: readonly string[]): void {
  const foreign = paths.find((path) => !ownAttributes.includes((/^\w+/.exec(path)?.[0] ?? '').toLowerCase()));
  if (foreign !== undefined)
    throw new ScimProblem('forbidden', `You are not authorized to change '${foreign.slice(0, 80)}' of yourself.`);
}

const isMine = ({ context }: ScimRequest, { user }: Resource) => isComplex(user) && user.value === context.who.id;

function answerAll(request: ScimRequest, name: string, kind: Kind): Answer {
  const { context, call } = request;
  if (call.method === 'GET') {
    const listing = readQuery(kind, call.url.searchParams);
    const all = select(context, kind, listing);
    const own =
      kind.path === 'Groups'
        ? all.filter((group) => idsAt(group, 'members').includes(context.who.id))
        : all.filter((each) => isMine(request, each));
    return answerListOf(request, kind, listing, own);
  }
  if (call.method !== 'POST' || name === 'MyDevices' || name === 'MyGroups') throw notAllowed(call.method);
  const body = readBody(call.body);
  return answerResource(
    request,
    kind,
    create(context, kind, { ...body, schemas: [kind.urn], user: { value: context.who.id } }),
    true,
  );
}

function answerOne(request: ScimRequest, name: string, kind: Kind, id: string): Answer {
  const { context, call } = request;
  if (name === 'MyGroups') throw notAllowed(call.method);
  const found = findResource(context, kind, id);
  // Somebody else's is not said to be there.
  if (!isMine(request, found))
    throw new ScimProblem('notFound', `${kind.name} with ID ${id.slice(0, 60)} does not exist.`);
  if (call.method === 'GET') return answerResource(request, kind, found);
  if (call.method === 'PATCH') return answerResource(request, kind, patch(context, kind, found, readBody(call.body)));
  if (call.method !== 'DELETE') throw notAllowed(call.method);
  remove(context, kind, found, false);
  return { status: 204, headers: {}, body: '' };
}
