// Values for arguments of prompts and resources, found with the tools that read: their limits, scopes and privacy hold.

import type { Complete } from '../../core/offering.ts';

type Row = Readonly<Record<string, unknown>>;

/** The protocol takes no more. */
const most = 100;

/** Ids are found by what people know: words of the name. */
function idsOf(tool: string, list: string): Complete {
  return {
    tool,
    input: (typed) => ({ ...(typed !== '' && { query: typed }), max_results: most }),
    values: (output) => rowsOf(output, list).map(({ id }) => String(id)),
  };
}

export const completeUsers = idsOf('list_oci_users', 'users');
export const completeGroups = idsOf('list_oci_groups', 'groups');
export const completeApplications = idsOf('list_oci_applications', 'applications');
export const completeAppRoles = idsOf('list_oci_app_roles', 'app_roles');
export const completeSignOnPolicies = idsOf('list_oci_sign_on_policies', 'policies');
export const completeIdentityProviders = idsOf('list_oci_identity_providers', 'identity_providers');

/** For people: they read it before it is sent. */
export const completeLogins: Complete = {
  tool: 'list_oci_users',
  input: (typed) => ({ ...(typed !== '' && { query: typed }), max_results: most }),
  values: (output) => rowsOf(output, 'users').map(({ login }) => String(login)),
};

/** IAM finds compartments by their whole name alone. */
export const completeCompartments: Complete = {
  tool: 'list_oci_compartments',
  input: () => ({ in_subtree: true, max_results: 1_000 }),
  values: (output, typed) =>
    rowsOf(output, 'compartments')
      .filter(({ name, id }) => [name, id].some((each) => String(each).toLowerCase().includes(typed.toLowerCase())))
      .map(({ id }) => String(id)),
};

export const completeRegions: Complete = {
  tool: 'list_oci_regions',
  input: () => ({}),
  values: (output, typed) =>
    rowsOf(output, 'regions')
      .map(({ name }) => String(name))
      .filter((name) => name.includes(typed.toLowerCase())),
};

function rowsOf(output: Row, list: string): readonly Row[] {
  const rows = output[list];
  return Array.isArray(rows) ? (rows as readonly Row[]) : [];
}
