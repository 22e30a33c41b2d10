// Directories of organizations, with what they have sent.

import { type ApiContext, param, type Route } from './context.ts';
import type { Directory, DirectoryGroup, DirectoryUser } from './directory-records.ts';
import { findOrganization } from './find.ts';
import { pageOf } from './paging.ts';
import { notFound } from './problem.ts';

const root = 'organizations/{organization_id}/directories';

const toggle = (enabled: boolean): Route => ({
  method: 'PATCH',
  path: `${root}/{id}:${enabled ? 'enable' : 'disable'}`,
  handle(context) {
    const { record } = findDirectory(context);
    if (enabled && record.status !== 'COMPLETED')
      return { enabled: record.enabled, error_message: 'the directory is not configured completely' };
    record.enabled = enabled;
    return { enabled, error_message: '' };
  },
});

export const directoryRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: root,
    handle(context) {
      const { id } = findOrganization(context);
      const found = [...context.state.directories.values()].filter((each) => each.organization_id === id);
      return { directories: found.map(({ record }) => record) };
    },
  },
  { method: 'GET', path: `${root}/{id}`, handle: (context) => ({ directory: findDirectory(context).record }) },
  toggle(true),
  toggle(false),
  {
    method: 'GET',
    path: `${root}/{directory_id}/users`,
    handle(context) {
      const directory = findDirectory(context, 'directory_id');
      const groupId = context.query.text('directory_group_id');
      const after = context.query.time('updated_after');
      const all = directory.users.filter(
        ({ groupIds, updated_at }) =>
          (groupId === undefined || groupIds.includes(groupId)) && (after === undefined || updated_at > after),
      );
      const { items, places } = pageOf(context, all, { most: 30 });
      const isDetailed = context.query.flag('include_detail') ?? false;
      return { ...places, users: items.map((user) => showUser(directory, user, isDetailed)) };
    },
  },
  {
    method: 'GET',
    path: `${root}/{directory_id}/groups`,
    handle(context) {
      const directory = findDirectory(context, 'directory_id');
      const after = context.query.time('updated_after');
      const all = directory.groups.filter(({ updated_at }) => after === undefined || updated_at > after);
      const { items, places } = pageOf(context, all, { most: 30 });
      const isDetailed = context.query.flag('include_detail') ?? false;
      return { ...places, groups: items.map((group) => showGroup(group, isDetailed)) };
    },
  },
];

function findDirectory(context: ApiContext, name = 'id'): Directory {
  const { id } = findOrganization(context);
  const found = context.state.directories.get(param(context, name));
  if (!found || found.organization_id !== id) throw notFound('directory');
  return found;
}

function showUser({ groups }: Directory, { groupIds, ...user }: DirectoryUser, isDetailed: boolean) {
  return {
    ...user,
    groups: groups.filter(({ id }) => groupIds.includes(id)),
    // What the customer's own system said, word for word.
    ...(isDetailed && {
      user_detail: {
        schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
        userName: user.email,
        name: { givenName: user.given_name, familyName: user.family_name },
        active: true,
      },
    }),
  };
}

function showGroup(group: DirectoryGroup, isDetailed: boolean) {
  const schemas = ['urn:ietf:params:scim:schemas:core:2.0:Group'];
  return { ...group, ...(isDetailed && { group_detail: { schemas, displayName: group.display_name } }) };
}
