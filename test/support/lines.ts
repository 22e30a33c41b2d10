// A server and a client on the two ends of a pipe of lines, in one process.

import { PassThrough } from 'node:stream';
import type { Client } from '@modelcontextprotocol/client';
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import type { ServerFactory } from '../../src/mcp/server.ts';
import { createStdioTransport } from '../../src/mcp/stdio.ts';

/** Connects the client over the real stdio transport; the handle closes both ends. */
export async function connectByLines(factory: ServerFactory, client: Client): Promise<{ close: () => Promise<void> }> {
  const [there, back] = [new PassThrough(), new PassThrough()];
  const served = serveStdio(factory, { transport: createStdioTransport({ input: there, output: back }) });
  // The same transport from the other side: lines are lines.
  await client.connect(createStdioTransport({ input: back, output: there }));
  return {
    async close() {
      await client.close();
      await served.close();
    },
  };
}
