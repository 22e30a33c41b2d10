// Creating, describing and deleting roles of an environment, and which of them people have to begin with.

import { z } from 'zod';
import { findChanges, type Undo } from '../../../core/change.ts';
import { CastellanError } from '../../../core/errors.ts';
import { quoted } from '../../../core/plain.ts';
import { defineChanges } from '../../../core/tool.ts';
import type { EnvironmentClient, ScalekitClient } from '../client.ts';
import { roleEntity } from './environment-roles.ts';
import { environmentAlias, environmentId, idOfMade, inSame, present, sendIfStill, undoTo, wrong } from './shared.ts';

const change = defineChanges<ScalekitClient>();

/** https://docs.scalekit.com/apis/ (roles): it stands in addresses and tokens. */
const roleName = z
  .string()
  .regex(/^[A-Za-z0-9_]{1,64}$/, { error: 'is no name for a role: letters, digits and _' })
  .describe('e.g. billing_admin');
const roleDisplayName = z.string().min(1).max(100);
const description = z.string().max(2_000);
const aliases = { ...environmentAlias, displayName: 'roleDisplayName' };

type Role = z.output<typeof roleEntity>;

const rolePath = (name: string) => ['roles', name];
const askRole = (name: string) => ({
  path: rolePath(name),
  // Or they would be lost with the next PUT.
  query: { include: 'permissions' },
  key: 'role',
  entity: roleEntity,
});
const targetOf = ({ id, name }: Role) => ({ type: 'role', id: id || name, name });

async function listRoles(client: EnvironmentClient): Promise<readonly Role[]> {
  return (await client.list({ path: ['roles'], key: 'roles', entity: roleEntity, max: 10_000 })).items;
}

async function findRole(client: EnvironmentClient, name: string): Promise<Role> {
  const role = (await listRoles(client)).find((each) => each.name === name);
  if (role) return role;
  throw new CastellanError({
    code: 'not_found',
    message: `The environment has no role ${quoted(name)}.`,
    hint: 'list_environment_roles names them.',
  });
}

const factsOf = ({ name, display_name, description: about }: Role) =>
  present({ name, display_name, description: about });

/** What Scalekit takes as a whole (PUT): what is not named stays as it is. */
function wholeOf({ display_name, description: about, extends: base, permissions }: Role) {
  const names = permissions?.map(({ name }) => name);
  return present({ display_name, description: about, extends: base, permissions: names });
}

async function setDefaults(client: EnvironmentClient, body: Readonly<Record<string, string>>): Promise<void> {
  await client.send('PATCH', ['roles'], { verb: 'set_defaults', body });
}

/** A default role cannot be deleted: another one takes its place, or there is no way back. */
function undoCreation(id: string | undefined, name: string, isDefault: boolean, earlier: string | undefined): Undo {
  if (!isDefault) return { tool: 'delete_environment_role', input: { ...inSame(id), roleName: name } };
  if (earlier === undefined) return { none: 'there was no default role before, and a default role cannot be deleted' };
  return {
    tool: 'set_default_environment_roles',
    input: { ...inSame(id), memberRoleName: earlier },
    but: 'the role itself stays; delete_environment_role then removes it',
  };
}

export const environmentRoleChangeTools = [
  change({
    name: 'create_environment_role',
    title: 'Create a role',
    description: 'Adds a role that users of the environment’s organizations can be given.',
    access: 'write',
    scopes: ['env:write', 'env:read'],
    parameterAliases: aliases,
    input: () =>
      z.strictObject({
        environmentId,
        roleName,
        roleDisplayName,
        description: description.default(''),
        isDefault: z.boolean().default(false).describe('Of whoever joins an organization'),
      }),
    async plan(
      { environmentId: id, roleName: name, roleDisplayName: display_name, description: about, isDefault },
      ctx,
    ) {
      const client = ctx.client.at(id);
      const roles = await listRoles(client);
      if (roles.some((role) => role.name === name))
        throw wrong(`There is a role ${quoted(name)} already.`, 'Call update_environment_role to describe it anew.');
      const facts = present({ name, display_name, description: about });
      const earlier = roles.find((role) => role.default_member)?.name;
      const target = { type: 'role', id: '', name };
      return {
        summary: `Create the role ${quoted(name)}${isDefault ? ' and give it to whoever joins an organization' : ''}`,
        targets: [target],
        changes: findChanges({}, { ...facts, ...(isDefault && { default_member: true }) }),
        ask: isDefault ? 'everybody who joins an organization from then on gets it' : undefined,
        undo: undoCreation(id, name, isDefault, earlier),
        async apply() {
          const made = await client.send('POST', ['roles'], { body: { name, display_name, description: about } });
          const targets = [{ ...target, id: idOfMade(made, 'role') }];
          if (!isDefault) return { targets };
          try {
            await setDefaults(client, { default_member_role: name });
            return { targets };
          } catch {
            // The role is there: an error would say that nothing was done.
            return {
              targets,
              warnings: ['It was created, but did not become the default: call set_default_environment_roles.'],
            };
          }
        },
      };
    },
  }),

  change({
    name: 'update_environment_role',
    title: 'Update a role',
    description: 'Changes a role’s display name or description; its permissions stay.',
    access: 'write',
    scopes: ['env:write', 'env:read'],
    idempotent: true,
    parameterAliases: aliases,
    input: () =>
      z.strictObject({
        environmentId,
        roleName,
        roleDisplayName: roleDisplayName.optional(),
        description: description.optional(),
      }),
    async plan({ environmentId: id, roleName: name, roleDisplayName: display, description: about }, ctx) {
      if (display === undefined && about === undefined)
        throw wrong('Nothing was named that is to change.', 'Pass roleDisplayName or description.');
      const client = ctx.client.at(id);
      const role = await client.getExact(askRole(name));
      const before = wholeOf(role);
      const body = {
        ...before,
        ...(display !== undefined && { display_name: display }),
        ...(about !== undefined && { description: about }),
      };
      const after = { ...role, ...body, permissions: role.permissions };
      const changes = findChanges(factsOf(role), factsOf(after));
      const back = {
        ...(display !== undefined && { roleDisplayName: before.display_name }),
        ...(about !== undefined && { description: before.description }),
      };
      return {
        summary: `Update the role ${quoted(name)}`,
        targets: [targetOf(role)],
        changes,
        undo: undoTo('update_environment_role', { ...inSame(id), roleName: name }, back),
        already: changes.length === 0 ? 'The role is like that already.' : undefined,
        async apply() {
          await sendIfStill(client, askRole(name), wholeOf, before, () => client.send('PUT', rolePath(name), { body }));
          return undefined;
        },
      };
    },
  }),

  change({
    name: 'delete_environment_role',
    title: 'Delete a role',
    description: 'Removes a role; whoever has it gets the one that reassignRoleName names.',
    access: 'destroy',
    scopes: ['env:write', 'env:read'],
    parameterAliases: aliases,
    input: () => z.strictObject({ environmentId, roleName, reassignRoleName: roleName.optional() }),
    async plan({ environmentId: id, roleName: name, reassignRoleName: other }, ctx) {
      const client = ctx.client.at(id);
      const count = z.union([z.string(), z.number()]).nullish();
      if (other === name) throw wrong('A role cannot take its own place.', 'Name another as reassignRoleName.');
      const role = await findRole(client, name);
      if (other !== undefined) await findRole(client, other);
      const asked = { path: ['roles', name, 'users'], verb: 'count', key: 'count', entity: count };
      const [users, whole] = await Promise.all([client.get(asked), client.getExact(askRole(name))]);
      return {
        summary: `Delete the role ${quoted(name)}${other === undefined ? '' : ` and give ${quoted(other)} in its place`}`,
        targets: [targetOf(role)],
        changes: findChanges(factsOf(role), {}),
        touches: { users: Number(users ?? 0) },
        warnings: role.default_creator || role.default_member ? ['It is a default role.'] : [],
        undo: {
          tool: 'create_environment_role',
          input: {
            ...inSame(id),
            roleName: name,
            roleDisplayName: role.display_name || name,
            description: role.description ?? '',
          },
          but: `whoever had it does not get it back${whole.permissions?.length ? ', nor does it get its permissions' : ''}`,
        },
        async apply() {
          const query = other === undefined ? undefined : { reassign_role_name: other };
          await client.send('DELETE', rolePath(name), { ...(query && { query }) });
          return undefined;
        },
      };
    },
  }),

  change({
    name: 'set_default_environment_roles',
    title: 'Set the default roles',
    description: 'Which role whoever creates an organization gets, and whoever joins one.',
    access: 'write',
    scopes: ['env:write', 'env:read'],
    idempotent: true,
    parameterAliases: environmentAlias,
    input: () =>
      z.strictObject({
        environmentId,
        creatorRoleName: roleName.optional(),
        memberRoleName: roleName.optional(),
      }),
    async plan({ environmentId: id, creatorRoleName: creator, memberRoleName: member }, ctx) {
      if (creator === undefined && member === undefined)
        throw wrong('No role was named.', 'Pass creatorRoleName or memberRoleName.');
      const client = ctx.client.at(id);
      const roles = await listRoles(client);
      const given = present({ default_creator: creator, default_member: member });
      for (const name of Object.values(given))
        if (!roles.some((role) => role.name === name)) await findRole(client, name);
      const earlier = {
        default_creator: roles.find((role) => role.default_creator)?.name,
        default_member: roles.find((role) => role.default_member)?.name,
      };
      const changes = findChanges(earlier, { ...earlier, ...given });
      const lost = changes.some(({ before }) => before === undefined);
      const back = present({
        creatorRoleName: creator && earlier.default_creator,
        memberRoleName: member && earlier.default_member,
      });
      const first = roles.find(({ name }) => name === (creator ?? member));
      return {
        summary: `Make ${[creator && `${quoted(creator)} the role of whoever creates an organization`, member && `${quoted(member)} the role of whoever joins one`].filter(Boolean).join(' and ')}`,
        targets: first ? [targetOf(first)] : [],
        changes,
        ask: changes.length > 0 ? 'people get other rights from then on' : undefined,
        undo: lost
          ? { none: 'there was no default before, and Scalekit cannot be told to have none' }
          : { tool: 'set_default_environment_roles', input: { ...inSame(id), ...back } },
        already: changes.length === 0 ? 'They are the defaults already.' : undefined,
        async apply() {
          await setDefaults(
            client,
            present({ default_creator_role: creator, default_member_role: member }) as Record<string, string>,
          );
          return undefined;
        },
      };
    },
  }),
];
