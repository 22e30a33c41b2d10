// Values for arguments of prompts and resources, found with the tools that read: their limits, scopes and privacy hold.

import type { Complete } from '../../core/offering.ts';

type Row = Readonly<Record<string, unknown>>;

/** The protocol takes no more. */
const most = 100;
/** Scalekit looks for no shorter words. */
const shortest = 3;

/** For a tenant that is one environment: that one, whatever its id. */
export const ownEnvironment = '-';

export function atEnvironment(environmentId: string | undefined): { readonly environmentId?: string } {
  return environmentId === undefined || environmentId === ownEnvironment ? {} : { environmentId };
}

export const completeEnvironments: Complete = {
  tool: 'list_environments',
  input: () => ({ max_results: most }),
  values: (output, typed) => idsOf(output, 'environments', typed, ['display_name', 'domain', 'id']),
};

/** Ids are found by what people know: a part of the name. */
export const completeOrganizations: Complete = {
  tool: 'list_organizations',
  input: (typed, { environmentId }) => ({
    ...atEnvironment(environmentId),
    ...(typed.length >= shortest && { query: typed }),
    max_results: most,
  }),
  values: (output, typed) => idsOf(output, 'organizations', typed, ['name', 'id', 'external_id']),
};

export const completeConnections: Complete = {
  tool: 'list_organization_connections',
  input: (_typed, { environmentId }) => ({ ...atEnvironment(environmentId), max_results: most }),
  values: (output, typed) => idsOf(output, 'connections', typed, ['organization', 'provider', 'id', 'key_id']),
};

export const completeUsers: Complete = {
  tool: 'list_environment_users',
  input: (typed, { environmentId }) => ({
    ...atEnvironment(environmentId),
    ...(typed.length >= shortest && { query: typed }),
    max_results: most,
  }),
  values: (output, typed) => idsOf(output, 'users', typed, ['email', 'name', 'id']),
};

export const completeRoles: Complete = {
  tool: 'list_environment_roles',
  input: (_typed, { environmentId }) => atEnvironment(environmentId),
  values: (output, typed) =>
    rowsOf(output, 'roles')
      .filter(({ name, display_name }) => [name, display_name].some((each) => holds(each, typed)))
      .map(({ name }) => String(name)),
};

function idsOf(output: Row, list: string, typed: string, names: readonly string[]): string[] {
  return rowsOf(output, list)
    .filter((row) => names.some((name) => holds(row[name], typed)))
    .map(({ id }) => String(id));
}

function holds(value: unknown, typed: string): boolean {
  return typeof value === 'string' && value.toLowerCase().includes(typed.toLowerCase());
}

function rowsOf(output: Row, list: string): readonly Row[] {
  const rows = output[list];
  return Array.isArray(rows) ? (rows as readonly Row[]) : [];
}
