// Groups' assignments to applications: looking at one, giving and taking it, its priority and attributes.

import { z } from 'zod';
import type { Target, Undo } from '../../../core/change.ts';
import { nameTarget } from '../../../core/change.ts';
import { CastellanError } from '../../../core/errors.ts';
import { viewInput } from '../../../core/listing.ts';
import {
  type Fields,
  fieldsInput,
  mergeFields,
  narrow,
  previewChanges,
  previewUpdate,
  undoMerge,
  undoWith,
} from '../../../core/merging.ts';
import { withoutSecrets } from '../../../core/redact.ts';
import { defineChanges, defineTools } from '../../../core/tool.ts';
import type { OktaClient } from '../client.ts';
import { fullOf, present } from '../views.ts';
import { appGroupEntity, appGroupView } from './apps.ts';
import { checkStatus, loadApp, loadGroup, targetApp, targetGroup } from './changing.ts';
import { loadSizes, orUndefined } from './counting.ts';
import { checkUnchanged, refuseSecrets, warnOfDifference } from './merging.ts';
import { appId, groupId } from './shared.ts';

const tool = defineTools<OktaClient>();
const change = defineChanges<OktaClient>();

const profileFields = z.record(z.string(), z.unknown());
const assignedEntity = appGroupEntity.extend({ profile: profileFields.nullish() });
type Assigned = z.output<typeof assignedEntity>;

const priority = z.int().min(0).max(10_000).optional().describe('0 is first; decides whose attributes count');

/** Why a person must be asked before something is set that an application goes by. */
const whyAsk = 'it decides which rights the application gives to the members';

const pathOf = (app: string, group: string) => ['apps', app, 'groups', group];

function partsOf({ priority, profile }: Assigned): Fields {
  return present({ priority, profile: profile && Object.keys(profile).length > 0 ? profile : undefined });
}

interface Loaded {
  readonly app: Target;
  readonly group: Target;
  readonly status: string;
  readonly found: Assigned | undefined;
  readonly touches: Readonly<Record<string, number>>;
}

async function load(client: OktaClient, app_id: string, group_id: string): Promise<Loaded> {
  const [app, group, sizes] = await Promise.all([
    loadApp(client, app_id),
    loadGroup(client, group_id),
    loadSizes(client, [group_id]),
  ]);
  const found = await orUndefined(client.getExact(pathOf(app.id, group.id), assignedEntity), 'not_found');
  const members = sizes?.[0]?.members;
  return {
    app: targetApp(app),
    group: targetGroup(group),
    status: app.status ?? 'UNKNOWN',
    found,
    touches: { groups: 1, ...(members !== undefined && { members }) },
  };
}

const shifting = (given: number | undefined): readonly string[] =>
  given === undefined ? [] : ['Groups of the application at this priority and after it move one place.'];

/** Assigning again, with all that may be shown. */
function undoUnassign(client: OktaClient, ids: Fields, found: Assigned): Undo {
  const undo = { tool: 'assign_okta_application_group', input: ids };
  const back = undoMerge(client, undo, partsOf(found), {});
  if ('none' in back) return back;
  return { ...back, but: 'what the application itself removed with people’s accounts does not come back' };
}

export const appGroupAssignmentTools = [
  tool({
    name: 'get_okta_application_group',
    title: 'Get a group’s application assignment',
    description: 'One group’s assignment to an application: its priority and the attributes that its members get.',
    access: 'read',
    scopes: ['okta.apps.read'],
    input: () => z.strictObject({ app_id: appId, group_id: groupId, ...viewInput }),
    output: () => appGroupView.extend({ profile: profileFields.optional() }),
    async run({ app_id, group_id, view }, { client }) {
      // Okta adds the group's name only when it is asked to.
      const group = await client.get(pathOf(app_id, group_id), assignedEntity, { expand: 'group' });
      const { _embedded, ...own } = group;
      return {
        id: group.id,
        ...present({
          name: _embedded?.group?.profile?.name,
          priority: group.priority,
          last_updated: group.lastUpdated,
          profile: withoutSecrets(group.profile) as Record<string, unknown> | null | undefined,
        }),
        ...fullOf(own, view),
      };
    },
  }),

  change({
    name: 'assign_okta_application_group',
    title: 'Assign a group to an application',
    description: 'Gives an application to everybody who is, or becomes, a member of a group.',
    access: 'write',
    scopes: ['okta.apps.manage', 'okta.groups.read'],
    idempotent: true,
    input: () =>
      z.strictObject({
        app_id: appId,
        group_id: groupId,
        priority,
        profile: fieldsInput.optional().describe('The app’s attributes for its members'),
      }),
    async plan({ app_id, group_id, priority: place, profile }, { client }) {
      refuseSecrets('profile', profile ?? {});
      const { app, group, status, found, touches } = await load(client, app_id, group_id);
      checkStatus(app, status, ['ACTIVE'], 'Call activate_okta_application first.');
      const wanted = { ...(place !== undefined && { priority: place }), ...(profile && { profile }) };
      const before = found ? partsOf(found) : {};
      const changes = found
        ? previewUpdate(client, before, mergeFields(before, wanted), wanted)
        : [{ field: 'id', after: group.id }, ...previewChanges(client, {}, wanted)];
      if (found && changes.length > 0) {
        throw new CastellanError({
          code: 'invalid_input',
          message: `The ${nameTarget(group)} has this application already, with another priority or profile.`,
          hint: 'Call update_okta_application_group_profile.',
        });
      }
      return {
        summary: `Assign the ${nameTarget(app)} to the ${nameTarget(group)}`,
        targets: [app, group],
        changes,
        touches,
        warnings: shifting(place),
        ask: place !== undefined || profile !== undefined ? whyAsk : undefined,
        undo: { tool: 'unassign_okta_application_group', input: { app_id: app.id, group_id: group.id } },
        already: found ? 'The group has the application already.' : undefined,
        async apply() {
          const made = await client.send('PUT', pathOf(app.id, group.id), { body: wanted });
          return warnOfDifference(wanted, narrow(made, wanted));
        },
      };
    },
  }),

  change({
    name: 'unassign_okta_application_group',
    title: 'Unassign a group from an application',
    description: 'Takes an application away from all members of a group who have it in no other way.',
    access: 'destroy',
    scopes: ['okta.apps.manage', 'okta.groups.read'],
    idempotent: true,
    input: () => z.strictObject({ app_id: appId, group_id: groupId }),
    async plan({ app_id, group_id }, { client }) {
      const { app, group, found, touches } = await load(client, app_id, group_id);
      const ids = { app_id: app.id, group_id: group.id };
      return {
        summary: `Unassign the ${nameTarget(app)} from the ${nameTarget(group)}`,
        targets: [app, group],
        changes: found ? [{ field: 'id', before: group.id }, ...previewChanges(client, partsOf(found), {})] : [],
        touches,
        warnings: [
          'Members who have it neither directly nor by another group lose it, and Okta forgets their profile there; with provisioning, their accounts are switched off too.',
        ],
        undo: found ? undoUnassign(client, ids, found) : { none: 'nothing is taken away' },
        already: found ? undefined : 'The group does not have the application.',
        apply: async () => void (await client.send('DELETE', pathOf(app.id, group.id))),
      };
    },
  }),

  change({
    name: 'update_okta_application_group_profile',
    title: 'Update a group’s application profile',
    description: 'Changes the priority or attributes of a group’s assignment to an application; the rest stays.',
    access: 'write',
    scopes: ['okta.apps.manage', 'okta.groups.read'],
    idempotent: true,
    input: () =>
      z.strictObject({
        app_id: appId,
        group_id: groupId,
        priority,
        profile_updates: fieldsInput.optional().describe('The app’s attributes; null removes'),
      }),
    async plan({ app_id, group_id, priority: place, profile_updates = {} }, { client }) {
      refuseSecrets('profile_updates', profile_updates);
      const { app, group, found, touches } = await load(client, app_id, group_id);
      if (!found) {
        throw new CastellanError({
          code: 'not_found',
          message: `The ${nameTarget(group)} does not have the ${nameTarget(app)}.`,
          hint: 'Call assign_okta_application_group.',
        });
      }
      const before = { priority: found.priority ?? undefined, profile_updates: found.profile ?? {} };
      const after = mergeFields(before, { ...(place !== undefined && { priority: place }), profile_updates });
      const body = { priority: after.priority, profile: after.profile_updates };
      const old = { priority: before.priority, profile: before.profile_updates };
      const changes = previewUpdate(client, old, body, { profile: profile_updates });
      const undo = {
        tool: 'update_okta_application_group_profile',
        input: { app_id: app.id, group_id: group.id },
      };
      return {
        summary: `Update the assignment of the ${nameTarget(app)} to the ${nameTarget(group)}`,
        targets: [app, group],
        changes,
        touches,
        warnings: shifting(place === found.priority ? undefined : place),
        ask: whyAsk,
        undo: undoWith(client, changes, undoMerge(client, undo, before, after)),
        already: changes.length === 0 ? 'The assignment is like that already.' : undefined,
        async apply() {
          const path = pathOf(app.id, group.id);
          await checkUnchanged(client, path, found);
          return warnOfDifference(body, narrow(await client.send('PUT', path, { body }), body));
        },
      };
    },
  }),
];
