// How MCP clients are told about a server, on a terminal: those that most people have.

import { connectionsTo, initFor } from '../clients/connecting.ts';
import { paint } from './output.ts';

const shown = new Set(['Claude Code', 'VS Code', 'Cursor', 'Claude Desktop', 'MCP Inspector']);

export function describeConnections(url: string): string {
  const all = { client: 'All that are here', how: 'run', text: initFor(url) };
  return [all, ...connectionsTo(url).filter(({ client }) => shown.has(client))]
    .map(({ client, how, text }) => `  ${paint('bold', client)}, ${how}:\n${text.replace(/^/gm, '    ')}`)
    .join('\n\n');
}
