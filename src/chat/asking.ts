// A question to the person: shown whole, answered with the arrow keys, or by a number where the terminal has none. The first
// choice is the one that does nothing, and leaving the question is no answer.

import { text as askText, isCancel, select } from '@clack/prompts';
import { wrapText } from './terminal-text.ts';
import type { Screen } from './terminal-view.ts';

export interface Choice<T extends string> {
  readonly value: T;
  readonly label: string;
}

export interface Asker {
  /** What the person must read first, in lines that are plain. */
  readonly show: (heading: string, text: string) => void;
  /** @returns undefined where the question was left */
  readonly choose: <T extends string>(
    question: string,
    choices: readonly [Choice<T>, ...Choice<T>[]],
    signal: AbortSignal,
  ) => Promise<T | undefined>;
  /** @param check what is wrong with what was typed */
  readonly enter: (
    question: string,
    check: (typed: string) => string | undefined,
    initial: string,
    signal: AbortSignal,
  ) => Promise<string | undefined>;
}

export interface AskerOptions {
  readonly input: NodeJS.ReadStream;
  readonly output: NodeJS.WriteStream;
  readonly screen: Pick<Screen, 'write' | 'width' | 'paint'>;
  /** A terminal that cannot move its cursor. */
  readonly dumb: boolean;
  readonly readLine: (question: string, signal: AbortSignal) => Promise<string | undefined>;
}

export function createAsker({ input, output, screen, dumb, readLine }: AskerOptions): Asker {
  const { write, width, paint } = screen;
  const streams = { input, output, withGuide: false };
  return {
    show(heading, text) {
      write(`\n${paint('bold', wrapText(heading, width()))}\n${text}\n\n`);
    },
    async choose(question, choices, signal) {
      if (dumb) {
        const lines = choices.map(({ label }, place) => `  ${place + 1}  ${label}`);
        write(`${question}\n${lines.join('\n')}\n`);
        const typed = await readLine('Number (nothing for 1): ', signal);
        if (typed === undefined) return undefined;
        return typed.trim() === '' ? choices[0].value : choices[Number(typed.trim()) - 1]?.value;
      }
      const values = choices.map(({ value }) => value as string);
      const answer = await select<string>({
        ...streams,
        message: question,
        options: choices.map(({ label, value }) => ({ value, label })),
        initialValue: choices[0].value,
        showInstructions: false,
        signal,
      });
      if (isCancel(answer) || signal.aborted) return undefined;
      return choices[values.indexOf(answer)]?.value;
    },
    async enter(question, check, initial, signal) {
      if (dumb) {
        for (;;) {
          const typed = await readLine(`${question}${initial === '' ? '' : ` [${initial}]`}: `, signal);
          if (typed === undefined) return undefined;
          const value = typed === '' ? initial : typed;
          const problem = check(value);
          if (problem === undefined) return value;
          write(`${problem}\n`);
        }
      }
      const answer = await askText({
        ...streams,
        message: question,
        ...(initial !== '' && { initialValue: initial }),
        validate: (typed) => check(typed ?? ''),
        signal,
      });
      return isCancel(answer) || signal.aborted ? undefined : answer;
    },
  };
}
