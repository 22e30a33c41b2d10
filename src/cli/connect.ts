// A client for commands: it talks to Castellan in this process over the same protocol as everybody else.

import { type Client, InMemoryTransport } from '@modelcontextprotocol/client';
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import { type Ask, createClient } from '../chat/connect.ts';
import type { ServerFactory } from '../mcp/server.ts';

/** What a person at the terminal says to a question of the server. */
export type Person = (question: string) => Promise<'accept' | 'decline' | 'cancel'>;

export async function connectInProcess(factory: ServerFactory, person?: Person): Promise<Client> {
  const [ours, theirs] = InMemoryTransport.createLinkedPair();
  serveStdio(factory, { transport: theirs });
  const client = createClient({ name: 'castellan-cli', ask: person && approving(person) });
  await client.connect(ours);
  return client;
}

/** Castellan asks for one thing: whether what it says may be done. */
function approving(person: Person): Ask {
  return async ({ message }) => {
    const action = await person(message);
    return action === 'accept' ? { action, content: { approve: true } } : { action };
  };
}
