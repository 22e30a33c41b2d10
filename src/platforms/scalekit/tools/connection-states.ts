// Enabling, disabling and deleting Scalekit's connections: with them, people get in or do not.

import { z } from 'zod';
import { findChanges, nameTarget, type Plan } from '../../../core/change.ts';
import { pick, previewChanges } from '../../../core/merging.ts';
import { defineChanges } from '../../../core/tool.ts';
import type { EnvironmentClient, ScalekitClient } from '../client.ts';
import { checkToggled, withoutEmpty } from './changing.ts';
import { connectionsOf, countSignIns, type Found, findConnection, shownConfiguration } from './connection-facts.ts';
import { connectionAlias, connectionId, environmentId, inSame, organizationId } from './shared.ts';

const change = defineChanges<ScalekitClient>();

/** The same for all; of an organization's connection its organization is found out where it is not given. */
const input = () => z.strictObject({ environmentId, connectionId, organizationId: organizationId.optional() });

export const connectionStateTools = [
  change({
    name: 'enable_environment_connection',
    title: 'Enable a Scalekit connection',
    description:
      'Lets people sign in with a connection, the environment’s or an organization’s, once it is configured.',
    access: 'write',
    scopes: ['env:write', 'env:read'],
    idempotent: true,
    parameterAliases: connectionAlias,
    input,
    plan: (given, { client }) => planSwitch(client, given, true),
  }),

  change({
    name: 'disable_environment_connection',
    title: 'Disable a Scalekit connection',
    description: 'Stops sign-in with a connection until enable_environment_connection; its configuration stays.',
    access: 'destroy',
    scopes: ['env:write', 'env:read'],
    idempotent: true,
    parameterAliases: connectionAlias,
    input,
    plan: (given, { client }) => planSwitch(client, given, false),
  }),

  change({
    name: 'delete_environment_connection',
    title: 'Delete a Scalekit connection',
    description:
      'Removes a connection with its configuration, for good. For a pause take disable_environment_connection.',
    access: 'destroy',
    scopes: ['env:write', 'env:read'],
    parameterAliases: connectionAlias,
    input,
    async plan({ environmentId, connectionId, organizationId }, { client }) {
      const environment = client.at(environmentId);
      const found = await findConnection(environment, connectionId, organizationId);
      const { connection, path, target, organization } = found;
      const gone = withoutEmpty(pick(connection, ['provider', 'type', 'status', 'enabled', 'key_id']));
      return {
        summary: `Delete the ${nameTarget(target)}${ofWhom(organization)} for good`,
        targets: [target, ...owners(organization)],
        changes: [...findChanges(gone, {}), ...previewChanges(environment, configured(found), {})],
        ...(await tellLosing(environment, found)),
        undo: {
          none: 'Scalekit brings no deleted connection back; a new one has another id, other addresses and no client secret',
        },
        apply: async () => void (await environment.send('DELETE', path)),
      };
    },
  }),
];

async function planSwitch(
  client: ScalekitClient,
  { environmentId, connectionId, organizationId }: z.output<ReturnType<typeof input>>,
  enabled: boolean,
): Promise<Plan> {
  const environment = client.at(environmentId);
  const found = await findConnection(environment, connectionId, organizationId);
  const { connection, path, target, organization } = found;
  const isThere = (connection.enabled ?? false) === enabled;
  const verb = enabled ? 'enable' : 'disable';
  const unfinished = connection.status !== 'COMPLETED';
  return {
    summary: `${enabled ? 'Enable' : 'Disable'} the ${nameTarget(target)}${ofWhom(organization)}`,
    targets: [target, ...owners(organization)],
    changes: [{ field: 'enabled', before: !enabled, after: enabled }],
    ...(enabled ? { warnings: tellGaining(environment, found) } : !isThere && (await tellLosing(environment, found))),
    undo: {
      tool: `${enabled ? 'disable' : 'enable'}_environment_connection`,
      input: { ...inSame(environmentId), connectionId, ...(organizationId && { organizationId }) },
      ...(!enabled &&
        unfinished && { but: 'it is not configured to its end, so Scalekit may refuse to enable it again' }),
    },
    ask: enabled ? 'whoever the identity provider vouches for gets in' : undefined,
    already: isThere ? `The connection is ${verb}d already.` : undefined,
    async apply() {
      checkToggled(await environment.send('PATCH', path, { verb }), enabled);
      return undefined;
    },
  };
}

function tellGaining(client: EnvironmentClient, found: Found): string[] {
  const { status } = found.connection;
  return [
    'From then on people sign in with it.',
    ...(['DRAFT', 'IN_PROGRESS'].includes(status ?? '')
      ? [`It is not configured to its end (${status}): Scalekit may refuse.`]
      : []),
    ...tellWhole(client, found),
  ];
}

function owners(organization: string | undefined) {
  return organization === undefined ? [] : [{ type: 'organization', id: organization }];
}

function ofWhom(organization: string | undefined): string {
  return organization === undefined ? ' of the environment' : ` of the organization ${organization}`;
}

function configured({ connection }: Found): Readonly<Record<string, unknown>> {
  const configuration = shownConfiguration(connection);
  const { configuration_type } = connection;
  return withoutEmpty({ configuration_type, ...configuration });
}

/** A draft is configured without a question, so all of it stands in the question that puts it into force. */
function tellWhole(client: EnvironmentClient, found: Found): string[] {
  return previewChanges(client, configured(found), {}).map(
    ({ field, before }) => `In force then: ${field}: ${typeof before === 'string' ? before : JSON.stringify(before)}`,
  );
}

/** How many people cannot sign in with it any more, and whether those who share its place have another way. */
async function tellLosing(client: EnvironmentClient, found: Found) {
  const { connection, organization } = found;
  if (!connection.enabled) return { warnings: ['It is disabled: nobody signs in with it now.'] };
  const [{ people, all, complete }, others] = await Promise.all([
    countSignIns(client, found),
    connectionsOf(client, organization),
  ]);
  const left = others.filter(
    ({ id, enabled, organization_id }) =>
      enabled && id !== connection.id && (organization_id || undefined) === organization,
  );
  const place = organization === undefined ? 'environment' : 'organization';
  return {
    touches: { users: people ?? all },
    warnings: [
      `${people ?? 'Some'} of ${complete ? '' : 'the first '}${all} users of the ${place} sign in with it (by their identities there or their address) and cannot any more.`,
      left.length === 0
        ? `The ${place} has no other connection that is enabled.`
        : `The ${place} has ${left.length} more that are enabled.`,
    ],
  };
}
