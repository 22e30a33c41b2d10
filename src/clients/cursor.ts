// Cursor. Facts: cursor.com/docs/mcp (places, and `${env:NAME}` in command, args, env, url and headers).

import { join } from 'node:path';
import { envOf, type McpClient, setBefore, unlessEmpty } from './client.ts';

export const cursor: McpClient = {
  id: 'cursor',
  title: 'Cursor',
  syntax: 'jsonc',
  trailingCommas: true,
  key: 'mcpServers',
  places: {
    user: ({ home }) => join(home, '.cursor', 'mcp.json'),
    project: ({ folder }) => join(folder, '.cursor', 'mcp.json'),
  },
  traces: ({ home }) => [join(home, '.cursor')],
  launched: ({ command, args, variables }) => ({
    type: 'stdio',
    command,
    args,
    ...envOf(variables, (name) => `\${env:${name}}`),
  }),
  reached: ({ url, headers }) => ({ url, ...unlessEmpty('headers', headers) }),
  references: { pattern: /\$\{[^}]+\}/, todo: setBefore('Cursor') },
  next: 'In Cursor switch it on at Settings > MCP.',
  byHand: () => ({ how: 'put into ~/.cursor/mcp.json' }),
  signIn: 'In Cursor connect at Settings > MCP; the browser opens for signing in.',
};
