// The person's terminal: a line to type in, the screen, and the keys while the model works. Only one of them has the keyboard
// at any moment, and what is typed while nobody asked answers nothing.

import { createInterface } from 'node:readline';
import { styleText } from 'node:util';
import { type Asker, createAsker } from './asking.ts';
import type { History } from './history.ts';
import type { Screen } from './terminal-view.ts';

export interface TerminalOptions {
  readonly input: NodeJS.ReadStream;
  readonly output: NodeJS.WriteStream;
  /** Cannot move its cursor (TERM=dumb). */
  readonly dumb: boolean;
  readonly history: History;
  readonly complete: (line: string) => readonly string[];
  /** Ends the process: the person insists. */
  readonly leave: () => void;
}

export interface Terminal {
  readonly screen: Screen;
  /** @returns undefined where the person leaves */
  readonly readQuestion: () => Promise<string | undefined>;
  /** Works until it is done or the person stops it with Ctrl-C; a second one ends the process. */
  readonly working: <T>(work: (signal: AbortSignal) => Promise<T>) => Promise<T>;
  /** For `inTurn` alone. */
  readonly asker: Asker;
  /**
   * Has the keyboard in the middle of work, one after the other; what happens meanwhile is written afterwards.
   * @param ask is over when the work is
   * @param otherwise the answer where nothing is worked at: the keyboard is somebody else’s then
   */
  readonly inTurn: <T>(ask: (over: AbortSignal) => Promise<T>, otherwise: T) => Promise<T>;
}

const ctrlC = '\u0003';
const prompt = 'you› ';

export function openTerminal(options: TerminalOptions): Terminal {
  const { input, output, dumb, history, complete, leave } = options;
  const screen = createScreen(output, dumb);
  let stopWork: AbortController | undefined;
  let workOver = new AbortController();
  /** A Ctrl-C was the last that happened. */
  let warned = false;
  let queue: Promise<unknown> = Promise.resolve();

  function onKeys(chunk: Buffer | string): void {
    if (!chunk.toString().includes(ctrlC)) return;
    onInterrupt();
  }

  function onInterrupt(): void {
    if (!stopWork) return;
    if (stopWork.signal.aborted) leave();
    warned = true;
    stopWork.abort(new Error('stopped by the person'));
  }

  /** While the terminal is raw, Ctrl-C is a key and no signal, which would end a server in this process group as well. */
  function takeKeys(): void {
    input.setRawMode?.(true);
    input.on('data', onKeys);
    input.resume();
  }

  function giveKeys(): void {
    input.off('data', onKeys);
    input.setRawMode?.(false);
    input.pause();
  }

  function readLine(question: string, signal?: AbortSignal): Promise<string | undefined> {
    return new Promise((resolve) => {
      const lines = createInterface({ input, output, terminal: !dumb });
      const done = (line: string | undefined) => {
        resolve(line);
        lines.close();
      };
      signal?.addEventListener('abort', () => done(undefined), { once: true });
      lines.once('line', done);
      lines.once('close', () => done(undefined));
      lines.once('SIGINT', () => done(undefined));
      lines.setPrompt(question);
      lines.prompt();
    });
  }

  const asker = createAsker({ input, output, screen: screen.direct, dumb, readLine });

  function inTurn<T>(ask: (over: AbortSignal) => Promise<T>, otherwise: T): Promise<T> {
    const turn = queue.then(async () => {
      // A server may ask whenever it likes; at the prompt its question would be answered by what is typed there.
      if (!stopWork || stopWork.signal.aborted) return otherwise;
      screen.hold();
      giveKeys();
      try {
        return await ask(workOver.signal);
      } finally {
        if (stopWork) takeKeys();
        screen.release();
      }
    });
    queue = turn.catch(() => {});
    return turn;
  }

  return {
    screen,
    readQuestion: () =>
      new Promise((resolve) => {
        const typed: string[] = [];
        const lines = createInterface({
          input,
          output,
          terminal: !dumb,
          history: [...history.lines()],
          historySize: 500,
          completer: (line: string) => [[...complete(line)], line] as [string[], string],
          prompt: dumb ? prompt : styled(output, 'bold', prompt),
        });
        let over = false;
        const done = (line: string | undefined) => {
          if (over) return;
          over = true;
          lines.close();
          if (line === undefined) output.write('\n');
          else history.add(line);
          resolve(line);
        };
        lines.on('line', (line) => {
          warned = false;
          typed.push(line);
          // What was pasted in several lines is one question.
          if (typed.length === 1)
            setImmediate(() => done([...typed, ...(lines.line === '' ? [] : [lines.line])].join('\n')));
        });
        lines.on('SIGINT', () => {
          const empty = lines.line === '';
          lines.write(null, { ctrl: true, name: 'e' });
          lines.write(null, { ctrl: true, name: 'u' });
          if (empty && warned) return done(undefined);
          output.write('\n');
          warned = empty;
          if (empty) output.write(`${styled(output, 'dim', 'Ctrl-C again, or /exit, leaves.')}\n`);
          lines.prompt();
        });
        lines.on('close', () => done(undefined));
        lines.prompt();
      }),
    async working(work) {
      const controller = new AbortController();
      const over = new AbortController();
      stopWork = controller;
      workOver = over;
      process.on('SIGINT', onInterrupt);
      takeKeys();
      try {
        return await work(controller.signal);
      } finally {
        stopWork = undefined;
        over.abort(new Error('over'));
        await queue;
        process.off('SIGINT', onInterrupt);
        giveKeys();
      }
    },
    asker,
    inTurn,
  };
}

/** A screen that can be held while a question stands open on it. */
export function createScreen(output: NodeJS.WriteStream, dumb: boolean) {
  let held: string[] | undefined;
  let status = false;
  const moves = output.isTTY && !dumb;
  const clearStatus = () => {
    if (status) output.write('\r\u001b[K');
    status = false;
  };
  const write = (text: string) => {
    if (held) held.push(text);
    else {
      clearStatus();
      output.write(text);
    }
  };
  const paint: Screen['paint'] = (style, text) => styled(output, style, text);
  const width = () => (output.isTTY ? Math.max(20, output.columns || 80) : undefined);
  return {
    write,
    width,
    paint,
    status(text: string | undefined) {
      if (!moves || held) return;
      clearStatus();
      if (text === undefined) return;
      output.write(paint('dim', text));
      status = true;
    },
    hold() {
      clearStatus();
      held ??= [];
    },
    release() {
      const waiting = held ?? [];
      held = undefined;
      for (const text of waiting) write(text);
    },
    direct: { write: (text: string) => void output.write(text), width, paint },
  };
}

function styled(stream: NodeJS.WriteStream, style: Parameters<typeof styleText>[0], text: string): string {
  return styleText(style, text, { stream });
}
