// How each MCP client is told about a server that it reaches over HTTP: for the console and the terminal.

import { mcpClients } from './all.ts';
import type { McpClient } from './client.ts';

export interface Connecting {
  readonly client: string;
  /** What to do with `text`, as half a sentence. */
  readonly how: string;
  readonly text: string;
  /** What else there is to know. */
  readonly note?: string;
}

export function connectionsTo(url: string): readonly Connecting[] {
  return [
    ...mcpClients.map((client) => {
      const { how, text = entryText(client, url), note } = client.byHand(url);
      return { client: client.title, how, text, ...(note !== undefined && { note }) };
    }),
    {
      client: 'MCP Inspector',
      how: 'run',
      text: `npx @modelcontextprotocol/inspector --transport http --server-url ${url}`,
    },
    {
      client: 'mcp-remote',
      how: 'for every client that only starts commands: put into its configuration',
      text: json({ mcpServers: { castellan: bridge(url) } }),
    },
  ];
}

/** Castellan itself can do it, for all of them. */
export function initFor(url: string): string {
  return `castellan init --remote ${url}`;
}

function entryText(client: McpClient, url: string): string {
  return json({ [client.key]: { castellan: client.reached?.({ url, headers: {} }) ?? bridge(url) } });
}

function bridge(url: string) {
  return { command: 'npx', args: ['-y', 'mcp-remote', url] };
}

function json(value: unknown): string {
  return JSON.stringify(value, null, 2);
}
