// What users have allowed applications: https://developer.okta.com/docs/api/openapi/okta-management/management/tag/UserGrant/

import { z } from 'zod';
import { fullObject, listInput, listOutput } from '../../../core/listing.ts';
import { defineTools, tableOf } from '../../../core/tool.ts';
import type { OktaClient } from '../client.ts';
import { fullOf, present } from '../views.ts';
import { listParameters, userId } from './shared.ts';

const tool = defineTools<OktaClient>();
const text = z.string().nullish();
const words = z.array(z.string());

const grantEntity = z.object({
  id: z.string(),
  scopeId: z.string(),
  status: text,
  clientId: text,
  issuer: text,
  created: text,
  source: text,
  _links: z.object({ app: z.object({ title: text }).nullish() }).nullish(),
});
const grantView = z.object({
  id: z.string(),
  scope: z.string(),
  client_id: z.string().optional(),
  application: z.string().optional(),
  status: z.string().optional(),
  source: z.string().optional().describe('ADMIN or END_USER'),
  issuer: z.string().optional(),
  created: z.string().optional(),
  full: fullObject,
});

const clientEntity = z.object({ client_id: z.string(), client_name: text });
const tokenEntity = z.object({
  id: z.string(),
  status: text,
  scopes: words.nullish(),
  created: text,
  expiresAt: text,
});
const tokenView = z.object({
  id: z.string(),
  status: z.string().optional(),
  scopes: words.optional(),
  created: z.string().optional(),
  expires: z.string().optional(),
});
const clientView = z.object({
  client_id: z.string(),
  name: z.string(),
  refresh_tokens: z.array(tokenView),
  more_tokens: z.boolean().optional().describe('true: not all are shown'),
});

function nameToken({ id, status, scopes, expires }: z.output<typeof tokenView>): string {
  const until = expires === undefined ? '' : ` until ${expires}`;
  return `${id}${status === 'ACTIVE' ? '' : ` ${status ?? ''}`}${until} (${scopes?.join(', ') ?? 'no scopes'})`;
}

/** Of one application a person has one for each device and browser at most. */
const tokensShown = 20;

export const grantTools = [
  tool({
    name: 'list_okta_user_grants',
    title: 'List a user’s consents',
    description: 'Which scopes a user, or an administrator for them, has allowed which applications.',
    access: 'read',
    scopes: ['okta.users.read'],
    parameterAliases: listParameters,
    input: () => z.strictObject({ user_id: userId, ...listInput }),
    output: () => listOutput('grants', grantView),
    table: tableOf<z.output<typeof grantView>>('grants', {
      id: (grant) => grant.id,
      scope: (grant) => grant.scope,
      client_id: (grant) => grant.client_id,
      application: (grant) => grant.application,
      source: (grant) => grant.source,
      status: (grant) => grant.status,
      created: (grant) => grant.created,
    }),
    async run({ user_id, max_results, cursor, view }, { client, progress }) {
      const { items, ...tail } = await client.list({
        path: ['users', user_id, 'grants'],
        entity: grantEntity,
        max: max_results,
        cursor,
        pageSize: 200,
        progress,
      });
      const grants = items.map((grant) => ({
        id: grant.id,
        scope: grant.scopeId,
        ...present({
          client_id: grant.clientId,
          application: grant._links?.app?.title,
          status: grant.status,
          source: grant.source,
          issuer: grant.issuer,
          created: grant.created,
        }),
        ...fullOf(grant, view),
      }));
      return { grants, ...tail };
    },
  }),

  tool({
    name: 'list_okta_user_clients',
    title: 'List a user’s OAuth clients',
    description:
      'Applications that hold OAuth consents or refresh tokens of a user, with the tokens. Okta lists no sessions: get_okta_event_logs tells sign-ins, revoke_okta_user_sessions ends them all.',
    access: 'read',
    scopes: ['okta.users.read'],
    parameterAliases: listParameters,
    input: () => z.strictObject({ user_id: userId, max_results: listInput.max_results, cursor: listInput.cursor }),
    output: () => listOutput('clients', clientView),
    table: tableOf<z.output<typeof clientView>>('clients', {
      client_id: (client) => client.client_id,
      name: (client) => client.name,
      refresh_tokens: (client) => client.refresh_tokens.map(nameToken).join('; '),
      more_tokens: (client) => client.more_tokens,
    }),
    async run({ user_id, max_results, cursor }, { client, progress }) {
      const path = ['users', user_id, 'clients'];
      const { items, ...tail } = await client.list({ path, entity: clientEntity, max: max_results, cursor, progress });
      const clients = await Promise.all(
        items.map(async ({ client_id, client_name }) => {
          const tokens = await client.list({
            path: [...path, client_id, 'tokens'],
            entity: tokenEntity,
            max: tokensShown,
            pageSize: 200,
          });
          return {
            client_id,
            name: client_name ?? '',
            refresh_tokens: tokens.items.map(({ id, status, scopes, created, expiresAt }) => ({
              id,
              ...present({ status, scopes, created, expires: expiresAt }),
            })),
            ...(!tokens.complete && { more_tokens: true }),
          };
        }),
      );
      return { clients, ...tail };
    },
  }),
];
