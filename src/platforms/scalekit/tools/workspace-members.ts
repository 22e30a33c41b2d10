// Who belongs to the Scalekit workspace itself: the people who administer its environments.

import { z } from 'zod';
import { findChanges, nameTarget } from '../../../core/change.ts';
import { fullObject, listOutput } from '../../../core/listing.ts';
import { quoted } from '../../../core/plain.ts';
import { hidden } from '../../../core/privacy.ts';
import { withoutSecrets } from '../../../core/redact.ts';
import { defineChanges, defineTools, tableOf } from '../../../core/tool.ts';
import type { ListRequest, ScalekitClient } from '../client.ts';
import { idOfMade, itsId, listAliases, numberedListInput, present, wrong } from './shared.ts';

const tool = defineTools<ScalekitClient>();
const change = defineChanges<ScalekitClient>();
const text = z.string().nullish();

const memberEntity = z.looseObject({
  id: z.string(),
  email: text,
  role: text,
  first_name: text,
  last_name: text,
  create_time: text,
});
type Member = z.output<typeof memberEntity>;

const memberView = z.object({
  id: z.string(),
  email: z.string().optional(),
  role: z.string().optional(),
  first_name: z.string().optional(),
  last_name: z.string().optional(),
  created: z.string().optional(),
  full: fullObject,
});

/** https://docs.scalekit.com: pages are counted, all of one size. */
const request: Omit<ListRequest<Member>, 'max'> = {
  path: ['members'],
  key: 'members',
  entity: memberEntity,
  pageSize: 100,
  numbered: true,
};

const everybody = async (client: ScalekitClient) => (await client.workspace.list({ ...request, max: 10_000 })).items;

const whatAdmins = 'an administrator can change everything in every environment, and invite and remove people';

export const workspaceMemberTools = [
  tool({
    name: 'list_workspace_members',
    title: 'List workspace members',
    description: 'The people who administer the Scalekit workspace, with their roles.',
    access: 'read',
    scopes: ['wks:read'],
    parameterAliases: listAliases,
    input: () => z.strictObject(numberedListInput),
    output: () => listOutput('members', memberView),
    table: tableOf<z.output<typeof memberView>>('members', {
      id: (member) => member.id,
      email: (member) => member.email,
      role: (member) => member.role,
      name: ({ first_name, last_name }) => [first_name, last_name].filter(Boolean).join(' ') || undefined,
    }),
    async run({ max_results, cursor, view }, { client, progress }) {
      const { items, ...tail } = await client.workspace.list({ ...request, max: max_results, cursor, progress });
      const members = items.map((member) => {
        const { id, email, role, first_name, last_name, create_time } = member;
        return {
          id,
          ...present({ email, role, first_name, last_name, created: create_time }),
          ...(view === 'full' && { full: withoutSecrets(member) as Record<string, unknown> }),
        };
      });
      return { members, ...tail };
    },
  }),

  change({
    name: 'invite_workspace_member',
    title: 'Invite somebody to the workspace',
    description: 'Sends an invitation to administer the workspace; as USER unless role says ADMIN.',
    access: 'write',
    scopes: ['wks:write', 'wks:read'],
    input: () =>
      z.strictObject({
        email: z.email().max(254),
        role: z.enum(['USER', 'ADMIN']).default('USER'),
      }),
    async plan({ email, role }, { client }) {
      const members = await everybody(client);
      // Whose addresses are hidden cannot be compared: Scalekit refuses who is there already.
      const known = members.find((member) => member.email?.toLowerCase() === email.toLowerCase());
      if (known && known.role !== role)
        throw wrong(
          `${quoted(email)} is a member already, as ${known.role ?? 'USER'}.`,
          'A role is changed in the dashboard, or by removing and inviting again.',
        );
      const target = { type: 'member', id: '', name: email };
      return {
        summary: `Invite ${quoted(email)} to the workspace as ${role}`,
        targets: [target],
        changes: findChanges({}, { email, role }),
        warnings: ['They get a mail.'],
        ask: role === 'ADMIN' ? whatAdmins : undefined,
        undo: { tool: 'remove_workspace_member', input: { memberId: itsId } },
        already: known ? 'They are a member already.' : undefined,
        async apply() {
          const id = idOfMade(await client.workspace.send('POST', ['members'], { body: { email, role } }), 'member');
          const undo = { tool: 'remove_workspace_member', input: { memberId: id } };
          return { targets: [{ ...target, id }], undo };
        },
      };
    },
  }),

  change({
    name: 'remove_workspace_member',
    title: 'Remove somebody from the workspace',
    description: 'Takes away somebody’s access to the workspace.',
    access: 'destroy',
    scopes: ['wks:write', 'wks:read'],
    parameterAliases: { member_id: 'memberId' },
    input: () =>
      z.strictObject({ memberId: z.string().min(1).max(100).describe('As list_workspace_members gives it') }),
    async plan({ memberId: id }, { client }) {
      const { workspace } = client;
      const ask = { path: ['members', id], key: 'member', entity: memberEntity };
      const [member, me, members] = await Promise.all([
        workspace.get(ask),
        workspace.get({ path: ['members'], verb: 'this', key: 'member', entity: memberEntity }),
        everybody(client),
      ]);
      const target = { type: 'member', id, ...present({ name: member.email }) };
      if (me.id === id)
        throw wrong(`The ${nameTarget(target)} is whoever calls; nobody removes themself here.`, 'Somebody else can.');
      const others = members.filter((other) => other.role === 'ADMIN' && other.id !== id);
      if (member.role === 'ADMIN' && others.length === 0)
        throw wrong(`The ${nameTarget(target)} is the last administrator.`, 'Invite another one first.');
      const { email, role } = member;
      return {
        summary: `Remove the ${nameTarget(target)} from the workspace`,
        targets: [target],
        changes: findChanges(present({ email, role }), {}),
        touches: { people: 1 },
        undo:
          !email || email === hidden
            ? { none: 'their address is not known to assistants' }
            : {
                tool: 'invite_workspace_member',
                input: { email, role: role === 'ADMIN' ? 'ADMIN' : 'USER' },
                but: 'they must accept the invitation, and get a new id',
              },
        apply: async () => void (await workspace.send('DELETE', ['members', id])),
      };
    },
  }),
];
