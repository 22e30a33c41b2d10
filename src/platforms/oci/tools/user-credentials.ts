// Credentials that users made for programs: API keys by fingerprint and auth tokens by description, never what they hold
// (https://docs.oracle.com/en-us/iaas/api/#/en/identity-domains/v1/ApiKey/ and …/AuthToken/).

import { z } from 'zod';
import { nameTarget, type Target } from '../../../core/change.ts';
import { listInput } from '../../../core/listing.ts';
import { defineChanges, defineTools, tableOf } from '../../../core/tool.ts';
import type { OciClient } from '../client.ts';
import { where } from '../filter.ts';
import { domainListOutput, metaEntity, text } from './scim-views.ts';
import { listAliases, present, wrong } from './shared.ts';
import { findExact, idOfUser, isActive, type User, userRef } from './user-facts.ts';

const tool = defineTools<OciClient>();
const change = defineChanges<OciClient>();
const { view: _view, ...pageInput } = listInput;

/** Asked for by name: the key and the token themselves are never. */
const attributes = {
  ApiKeys: ['ocid', 'fingerprint', 'description', 'user', 'meta'],
  AuthTokens: ['ocid', 'description', 'expiresOn', 'user', 'meta'],
} as const;
type Folder = keyof typeof attributes;

const credentialEntity = z.looseObject({
  id: z.string().min(1),
  ocid: text,
  fingerprint: text,
  description: text,
  expiresOn: text,
  user: z.looseObject({ value: text, display: text, name: text }).nullish(),
  meta: metaEntity,
});
type Credential = z.output<typeof credentialEntity>;

const owner = { user_id: z.string().optional(), user: z.string().optional() };
const apiKeyView = z.object({
  id: z.string(),
  fingerprint: z.string().optional(),
  description: z.string().optional(),
  created: z.string().optional(),
  ...owner,
});
const authTokenView = z.object({
  id: z.string(),
  description: z.string().optional(),
  created: z.string().optional(),
  expires: z.string().optional(),
  ...owner,
});

const ofUser = { user_id: userRef.optional().describe('Id, OCID, login or email; without it everybody’s') };
const mostOfOne = 100;

export const userCredentialTools = [
  tool({
    name: 'list_oci_user_api_keys',
    title: 'List API keys of OCI users',
    description:
      'API keys by fingerprint, of one user or of everybody, with when they were made. Next: delete_oci_user_api_key.',
    access: 'read',
    scopes: ['oci:read'],
    parameterAliases: listAliases,
    input: () => z.strictObject({ ...ofUser, ...pageInput }),
    output: () => domainListOutput('api_keys', apiKeyView),
    table: tableOf<z.output<typeof apiKeyView>>('api_keys', {
      id: (key) => key.id,
      fingerprint: (key) => key.fingerprint,
      user: (key) => key.user ?? key.user_id,
      created: (key) => key.created,
    }),
    async run(input, { client, progress }) {
      const { items, ...tail } = await list(client, 'ApiKeys', { ...input, progress });
      return {
        api_keys: items.map((key) => ({ ...viewCredential(key), ...present({ fingerprint: key.fingerprint }) })),
        ...tail,
      };
    },
  }),

  tool({
    name: 'list_oci_user_auth_tokens',
    title: 'List auth tokens of OCI users',
    description:
      'Auth tokens (for Git, registries, Swift) by description, of one user or of everybody, with their dates. Next: delete_oci_user_auth_token.',
    access: 'read',
    scopes: ['oci:read'],
    parameterAliases: listAliases,
    input: () => z.strictObject({ ...ofUser, ...pageInput }),
    output: () => domainListOutput('auth_tokens', authTokenView),
    table: tableOf<z.output<typeof authTokenView>>('auth_tokens', {
      id: (token) => token.id,
      description: (token) => token.description,
      user: (token) => token.user ?? token.user_id,
      expires: (token) => token.expires,
    }),
    async run(input, { client, progress }) {
      const { items, ...tail } = await list(client, 'AuthTokens', { ...input, progress });
      return {
        auth_tokens: items.map((token) => ({ ...viewCredential(token), ...present({ expires: token.expiresOn }) })),
        ...tail,
      };
    },
  }),

  change({
    name: 'delete_oci_user_api_key',
    title: 'Delete an OCI user’s API key',
    description: 'Ends an API key of a user at once. key comes from list_oci_user_api_keys.',
    access: 'destroy',
    scopes: ['oci:destroy', 'oci:read'],
    input: () => z.strictObject({ user_id: userRef, key: z.string().max(200).describe('Id, OCID or fingerprint') }),
    async plan({ user_id, key }, { client }) {
      const found = await findOf(client, 'ApiKeys', user_id, key);
      const { id, fingerprint } = found.credential;
      const target: Target = { type: 'api_key', id, ...(fingerprint && { name: fingerprint }) };
      return planDeletion(client, { folder: 'ApiKeys', what: 'API key', target, ...found });
    },
  }),

  change({
    name: 'delete_oci_user_auth_token',
    title: 'Delete an OCI user’s auth token',
    description: 'Ends an auth token of a user at once. token_id comes from list_oci_user_auth_tokens.',
    access: 'destroy',
    scopes: ['oci:destroy', 'oci:read'],
    input: () => z.strictObject({ user_id: userRef, token_id: z.string().max(200).describe('Id or OCID') }),
    async plan({ user_id, token_id }, { client }) {
      const found = await findOf(client, 'AuthTokens', user_id, token_id);
      const { id, description } = found.credential;
      const target: Target = { type: 'auth_token', id, ...(description && { name: description }) };
      return planDeletion(client, { folder: 'AuthTokens', what: 'auth token', target, ...found });
    },
  }),
];

interface ListOptions {
  readonly user_id?: string | undefined;
  readonly max_results: number;
  readonly cursor?: string | undefined;
  readonly progress?: (done: number, total?: number) => void;
}

async function list(client: OciClient, folder: Folder, { user_id, max_results, cursor, progress }: ListOptions) {
  const filter = user_id === undefined ? undefined : where.eq('user.value', await idOfUser(client, user_id));
  return client.domain.list({
    path: [folder],
    filter,
    attributes: attributes[folder],
    entity: credentialEntity,
    max: max_results,
    cursor,
    ...(progress && { progress }),
  });
}

function viewCredential({ id, description, meta, user }: Credential) {
  return {
    id,
    ...present({ description, created: meta?.created, user_id: user?.value, user: user?.name ?? user?.display }),
  };
}

/** @throws CastellanError `invalid_input` where the user has no such credential: an id alone could be anybody's. */
async function findOf(client: OciClient, folder: Folder, who: string, wanted: string) {
  const { user, target } = await findExact(client, who, ['userName', 'active']);
  const request = { path: [folder], filter: where.eq('user.value', user.id), attributes: attributes[folder] };
  const { items } = await client.domain.list({ ...request, entity: credentialEntity, max: mostOfOne });
  const credential = items.find(({ id, ocid, fingerprint }) => [id, ocid, fingerprint].includes(wanted));
  if (credential) return { user, person: target, credential, left: items.length - 1 };
  const tool = folder === 'ApiKeys' ? 'list_oci_user_api_keys' : 'list_oci_user_auth_tokens';
  throw wrong(`The ${nameTarget(target)} has no such credential.`, `${tool} shows what they have.`);
}

interface Deletion {
  readonly folder: Folder;
  readonly what: string;
  readonly user: User;
  readonly person: Target;
  readonly credential: Credential;
  readonly target: Target;
  readonly left: number;
}

function planDeletion(client: OciClient, { folder, what, user, person, credential, target, left }: Deletion) {
  const { id, fingerprint, description, expiresOn } = credential;
  return {
    summary: `Delete the ${nameTarget({ ...target, type: what })} of the ${nameTarget(person)}`,
    targets: [target, person],
    changes: Object.entries(present({ fingerprint, description, expiresOn })).map(([field, before]) => ({
      field,
      before,
    })),
    touches: { left },
    warnings: [`What runs with the ${what} stops at once.`, ...(isActive(user) ? [] : ['The user is inactive.'])],
    undo: { none: `OCI keeps no ${what} that was deleted; the person makes another` },
    async apply() {
      await client.domain.send('DELETE', [folder, id]);
      return undefined;
    },
  };
}
