// Connecting to any MCP server: at an address (Streamable HTTP, or the older SSE), or one that a command starts (stdio).

import type { Stream } from 'node:stream';
import {
  type AuthProvider,
  Client,
  type ClientOptions,
  type ElicitRequest,
  type ElicitResult,
  type FetchLike,
  type LoggingMessageNotification,
  type OAuthClientProvider,
  SSEClientTransport,
  StreamableHTTPClientTransport,
  type Transport,
} from '@modelcontextprotocol/client';
import { untilAborted } from '../core/tokens.ts';
import { version } from '../version.ts';
import { boundFetch } from './bounded-fetch.ts';
import { describeFailure, isOlderServer, showUrl } from './connect-failure.ts';

export interface UrlTarget {
  /** http or https, without user, password or fragment. */
  readonly url: URL;
}

export interface CommandTarget {
  readonly command: string;
  readonly args: readonly string[];
  /** Beside the few variables that every program needs (PATH, HOME …): no others are handed to somebody else's server. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

export type Target = UrlTarget | CommandTarget;

/** What the server asks the person, in whichever era: `elicitation/create`, or an answer that asks for input. */
export type Ask = (question: ElicitRequest['params'], signal: AbortSignal) => Promise<ElicitResult>;

export interface ConnectOptions {
  /** Without it the client tells the server that nobody can be asked. */
  readonly ask?: Ask | undefined;
  /** Log messages of the server. */
  readonly log?: ((message: LoggingMessageNotification['params']) => void) | undefined;
  /** What a server that a command started writes beside the protocol, line by line. */
  readonly stderr?: ((line: string) => void) | undefined;
  /** The list of tools is another one from now on. */
  readonly toolsChanged?: (() => void) | undefined;
  /** Gives the connecting up. */
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds until the server must have answered. Default: 30 seconds. */
  readonly timeoutMs?: number | undefined;
  /** Signs requests to an address; what opens a sign-in of a person is in `sign-in/`. */
  readonly authProvider?: AuthProvider | OAuthClientProvider | undefined;
  readonly fetch?: FetchLike | undefined;
  /** How the client calls itself. Default: castellan. */
  readonly name?: string | undefined;
}

export interface Connected {
  readonly client: Client;
  /** As the person named it: an address without its query, or a command. */
  readonly name: string;
  readonly transport: 'http' | 'sse' | 'stdio';
  /** Ends a session that the server keeps, and a process that was started. */
  readonly close: () => Promise<void>;
}

const patienceMs = 30_000;
/** Of what a server wrote before it ended, characters. */
const lastWords = 2_000;

/** @throws CastellanError that says why there is no connection, and what to do. */
export function connectServer(target: Target, options: ConnectOptions = {}): Promise<Connected> {
  return 'url' in target ? connectUrl(target, options) : connectCommand(target, options);
}

/**
 * Schemas of servers are for models and forms. Held against an answer, one with a pattern such as `^(a+)+$` keeps this process
 * busy for ever, and nothing here rests on its being kept.
 */
const schemasUnread: NonNullable<ClientOptions['jsonSchemaValidator']> = {
  getValidator: () => (value) => ({ valid: true, data: value as never, errorMessage: undefined }),
};

/** A client for any transport, with whom to ask. */
export function createClient({ ask, log, toolsChanged, name = 'castellan' }: ConnectOptions = {}): Client {
  const capabilities = ask ? { elicitation: { form: { applyDefaults: true }, url: {} } } : {};
  const listChanged = toolsChanged && { tools: { autoRefresh: false, onChanged: () => toolsChanged() } };
  const client = new Client(
    { name, title: 'Castellan', version },
    {
      capabilities,
      versionNegotiation: { mode: 'auto' },
      jsonSchemaValidator: schemasUnread,
      ...(listChanged && { listChanged }),
    },
  );
  if (ask) client.setRequestHandler('elicitation/create', ({ params }, context) => ask(params, context.mcpReq.signal));
  if (log) client.setNotificationHandler('notifications/message', ({ params }) => log(params));
  return client;
}

async function connectUrl({ url }: UrlTarget, options: ConnectOptions): Promise<Connected> {
  const { authProvider, fetch = globalThis.fetch } = options;
  const how = { ...(authProvider && { authProvider }), fetch: boundFetch(fetch) };
  const name = showUrl(url);
  let failure: unknown;
  try {
    const transport = new StreamableHTTPClientTransport(url, how);
    const client = await open(transport, options);
    const close = async () => {
      // A server without sessions says 405, and one that is gone needs no farewell.
      if (transport.sessionId !== undefined) await transport.terminateSession().catch(() => {});
      await client.close();
    };
    return { client, name, transport: 'http', close };
  } catch (error) {
    if (!isOlderServer(error)) throw describeFailure(error, name);
    failure = error;
  }
  try {
    const client = await open(new SSEClientTransport(url, how), options);
    return { client, name, transport: 'sse', close: () => client.close() };
  } catch {
    // What the newer transport was told says more.
    throw describeFailure(failure, name);
  }
}

async function connectCommand({ command, args, env, cwd }: CommandTarget, options: ConnectOptions): Promise<Connected> {
  const { StdioClientTransport } = await import('@modelcontextprotocol/client/stdio');
  const transport = new StdioClientTransport({
    command,
    args: [...args],
    stderr: 'pipe',
    ...(env && { env: { ...env } }),
    ...(cwd !== undefined && { cwd }),
  });
  const said = hear(transport.stderr, options.stderr);
  try {
    const client = await open(transport, options);
    return { client, name: [command, ...args].join(' '), transport: 'stdio', close: () => client.close() };
  } catch (error) {
    throw describeFailure(error, command, said());
  }
}

async function open(transport: Transport, options: ConnectOptions): Promise<Client> {
  const { signal, timeoutMs = patienceMs } = options;
  signal?.throwIfAborted();
  const client = createClient(options);
  try {
    const connecting = client.connect(transport, { timeout: timeoutMs });
    await (signal ? untilAborted(connecting, signal) : connecting);
    return client;
  } catch (error) {
    await client.close().catch(() => {});
    await transport.close().catch(() => {});
    throw error;
  }
}

/** @returns the last that was written */
function hear(stream: Stream | null, line: ((line: string) => void) | undefined): () => string {
  let last = '';
  let rest = '';
  stream?.on('data', (chunk: Buffer) => {
    const text = chunk.toString('utf8');
    last = (last + text).slice(-lastWords);
    if (!line) return;
    const lines = (rest + text).split('\n');
    rest = (lines.pop() ?? '').slice(-lastWords);
    for (const each of lines) line(each);
  });
  return () => last;
}
