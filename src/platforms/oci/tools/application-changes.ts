// Switching applications of an identity domain on and off (`PUT /AppStatusChanger/{id}`).

import { z } from 'zod';
import { nameTarget, type Plan } from '../../../core/change.ts';
import { defineChanges } from '../../../core/tool.ts';
import type { OciClient } from '../client.ts';
import { and, where } from '../filter.ts';
import { type App, loadApp, targetApp } from './applications.ts';
import { countGrants, findGiven } from './grant-facts.ts';
import { appId, wrong } from './shared.ts';

const change = defineChanges<OciClient>();
const schema = 'urn:ietf:params:scim:schemas:oracle:idcs:AppStatusChanger';
const parameterAliases = { application_id: 'app_id' };

export const applicationChangeTools = [
  change({
    name: 'activate_oci_application',
    title: 'Activate an OCI application',
    description: 'Switches an inactive application on again, for all who were granted it.',
    access: 'write',
    scopes: ['oci:write', 'oci:read'],
    idempotent: true,
    parameterAliases,
    input: () => z.strictObject({ app_id: appId }),
    plan: ({ app_id }, { client }) => planStatus(client, app_id, true),
  }),

  change({
    name: 'deactivate_oci_application',
    title: 'Deactivate an OCI application',
    description: 'Switches an application off until activate_oci_application: nobody signs in to it; grants stay.',
    access: 'destroy',
    scopes: ['oci:destroy', 'oci:read'],
    idempotent: true,
    parameterAliases,
    input: () => z.strictObject({ app_id: appId }),
    plan: ({ app_id }, { client }) => planStatus(client, app_id, false),
  }),
];

async function planStatus(client: OciClient, id: string, active: boolean): Promise<Plan> {
  const app = await loadApp(client, id);
  const target = targetApp(app);
  refuseOracles(app);
  const ofApp = where.eq('app.value', app.id);
  const [people, groups] = await Promise.all(
    ['User', 'Group'].map((type) => countGrants(client, and(ofApp, where.eq('grantee.type', type)))),
  );
  const is = app.active ?? false;
  const { admin } = active && !is ? await findGiven(client, app.id, 'App') : { admin: [] };
  const state = active ? 'active' : 'inactive';
  return {
    summary: `${active ? 'Activate' : 'Deactivate'} the ${nameTarget(target)}`,
    targets: [target],
    changes: is === active ? [] : [{ field: 'active', before: is, after: active }],
    touches: { 'grants to people': people ?? 0, 'grants to groups': groups ?? 0 },
    warnings: active
      ? []
      : [
          'Nobody can sign in to it, and it gets no tokens: what runs on its client id stops.',
          ...(app.isOAuthResource ? ['Nobody gets tokens for its scopes any more.'] : []),
        ],
    undo: { tool: active ? 'deactivate_oci_application' : 'activate_oci_application', input: { app_id: app.id } },
    ask:
      admin.length === 0
        ? undefined
        : `it then acts with administrators’ roles again, in nobody’s name (${admin.join(', ')})`,
    already: is === active ? `The application is ${state} already.` : undefined,
    async apply() {
      await client.domain.send('PUT', ['AppStatusChanger', app.id], { body: { schemas: [schema], active } });
      return undefined;
    },
  };
}

/** @throws CastellanError `invalid_input` for what the domain itself, or a service of Oracle's, runs on. */
function refuseOracles(app: App): void {
  const prevented = app.idcsPreventedOperations?.some((operation) => operation === 'update' || operation === 'replace');
  if (!app.infrastructure && !app.isOPCService && !prevented) return;
  throw wrong(
    `The ${nameTarget(targetApp(app))} is one of Oracle’s own, which the identity domain runs on.`,
    'Take an application of your own.',
  );
}
