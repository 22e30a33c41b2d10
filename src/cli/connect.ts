// A client for commands: it talks to Castellan in this process over the same protocol as everybody else.

import { Client, InMemoryTransport } from '@modelcontextprotocol/client';
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import type { ServerFactory } from '../mcp/server.ts';
import { version } from '../version.ts';

/** What a person at the terminal says to a question of the server. */
export type Person = (question: string) => Promise<'accept' | 'decline' | 'cancel'>;

export async function connectInProcess(factory: ServerFactory, person?: Person): Promise<Client> {
  const [ours, theirs] = InMemoryTransport.createLinkedPair();
  serveStdio(factory, { transport: theirs });
  const client = createClient(person);
  await client.connect(ours);
  return client;
}

export function createClient(person?: Person): Client {
  const capabilities = person ? { elicitation: {} } : {};
  const client = new Client({ name: 'castellan-cli', version }, { capabilities, versionNegotiation: { mode: 'auto' } });
  if (person) {
    client.setRequestHandler('elicitation/create', async ({ params }) => {
      const action = await person(params.message);
      return action === 'accept' ? { action, content: { approve: true } } : { action };
    });
  }
  return client;
}
