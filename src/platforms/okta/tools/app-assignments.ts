// People's own assignments to applications: looking at one, giving and taking it, and what the application knows of them.

import { z } from 'zod';
import type { FieldChange, Undo } from '../../../core/change.ts';
import { nameTarget } from '../../../core/change.ts';
import { CastellanError } from '../../../core/errors.ts';
import { viewInput } from '../../../core/listing.ts';
import {
  type Fields,
  fieldsInput,
  isMap,
  mergeFields,
  narrow,
  previewChanges,
  previewUpdate,
  undoMerge,
  undoWith,
} from '../../../core/merging.ts';
import { quoted } from '../../../core/plain.ts';
import { withoutSecrets } from '../../../core/redact.ts';
import { defineChanges, defineTools } from '../../../core/tool.ts';
import type { OktaClient } from '../client.ts';
import { fullOf, present } from '../views.ts';
import { appUserEntity, appUserView } from './apps.ts';
import { checkStatus, loadApp, loadUser, targetApp, targetUser } from './changing.ts';
import { orUndefined } from './counting.ts';
import { checkUnchanged, refuseSecrets, warnOfDifference } from './merging.ts';
import { appId, userId } from './shared.ts';

const tool = defineTools<OktaClient>();
const change = defineChanges<OktaClient>();

const profileFields = z.record(z.string(), z.unknown());
const assignedEntity = appUserEntity.extend({
  lastUpdated: z.string().nullish(),
  profile: profileFields.nullish(),
  _links: z.object({ group: z.object({ name: z.string().nullish() }).nullish() }).nullish(),
});
type Assigned = z.output<typeof assignedEntity>;

const username = z.string().min(1).max(320).optional().describe('Name in the app; else by its rule');
const groupIds = z.object({ id: z.string(), profile: z.object({ name: z.string().nullish() }).nullish() });

const whyAsk = 'the application takes a person for whom, and gives them the rights, that is set here';
/** Provisioning moves these whenever it runs. */
const passing = ['lastUpdated', 'lastSync', 'syncState', 'status', 'statusChanged', 'externalId', 'passwordChanged'];

const pathOf = (app: string, user: string) => ['apps', app, 'users', user];

const findAssigned = (client: OktaClient, app: string, user: string): Promise<Assigned | undefined> =>
  orUndefined(client.getExact(pathOf(app, user), assignedEntity), 'not_found');

const nameOr = (name: string | null | undefined, other: string): string => (name ? quoted(name) : other);

/** What an assignment is made of, and what a call can set. */
function partsOf({ scope, credentials, profile }: Assigned): Fields {
  const userName = credentials?.userName;
  return present({ scope, credentials: userName == null ? undefined : { userName }, profile });
}

/** Groups that give the user the application as well. */
async function findOtherWays(client: OktaClient, app: string, user: string): Promise<string[]> {
  const [mine, assigned] = await Promise.all([
    client.list({ path: ['users', user, 'groups'], entity: groupIds, max: 1_000 }),
    client.list({ path: ['apps', app, 'groups'], entity: groupIds, max: 1_000, minPageSize: 20, pageSize: 200 }),
  ]);
  const giving = new Set(assigned.items.map(({ id }) => id));
  return mine.items
    .filter(({ id }) => giving.has(id))
    .map(({ id, profile }) => `${quoted(profile?.name ?? id)} (${id})`);
}

/** Assigning again, with all that may be shown. */
function undoUnassign(client: OktaClient, ids: Fields, { credentials, profile }: Assigned): Undo {
  const shown = Object.entries(profile ?? {}).filter(([name, value]) => value !== null && !client.hides(name));
  const safe = shown.filter(([, value]) => JSON.stringify(withoutSecrets(value)) === JSON.stringify(value));
  const lost =
    Object.keys(profile ?? {}).length > safe.length || client.hides('credentials.userName')
      ? ', nor what assistants must not see of the profile and the username'
      : '';
  const userName = client.hides('credentials.userName') ? undefined : credentials?.userName;
  return {
    tool: 'assign_okta_application_user',
    input: {
      ...ids,
      ...present({ username: userName }),
      ...(safe.length > 0 && { profile: Object.fromEntries(safe) }),
    },
    but: `a password kept for the application, and what the application itself removed with the account, do not come back${lost}`,
  };
}

/**
 * Okta leaves attributes that are not sent as they are, and takes away those that are null. All that the preview calls a
 * change is sent, also what only looks like one to who may not see it.
 */
function changedParts(
  { credentials, profile }: Fields,
  changes: readonly FieldChange[],
  names: readonly string[],
): Fields {
  const young = isMap(profile) ? profile : {};
  const changed = names
    .filter((name) => changes.some(({ field }) => `${field}.`.startsWith(`profile.${name}.`)))
    .map((name) => [name, Object.hasOwn(young, name) ? young[name] : null]);
  return {
    ...(changes.some(({ field }) => field.startsWith('credentials.')) && { credentials }),
    ...(changed.length > 0 && { profile: Object.fromEntries(changed) }),
  };
}

function undoUpdate(client: OktaClient, ids: Fields, before: Fields, after: Fields): Undo {
  const flat = ({ credentials, profile }: Fields): Fields => ({
    ...(isMap(credentials) && { username: credentials.userName }),
    ...(isMap(profile) && { profile_updates: profile }),
  });
  const undo = { tool: 'update_okta_application_user_profile', input: ids };
  return undoMerge(client, undo, flat(before), flat(after));
}

export const appAssignmentTools = [
  tool({
    name: 'get_okta_application_user',
    title: 'Get a user’s application assignment',
    description: 'One user’s assignment to an application: username there, profile, and whether a group gives it.',
    access: 'read',
    scopes: ['okta.apps.read'],
    input: () => z.strictObject({ app_id: appId, user_id: userId, ...viewInput }),
    output: () =>
      appUserView.extend({
        group: z.string().optional().describe('that gives it'),
        profile: profileFields.optional(),
        last_updated: z.string().optional(),
      }),
    async run({ app_id, user_id, view }, { client }) {
      const user = await client.get(pathOf(app_id, user_id), assignedEntity);
      const { status, scope, created, lastUpdated, profile, _links } = user;
      return {
        id: user.id,
        ...present({
          username: user.credentials?.userName,
          scope,
          status,
          created,
          last_updated: lastUpdated,
          group: _links?.group?.name,
        }),
        ...present({ profile: withoutSecrets(profile) as Record<string, unknown> | null | undefined }),
        ...fullOf(user, view),
      };
    },
  }),

  change({
    name: 'assign_okta_application_user',
    title: 'Assign a user to an application',
    description: 'Gives one user an application directly. For many people, assign their group.',
    access: 'write',
    scopes: ['okta.apps.manage', 'okta.users.read'],
    idempotent: true,
    input: () =>
      z.strictObject({
        app_id: appId,
        user_id: userId,
        username,
        profile: fieldsInput.optional().describe('The app’s attributes; else by its mappings'),
      }),
    async plan({ app_id, user_id, username: userName, profile }, { client }) {
      refuseSecrets('profile', profile ?? {});
      const [app, user] = await Promise.all([loadApp(client, app_id), loadUser(client, user_id)]);
      const [target, person] = [targetApp(app), targetUser(user)];
      checkStatus(target, app.status ?? 'UNKNOWN', ['ACTIVE'], 'Call activate_okta_application first.');
      if (user.status === 'DEPROVISIONED') {
        throw new CastellanError({
          code: 'invalid_input',
          message: `The ${nameTarget(person)} is deactivated and can be given no application.`,
          hint: 'Call activate_okta_user first.',
        });
      }
      const found = await findAssigned(client, app.id, user.id);
      const wanted = { scope: 'USER', ...(userName && { credentials: { userName } }), ...(profile && { profile }) };
      const before = found ? partsOf(found) : {};
      const after = mergeFields(before, wanted);
      const changes = found ? previewUpdate(client, before, after, wanted) : previewChanges(client, {}, after);
      if (found?.scope === 'USER' && changes.length > 0) {
        throw new CastellanError({
          code: 'invalid_input',
          message: `The ${nameTarget(person)} has this application already, with another username or profile.`,
          hint: 'Call update_okta_application_user_profile.',
        });
      }
      const group = nameOr(found?._links?.group?.name, 'a group');
      const again = `the application then comes through ${group} again, without what was set here`;
      return {
        summary: `Assign the ${nameTarget(target)} to the ${nameTarget(person)}`,
        targets: [target, person],
        changes,
        touches: { people: 1 },
        warnings: found
          ? [`They have it through ${group} already; given directly, it stays when they leave that group.`]
          : [],
        ask: userName !== undefined || profile !== undefined ? whyAsk : undefined,
        undo: {
          tool: 'unassign_okta_application_user',
          input: { app_id: app.id, user_id: user.id },
          ...(found && { but: again }),
        },
        already: changes.length === 0 ? 'The user has the application already.' : undefined,
        async apply() {
          const sent = { id: user.id, ...wanted };
          const made = await client.send('POST', ['apps', app.id, 'users'], { body: sent });
          return warnOfDifference(wanted, narrow(made, wanted));
        },
      };
    },
  }),

  change({
    name: 'unassign_okta_application_user',
    title: 'Unassign a user from an application',
    description: 'Takes away an application that was given to a user directly; with it goes their account there.',
    access: 'destroy',
    scopes: ['okta.apps.manage', 'okta.users.read'],
    idempotent: true,
    input: () => z.strictObject({ app_id: appId, user_id: userId }),
    async plan({ app_id, user_id }, { client }) {
      const [app, user] = await Promise.all([loadApp(client, app_id), loadUser(client, user_id)]);
      const [target, person] = [targetApp(app), targetUser(user)];
      const found = await findAssigned(client, app.id, user.id);
      const others = found ? await findOtherWays(client, app.id, user.id) : [];
      if (found?.scope === 'GROUP') {
        const ways = others.length > 0 ? others.join(', ') : nameOr(found._links?.group?.name, 'a group');
        throw new CastellanError({
          code: 'invalid_input',
          message: `The ${nameTarget(person)} has this application through ${ways}, not directly.`,
          hint: 'Take the user out of the group with remove_okta_group_member, or unassign the group.',
        });
      }
      const ids = { app_id: app.id, user_id: user.id };
      return {
        summary: `Unassign the ${nameTarget(target)} from the ${nameTarget(person)}`,
        targets: [target, person],
        changes: found ? previewChanges(client, partsOf(found), {}) : [],
        touches: { people: 1 },
        warnings: [
          'Okta forgets their profile and password for the application; with provisioning, their account there is switched off too.',
          ...(others.length > 0 ? [`They keep the application through ${others.join(', ')}.`] : []),
        ],
        undo: found ? undoUnassign(client, ids, found) : { none: 'nothing is taken away' },
        already: found ? undefined : 'The user does not have the application.',
        apply: async () => void (await client.send('DELETE', pathOf(app.id, user.id))),
      };
    },
  }),

  change({
    name: 'update_okta_application_user_profile',
    title: 'Update a user’s application profile',
    description: 'Changes the username or attributes that one application has of a user; what is not named stays.',
    access: 'write',
    scopes: ['okta.apps.manage', 'okta.users.read'],
    idempotent: true,
    input: () =>
      z.strictObject({
        app_id: appId,
        user_id: userId,
        username: username.describe('New name in the app'),
        profile_updates: fieldsInput.optional().describe('The app’s attributes; null removes'),
      }),
    async plan({ app_id, user_id, username: userName, profile_updates = {} }, { client }) {
      refuseSecrets('profile_updates', profile_updates);
      const [app, user] = await Promise.all([loadApp(client, app_id), loadUser(client, user_id)]);
      const [target, person] = [targetApp(app), targetUser(user)];
      const found = await findAssigned(client, app.id, user.id);
      if (!found) {
        throw new CastellanError({
          code: 'not_found',
          message: `The ${nameTarget(person)} does not have the ${nameTarget(target)}.`,
          hint: 'Call assign_okta_application_user.',
        });
      }
      const before = partsOf(found);
      const wanted = { ...(userName !== undefined && { credentials: { userName } }), profile: profile_updates };
      const after = mergeFields(before, wanted);
      const changes = previewUpdate(client, before, after, wanted);
      const body = changedParts(after, changes, Object.keys(profile_updates));
      const ids = { app_id: app.id, user_id: user.id };
      return {
        summary: `Update what the ${nameTarget(target)} knows of the ${nameTarget(person)}`,
        targets: [target, person],
        changes,
        warnings: found.scope === 'GROUP' ? ['What a group’s assignment sets may be set again by it.'] : [],
        ask: whyAsk,
        undo: undoWith(client, changes, undoUpdate(client, ids, before, after)),
        already: changes.length === 0 ? 'The application knows it like that already.' : undefined,
        async apply() {
          await checkUnchanged(client, pathOf(app.id, user.id), found, passing);
          const made = await client.send('POST', pathOf(app.id, user.id), { body });
          return warnOfDifference(body, narrow(made, body));
        },
      };
    },
  }),
];
