// What the credentials of a tenant reach, in the scopes of Scalekit's own MCP server: workspace, environment, organization.

import type { CredentialKind } from './credential.ts';

const inEnvironment = ['env:read', 'env:write', 'org:read', 'org:write'];
const inWorkspace = ['wks:read', 'wks:write'];

/** An environment's client credentials reach that environment alone (https://docs.scalekit.com/apis/). */
export function reachOf(kind: CredentialKind, hasDocs: boolean): ReadonlySet<string> {
  const own = kind === 'environment' ? inEnvironment : [...inEnvironment, ...inWorkspace];
  return new Set(hasDocs ? [...own, 'docs:read'] : own);
}

export function adviseReach(missing: readonly string[]): string {
  if (missing.includes('docs:read'))
    return 'An operator can name an index of documentation: docsUrl (SCALEKIT_DOCS_URL).';
  return 'Client credentials reach one environment and nothing of the workspace; an operator can set workspaceUrl (SCALEKIT_WORKSPACE_URL) instead.';
}
