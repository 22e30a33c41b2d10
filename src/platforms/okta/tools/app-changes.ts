// Switching applications on and off, and changing how they are set up.

import { z } from 'zod';
import type { Plan } from '../../../core/change.ts';
import { nameTarget, statusChange } from '../../../core/change.ts';
import { CastellanError } from '../../../core/errors.ts';
import {
  type Fields,
  fieldsInput,
  isMap,
  mergeFields,
  pick,
  previewChanges,
  undoMerge,
  without,
} from '../../../core/merging.ts';
import { defineChanges } from '../../../core/tool.ts';
import type { OktaClient } from '../client.ts';
import { appEntity } from '../views.ts';
import { changesMore } from './asking.ts';
import { checkStatus, loadApp, targetApp } from './changing.ts';
import { countAppGroups, countAppUsers } from './counting.ts';
import { checkUpdates, replaceWhole } from './merging.ts';
import { appId, renaming } from './shared.ts';

const change = defineChanges<OktaClient>();

const settable = ['label', 'visibility', 'accessibility', 'settings', 'profile'];
/** What the tile says and where it shows. All else (addresses, claims, grants, who may add it) decides who gets in as whom. */
const harmless = ['label', 'settings.notes', 'visibility.hide', 'visibility.appLinks'];
/** Okta sets these itself and refuses, or ignores, other values. */
const readOnly = [
  'id',
  'orn',
  'status',
  'created',
  'lastUpdated',
  'features',
  'universalLogout',
  'expressConfiguration',
  '_links',
  '_embedded',
];
const elsewhere: Readonly<Record<string, string>> = {
  credentials: 'Credentials, signing keys and secrets are set by a person in Okta’s admin console.',
  features: 'Okta derives features from the provisioning that a person sets up in its admin console.',
  status: 'Take activate_okta_application or deactivate_okta_application.',
  name: 'The kind of an application cannot be changed; label is what people see.',
  signOnMode: 'How people sign in to an application is set up anew by a person in Okta’s admin console.',
};
/** Whose keys count is whose word counts: nothing for an assistant to decide. */
const keys = /^(?:jwks|jwks_uri|spCertificate|x5c|x5u|encryptionCertificate|assertionEncryption)$/;

function checkConfig(updates: Fields): void {
  for (const [name, hint] of Object.entries(elsewhere)) {
    if (!(name in updates)) continue;
    throw new CastellanError({
      code: 'invalid_input',
      message: `config_updates.${name} cannot be set with this tool.`,
      hint,
    });
  }
  checkUpdates('config_updates', updates, settable);
  const key = findKey(updates, 'config_updates');
  if (key !== undefined) {
    throw new CastellanError({
      code: 'invalid_input',
      message: `${key} decides whose keys are trusted; that is not set through an assistant.`,
      hint: 'Leave it out. A person sets it in Okta’s admin console.',
    });
  }
  if ('label' in updates && (typeof updates.label !== 'string' || updates.label.trim() === '')) {
    throw new CastellanError({
      code: 'invalid_input',
      message: 'config_updates.label must be a text with something in it.',
    });
  }
}

function findKey(value: unknown, path: string): string | undefined {
  if (Array.isArray(value)) {
    return value.map((item, place) => findKey(item, `${path}.${place}`)).find((found) => found !== undefined);
  }
  if (!isMap(value)) return undefined;
  for (const [name, inner] of Object.entries(value)) {
    const found = keys.test(name) ? `${path}.${name}` : findKey(inner, `${path}.${name}`);
    if (found !== undefined) return found;
  }
  return undefined;
}

async function countAssigned(client: OktaClient, id: string): Promise<Pick<Plan, 'touches' | 'warnings'>> {
  const [users, groups] = await Promise.all([countAppUsers(client, id), countAppGroups(client, id)]);
  return {
    touches: { people: users.count, groups: groups.count },
    warnings: [users.warning, groups.warning].filter((warning) => warning !== undefined),
  };
}

const parameterAliases = { app_identifier: 'app_id' };

export const appChangeTools = [
  change({
    name: 'activate_okta_application',
    title: 'Activate an Okta application',
    description: 'Switches an inactive application on again for everybody assigned to it.',
    access: 'write',
    scopes: ['okta.apps.manage'],
    idempotent: true,
    parameterAliases,
    input: () => z.strictObject({ app_id: appId }),
    async plan({ app_id }, { client }) {
      const app = await loadApp(client, app_id);
      const target = targetApp(app);
      const already = app.status === 'ACTIVE' ? 'The application is active already.' : undefined;
      if (!already) checkStatus(target, app.status ?? 'UNKNOWN', ['INACTIVE'], 'A deleted application stays so.');
      return {
        summary: `Activate the ${nameTarget(target)}`,
        targets: [target],
        changes: already ? [] : statusChange(app.status ?? '', 'ACTIVE'),
        ...(await countAssigned(client, app.id)),
        undo: { tool: 'deactivate_okta_application', input: { app_id: app.id } },
        already,
        apply: async () => void (await client.send('POST', ['apps', app.id, 'lifecycle', 'activate'])),
      };
    },
  }),

  change({
    name: 'deactivate_okta_application',
    title: 'Deactivate an Okta application',
    description: 'Takes an application away from everybody until activate_okta_application; assignments stay.',
    access: 'destroy',
    scopes: ['okta.apps.manage'],
    idempotent: true,
    parameterAliases,
    input: () => z.strictObject({ app_id: appId }),
    async plan({ app_id }, { client }) {
      const app = await loadApp(client, app_id);
      const target = targetApp(app);
      const already = app.status === 'INACTIVE' ? 'The application is inactive already.' : undefined;
      if (!already) checkStatus(target, app.status ?? 'UNKNOWN', ['ACTIVE'], 'Only an active one can be deactivated.');
      const { touches, warnings = [] } = await countAssigned(client, app.id);
      return {
        summary: `Deactivate the ${nameTarget(target)}`,
        targets: [target],
        changes: already ? [] : statusChange(app.status ?? '', 'INACTIVE'),
        ...(touches && { touches }),
        warnings: ['Nobody can open it through Okta, and its tokens and provisioning stop.', ...warnings],
        undo: { tool: 'activate_okta_application', input: { app_id: app.id } },
        already,
        apply: async () => void (await client.send('POST', ['apps', app.id, 'lifecycle', 'deactivate'])),
      };
    },
  }),

  change({
    name: 'update_okta_application',
    title: 'Update an Okta application',
    description:
      'Changes label, visibility, accessibility, settings or profile of an application; what is not named stays. Lists are replaced whole: read with get_okta_application (view full) first.',
    access: 'write',
    scopes: ['okta.apps.manage'],
    idempotent: true,
    aliases: { update_application_config: renaming(parameterAliases) },
    parameterAliases: { ...parameterAliases, app_config: 'config_updates' },
    input: () =>
      z.strictObject({
        app_id: appId,
        config_updates: fieldsInput.describe('e.g. {"visibility":{"hide":{"web":true}}}; null removes'),
      }),
    async plan({ app_id, config_updates }, { client }) {
      checkConfig(config_updates);
      const path = ['apps', app_id];
      const current = await client.getExact(path, appEntity.loose());
      const target = targetApp(current);
      const body = mergeFields(without(current, readOnly), config_updates);
      const [before, after] = [pick(current, settable), pick(body, settable)];
      const changes = previewChanges(client, before, after);
      return {
        summary: `Update the ${nameTarget(target)}`,
        targets: [target],
        changes,
        warnings: changes.some(({ field }) => field.startsWith('settings.'))
          ? ['Settings decide how people sign in to it: a wrong address or name locks them out of the application.']
          : [],
        // An inactive one too: it is activated without a question, as somebody set it up.
        ask: changesMore(before, after, harmless)
          ? 'settings of an application decide where it sends people, and as whom they are signed in to it'
          : undefined,
        undo: undoMerge(
          client,
          { tool: 'update_okta_application', input: { app_id: current.id }, parameter: 'config_updates' },
          before,
          after,
        ),
        already: changes.length === 0 ? 'The application is set up like that already.' : undefined,
        apply: () => replaceWhole(client, { path, planned: current, body, names: settable }),
      };
    },
  }),
];
