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

function rowsOf(output: Row, list: string): readonly Row[] {
  const rows = output[list];
  return Array.isArray(rows) ? (rows as readonly Row[]) : [];
}
