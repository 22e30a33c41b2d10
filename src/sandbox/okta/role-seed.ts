// Who administers the organization: roles of people, roles of groups, and a custom role of the company's own.

import { cast } from '../company/people.ts';
import { makeId } from '../random.ts';
import { type GroupRecord, helpDeskGroup } from './group-seed.ts';
import type { UserRecord } from './user-record.ts';

/** A person by ordinal, or a group by id; what is deleted takes its roles along by being found no more. */
export type Assignee = { kind: 'user'; n: number } | { kind: 'group'; id: string };

export interface RoleRecord {
  id: string;
  type: string;
  assignee: Assignee;
  created: number;
  /** Ids of a custom role and of the resource set it reaches. */
  custom?: { role: string; resourceSet: string };
}

export interface CustomRoleRecord {
  id: string;
  label: string;
  description: string;
  permissions: readonly string[];
  created: number;
}

export interface ResourceSetRecord {
  id: string;
  label: string;
  description: string;
  created: number;
}

export interface Administration {
  roles: RoleRecord[];
  customRoles: CustomRoleRecord[];
  resourceSets: ResourceSetRecord[];
}

export const standardRoles: Readonly<Record<string, string>> = {
  ACCESS_CERTIFICATIONS_ADMIN: 'Access Certifications Administrator',
  ACCESS_REQUESTS_ADMIN: 'Access Requests Administrator',
  API_ACCESS_MANAGEMENT_ADMIN: 'API Access Management Administrator',
  APP_ADMIN: 'Application Administrator',
  GROUP_MEMBERSHIP_ADMIN: 'Group Membership Administrator',
  HELP_DESK_ADMIN: 'Help Desk Administrator',
  ORG_ADMIN: 'Organization Administrator',
  READ_ONLY_ADMIN: 'Read-Only Administrator',
  REPORT_ADMIN: 'Report Administrator',
  SUPER_ADMIN: 'Super Administrator',
  USER_ADMIN: 'Group Administrator',
  WORKFLOWS_ADMIN: 'Workflows Administrator',
};

const day = 86_400_000;

export function makeAdministration(
  users: readonly UserRecord[],
  groups: readonly GroupRecord[],
  seed: number,
  opened: number,
): Administration {
  const created = opened - 800 * day;
  const roles: RoleRecord[] = [];
  const give = (n: number, type: string) => {
    const user = users[n];
    if (user)
      roles.push({
        id: makeId('ra1', seed, roles.length),
        type,
        assignee: { kind: 'user', n },
        created: user.created + 30 * day,
      });
  };
  give(cast.admin, 'SUPER_ADMIN');
  give(cast.helpDesk, 'REPORT_ADMIN');
  const desk = groups.find((group) => group.name === helpDeskGroup);
  if (desk)
    roles.push({
      id: makeId('gra', seed, 0),
      type: 'HELP_DESK_ADMIN',
      assignee: { kind: 'group', id: desk.id },
      created: desk.created + day,
    });
  return {
    roles,
    customRoles: [
      {
        id: makeId('cr0', seed, 0),
        label: 'Access Reviewer',
        description: 'Sees people, groups and applications for the quarterly review, and changes nothing',
        permissions: ['okta.users.read', 'okta.groups.read', 'okta.apps.read'],
        created,
      },
    ],
    resourceSets: [
      {
        id: makeId('iam', seed, 0),
        label: 'Warehouse',
        description: 'The people, groups and applications of the warehouses',
        created,
      },
    ],
  };
}
