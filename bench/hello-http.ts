// What Castellan is measured against over HTTP: the SDK's own high-level server, made for each request as its manual says.
// Without an argument it has one tool; with a number it registers so many of Castellan's tools.

import { serve } from '@hono/node-server';
import { createMcpHandler, McpServer } from '@modelcontextprotocol/server';
import { Hono } from 'hono';
import { z } from 'zod';
import { type AnyTool, toolsOf } from '../src/core/tool.ts';

const size = Number(process.argv[2] ?? 0);
const tools = size > 0 ? await realTools() : [];

function createHello(): McpServer {
  const server = new McpServer({ name: 'hello', version: '1.0.0' });
  const inputSchema = z.object({ name: z.string() });
  server.registerTool('hello', { description: 'Says hello.', inputSchema }, async ({ name }) => ({
    content: [{ type: 'text', text: `Hello, ${name}!` }],
  }));
  return server;
}

async function realTools(): Promise<AnyTool[]> {
  const [{ okta }, { padTools }] = await Promise.all([import('../src/platforms/okta/index.ts'), import('./pad.ts')]);
  return padTools(toolsOf(okta), size);
}

function createLarge(): McpServer {
  const server = new McpServer({ name: 'hello', version: '1.0.0' });
  for (const { name, title, description, input, output } of tools) {
    const shape = {
      title,
      description,
      inputSchema: input(),
      outputSchema: output(),
      annotations: { readOnlyHint: true },
    };
    server.registerTool(name, shape, async () => ({ content: [], structuredContent: {} }));
  }
  return server;
}

const handler = createMcpHandler(size > 0 ? createLarge : createHello);
const app = new Hono();
app.all('/mcp', (c) => handler.fetch(c.req.raw));
serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) => console.log(`http://127.0.0.1:${port}`));
