// A client for commands: it talks to Castellan in this process over the same protocol as everybody else.

import { Client, InMemoryTransport } from '@modelcontextprotocol/client';
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import type { ServerFactory } from '../mcp/server.ts';
import { version } from '../version.ts';

export async function connectInProcess(factory: ServerFactory): Promise<Client> {
  const [ours, theirs] = InMemoryTransport.createLinkedPair();
  serveStdio(factory, { transport: theirs });
  const client = createClient();
  await client.connect(ours);
  return client;
}

export function createClient(): Client {
  return new Client({ name: 'castellan-cli', version }, { versionNegotiation: { mode: 'auto' } });
}
