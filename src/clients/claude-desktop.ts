// Claude Desktop. Facts: modelcontextprotocol.io, "Connect to local MCP servers"; support.claude.com, "Getting started with
// local MCP servers". The file is plain JSON, and values in it are taken as they stand.

import { join } from 'node:path';
import { envOf, type McpClient } from './client.ts';
import { appData } from './folders.ts';

export const claudeDesktop: McpClient = {
  id: 'claude-desktop',
  title: 'Claude Desktop',
  syntax: 'json',
  key: 'mcpServers',
  places: { user: (machine) => join(appData(machine), 'Claude', 'claude_desktop_config.json') },
  traces: (machine) => [join(appData(machine), 'Claude'), '/Applications/Claude.app'],
  // Without references there are no secrets among the variables.
  launched: ({ command, args, variables }) => ({ command, args, ...envOf(variables, String) }),
  next: 'Quit Claude Desktop and open it again.',
  // Anthropic's own machines connect for its connectors: a server must be on the internet then.
  byHand: (url) =>
    /^(localhost|127\.0\.0\.1|\[::1\])$/.test(new URL(url).hostname)
      ? {
          how: 'put into claude_desktop_config.json (Settings > Developer > Edit Config)',
          note: 'mcp-remote signs in for it: its connectors reach servers on the internet only.',
        }
      : {
          how: 'add as a custom connector (Settings > Connectors)',
          text: url,
          note: 'If this server is not on the internet, put mcp-remote (below) into claude_desktop_config.json instead.',
        },
};
