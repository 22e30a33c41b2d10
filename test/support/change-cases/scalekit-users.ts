// Users, the organizations that they belong to, and accounts of theirs elsewhere.

import type { ScalekitWorkspace } from '../scalekit.ts';
import { type Json, listAt, type ScalekitCase } from '../scalekit-changes.ts';
import { at, compareFields, organizationWith } from './scalekit-organizations.ts';

type Membership = Json & { readonly organization_id: string; readonly roles?: readonly { readonly name: string }[] };

async function userThat(workspace: ScalekitWorkspace, fits: (memberships: readonly Membership[]) => boolean) {
  for (let token = '', pages = 0; pages < 20; pages++) {
    const page = (await workspace.read(`users?page_size=100&page_token=${token}`)) as Json & { users: Json[] };
    const found = page.users.find((user) => fits((user.memberships ?? []) as Membership[]));
    if (found) return { id: found.id as string, memberships: found.memberships as readonly Membership[] };
    token = String(page.next_page_token);
    if (token === '') break;
  }
  throw new Error('no such user');
}

const active = (memberships: readonly Membership[]) => memberships.some((each) => each.membership_status === 'ACTIVE');
const userAt = (id: string) => `users/${id}`;

async function member(workspace: ScalekitWorkspace, fits = active) {
  const { id, memberships } = await userThat(workspace, fits);
  const [first] = memberships;
  if (!first) throw new Error('the user belongs to no organization');
  return { ...at(workspace), userId: id, organizationId: first.organization_id };
}

const rolesIn = (state: unknown, organization: string) =>
  ((state as { memberships?: Membership[] }).memberships ?? [])
    .find(({ organization_id }) => organization_id === organization)
    ?.roles?.map(({ name }) => name);

/** Scalekit writes names twice. */
const twins = ['user_profile.id', 'user_profile.first_name', 'user_profile.last_name'];

export const scalekitUserCases: readonly ScalekitCase[] = [
  {
    tool: 'create_organization_user',
    asks: true,
    undo: 'partly',
    besides: ['id', 'environment_id', 'memberships', 'user_profile.locale', ...twins],
    async prepare(workspace) {
      const { id } = await organizationWith(workspace, 'none');
      const input = {
        ...at(workspace),
        organizationId: id,
        email: 'pilot@tidewater.example',
        externalId: 'pilot-1',
        firstName: 'Ruth',
        lastName: 'Achebe',
        metadata: { dock: 'North' },
      };
      return { input, reads: ['users/{made}'] };
    },
  },
  {
    tool: 'create_organization_user',
    when: 'with a role and without a mail',
    asks: true,
    undo: 'all',
    compare(preview, _before, after) {
      const told = preview.find(({ field }) => field === 'roles')?.after;
      const [membership] = (after[0] as { memberships: Membership[] }).memberships;
      if (JSON.stringify(told) !== JSON.stringify(membership?.roles?.map(({ name }) => name)))
        throw new Error(`the preview says ${JSON.stringify(told)}, and there is ${JSON.stringify(membership)}`);
    },
    async prepare(workspace) {
      const { id } = await organizationWith(workspace, 'none');
      const email = 'pilot@tidewater.example';
      const input = { ...at(workspace), organizationId: id, email, role: 'admin', sendInvitationEmail: false };
      return { input, reads: ['users/{made}'] };
    },
  },
  {
    tool: 'update_environment_user',
    asks: false,
    undo: 'all',
    besides: [...twins, 'user_profile.name'],
    async prepare(workspace) {
      const { userId, environmentId } = await member(workspace);
      const input = { environmentId, userId, lastName: 'Achebe-Brandt', phoneNumber: '+44 20 7946 0000' };
      return { input, reads: [userAt(userId)] };
    },
  },
  {
    tool: 'update_environment_user',
    when: 'whose metadata changes',
    asks: false,
    undo: 'all',
    async prepare(workspace) {
      const { userId, environmentId } = await member(workspace);
      await workspace.write('PATCH', userAt(userId), { metadata: { dock: 'North', shift: 'early' } });
      const input = { environmentId, userId, metadata: { dock: 'South', shift: null } };
      return { input, reads: [userAt(userId)] };
    },
  },
  {
    tool: 'delete_environment_user',
    asks: true,
    undo: 'none',
    compare: compareFields('id', 'environment_id', 'memberships', 'last_login_time'),
    async prepare(workspace) {
      const { userId, environmentId } = await member(workspace);
      return { input: { environmentId, userId }, reads: [userAt(userId)] };
    },
  },
  {
    tool: 'add_organization_user',
    asks: true,
    undo: 'all',
    compare(preview, _before, after) {
      const organization = String(preview.find(({ field }) => field === 'organization_id')?.after);
      const told = preview.find(({ field }) => field === 'roles')?.after;
      if (JSON.stringify(told) !== JSON.stringify(rolesIn(after[0], organization)))
        throw new Error(`the preview says ${JSON.stringify(preview)}, and there is ${JSON.stringify(after)}`);
    },
    async prepare(workspace) {
      const { userId } = await member(workspace);
      const { id } = await organizationWith(workspace, 'none');
      const input = { ...at(workspace), userId, organizationId: id, roles: ['member'], sendInvitationEmail: false };
      return { input, reads: [userAt(userId)] };
    },
  },
  {
    tool: 'set_organization_user_roles',
    asks: true,
    undo: 'all',
    compare(preview, before, after) {
      const [change] = preview;
      const all = (state: unknown) => (state as { memberships: Membership[] }).memberships[0]?.organization_id ?? '';
      const said = [change?.before, change?.after];
      const real = [rolesIn(before[0], all(before[0])), rolesIn(after[0], all(after[0]))];
      if (preview.length !== 1 || JSON.stringify(said) !== JSON.stringify(real))
        throw new Error(`the preview says ${JSON.stringify(said)}, and it is ${JSON.stringify(real)}`);
    },
    async prepare(workspace) {
      const fits = ([first]: readonly Membership[]) => first?.roles?.length === 1 && first.roles[0]?.name === 'member';
      const input = { ...(await member(workspace, fits)), roles: ['admin', 'member'] };
      return { input, reads: [userAt(input.userId)] };
    },
  },
  {
    tool: 'remove_organization_user',
    asks: true,
    undo: 'partly',
    compare: () => {},
    async prepare(workspace) {
      const input = await member(workspace);
      return { input, reads: [userAt(input.userId)] };
    },
  },
  {
    tool: 'resend_organization_invitation',
    asks: true,
    undo: 'none',
    compare: () => {},
    async prepare(workspace) {
      const fits = ([first]: readonly Membership[]) => first?.membership_status === 'INVITE_EXPIRED';
      const input = await member(workspace, fits);
      return { input, reads: [userAt(input.userId)] };
    },
  },
  {
    tool: 'create_connected_account_magic_link',
    asks: true,
    undo: 'none',
    compare: () => {},
    async prepare(workspace) {
      const [account] = await listAt(workspace, 'connected_accounts?page_size=50', 'connected_accounts');
      const input = { ...at(workspace), identifier: 'pilot@tidewater.example', connector: account?.connector };
      return { input, reads: ['connected_accounts?page_size=50'] };
    },
  },
  {
    tool: 'delete_connected_account',
    asks: true,
    undo: 'none',
    besides: ['id', 'authorization_type', 'connection_id', 'last_used_at', 'token_expires_at', 'updated_at'],
    async prepare(workspace) {
      const [account] = await listAt(workspace, 'connected_accounts?page_size=50', 'connected_accounts');
      const input = { ...at(workspace), connectedAccountId: account?.id };
      return { input, reads: [`connected_accounts/${account?.id}`] };
    },
  },
];
