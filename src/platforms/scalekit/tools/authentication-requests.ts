// Scalekit's log of sign-ins: who tried, by which connection, and what came of it.

import { z } from 'zod';
import { fullObject, listInput, listOutput } from '../../../core/listing.ts';
import { withoutSecrets } from '../../../core/redact.ts';
import { defineTools, tableOf } from '../../../core/tool.ts';
import type { ScalekitClient } from '../client.ts';
import { refuseHidden } from './changing.ts';
import { environmentId, listAliases, present } from './shared.ts';

const tool = defineTools<ScalekitClient>();
const text = z.string().nullish();

const requestEntity = z.looseObject({
  auth_request_id: text,
  timestamp: text,
  status: text,
  email: text,
  organization_id: text,
  connection_id: text,
  connection_type: text,
  connection_provider: text,
  workflow: text,
  resource_name: text,
  client_name: text,
});
const requestView = z.object({
  id: z.string().optional(),
  time: z.string().optional(),
  status: z.string().optional(),
  email: z.string().optional(),
  organization_id: z.string().optional(),
  connection_id: z.string().optional(),
  connection: z.string().optional().describe('provider and type'),
  workflow: z.string().optional(),
  resource: z.string().optional(),
  client: z.string().optional(),
  full: fullObject,
});
const moment = z.iso.datetime({ offset: true, error: 'is no time such as 2026-01-31T08:00:00Z' });

export const authenticationRequestTools = [
  tool({
    name: 'list_authentication_requests',
    title: 'List Scalekit sign-ins',
    description:
      'Attempts to sign in, by email, status or time: why somebody cannot get in. Times: parse_relative_time. Next: get_environment_connection.',
    access: 'read',
    scopes: ['env:read'],
    parameterAliases: { ...listAliases, start_time: 'since', end_time: 'until' },
    input: () =>
      z.strictObject({
        environmentId,
        email: z.string().min(1).max(254).optional(),
        status: z
          .array(z.enum(['INITIATED', 'PENDING', 'SUCCESS', 'FAILED']))
          .max(4)
          .optional(),
        since: moment.optional(),
        until: moment.optional(),
        ...listInput,
      }),
    output: () => listOutput('requests', requestView),
    table: tableOf<z.output<typeof requestView>>('requests', {
      time: (request) => request.time,
      status: (request) => request.status,
      email: (request) => request.email,
      organization: (request) => request.organization_id,
      connection: (request) => request.connection,
      connection_id: (request) => request.connection_id,
    }),
    async run({ environmentId, email, status, since, until, max_results, cursor, view }, { client, progress }) {
      if (email !== undefined) refuseHidden(client, 'email', ['email']);
      const { items, ...tail } = await client.at(environmentId).list({
        path: ['logs', 'authentication', 'requests'],
        query: { email, status, start_time: since, end_time: until },
        key: 'authRequests',
        entity: requestEntity,
        max: max_results,
        cursor,
        pageSize: 100,
        progress,
      });
      const requests = items.map((request) => ({
        ...present({
          id: request.auth_request_id,
          time: request.timestamp,
          status: request.status,
          email: request.email,
          organization_id: request.organization_id,
          connection_id: request.connection_id,
          connection: [request.connection_provider, request.connection_type].filter(Boolean).join(' '),
          workflow: request.workflow,
          resource: request.resource_name,
          client: request.client_name,
        }),
        ...(view === 'full' && { full: withoutSecrets(request) as Record<string, unknown> }),
      }));
      return { requests, ...tail };
    },
  }),
];
