// Reading what a tool answered.

import type { CallToolResult, Client } from '@modelcontextprotocol/client';

export type Row = Readonly<Record<string, unknown>>;

export interface Answer {
  readonly isError: boolean;
  readonly text: string;
  readonly value: Row;
  readonly result: CallToolResult;
}

/** Calls a tool by any name that it has. A protocol error is thrown. */
export async function call(
  client: Client,
  name: string,
  input: Readonly<Record<string, unknown>> = {},
): Promise<Answer> {
  const result = await client.callTool({ name, arguments: { ...input } });
  const text = result.content.map((part) => (part.type === 'text' ? part.text : '')).join('\n');
  return { isError: result.isError === true, text, value: (result.structuredContent ?? {}) as Row, result };
}

/** The same where the answer must be a right one. */
export async function ask(
  client: Client,
  name: string,
  input: Readonly<Record<string, unknown>> = {},
): Promise<Answer> {
  const answer = await call(client, name, input);
  if (answer.isError) throw new Error(`${name} ${JSON.stringify(input)} failed: ${answer.text}`);
  return answer;
}

export function rowsOf(answer: Answer, list: string): readonly Row[] {
  const rows = answer.value[list];
  if (!Array.isArray(rows)) throw new Error(`the answer has no ${list}: ${JSON.stringify(answer.value).slice(0, 200)}`);
  return rows as readonly Row[];
}

export function idsOf(rows: readonly Readonly<Record<string, unknown>>[]): string[] {
  return rows.map((row) => String(row.id));
}

/** Every page of a list, one call after another, with the answers in their order. */
export async function askAll(
  client: Client,
  name: string,
  input: Readonly<Record<string, unknown>>,
  cursorName = 'cursor',
): Promise<Answer[]> {
  const answers: Answer[] = [];
  for (let cursor: unknown; ; ) {
    const answer = await ask(client, name, { ...input, ...(cursor !== undefined && { [cursorName]: cursor }) });
    answers.push(answer);
    if (answer.value.complete !== false) return answers;
    cursor = answer.value.next_cursor;
    if (typeof cursor !== 'string' || answers.length > 200) throw new Error(`${name} does not end`);
  }
}
