// What is known of Scalekit's connections and directories before something is changed: whose they are, and who depends on them.

import { z } from 'zod';
import type { Target } from '../../../core/change.ts';
import { CastellanError } from '../../../core/errors.ts';
import { type Fields, isMap, ownValue } from '../../../core/merging.ts';
import { withoutSecrets } from '../../../core/redact.ts';
import type { EnvironmentClient } from '../client.ts';
import { targetOf, withoutEmpty } from './changing.ts';

const text = z.string().nullish();

/** A connection as lists give it. */
export const listedConnection = z.looseObject({
  id: z.string().min(1),
  provider: text,
  type: text,
  status: text,
  enabled: z.boolean().nullish(),
  organization_id: text,
  organization_name: text,
  ui_button_title: text,
  domains: z.array(z.string()).nullish(),
  key_id: text,
});
export type ListedConnection = z.output<typeof listedConnection>;

/** A connection with its configuration. */
export const connectionEntity = z.looseObject({
  id: z.string().min(1),
  provider: text,
  type: text,
  status: text,
  enabled: z.boolean().nullish(),
  organization_id: text,
  configuration_type: text,
  key_id: text,
  create_time: text,
  update_time: text,
  domains: z.array(z.looseObject({ domain: text })).nullish(),
  oidc_config: z.record(z.string(), z.unknown()).nullish(),
  attribute_mapping: z.record(z.string(), z.string()).nullish(),
});
export type Connection = z.output<typeof connectionEntity>;

export const directoryEntity = z.looseObject({
  id: z.string().min(1),
  name: text,
  directory_type: text,
  directory_provider: text,
  enabled: z.boolean().nullish(),
  status: text,
  last_synced_at: text,
  total_users: z.number().nullish(),
  total_groups: z.number().nullish(),
  stats: z.looseObject({ total_users: z.number().nullish(), total_groups: z.number().nullish() }).nullish(),
});
export type Directory = z.output<typeof directoryEntity>;

/** All of an organization, or of the environment and its organizations, whether enabled or not; Scalekit gives them at once. */
export async function connectionsOf(
  client: EnvironmentClient,
  organization?: string,
): Promise<readonly ListedConnection[]> {
  const { items } = await client.list({
    path: ['connections'],
    query: { organization_id: organization, include: 'all' },
    key: 'connections',
    entity: listedConnection,
    max: Number.POSITIVE_INFINITY,
  });
  return items;
}

export async function directoriesOf(client: EnvironmentClient, organization: string): Promise<readonly Directory[]> {
  const { items } = await client.list({
    path: ['organizations', organization, 'directories'],
    key: 'directories',
    entity: directoryEntity,
    max: Number.POSITIVE_INFINITY,
  });
  return items;
}

export async function countDirectories(client: EnvironmentClient, organization: string) {
  const directories = await directoriesOf(client, organization);
  return { all: directories.length, enabled: directories.filter(({ enabled }) => enabled).length };
}

/** A connection, with the place that its operations are at: its organization's or the environment's. */
export interface Found {
  readonly connection: Connection;
  readonly path: readonly string[];
  readonly target: Target;
  readonly organization: string | undefined;
}

/** @param organization the one that it belongs to; found out where it is not given. */
export async function findConnection(client: EnvironmentClient, id: string, organization?: string): Promise<Found> {
  const owner = organization ?? (await ownerOf(client, id));
  const root = owner === undefined ? [] : ['organizations', owner];
  const path = [...root, 'connections', id];
  const connection = await client.getExact({ path, key: 'connection', entity: connectionEntity });
  return { connection, path, target: targetConnection(connection), organization: owner };
}

const maxSearched = 1_000;

/** Operations of an organization's connections are told apart by their path alone. */
async function ownerOf(client: EnvironmentClient, id: string): Promise<string | undefined> {
  const listed = (await connectionsOf(client)).find((connection) => connection.id === id);
  if (listed) return listed.organization_id || undefined;
  // The environment's list does not hold what belongs to its organizations.
  const { items } = await client.list({
    path: ['organizations', '-', 'connections'],
    key: 'connections',
    entity: listedConnection,
    max: maxSearched,
    pageSize: 30,
  });
  const found = items.find((connection) => connection.id === id);
  if (found) return found.organization_id || undefined;
  throw new CastellanError({
    code: 'not_found',
    message: `There is no connection ${id}${items.length < maxSearched ? '' : ` among the first ${maxSearched}`}.`,
    hint: 'list_environment_connections and list_organization_connections tell the ids; organizationId says whose it is.',
  });
}

/** Where a connection of each type has its settings. */
const configurations = [
  'oidc_config',
  'saml_config',
  'oauth_config',
  'passwordless_config',
  'webauthn_config',
] as const;

/** What is configured, without secrets; absent where nothing is, or where nothing of it may be shown. */
export function shownConfiguration(connection: Fields): Record<string, unknown> | undefined {
  const name = configurations.find((each) => isMap(ownValue(connection, each)));
  return name && (withoutSecrets(withoutEmpty(connection[name] as Fields)) as Record<string, unknown>);
}

/** `OKTA OIDC` stands for a name: a connection need not have one. */
export function targetConnection({ id, provider, type, key_id }: Connection): Target {
  return targetOf('connection', id, key_id || [provider, type].filter(Boolean).join(' '));
}

const signingIn = z.looseObject({
  id: z.string(),
  email: text,
  user_profile: z
    .looseObject({ external_identities: z.array(z.looseObject({ connection_id: text })).nullish() })
    .nullish(),
});

/** Reading further costs requests that the customer needs for its work. */
const maxCounted = 1_000;

/**
 * How many people sign in with a connection, of those who belong where it is. Undefined where it is told by addresses that
 * are hidden.
 */
export async function countSignIns(
  client: EnvironmentClient,
  { connection, organization }: Found,
): Promise<{ readonly people: number | undefined; readonly all: number; readonly complete: boolean }> {
  const { items, complete } = await client.list({
    path: organization === undefined ? ['users'] : ['organizations', organization, 'users'],
    key: 'users',
    entity: signingIn,
    max: maxCounted,
    pageSize: 100,
  });
  const domains = (connection.domains ?? []).flatMap(({ domain }) => domain?.toLowerCase() ?? []);
  const people = items.filter(({ email, user_profile }) => {
    const identities = user_profile?.external_identities ?? [];
    return (
      identities.some(({ connection_id }) => connection_id === connection.id) ||
      domains.includes(email?.toLowerCase().split('@')[1] ?? '')
    );
  });
  const known = domains.length === 0 || !client.hides('email');
  return { people: known ? people.length : undefined, all: items.length, complete };
}
