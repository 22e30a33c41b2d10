// Scalekit's connected accounts: what agents may use of a person's accounts elsewhere.

import { z } from 'zod';
import { nameTarget } from '../../../core/change.ts';
import { listInput, listOutput } from '../../../core/listing.ts';
import { pick } from '../../../core/merging.ts';
import { quoted } from '../../../core/plain.ts';
import { defineChanges, defineTools, tableOf } from '../../../core/tool.ts';
import type { EnvironmentClient, ScalekitClient } from '../client.ts';
import { refuseHidden, targetOf, withoutEmpty } from './changing.ts';
import { handOverFrom } from './hand-over.ts';
import { environmentAlias, environmentId, idOf, listAliases, organizationId, present, userId } from './shared.ts';

const tool = defineTools<ScalekitClient>();
const change = defineChanges<ScalekitClient>();
const text = z.string().nullish();

/** What it may be used with (`authorization_details`) is no part of it here. */
const accountEntity = z.looseObject({
  id: text,
  identifier: text,
  connector: text,
  provider: text,
  status: text,
  authorization_type: text,
  token_expires_at: text,
  last_used_at: text,
  updated_at: text,
});
type Account = z.output<typeof accountEntity>;

const accountView = z.object({
  id: z.string().optional(),
  identifier: z.string().optional().describe('whose it is'),
  connector: z.string().optional(),
  provider: z.string().optional(),
  status: z.string().optional(),
  authorization_type: z.string().optional(),
  token_expires: z.string().optional(),
  last_used: z.string().optional(),
});

const identifier = z.string().min(1).max(320).describe('Whose it is, such as an email');
const connector = z
  .string()
  .regex(/^[\w.-]{1,100}$/, { error: 'is no name of a connector' })
  .describe('Name of the connection, such as gmail');
const accountId = idOf('ca', 'Connected account');

export const connectedAccountTools = [
  tool({
    name: 'list_connected_accounts',
    title: 'List connected accounts',
    description: 'Accounts of people at other services that agents may use, and which of them have expired.',
    access: 'read',
    scopes: ['env:read'],
    parameterAliases: listAliases,
    input: () =>
      z.strictObject({
        environmentId,
        organizationId: organizationId.optional(),
        userId: userId.optional(),
        identifier: identifier.optional(),
        connector: connector.optional(),
        provider: z.string().min(1).max(60).optional(),
        max_results: listInput.max_results,
        cursor: listInput.cursor,
      }),
    output: () => listOutput('connected_accounts', accountView),
    table: tableOf<z.output<typeof accountView>>('connected_accounts', {
      id: (account) => account.id,
      identifier: (account) => account.identifier,
      connector: (account) => account.connector,
      status: (account) => account.status,
      token_expires: (account) => account.token_expires,
    }),
    async run(
      { environmentId, organizationId, userId, identifier, connector, provider, max_results, cursor },
      { client, progress },
    ) {
      if (identifier !== undefined) refuseHidden(client, 'identifier', ['identifier', 'email']);
      const { items, ...tail } = await client.at(environmentId).list({
        path: ['connected_accounts'],
        query: { organization_id: organizationId, user_id: userId, identifier, connector, provider },
        key: 'connected_accounts',
        entity: accountEntity,
        max: max_results,
        cursor,
        pageSize: 50,
        progress,
      });
      return { connected_accounts: items.map(viewAccount), ...tail };
    },
  }),

  change({
    name: 'create_connected_account_magic_link',
    title: 'Make a link to connect an account',
    description:
      'Makes a link with which a person connects their account. The link goes to the operator, never to you.',
    access: 'write',
    scopes: ['env:write', 'env:read'],
    parameterAliases: environmentAlias,
    input: () =>
      z.strictObject({
        environmentId,
        identifier,
        connector,
        organizationId: organizationId.optional(),
        userId: userId.optional(),
      }),
    async plan({ environmentId, identifier, connector, organizationId, userId }, { client }) {
      const environment = client.at(environmentId);
      const target = targetOf('connected account', '', `${connector} of ${identifier}`);
      return {
        summary: `Make a link with which whoever opens it connects ${quoted(connector)} for ${quoted(identifier)}`,
        targets: [target],
        changes: [],
        warnings: ['Hand the link to that person alone: another account could be connected in their name.'],
        undo: { none: 'the link cannot be called back; it expires by itself' },
        ask: 'whoever holds the link decides which account is used for the person',
        async apply() {
          const body = {
            identifier,
            connector,
            ...(organizationId && { organization_id: organizationId }),
            ...(userId && { user_id: userId }),
          };
          const answer = await environment.send('POST', ['connected_accounts', 'magic_link'], { body });
          return handOverFrom(answer, ['link'], `The link to connect ${connector}`);
        },
      };
    },
  }),

  change({
    name: 'delete_connected_account',
    title: 'Delete a connected account',
    description: 'Removes a connected account with its tokens: agents can no longer use it.',
    access: 'destroy',
    scopes: ['env:write', 'env:read'],
    parameterAliases: environmentAlias,
    input: () => z.strictObject({ environmentId, connectedAccountId: accountId }),
    async plan({ environmentId, connectedAccountId }, { client }) {
      const environment = client.at(environmentId);
      const account = await findAccount(environment, connectedAccountId);
      const { connector, identifier } = account;
      const target = targetOf(
        'connected account',
        connectedAccountId,
        [connector, identifier].filter(Boolean).join(' of '),
      );
      const gone = withoutEmpty(pick(account, ['identifier', 'connector', 'provider', 'status']));
      return {
        summary: `Delete the ${nameTarget(target)}`,
        targets: [target],
        changes: Object.entries(gone).map(([field, before]) => ({ field, before })),
        warnings: ['Agents that work with it stop working.'],
        undo: { none: 'the person must connect the account anew: create_connected_account_magic_link' },
        async apply() {
          const body = { id: connectedAccountId };
          await environment.send('POST', ['connected_accounts'], { verb: 'delete', body });
          return undefined;
        },
      };
    },
  }),
];

function viewAccount(account: Account) {
  const { id, identifier, connector, provider, status, authorization_type, token_expires_at, last_used_at } = account;
  return present({
    id,
    identifier,
    connector,
    provider,
    status,
    authorization_type,
    token_expires: token_expires_at,
    last_used: last_used_at,
  });
}

/** By its details, which hold no tokens; the operation for the account itself gives them as well. */
function findAccount(client: EnvironmentClient, id: string): Promise<Account> {
  const path = ['connected_accounts', 'details'];
  return client.get({ path, query: { id }, key: 'connected_account', entity: accountEntity });
}
