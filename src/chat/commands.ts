// What begins with a slash is for the chat itself.

import { plain, shortened } from '../core/plain.ts';
import { nearest } from '../core/words.ts';
import type { ToolResultEvent } from './events.ts';
import type { Conversation } from './loop.ts';
import type { OpenedModel } from './models/open.ts';
import { wrapText } from './terminal-text.ts';
import type { Screen } from './terminal-view.ts';
import { count, describeCost } from './terminal-view.ts';
import type { Toolbox } from './toolbox.ts';
import { saveTranscript } from './transcript.ts';

export interface CommandOptions {
  readonly screen: Screen;
  readonly conversation: Conversation;
  readonly toolbox: Toolbox;
  /** Name of the server. */
  readonly server: string;
  /** Whole answers of tools, newest first. */
  readonly results: () => readonly ToolResultEvent[];
  readonly model: () => OpenedModel;
  /** @returns what is wrong, in lines */
  readonly changeModel: (words: readonly string[]) => Promise<readonly string[]>;
  readonly debug: { get: () => boolean; set: (on: boolean) => void };
  readonly forget: () => void;
  readonly now: () => Date;
}

interface Command {
  readonly takes?: string;
  readonly says: string;
  readonly run: (words: readonly string[], options: CommandOptions, signal: AbortSignal) => Promise<void> | void;
}

const commands: Readonly<Record<string, Command>> = {
  tools: {
    takes: '[WORD]',
    says: 'the tools of the server, or those with WORD in them; * changes something',
    async run([word], { toolbox, screen }, signal) {
      const tools = (await toolbox.load(signal)).map(({ tool }) => tool);
      const found = tools.filter(({ name, description = '' }) =>
        `${name} ${description}`.toLowerCase().includes((word ?? '').toLowerCase()),
      );
      for (const { name, description, annotations } of found) {
        const sign = annotations?.readOnlyHint === true ? '' : ' *';
        say(screen, `${screen.paint('bold', plain(name))}${sign}`);
        say(screen, wrapText(shortened(plain(description ?? ''), 300), screen.width(), '  '));
      }
      say(screen, `${found.length} of ${tools.length} tools.`);
    },
  },
  model: {
    takes: '[PROVIDER] [NAME]',
    says: 'the model that answers, or another one',
    async run(words, { changeModel, model, screen, conversation }) {
      const faults = words.length > 0 ? await changeModel(words) : [];
      for (const fault of faults) say(screen, wrapText(fault, screen.width()));
      const { provider, name } = model();
      if (faults.length === 0) say(screen, wrapText(`${name} at ${provider.title}.`, screen.width()));
      const total = conversation.total();
      if (total.steps > 0) say(screen, wrapText(`This chat: ${describeCost(total)}.`, screen.width()));
    },
  },
  last: {
    takes: '[N]',
    says: 'the last answer of a tool, whole; or the N-th from the end',
    run([place = '1'], { results, screen }) {
      const found = results()[Number(place) - 1];
      if (!found) return say(screen, results().length === 0 ? 'No tool has been called.' : 'There is no such answer.');
      say(screen, screen.paint('bold', `${plain(found.name)}, ${count(found.text.length)} characters`));
      say(screen, found.text);
    },
  },
  debug: {
    takes: '[on|off]',
    says: 'show requests, whole arguments and sizes',
    run([word], { debug, screen }) {
      debug.set(word === 'on' || (word !== 'off' && !debug.get()));
      say(screen, debug.get() ? 'Requests and arguments are shown.' : 'Requests and arguments are not shown.');
    },
  },
  clear: {
    says: 'forget the conversation and begin anew',
    run(_words, { conversation, screen, forget }) {
      conversation.clear();
      forget();
      say(screen, 'The model has forgotten the conversation.');
    },
  },
  save: {
    takes: 'FILE',
    says: 'write the conversation to a file (Markdown)',
    run(words, { conversation, screen, server, model, now }) {
      const path = words.join(' ');
      if (path === '') return say(screen, 'Write /save FILE.');
      const { name, secrets } = model();
      try {
        saveTranscript(path, { messages: conversation.messages(), server, model: name, at: now(), secrets });
        say(screen, `Written to ${plain(path)}. It holds what tools answered: keep it as you keep the directory.`);
      } catch (error) {
        const exists = (error as NodeJS.ErrnoException).code === 'EEXIST';
        say(
          screen,
          exists ? `${plain(path)} is there already; give another name.` : `${plain(path)} cannot be written.`,
        );
      }
    },
  },
  help: { says: 'this', run: (_words, { screen }) => say(screen, describeCommands(screen)) },
  exit: { says: 'leave; so does Ctrl-D', run: () => {} },
};

/** @returns `leave`, `done`, or undefined where the text is a question */
export async function runCommand(
  text: string,
  options: CommandOptions,
  signal: AbortSignal,
): Promise<'leave' | 'done' | undefined> {
  const given = text.trim();
  // As the word alone, too: people type it in every chat.
  if (/^\/?(exit|quit)$/i.test(given)) return 'leave';
  if (!/^\/[a-z]/i.test(given)) return undefined;
  const [name = '', ...words] = given.slice(1).split(/\s+/);
  const command = Object.hasOwn(commands, name.toLowerCase()) ? commands[name.toLowerCase()] : undefined;
  if (command) await command.run(words, options, signal);
  else {
    const near = nearest(name, Object.keys(commands));
    say(options.screen, near ? `Did you mean /${near}?` : 'There is no such command: /help lists them.');
  }
  return 'done';
}

export function completeCommand(line: string): readonly string[] {
  if (!line.startsWith('/')) return [];
  return Object.keys(commands)
    .map((name) => `/${name} `)
    .filter((name) => name.startsWith(line));
}

function describeCommands({ width, paint }: Screen): string {
  const entries = Object.entries(commands).map(([name, { takes, says }]) => ({
    label: `/${name}${takes === undefined ? '' : ` ${takes}`}`,
    says,
  }));
  const column = Math.max(...entries.map(({ label }) => label.length)) + 2;
  const columns = width();
  return entries
    .map(({ label, says }) => {
      if (columns !== undefined && columns - column < 30)
        return `${paint('bold', label)}\n${wrapText(says, columns, '  ')}`;
      return `${paint('bold', label)}${wrapText(says, columns, ' '.repeat(column)).slice(label.length)}`;
    })
    .join('\n');
}

function say({ write }: Screen, text: string): void {
  write(`${text}\n`);
}
