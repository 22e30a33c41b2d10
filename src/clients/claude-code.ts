// Claude Code. Facts: code.claude.com/docs/en/mcp (scopes, `${VAR}` in command, args, env, url and headers), and what
// @anthropic-ai/claude-code 2.1 itself writes and reads: plain JSON; a variable that is not set is a warning.

import { join } from 'node:path';
import { envOf, type McpClient, setBefore, unlessEmpty } from './client.ts';

export const claudeCode: McpClient = {
  id: 'claude-code',
  title: 'Claude Code',
  syntax: 'json',
  key: 'mcpServers',
  places: {
    user: ({ env, home }) => join(env.CLAUDE_CONFIG_DIR || home, '.claude.json'),
    project: ({ folder }) => join(folder, '.mcp.json'),
  },
  traces: ({ env, home }) => [join(env.CLAUDE_CONFIG_DIR || home, '.claude.json'), join(home, '.claude')],
  launched: ({ command, args, variables }) => ({
    type: 'stdio',
    command,
    args,
    ...envOf(variables, (name) => `\${${name}}`),
  }),
  reached: ({ url, headers }) => ({ type: 'http', url, ...unlessEmpty('headers', headers) }),
  references: { pattern: /\$\{[^}]+\}/, todo: setBefore('Claude Code') },
  next: 'Start Claude Code again; /mcp shows it.',
  byHand: (url) => ({
    how: 'run',
    text: `claude mcp add --transport http castellan ${url}`,
    note: 'Then sign in with /mcp.',
  }),
  signIn: 'Start Claude Code again and sign in with /mcp.',
};
