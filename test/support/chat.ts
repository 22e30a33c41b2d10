// A conversation of the chat with a scripted model and a small MCP server, as the command joins them.

import { Client, InMemoryTransport } from '@modelcontextprotocol/client';
import { type CallToolResult, Server, type Tool } from '@modelcontextprotocol/server';
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import type { ChatEvent } from '../../src/chat/events.ts';
import { createConversation } from '../../src/chat/loop.ts';
import { type OpenedModel, openModel } from '../../src/chat/models/open.ts';
import { chatSettings } from '../../src/chat/settings.ts';
import { createToolbox, type ToolboxOptions } from '../../src/chat/toolbox.ts';
import { loadConfig } from '../../src/config.ts';

export interface SmallTool {
  readonly tool: Tool;
  readonly run: (input: Record<string, unknown>, signal: AbortSignal) => CallToolResult | Promise<CallToolResult>;
}

export const answerText = (text: string): CallToolResult => ({ content: [{ type: 'text', text }] });

/** An MCP server with these tools and a client that is connected to it. */
export async function connectSmall(tools: readonly SmallTool[]): Promise<Client> {
  const [ours, theirs] = InMemoryTransport.createLinkedPair();
  serveStdio(
    () => {
      const server = new Server({ name: 'small', version: '1' }, { capabilities: { tools: {} } });
      server.setRequestHandler('tools/list', () => ({ tools: tools.map(({ tool }) => tool) }));
      server.setRequestHandler('tools/call', ({ params }, { mcpReq }) => {
        const found = tools.find(({ tool }) => tool.name === params.name);
        if (!found) throw new Error('no such tool');
        return found.run(params.arguments ?? {}, mcpReq.signal);
      });
      return server;
    },
    { transport: theirs },
  );
  const client = new Client({ name: 'test', version: '1' }, { versionNegotiation: { mode: 'auto' } });
  await client.connect(ours);
  return client;
}

export interface OpenChatOptions {
  readonly env: Readonly<Record<string, string>>;
  readonly fetch?: typeof globalThis.fetch;
  readonly flags?: Readonly<Record<string, string>>;
  readonly readFile?: (path: string) => string;
}

/** The settings of a chat as the command reads them. */
export function loadChat({ env, flags = {} }: OpenChatOptions) {
  const { config, faults } = loadConfig(flags, { env, folder: '/', tenants: false, chat: chatSettings });
  if (!config.chat) throw new Error('no settings');
  return { values: config.chat, faults };
}

export async function openChatModel(options: OpenChatOptions): Promise<OpenedModel> {
  const { values, faults } = loadChat(options);
  const { fetch, readFile = () => '' } = options;
  const { opened, faults: unfit } = await openModel(values, { fetch, readFile, now: Date.now });
  if (!opened) throw new Error([...faults, ...unfit].map(({ where, problem }) => `${where} ${problem}`).join('\n'));
  return opened;
}

export interface TestChat {
  readonly ask: (question: string, signal?: AbortSignal) => Promise<string>;
  /** Since the last question. */
  readonly events: ChatEvent[];
  /** Since the first one. */
  readonly all: readonly ChatEvent[];
  /** What was said since the last question. */
  readonly text: () => string;
  readonly of: <T extends ChatEvent['type']>(type: T) => Extract<ChatEvent, { type: T }>[];
  /** What it waited, ms. */
  readonly waited: number[];
  readonly conversation: ReturnType<typeof createConversation>;
  /** As the server says it. */
  readonly toolsChanged: () => void;
}

export function startChat(
  model: OpenedModel,
  client: ToolboxOptions['client'],
  options: Partial<Omit<ToolboxOptions, 'client'>> & {
    readonly maxSteps?: number;
    readonly maxTokens?: number;
    readonly maxTools?: number;
  } = {},
): TestChat {
  const events: ChatEvent[] = [];
  const all: ChatEvent[] = [];
  const waited: number[] = [];
  const {
    permit = 'allow',
    trusted = true,
    marks = false,
    most = 10_000,
    maxSteps = 10,
    maxTokens = 100_000,
    maxTools = 100,
  } = options;
  const toolbox = createToolbox({ client, trusted, permit, marks, most, now: Date.now });
  const conversation = createConversation({
    model,
    toolbox,
    instructions: () => 'You are being tested.',
    maxSteps,
    maxTokens,
    maxTools,
    tell(event) {
      events.push(event);
      all.push(event);
    },
    now: Date.now,
    sleep: async (ms) => void waited.push(ms),
  });
  const of: TestChat['of'] = (type) => events.filter((event) => event.type === type) as never;
  return {
    conversation,
    toolsChanged: toolbox.changed,
    events,
    all,
    waited,
    of,
    ask(question, signal = new AbortController().signal) {
      events.length = 0;
      return conversation.ask(question, signal);
    },
    text: () =>
      of('text')
        .map(({ text }) => text)
        .join(''),
  };
}
