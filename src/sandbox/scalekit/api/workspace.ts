// What is about the workspace itself: environments, members, who one is.

import type { ApiContext, Route } from './context.ts';
import { param } from './context.ts';
import { numberedPageOf } from './paging.ts';
import { ApiProblem, invalid, notFound } from './problem.ts';
import { memberRoles } from './words.ts';
import type { Member } from './workspace-state.ts';

const isAddress = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;

export const workspaceRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: 'environments',
    isOfWorkspace: true,
    handle(context) {
      const all = context.workspace.environments.map(({ record }) => record);
      const { items, places } = numberedPageOf(context, all, { most: 100, usual: 20 });
      return { ...places, environments: items };
    },
  },
  {
    method: 'GET',
    path: 'environments/{id}',
    isOfWorkspace: true,
    handle: (context) => ({ environment: findEnvironment(context).record }),
  },
  {
    method: 'PATCH',
    path: 'environments/{id}',
    isOfWorkspace: true,
    handle(context) {
      requireAdministrator(context);
      const { record } = findEnvironment(context);
      const { display_name } = context.read({ display_name: 'text' });
      if (display_name !== undefined) Object.assign(record, { display_name, update_time: context.at });
      return { environment: record };
    },
  },
  {
    method: 'GET',
    path: 'workspaces:this',
    isOfWorkspace: true,
    handle({ workspace: { id, display_name, create_time, region_code } }) {
      return { workspace: { id, create_time, update_time: create_time, display_name, region_code } };
    },
  },
  {
    method: 'GET',
    path: 'members',
    isOfWorkspace: true,
    handle(context) {
      const { items, places } = numberedPageOf(context, context.workspace.members, { most: 500, usual: 20 });
      return { ...places, members: items };
    },
  },
  { method: 'GET', path: 'members:this', isOfWorkspace: true, handle: ({ member }) => ({ member }) },
  {
    method: 'GET',
    path: 'members/{id}',
    isOfWorkspace: true,
    handle: (context) => ({ member: findMember(context) }),
  },
  {
    method: 'POST',
    path: 'members',
    isOfWorkspace: true,
    handle(context) {
      requireAdministrator(context);
      const { workspace, at } = context;
      const given = context.read({ email: 'text', role: memberRoles, first_name: 'text', last_name: 'text' });
      const { email = '', role = 'USER', first_name = '', last_name = '' } = given;
      if (!isAddress.test(email)) throw invalid('member.email', 'must be a valid email address');
      if (workspace.members.some((other) => other.email === email.toLowerCase()))
        throw new ApiProblem(409, 'a member with this email already exists');
      const member: Member = {
        id: workspace.newId('mem'),
        create_time: at,
        update_time: at,
        workspace_id: workspace.id,
        role,
        first_name,
        last_name,
        email: email.toLowerCase(),
        metadata: {},
      };
      workspace.members.push(member);
      return { member };
    },
  },
  {
    method: 'DELETE',
    path: 'members/{id}',
    isOfWorkspace: true,
    handle(context) {
      requireAdministrator(context);
      const { workspace } = context;
      const member = findMember(context);
      if (workspace.members.filter(({ role, id }) => role === 'ADMIN' && id !== member.id).length === 0)
        throw new ApiProblem(400, 'the last administrator of a workspace cannot be removed');
      workspace.members = workspace.members.filter((other) => other !== member);
      return {};
    },
  },
];

function findEnvironment(context: ApiContext) {
  const found = context.workspace.environments.find(({ record }) => record.id === param(context, 'id'));
  if (!found) throw notFound('environment');
  return found;
}

function findMember(context: ApiContext): Member {
  const found = context.workspace.members.find(({ id }) => id === param(context, 'id'));
  if (!found) throw notFound('member');
  return found;
}

function requireAdministrator({ member }: ApiContext): void {
  if (member?.role !== 'ADMIN') throw new ApiProblem(403, 'only an administrator of the workspace may do this');
}
