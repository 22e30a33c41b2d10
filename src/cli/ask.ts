// Asking the person at the terminal.

import { createInterface } from 'node:readline/promises';

/** An end of the input, Ctrl-C, or the end of the signal is no answer. */
export async function askLine(
  question: string,
  output: NodeJS.WriteStream = process.stdout,
  signal?: AbortSignal,
): Promise<string> {
  const lines = createInterface({ input: process.stdin, output });
  const over = new AbortController();
  lines.once('close', () => over.abort());
  try {
    const ends = signal ? AbortSignal.any([over.signal, signal]) : over.signal;
    return await lines.question(question, { signal: ends });
  } catch {
    output.write('\n');
    return '';
  } finally {
    lines.close();
  }
}
