// The documentation to read by its topics, as Scalekit's own MCP server names them; each is a search in the operator's index.

import type { Resource } from '../../core/offering.ts';

const topics: readonly (readonly [name: string, title: string, query: string])[] = [
  ['index', 'All pages of the documentation', ''],
  ['quickstart', 'Getting started', 'quickstart'],
  ['full-stack-auth', 'Full-stack authentication', 'full stack auth'],
  ['agent-auth', 'Authentication for agents', 'agent auth'],
  ['mcp-auth', 'Authentication for MCP servers', 'mcp auth'],
  ['sso-scim', 'Single sign-on and SCIM', 'sso scim'],
  ['m2m-auth', 'Machines', 'm2m machine'],
  ['api-sdk', 'API and SDKs', 'api sdk'],
  ['integrations', 'Integrations', 'integration'],
];

export const docsResources: readonly Resource[] = topics.map(([name, title, query]) => ({
  uri: `docs://${name}`,
  name: `docs-${name}`,
  title,
  description: 'From the documentation that the operator has named.',
  mimeType: 'text/plain',
  call: { tool: 'search_docs', input: () => (query === '' ? {} : { query }) },
}));
