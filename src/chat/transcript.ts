// The conversation as a file for people: Markdown that only this user reads, without keys.

import { writeFileSync } from 'node:fs';
import type { ModelMessage } from 'ai';
import { withoutUnseen } from '../core/plain.ts';
import { withoutSecrets } from '../core/redact.ts';

export interface Transcript {
  readonly messages: readonly ModelMessage[];
  readonly server: string;
  readonly model: string;
  readonly at: Date;
  /** Values that must not be in it. */
  readonly secrets: readonly string[];
}

/** @throws NodeJS.ErrnoException `EEXIST` where there is such a file already */
export function saveTranscript(path: string, transcript: Transcript): void {
  writeFileSync(path, writeTranscript(transcript), { mode: 0o600, flag: 'wx' });
}

function writeTranscript({ messages, server, model, at, secrets }: Transcript): string {
  const head = `# Chat with ${model} and ${server}\n\n${at.toISOString()}`;
  let text = withoutUnseen([head, ...messages.flatMap(writeMessage)].join('\n\n'));
  for (const secret of secrets) if (secret.length > 3) text = text.replaceAll(secret, '[removed]');
  return `${text}\n`;
}

function writeMessage(message: ModelMessage): string[] {
  if (message.role === 'user') return ['## You', typeof message.content === 'string' ? safe(message.content) : ''];
  if (message.role === 'tool') {
    return message.content.flatMap((part) =>
      part.type === 'tool-result' && 'value' in part.output
        ? [`### Answer of ${part.toolName}`, fence(String(part.output.value))]
        : [],
    );
  }
  if (message.role !== 'assistant') return [];
  if (typeof message.content === 'string') return ['## Model', safe(message.content)];
  const said = message.content.flatMap((part): string[] => {
    if (part.type === 'text') return [safe(part.text)];
    if (part.type !== 'tool-call') return [];
    const given = JSON.stringify(withoutSecrets(part.input), null, 2);
    return [`### Call of ${part.toolName}`, fence(given)];
  });
  return ['## Model', ...said];
}

function fence(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const ticks = '`'.repeat(longest + 1);
  return `${ticks}\n${safe(text)}\n${ticks}`;
}

function safe(text: string): string {
  return String(withoutSecrets(text));
}
