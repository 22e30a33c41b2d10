// Asking the person at the terminal.

import { createInterface } from 'node:readline/promises';

/** An end of the input, or Ctrl-C, is no answer. */
export async function askLine(question: string, output: NodeJS.WriteStream = process.stdout): Promise<string> {
  const lines = createInterface({ input: process.stdin, output });
  const over = new AbortController();
  lines.once('close', () => over.abort());
  try {
    return await lines.question(question, { signal: over.signal });
  } catch {
    output.write('\n');
    return '';
  } finally {
    lines.close();
  }
}
