// Windsurf. Facts: docs.windsurf.com/windsurf/cascade/mcp (place, `serverUrl`, and `${env:NAME}` in command, args, env,
// serverUrl and headers; `${file:PATH}` likewise).

import { join } from 'node:path';
import { envOf, type McpClient, setBefore, unlessEmpty } from './client.ts';

export const windsurf: McpClient = {
  id: 'windsurf',
  title: 'Windsurf',
  syntax: 'jsonc',
  trailingCommas: true,
  key: 'mcpServers',
  places: { user: ({ home }) => join(home, '.codeium', 'windsurf', 'mcp_config.json') },
  traces: ({ home }) => [join(home, '.codeium', 'windsurf')],
  launched: ({ command, args, variables }) => ({ command, args, ...envOf(variables, (name) => `\${env:${name}}`) }),
  reached: ({ url, headers }) => ({ serverUrl: url, ...unlessEmpty('headers', headers) }),
  references: { pattern: /\$\{[^}]+\}/, todo: setBefore('Windsurf') },
  next: 'In Windsurf press the refresh button at Cascade > MCPs.',
  byHand: () => ({ how: 'put into ~/.codeium/windsurf/mcp_config.json' }),
  signIn: 'In Windsurf press the refresh button at Cascade > MCPs; the browser opens for signing in.',
};
