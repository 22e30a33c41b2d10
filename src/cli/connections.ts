// How each MCP client is told about a server.

import { realpathSync } from 'node:fs';
import { paint } from './output.ts';

/** For the simulated organization of the demo. */
export function describeConnections(url: string): string {
  const command = { command: process.execPath, args: [realpathSync(process.argv[1] ?? ''), 'serve', '--sandbox'] };
  const json = (value: unknown) => JSON.stringify(value, null, 2).replace(/^/gm, '    ');
  const parts: readonly (readonly [string, string, string])[] = [
    ['Claude Code', 'run', `    claude mcp add --transport http castellan ${url}`],
    ['VS Code', 'in .vscode/mcp.json', json({ servers: { castellan: { type: 'http', url } } })],
    ['Cursor', 'in ~/.cursor/mcp.json', json({ mcpServers: { castellan: { url } } })],
    [
      'Claude Desktop',
      'in claude_desktop_config.json (Settings > Developer; it starts its own sandbox)',
      json({ mcpServers: { castellan: command } }),
    ],
    [
      'MCP Inspector',
      'run',
      `    npx @modelcontextprotocol/inspector --cli ${url} --transport http --method tools/list`,
    ],
  ];
  return parts.map(([client, how, what]) => `  ${paint('bold', client)}, ${how}:\n${what}`).join('\n\n');
}
