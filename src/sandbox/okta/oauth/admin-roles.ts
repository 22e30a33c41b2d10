// What each of Okta's standard admin roles lets a token do, as far as the sandbox's operations go.

import type { RoleRecord } from '../role-seed.ts';
import { rolesOfUser } from '../roles.ts';
import type { OktaState } from '../state.ts';
import type { UserRecord } from '../user-record.ts';
import { covers, scopesOf } from './scopes.ts';

/** Method and path, each `{}` a parameter. */
type Rule = readonly [RegExp, RegExp];

const any = /./;
const reading = /^GET$/;
const writing = /^(POST|PUT|PATCH|DELETE)$/;
const people: Rule = [reading, /^\/api\/v1\/(users|groups|meta)\b/];

const rules: Readonly<Record<string, readonly Rule[]>> = {
  SUPER_ADMIN: [[any, any]],
  // All but who else is an administrator, and with which tokens.
  ORG_ADMIN: [
    [reading, any],
    [writing, /^(?!.*\/roles\b)\/api\/v1\/(?!iam\b|api-tokens\b)/],
  ],
  READ_ONLY_ADMIN: [[reading, any]],
  APP_ADMIN: [people, [reading, /^\/api\/v1\/(logs|org)\b/], [any, /^\/api\/v1\/apps\b/]],
  API_ACCESS_MANAGEMENT_ADMIN: [people, [reading, /^\/api\/v1\/apps\b/], [any, /^\/api\/v1\/authorizationServers\b/]],
  USER_ADMIN: [people, [writing, /^\/api\/v1\/users\b(?!.*\/roles\b)/], [writing, /^\/api\/v1\/groups\/\{\}\/users\b/]],
  GROUP_MEMBERSHIP_ADMIN: [people, [writing, /^\/api\/v1\/groups\/\{\}\/users\/\{\}$/]],
  HELP_DESK_ADMIN: [
    people,
    [
      /^POST$/,
      /^\/api\/v1\/users\/\{\}\/lifecycle\/(unlock|reset_password|expire_password|expire_password_with_temp_password|reset_factors)$/,
    ],
    [/^DELETE$/, /^\/api\/v1\/users\/\{\}\/(sessions$|factors\b)/],
  ],
  REPORT_ADMIN: [[reading, /^\/api\/v1\/(logs|org)\b/]],
};

export function clientMay(roles: readonly string[], method: string, path: string): boolean {
  return roles.some((role) => roleAllows(role, method, path));
}

/** A person may what any of the roles allows, the person's own or a group's; whoever has none may nothing. */
export function personMay(state: OktaState, user: UserRecord, method: string, path: string): boolean {
  return rolesOfUser(state, user).some((role) =>
    role.custom ? customAllows(state, role, method, path) : roleAllows(role.type, method, path),
  );
}

function roleAllows(role: string, method: string, path: string): boolean {
  const plain = path.replace(/\{[^}]*\}/g, '{}');
  return (rules[role] ?? []).some(([methods, paths]) => methods.test(method) && paths.test(plain));
}

/** Permissions of a custom role have the names of scopes; its resource set is taken to hold everything. */
function customAllows(state: OktaState, role: RoleRecord, method: string, path: string): boolean {
  const permissions = state.customRoles.find(({ id }) => id === role.custom?.role)?.permissions ?? [];
  const needed = scopesOf(method, path);
  return needed.length > 0 && needed.every((scope) => covers(permissions, scope));
}
