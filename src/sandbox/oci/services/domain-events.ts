// What the domain's API was made to change, as Audit tells it.

import type { ScimMutation } from '../scim/api.ts';
import type { Happening } from './audit-events.ts';

const actions: Readonly<Record<string, Happening['action']>> = {
  POST: 'POST',
  PUT: 'PUT',
  PATCH: 'PUT',
  DELETE: 'DELETE',
};
const verbs: Readonly<Record<string, string>> = { POST: 'Create', PUT: 'Update', PATCH: 'Update', DELETE: 'Delete' };

/** IAM's own names for what has one there; the rest are named after the resource. */
const names: Readonly<Record<string, string>> = {
  'POST ApiKeys': 'UploadApiKey',
  'PUT UserStatusChanger': 'UpdateUserState',
  'PUT UserPasswordResetter': 'CreateOrResetUIPassword',
};

/** Undefined for a search, which changes nothing. */
export function tellOfDomain({ at, method, path, who }: ScimMutation): Happening | undefined {
  const [, kind = '', id] = /^\/admin\/v1\/(\w+)(?:\/([^/]+))?$/.exec(path) ?? [];
  const verb = verbs[method];
  if (kind === '' || verb === undefined || id === '.search') return undefined;
  const name = names[`${method} ${kind}`] ?? verb + kind.replace(/ies$/, 'y').replace(/s$/, '');
  return {
    by: 'identity',
    name,
    at,
    who: { ocid: who.ocid, name: who.display },
    address: '127.0.0.1',
    userAgent: '',
    authType: 'natv',
    action: actions[method] ?? 'PUT',
    path,
    status: method === 'DELETE' ? 204 : 200,
    message: `${name} succeeded`,
    ...(id !== undefined && { resource: { id, name: id } }),
  };
}
