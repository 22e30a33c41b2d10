// Granting roles of applications, and revoking grants. An administrator's role is never given without asking a person.

import { z } from 'zod';
import { nameTarget, type Target } from '../../../core/change.ts';
import { CastellanError } from '../../../core/errors.ts';
import { quoted } from '../../../core/plain.ts';
import { defineChanges } from '../../../core/tool.ts';
import type { OciClient } from '../client.ts';
import { and, where } from '../filter.ts';
import { loadApp, targetApp } from './applications.ts';
import {
  type AppRole,
  appRoleEntity,
  appRoleId,
  byGroup,
  type Grant,
  givesRole,
  grantEntity,
  granteeIs,
  grantId,
  loadNamesIn,
  roleOf,
  targetRole,
} from './grants.ts';
import { listMembers, loadGroup, targetGroup } from './groups.ts';
import { idOfMade } from './scim-changes.ts';
import { flag, text } from './scim-views.ts';
import { appId, groupId, itsId, wrong } from './shared.ts';
import { findUser, userRef } from './user-facts.ts';

const change = defineChanges<OciClient>();

const grantSchema = 'urn:ietf:params:scim:schemas:oracle:idcs:Grant';
/** Who runs the identity domain: https://docs.oracle.com/en-us/iaas/Content/Identity/roles/understand-administrator-roles.htm */
const domainAdministrator = 'Identity Domain Administrator';
const administratorRoles = new Set([
  domainAdministrator,
  'Security Administrator',
  'User Administrator',
  'User Manager',
  'Help Desk Administrator',
  'Application Administrator',
  'Audit Administrator',
]);

const kinds = {
  User: { mechanism: 'ADMINISTRATOR_TO_USER', parameter: 'user_id', available: 'availableToUsers' },
  Group: { mechanism: 'ADMINISTRATOR_TO_GROUP', parameter: 'group_id', available: 'availableToGroups' },
  App: { mechanism: 'ADMINISTRATOR_TO_APP', parameter: 'client_app_id', available: 'availableToClients' },
} as const;
type GranteeType = keyof typeof kinds;

interface Grantee {
  readonly type: GranteeType;
  readonly target: Target;
  /** How many people get it: those in a group. */
  readonly people: number;
  readonly active: boolean;
  /** True for a group that the domain itself fills: with everybody. */
  readonly everybody?: boolean;
}

const granteeInput = {
  user_id: userRef.optional(),
  group_id: groupId.optional(),
  client_app_id: appId.optional().describe('An application that is to have it itself'),
};

const personEntity = z.looseObject({ id: z.string(), userName: text, active: flag });

const isAdministrators = ({ adminRole, displayName }: AppRole) =>
  (adminRole ?? false) || administratorRoles.has(displayName);

export const grantChangeTools = [
  change({
    name: 'grant_oci_app_role',
    title: 'Grant an OCI app role',
    description:
      'Gives a user, a group or an application a role of an application; list_oci_app_roles has the ids. A person is always asked for administrators’ roles.',
    access: 'write',
    scopes: ['oci:write', 'oci:read'],
    idempotent: true,
    parameterAliases: { role_id: 'app_role_id' },
    input: () => z.strictObject({ app_role_id: appRoleId, ...granteeInput }),
    async plan({ app_role_id, ...given }, { client }) {
      const [role, grantee] = await Promise.all([loadRole(client, app_role_id), loadGrantee(client, given)]);
      const { type, target } = grantee;
      const { mechanism, available } = kinds[type];
      if (role[available] === false)
        throw wrong(
          `The ${nameTarget(targetRole(role))} cannot be granted to ${type === 'App' ? 'an application' : `a ${target.type}`}.`,
          'list_oci_app_roles says of each role whom it is for.',
        );
      const { items: grants } = await client.domain.list({
        path: ['Grants'],
        filter: and(granteeIs(type, target.id), givesRole(role.id)),
        attributes: ['grantMechanism', 'grantee', 'app', 'entitlement'],
        entity: grantEntity,
        max: 100,
      });
      const own = grants.find(({ grantMechanism }) => grantMechanism !== byGroup);
      const app = { type: 'application', id: role.app.value, name: role.app.display ?? undefined };
      const name = quoted(role.displayName);
      return {
        summary: `Grant the ${nameTarget(targetRole(role))} of the ${nameTarget(app)} to the ${nameTarget(target)}`,
        targets: [target, targetRole(role), app],
        changes: [{ field: 'grants', after: { app_role: role.displayName, app: role.app.display ?? role.app.value } }],
        touches: { people: grantee.people },
        warnings: [
          ...(grants.length > 0 && !own ? ['A group gives it already; this grant would stay without the group.'] : []),
          ...(grantee.active ? [] : [`The ${target.type} is not active.`]),
        ],
        ask: whyAsk(role, grantee),
        undo: undoGrant(own?.id ?? itsId),
        already: own ? `The ${target.type} has ${name} by a grant of its own already.` : undefined,
        async apply() {
          const body = {
            schemas: [grantSchema],
            grantMechanism: mechanism,
            grantee: { type, value: target.id },
            app: { value: role.app.value },
            entitlement: { attributeName: 'appRoles', attributeValue: role.id },
          };
          const id = idOfMade(await client.domain.send('POST', ['Grants'], { body }));
          return { undo: undoGrant(id) };
        },
      };
    },
  }),

  change({
    name: 'revoke_oci_grant',
    title: 'Revoke an OCI grant',
    description:
      'Takes a grant away (list_oci_grants has the ids). What comes with a group goes with the membership, or with the group’s grant.',
    access: 'destroy',
    scopes: ['oci:destroy', 'oci:read'],
    input: () => z.strictObject({ grant_id: grantId }),
    async plan({ grant_id }, { client }) {
      const grant = await client.domain.get({
        path: ['Grants', grant_id],
        attributeSets: ['default'],
        entity: grantEntity,
      });
      if (grant.grantMechanism === byGroup)
        throw wrong(
          'This grant comes with a group, so it cannot be revoked by itself.',
          'Take remove_oci_group_members, or revoke the grant of the group: list_oci_grants with app_role_id and inherited: false finds it.',
        );
      const roleId = roleOf(grant);
      const type = typeOf(grant);
      const [role, grantee, names] = await Promise.all([
        roleId === undefined ? undefined : loadRole(client, roleId),
        loadGrantee(client, { [kinds[type].parameter]: grant.grantee.value }),
        loadNamesIn(client, [grant]),
      ]);
      const administrators = role !== undefined && isAdministrators(role);
      if (administrators && type === 'Group') await refuseOwn(client, grantee.target, role);
      const app = grant.app ? [{ type: 'application', id: grant.app.value, name: names.get(grant.app.value) }] : [];
      const what = role ? `the ${nameTarget(targetRole(role))}` : 'the grant';
      const of = app[0] ? ` of the ${nameTarget(app[0])}` : '';
      const thing: Target = { type: 'grant', id: grant.id };
      // The group first, where it makes administrators of the domain: it is judged as one that would go.
      const makes = type === 'Group' && role?.displayName === domainAdministrator;
      return {
        summary: `Revoke ${what}${of} from the ${nameTarget(grantee.target)}`,
        targets: [
          ...(makes ? [grantee.target, thing] : [thing, grantee.target]),
          ...(role ? [targetRole(role)] : []),
          ...app,
        ],
        changes: [{ field: 'grants', before: { app_role: role?.displayName, app: app[0]?.name ?? grant.app?.value } }],
        touches: { people: grantee.people },
        warnings: [
          ...(administrators ? ['It is an administrator’s role.'] : []),
          ...(type === 'App' ? ['What runs with this application’s client id may stop working.'] : []),
        ],
        undo:
          role === undefined
            ? { none: 'only app roles can be granted with these tools' }
            : {
                tool: 'grant_oci_app_role',
                input: { app_role_id: role.id, [kinds[type].parameter]: grantee.target.id },
                but: 'the grant has another id then',
              },
        async apply() {
          await client.domain.send('DELETE', ['Grants', grant.id]);
          return undefined;
        },
      };
    },
  }),
];

const undoGrant = (id: string) => ({ tool: 'revoke_oci_grant', input: { grant_id: id } });

function loadRole(client: OciClient, id: string): Promise<AppRole> {
  return client.domain.get({ path: ['AppRoles', id], attributeSets: ['default'], entity: appRoleEntity });
}

function typeOf({ grantee: { type } }: Grant): GranteeType {
  if (type === 'User' || type === 'Group' || type === 'App') return type;
  throw wrong(
    `It is granted to something of the kind ${quoted(type ?? '')}, which these tools do not change.`,
    'Revoke it in the OCI console.',
  );
}

async function loadGrantee(
  client: OciClient,
  given: {
    readonly user_id?: string | undefined;
    readonly group_id?: string | undefined;
    readonly client_app_id?: string | undefined;
  },
): Promise<Grantee> {
  const { user_id, group_id, client_app_id } = given;
  const ids = [user_id, group_id, client_app_id].filter((id) => id !== undefined);
  if (ids.length !== 1)
    throw wrong(
      'A role is granted to one user, group or application.',
      'Pass one of user_id, group_id, client_app_id.',
    );
  if (user_id !== undefined) {
    const { id, userName, active } = await findUser(client, user_id, { attributes: ['userName', 'active'] });
    return {
      type: 'User',
      target: { type: 'user', id, name: userName ?? undefined },
      people: 1,
      active: active !== false,
    };
  }
  if (group_id !== undefined) {
    const [group, members] = await Promise.all([loadGroup(client, group_id), listMembers(client, group_id, 1)]);
    const everybody = (group.idcsPreventedOperations ?? []).length > 0;
    return { type: 'Group', target: targetGroup(group), people: members.total, active: true, everybody };
  }
  const app = await loadApp(client, client_app_id ?? '');
  return { type: 'App', target: targetApp(app), people: 0, active: app.active ?? true };
}

function whyAsk(role: AppRole, { type, people, target, everybody }: Grantee): string | undefined {
  const whom = type === 'Group' ? `every member of the group (${people} now)` : `the ${target.type}`;
  if (isAdministrators(role)) return `${quoted(role.displayName)} makes ${whom} an administrator`;
  if (everybody)
    return `${quoted(target.name ?? target.id)} is a group that the domain fills by itself: whoever has an account gets it`;
  return type === 'App' ? 'the application acts with it in nobody’s name' : undefined;
}

/** @throws CastellanError `not_allowed` where whoever asks has an administrator's role by the very group. */
async function refuseOwn(client: OciClient, group: Target, role: AppRole): Promise<void> {
  const { user } = await client.identity();
  const { total } = await client.domain.list({
    path: ['Users'],
    filter: and(where.eq('ocid', user), where.eq('groups.value', group.id)),
    attributes: ['userName'],
    entity: personEntity,
    max: 1,
  });
  if (total === 0) return;
  throw new CastellanError({
    code: 'not_allowed',
    message: `The ${nameTarget(group)} gives ${quoted(role.displayName)} to the account that this call is made as; nobody takes their own rights away here.`,
    hint: 'Somebody else must do it, or you in the OCI console.',
  });
}
