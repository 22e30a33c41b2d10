// Creating, changing and deleting the organizations of a Scalekit environment.

import { z } from 'zod';
import { type FieldChange, findChanges, nameTarget } from '../../../core/change.ts';
import { type Fields, ownValue, pick } from '../../../core/merging.ts';
import { quoted } from '../../../core/plain.ts';
import { withoutSecrets } from '../../../core/redact.ts';
import { defineChanges } from '../../../core/tool.ts';
import type { EnvironmentClient, ScalekitClient } from '../client.ts';
import {
  countOf,
  externalId,
  metadataInput,
  metadataUpdate,
  removing,
  targetOf,
  warnOfDifference,
  withoutEmpty,
  withRemoved,
} from './changing.ts';
import { connectionsOf, countDirectories } from './connection-facts.ts';
import { planFieldUpdate } from './field-update.ts';
import { featuresOf, loadOrganization, organizationEntity, targetOrganization } from './organizations.ts';
import { environmentId, idOfMade, inSame, itsId, organizationId, sendIfStill, wrong } from './shared.ts';

const change = defineChanges<ScalekitClient>();
const organizationName = z.string().min(1).max(200);
const featureName = z.string().regex(/^[\w.-]{1,60}$/, { error: 'is no name of a feature, such as sso' });

const ofItsOwn = ['display_name', 'external_id', 'metadata'] as const;

export const organizationChangeTools = [
  change({
    name: 'create_organization',
    title: 'Create a Scalekit organization',
    description:
      'Adds an organization (a customer), empty. Next: create_organization_user, generate_admin_portal_link.',
    access: 'write',
    scopes: ['org:write', 'org:read'],
    input: () =>
      z.strictObject({
        environmentId,
        organizationName,
        externalId: externalId.optional(),
        metadata: metadataInput.optional(),
      }),
    async plan({ environmentId, organizationName, externalId, metadata }, { client }) {
      const environment = client.at(environmentId);
      if (externalId !== undefined) await checkFree(environment, externalId);
      const organization = withoutEmpty({ display_name: organizationName, external_id: externalId, metadata });
      const target = targetOf('organization', '', organizationName);
      const undo = (id: string) => ({
        tool: 'delete_organization',
        input: { ...inSame(environmentId), organizationId: id },
      });
      return {
        summary: `Create the organization ${quoted(organizationName)}`,
        targets: [target],
        changes: findChanges({}, organization),
        undo: undo(itsId),
        async apply() {
          const answer = await environment.send('POST', ['organizations'], { body: organization });
          const id = idOfMade(answer, 'organization');
          return {
            targets: [{ ...target, id }],
            undo: undo(id),
            ...warnOfDifference(organization, answer, 'organization'),
          };
        },
      };
    },
  }),

  change({
    name: 'update_organization',
    title: 'Change a Scalekit organization',
    description: 'Renames an organization, or sets its external id or metadata; what is not named stays.',
    access: 'write',
    scopes: ['org:write', 'org:read'],
    idempotent: true,
    input: () =>
      z.strictObject({
        environmentId,
        organizationId,
        organizationName: organizationName.optional(),
        externalId: externalId.optional(),
        remove: removing(['externalId']),
        metadata: metadataUpdate.optional(),
      }),
    async plan({ environmentId, organizationId, ...parameters }, { client }) {
      const environment = client.at(environmentId);
      const { organizationName, externalId, metadata } = withRemoved(parameters);
      const path = ['organizations', organizationId];
      const request = { path, key: 'organization', entity: organizationEntity };
      const current = await environment.getExact(request);
      if (typeof externalId === 'string' && externalId !== current.external_id)
        await checkFree(environment, externalId);
      const given = defined({ display_name: organizationName, external_id: externalId, metadata });
      if (Object.keys(given).length === 0) throw wrong('Nothing is to be changed.', 'Name what should be different.');
      return planFieldUpdate(environment, {
        tool: 'update_organization',
        names: { ...inSame(environmentId), organizationId },
        target: targetOrganization(current),
        request,
        current,
        before: withoutEmpty(pick(current, Object.keys(given))),
        given,
        asParameters,
        // A map is sent whole: what Scalekit does with the keys that are not sent is not published.
        bodyOf: (after, changes) =>
          Object.fromEntries(
            ofItsOwn
              .filter((name) => name in given && !isSameField(changes, name))
              .map((name) => [name, ownValue(after, name) ?? (name === 'metadata' ? {} : '')]),
          ),
      });
    },
  }),

  change({
    name: 'delete_organization',
    title: 'Delete a Scalekit organization',
    description: 'Removes an organization with its connections, directories and memberships, for good.',
    access: 'destroy',
    scopes: ['org:write', 'org:read'],
    input: () => z.strictObject({ environmentId, organizationId }),
    async plan({ environmentId, organizationId }, { client }) {
      const environment = client.at(environmentId);
      const [organization, users, connections, directories] = await Promise.all([
        loadOrganization(environment, organizationId),
        countOf(environment, ['organizations', organizationId, 'users']),
        connectionsOf(environment, organizationId),
        countDirectories(environment, organizationId),
      ]);
      const target = targetOrganization(organization);
      const signIn = connections.filter(({ enabled }) => enabled).length;
      return {
        summary: `Delete the ${nameTarget(target)} for good`,
        targets: [target],
        changes: findChanges(withoutSecrets(withoutEmpty(pick(organization, ofItsOwn))), {}),
        touches: { users, connections: connections.length, directories: directories.all },
        warnings: [
          'Its users lose their membership and cannot sign in to it any more; its connections and directories go with it.',
          ...(signIn > 0 ? [`${signIn} of its connections are enabled: people sign in with them now.`] : []),
          ...(directories.enabled > 0 ? [`${directories.enabled} of its directories are enabled.`] : []),
        ],
        undo: { none: 'Scalekit brings no deleted organization back; a new one would have another id' },
        apply: async () => void (await environment.send('DELETE', ['organizations', organizationId])),
      };
    },
  }),

  change({
    name: 'update_organization_settings',
    title: 'Turn features of a Scalekit organization on or off',
    description:
      'Turns features of an organization on or off: sso (its own single sign-on), dir_sync (directory sync).',
    access: 'write',
    scopes: ['org:write', 'org:read'],
    idempotent: true,
    parameterAliases: { feature: 'features' },
    input: () =>
      z.strictObject({
        environmentId,
        organizationId,
        features: z
          .array(z.strictObject({ name: featureName.describe('sso, dir_sync'), enabled: z.boolean() }))
          .min(1)
          .max(20),
      }),
    async plan({ environmentId, organizationId, features }, { client }) {
      const environment = client.at(environmentId);
      const request = { path: ['organizations', organizationId], key: 'organization', entity: organizationEntity };
      const organization = await environment.get(request);
      const target = targetOrganization(organization);
      const before = featuresOf(organization);
      const given = Object.fromEntries(features.map(({ name, enabled }) => [name, enabled]));
      const changed = Object.entries(given).filter(([name, enabled]) => (ownValue(before, name) ?? false) !== enabled);
      const whole = Object.entries({ ...before, ...given }).map(([name, enabled]) => ({ name, enabled }));
      const off = changed.filter(([, enabled]) => !enabled).map(([name]) => name);
      const inUse = await findUses(environment, organizationId, changed);
      return {
        summary:
          changed.length === 0
            ? `Leave the features of the ${nameTarget(target)} as they are`
            : `Turn ${changed.map(([name, enabled]) => `${name} ${enabled ? 'on' : 'off'}`).join(', ')} for the ${nameTarget(target)}`,
        targets: [target],
        changes: changed.map(([name, enabled]) => ({
          field: `settings.features.${name}`,
          before: ownValue(before, name) ?? false,
          after: enabled,
        })),
        touches: inUse.touches,
        warnings: [
          ...(off.includes('sso') && inUse.connections > 0
            ? ['People who sign in with its connections cannot do so while single sign-on is off.']
            : []),
          ...(off.includes('dir_sync') && inUse.directories > 0
            ? ['Its directories no longer bring, change or remove users while directory sync is off.']
            : []),
        ],
        undo: {
          tool: 'update_organization_settings',
          input: {
            ...inSame(environmentId),
            organizationId,
            features: changed.map(([name, enabled]) => ({ name, enabled: !enabled })),
          },
        },
        ask:
          inUse.connections + inUse.directories > 0
            ? 'connections or directories that are in use depend on it: it changes who gets in'
            : undefined,
        already: changed.length === 0 ? 'The organization is set like that already.' : undefined,
        async apply() {
          // All features: whether those that are left out stay is not published.
          const body = { features: whole };
          const path = ['organizations', organizationId, 'settings'];
          await sendIfStill(environment, request, featuresOf, before, () => environment.send('PATCH', path, { body }));
          return undefined;
        },
      };
    },
  }),
];

/** What is in use now and depends on a feature that changes. */
async function findUses(
  client: EnvironmentClient,
  organization: string,
  changed: readonly (readonly [string, boolean])[],
): Promise<{
  readonly connections: number;
  readonly directories: number;
  readonly touches: Readonly<Record<string, number>>;
}> {
  const names = changed.map(([name]) => name);
  const [connections, directories] = await Promise.all([
    names.includes('sso') ? connectionsOf(client, organization) : [],
    names.includes('dir_sync') ? countDirectories(client, organization) : { all: 0, enabled: 0 },
  ]);
  const enabled = connections.filter((connection) => connection.enabled).length;
  const touches = {
    ...(enabled > 0 && { connections: enabled }),
    ...(directories.enabled > 0 && { directories: directories.enabled }),
  };
  return { connections: enabled, directories: directories.enabled, touches };
}

/** @throws CastellanError `invalid_input` when another organization has the external id. */
async function checkFree(client: EnvironmentClient, external_id: string): Promise<void> {
  const { items } = await client.list({
    path: ['organizations'],
    query: { external_id },
    key: 'organizations',
    entity: organizationEntity,
    max: 10,
    pageSize: 100,
  });
  const other = items.find((organization) => organization.external_id === external_id);
  if (other)
    throw wrong(`The ${nameTarget(targetOrganization(other))} has this external id already.`, 'Take another one.');
}

function defined(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

function isSameField(changes: readonly FieldChange[], name: string): boolean {
  return !changes.some(({ field }) => field === name || field.startsWith(`${name}.`));
}

/** Scalekit's fields as the parameters that set them. */
function asParameters({ display_name, external_id, metadata = {} }: Fields): Fields {
  return {
    ...(display_name !== undefined && { organizationName: display_name }),
    ...(external_id !== undefined && { externalId: external_id }),
    metadata,
  };
}
