// A chat from its first question to its last: what it is joined from, and how it goes on after each.

import { setTimeout as wait } from 'node:timers/promises';
import { plain } from '../core/plain.ts';
import { type CommandOptions, runCommand } from './commands.ts';
import type { Connected } from './connect.ts';
import type { ChatEvent, Tell, ToolResultEvent } from './events.ts';
import { type Conversation, createConversation } from './loop.ts';
import { type OpenedModel, openModel } from './models/open.ts';
import { type ChatValues, type ProviderName, providerNames } from './settings.ts';
import { writeSystemPrompt } from './system-prompt.ts';
import type { Terminal } from './terminal.ts';
import { createToolbox, type Toolbox, type ToolboxOptions } from './toolbox.ts';

export interface SessionOptions {
  readonly connected: Connected;
  readonly values: ChatValues;
  readonly model: OpenedModel;
  readonly permit: ToolboxOptions['permit'];
  /** Whether the server is Castellan itself, which marks what is data. */
  readonly marks: boolean;
  readonly trusted: boolean;
  readonly tell: Tell;
  readonly now: () => number;
}

export interface Session {
  readonly conversation: Conversation;
  readonly toolbox: Toolbox;
  /** Whole answers of tools, newest first. */
  readonly results: () => readonly ToolResultEvent[];
  readonly forget: () => void;
  /** As it calls itself. */
  readonly server: string;
}

/** So many whole answers are kept for the person. */
const mostResults = 50;

export function createSession({
  connected,
  values,
  model,
  permit,
  marks,
  trusted,
  tell,
  now,
}: SessionOptions): Session {
  const { client } = connected;
  const { maxSteps, maxTokens, maxTools, maxResult } = values;
  const server = client.getServerVersion()?.title ?? client.getServerVersion()?.name ?? connected.name;
  let results: ToolResultEvent[] = [];
  const toolbox = createToolbox({ client, trusted, permit, marks, most: maxResult, now });
  const conversation = createConversation({
    model,
    toolbox,
    instructions: () =>
      writeSystemPrompt({
        server,
        instructions: client.getInstructions(),
        now: new Date(now()),
        attended: typeof permit === 'function',
      }),
    maxSteps,
    maxTokens,
    maxTools,
    tell(event: ChatEvent) {
      if (event.type === 'tool_result') results = [event, ...results].slice(0, mostResults);
      tell(event);
    },
    now,
    sleep: (ms, signal) => wait(ms, undefined, { signal }),
  });
  return {
    conversation,
    toolbox,
    results: () => results,
    forget() {
      results = [];
    },
    server,
  };
}

export interface TalkOptions {
  readonly session: Session;
  readonly terminal: Terminal;
  readonly values: ChatValues;
  readonly opening: Parameters<typeof openModel>[1];
  readonly model: OpenedModel;
  readonly debug: CommandOptions['debug'];
}

/** Until the person leaves. */
export async function talk({ session, terminal, values, opening, model, debug }: TalkOptions): Promise<void> {
  const { conversation, toolbox, results, forget, server } = session;
  const { screen } = terminal;
  let current = model;
  let provider = values.provider;

  async function changeModel(words: readonly string[]): Promise<readonly string[]> {
    const named = providerNames.find((name) => name === words[0]);
    const [name] = named ? words.slice(1) : words;
    const faults = await use(named ?? provider, name);
    return faults.map(({ where, problem, todo }) => `${where} ${problem}. ${todo}`);
  }

  async function use(asked: ProviderName, name: string | undefined) {
    const { opened, faults } = await openModel(values, { ...opening, provider: asked, model: name });
    if (opened) {
      current = opened;
      provider = asked;
      conversation.use(opened);
    }
    return faults;
  }

  const commands: CommandOptions = {
    screen,
    conversation,
    toolbox,
    server,
    results,
    model: () => current,
    changeModel,
    debug,
    forget,
    now: () => new Date(opening.now()),
  };
  for (;;) {
    const typed = await terminal.readQuestion();
    if (typed === undefined) return;
    if (typed.trim() === '') continue;
    screen.write('\n');
    const done = await terminal.working(async (signal) => {
      const command = await runCommand(typed, commands, signal).catch((error: unknown) => {
        screen.write(`${plain(error instanceof Error ? error.message : String(error))}\n`);
        return 'done' as const;
      });
      return command ?? conversation.ask(typed, signal);
    });
    if (done === 'leave') return;
    screen.write('\n');
  }
}
