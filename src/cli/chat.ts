// castellan chat: talk to a model that uses the tools of a server.

import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { defineCommand } from 'citty';
import { createAnswers } from '../chat/answer.ts';
import { completeCommand } from '../chat/commands.ts';
import { type Connected, type ConnectOptions, connectServer } from '../chat/connect.ts';
import type { Tell } from '../chat/events.ts';
import { openHistory } from '../chat/history.ts';
import { createJsonLines } from '../chat/json-lines.ts';
import { openModel } from '../chat/models/open.ts';
import type { Exchange } from '../chat/models/wire.ts';
import { createSession, talk } from '../chat/session.ts';
import { chatSettings, variablesOfOthers } from '../chat/settings.ts';
import { createScreen, openTerminal } from '../chat/terminal.ts';
import { wrapText } from '../chat/terminal-text.ts';
import { createView, describeCost } from '../chat/terminal-view.ts';
import { hasScreen, isDumbTerminal, loadConfig, pickEnvironment, serverEnvironment } from '../config.ts';
import { CastellanError } from '../core/errors.ts';
import { plain } from '../core/plain.ts';
import type { Fault, Setting } from '../core/settings.ts';
import { gateSettings } from '../mcp/gate-settings.ts';
import { openBrowser } from './browser.ts';
import { checkFlags, flagsOf, missingTenant, sandboxFlags, sandboxOptions } from './flags.ts';
import { paint, print, tell, throwFaults } from './output.ts';
import { mostPiped, readPiped } from './piped.ts';
import { connectRemote } from './remote.ts';
import { ownServer, readTarget } from './server-target.ts';

const args = {
  server: {
    type: 'positional',
    description:
      'An address (https://host/mcp), or a command in quotes; or write the command behind --. Default: Castellan.',
    required: false,
  },
  query: { type: 'string', description: 'Ask one question, print the answer and end.', valueHint: 'text' },
  json: { type: 'boolean', description: 'With --query: one JSON object a line, of all that happens.', default: false },
  'allow-unattended-changes': {
    type: 'boolean',
    description:
      'Without a terminal: let the model call tools that change something, though nobody can be asked. What the server wants confirmed waits for castellan approve.',
    default: false,
  },
  'trust-annotations': {
    type: 'boolean',
    description:
      'Take another server’s word for which of its tools only read. Else you are asked before each; without a terminal none is called.',
    default: false,
  },
  history: {
    type: 'boolean',
    description: 'Keep what is typed for the next chat.',
    negativeDescription: 'Do not keep what is typed for the next chat.',
    default: true,
  },
  debug: { type: 'boolean', description: 'Show requests, whole arguments and sizes.', default: false },
  'pass-env': {
    type: 'string',
    description: 'Variables that a command is handed, such as OKTA_API_TOKEN; it gets no others.',
    valueHint: 'names',
  },
  ...sandboxFlags,
  ...flagsOf(chatSettings, gateSettings),
} as const;

type Given = Readonly<Record<string, unknown>>;

export default defineCommand({
  args,
  async run({ args: given, rawArgs }) {
    const asked = await check(given, rawArgs);
    if (asked.question === undefined) await chat(asked);
    else process.exitCode = await answerOnce(asked, asked.question);
  },
});

/** All that is known before anything is started. */
async function check(given: Given, rawArgs: readonly string[]) {
  const cut = rawArgs.indexOf('--');
  const rest = cut === -1 ? [] : rawArgs.slice(cut + 1);
  const { config, faults: found } = loadConfig(given as Record<string, string | boolean | undefined>, {
    tenants: given.sandbox !== true,
    chat: chatSettings,
  });
  const values = config.chat;
  if (!values) throw new TypeError('the settings of the chat were not loaded');
  const others = variablesOfOthers(values.provider);
  const unfit = found.filter(({ where }) => !others.includes(where));
  const server = rest.length > 0 && given.server === rest[0] ? undefined : given.server;
  const { target, faults: unfitTarget } = readTarget(server as string | undefined, rest, passedOn(given));
  const own = target === undefined && unfitTarget.length === 0;
  const piped = process.stdin.isTTY ? '' : await readPiped();
  const text = [given.query, piped.trim()].filter((part) => typeof part === 'string' && part !== '').join('\n\n');
  const faults = [
    ...checkFlags(rawArgs, args),
    ...unfit,
    ...unfitTarget,
    ...sandboxOptions(given).faults,
    ...findStray(given, own, piped),
    ...(own ? missingTenant(config, given.sandbox === true) : []),
    ...(text === '' && (given.query !== undefined || !isInteractive()) ? [noQuestion] : []),
  ];
  let heard: Tell = () => {};
  const opening = {
    readFile: (path: string) => readFileSync(resolve(path), 'utf8'),
    now: Date.now,
    seen: (exchange: Exchange) => heard({ type: 'exchange', exchange }),
  };
  // What is wrong with a setting itself is said once.
  const model = unfit.length > 0 ? { faults: [] } : await openModel(values, opening);
  throwFaults([...faults, ...model.faults]);
  if (!model.opened) throw new TypeError('neither a model nor what is wrong with it');
  return {
    given,
    config,
    values,
    opening,
    model: model.opened,
    target: target ?? ownServer(ownFlags(given), serverEnvironment(chatSettings)),
    own,
    shared: {
      values,
      model: model.opened,
      marks: own,
      trusted: own || given['trust-annotations'] === true,
      now: Date.now,
    },
    question: text === '' ? undefined : text,
    hear: (tell: Tell) => {
      heard = tell;
    },
  };
}

type Asked = Awaited<ReturnType<typeof check>>;

/** Until the person leaves. */
async function chat(asked: Asked): Promise<void> {
  const { given, config, values, opening, model, own, shared, hear } = asked;
  const { stdin: input, stdout: output } = process;
  const keep = values.history && given.history !== false;
  let on = given.debug === true;
  let connected: Connected | undefined;
  const leave = () => process.exit(130);
  const terminal = openTerminal({
    input,
    output,
    dumb: isDumbTerminal(),
    history: openHistory(keep ? join(config.dataFolder, 'chat-history') : undefined),
    complete: completeCommand,
    leave,
  });
  const { screen } = terminal;
  const answers = createAnswers({
    asker: terminal.asker,
    inTurn: terminal.inTurn,
    width: screen.width,
    openBrowser: hasScreen() ? openBrowser : undefined,
  });
  const limits = { steps: values.maxSteps, tokens: values.maxTokens };
  const view = createView({ screen, debug: () => on, now: Date.now, limits });
  hear(view);
  let changed = () => {};
  try {
    connected = await connect(asked, {
      ask: answers.ask,
      toolsChanged: () => changed(),
      stderr: (line) => on && screen.write(`${plain(line)}\n`),
    });
    const { permit } = answers;
    const session = createSession({ ...shared, connected, permit, tell: view });
    changed = session.toolbox.changed;
    const { length } = await session.toolbox.load(AbortSignal.timeout(30_000));
    print(
      wrapText(
        `${length} tools of ${plain(session.server)}${own ? '' : ` at ${plain(connected.name)}`}, ${model.name} at ${model.provider.title}. /help lists the commands.`,
        screen.width(),
      ),
    );
    print();
    const set = (to: boolean) => {
      on = to;
    };
    await talk({ session, terminal, values, opening, model, debug: { get: () => on, set } });
    const total = session.conversation.total();
    if (total.steps > 0) print(paint('dim', wrapText(`This chat: ${describeCost(total)}.`, screen.width())));
  } finally {
    await connected?.close();
  }
}

/** @returns the exit status: 0 answered, 1 not, 130 stopped */
async function answerOnce(asked: Asked, question: string): Promise<number> {
  const { given, values, shared, hear } = asked;
  const { stdin: input, stdout: output, stderr } = process;
  const attended = input.isTTY && stderr.isTTY;
  const dumb = isDumbTerminal();
  const history = openHistory(undefined);
  const terminal = openTerminal({
    input,
    output: stderr,
    dumb,
    history,
    complete: () => [],
    leave: () => process.exit(130),
  });
  const answers = createAnswers({ asker: terminal.asker, inTurn: terminal.inTurn, width: terminal.screen.width });
  const limits = { steps: values.maxSteps, tokens: values.maxTokens };
  const debug = () => given.debug === true;
  const view = given.json
    ? createJsonLines((line) => output.write(line))
    : createView({ screen: terminal.screen, answer: createScreen(output, dumb), debug, now: Date.now, limits });
  hear(view);
  const unattended = given['allow-unattended-changes'] === true ? 'allow' : 'refuse';
  const connected = await connect(asked, {
    ...(attended && { ask: answers.ask }),
    stderr: (line) => debug() && tell(plain(line)),
  });
  try {
    const permit = attended ? answers.permit : unattended;
    const session = createSession({ ...shared, connected, permit, tell: view });
    const ask = (signal: AbortSignal) => session.conversation.ask(question, signal);
    const ending = await (attended ? terminal.working(ask) : untilInterrupted(ask));
    return ending === 'answered' ? 0 : ending === 'stopped' ? 130 : 1;
  } finally {
    await connected.close();
  }
}

async function untilInterrupted<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const stop = () => controller.abort(new Error('stopped'));
  process.once('SIGINT', stop).once('SIGTERM', stop);
  return work(controller.signal);
}

/** @throws Error that says what to do as well */
async function connect({ target, config }: Asked, options: ConnectOptions): Promise<Connected> {
  try {
    return await ('url' in target ? connectRemote(target.url, config, options) : connectServer(target, options));
  } catch (error) {
    if (error instanceof CastellanError) throw new Error([error.message, error.hint].filter(Boolean).join('\n'));
    throw error;
  }
}

function isInteractive(): boolean {
  return process.stdin.isTTY === true && process.stdout.isTTY === true;
}

const noQuestion: Fault = {
  where: '--query',
  problem: 'is missing or empty, and there is no terminal to chat in',
  todo: 'Give --query "…", or pipe the question in.',
};

function passedOn({ 'pass-env': names }: Given): Record<string, string> {
  return pickEnvironment(
    String(names ?? '')
      .split(',')
      .map((name) => name.trim()),
  );
}

/** What Castellan itself is told. */
function ownFlags(given: Given): string[] {
  const settings = Object.values<Setting>(gateSettings).flatMap(({ flag }) => flag ?? []);
  return ['config', 'sandbox', 'users', ...settings].flatMap((flag) => {
    const value = given[flag];
    if (value === undefined || value === false) return [];
    return [value === true ? `--${flag}` : `--${flag}=${value}`];
  });
}

function findStray(given: Given, own: boolean, piped: string): Fault[] {
  const faults: Fault[] = [];
  const mine = ['sandbox', 'users', ...Object.values<Setting>(gateSettings).flatMap(({ flag }) => flag ?? [])];
  for (const flag of own ? [] : mine) {
    if (given[flag] === undefined || given[flag] === false) continue;
    faults.push({
      where: `--${flag}`,
      problem: 'is for Castellan itself',
      todo: 'Leave it out, or leave out the server.',
    });
  }
  const once = given.query !== undefined || piped !== '';
  if (given.json === true && !once)
    faults.push({ where: '--json', problem: 'is for one question', todo: 'Add --query "…", or pipe the question in.' });
  if (given['allow-unattended-changes'] === true && process.stdin.isTTY && process.stderr.isTTY)
    faults.push({
      where: '--allow-unattended-changes',
      problem: 'is for where there is no terminal',
      todo: 'Leave it out: you are asked here.',
    });
  if (piped.length > mostPiped)
    faults.push({ where: 'input', problem: 'is too long', todo: `Pipe in at most ${mostPiped} characters.` });
  return faults;
}
