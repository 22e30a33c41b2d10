// The client that the official suite tries: what castellan login, tools and call do with an address, with a browser that goes
// where it is sent. Calls every tool that the server has, with arguments made up from its schema.

import { type Ask, connectServer } from '../../src/chat/connect.ts';
import type { Challenge } from '../../src/chat/sign-in/authorize.ts';
import { signInWithBrowser } from '../../src/chat/sign-in/in-browser.ts';
import { createSignedFetch } from '../../src/chat/sign-in/signed-fetch.ts';
import { openMemoryVault } from '../../src/stores/memory-vault.ts';

/** As the suite registers it. */
const documentUrl = 'https://conformance-test.local/client-metadata.json';

const server = new URL(process.argv.at(-1) ?? '');
const context = JSON.parse(process.env.MCP_CONFORMANCE_CONTEXT ?? '{}') as {
  readonly client_id?: string;
  readonly client_secret?: string;
  readonly toolCalls?: readonly { readonly name: string; readonly arguments: Record<string, unknown> }[];
};

const options = {
  server,
  vault: openMemoryVault(),
  fetch,
  now: Date.now,
  client: {
    clientId: context.client_id,
    clientSecret: context.client_secret,
    issuer: undefined,
    metadataUrl: context.client_id === undefined ? documentUrl : undefined,
  },
};
const signIn = (challenge: Challenge) =>
  signInWithBrowser({ ...options, openBrowser: (url) => void fetch(url), say: () => {}, waitMs: 10_000 }, challenge);
const ask: Ask = async () => ({ action: 'accept', content: {} });

const { client, close } = await connectServer(
  { url: server },
  { ask, fetch: createSignedFetch({ ...options, signIn }) },
);
const { tools } = await client.listTools();
const calls =
  context.toolCalls ??
  tools.map(({ name, inputSchema }) => ({
    name,
    // One tool says back which schema its client was given of the others.
    arguments: 'schema' in (inputSchema.properties ?? {}) ? { schema: tools[0]?.inputSchema } : sample(inputSchema),
  }));
for (const { name, arguments: given } of calls) {
  const result = await client.callTool({ name, arguments: given });
  process.stdout.write(`${name}: ${JSON.stringify(result.content)}\n`);
}
await close();

function sample(schema: unknown): Record<string, unknown> {
  return sampleOf(schema) as Record<string, unknown>;
}

function sampleOf(schema: unknown): unknown {
  const {
    type,
    properties = {},
    default: given,
    enum: choices,
    items,
  } = schema as {
    readonly type?: string;
    readonly properties?: Readonly<Record<string, unknown>>;
    readonly default?: unknown;
    readonly enum?: readonly unknown[];
    readonly items?: unknown;
  };
  if (given !== undefined) return given;
  if (choices) return choices[0];
  if (type === 'object')
    return Object.fromEntries(Object.entries(properties).map(([key, each]) => [key, sampleOf(each)]));
  if (type === 'array') return items === undefined ? [] : [sampleOf(items)];
  if (type === 'number' || type === 'integer') return 2;
  return type === 'boolean' ? true : 'sample';
}
