// The chat's weight is on nobody's shoulders but its own.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { chatCompletions } from '../support/model-dialects.ts';
import { startModel } from '../support/model-server.ts';
import { runCastellan } from '../trials/castellan.ts';

const list = pathToFileURL(fileURLToPath(new URL('../support/print-loaded.mjs', import.meta.url))).href;
const weight = /\/node_modules\/(ai|@ai-sdk\/[^/]+|@clack\/[^/]+)\//;

async function loadedFor(args: readonly string[], env: Record<string, string> = {}, input = '') {
  const folder = mkdtempSync(join(tmpdir(), 'castellan-weight-'));
  const file = join(folder, 'loaded.json');
  const { status, stdout, stderr } = await runCastellan(args, {
    env: { LOADED: file, ...env },
    node: ['--import', list],
    input,
  });
  const loaded = JSON.parse(readFileSync(file, 'utf8')) as string[];
  rmSync(folder, { recursive: true, force: true });
  const libraries = [...new Set(loaded.flatMap((url) => weight.exec(url)?.[1] ?? []))].sort();
  const own = loaded
    .flatMap((url) => /\/src\/(chat\/.*)$/.exec(url)?.[1] ?? [])
    .filter((path) => path !== 'chat/sign-in/settings.ts');
  return { status, stdout, stderr, libraries, own };
}

const initialize = {
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'test', version: '1' } },
};

test('castellan serve loads nothing of the chat, nor what it is built on', async () => {
  const { stdout, libraries, own } = await loadedFor(['serve', '--sandbox'], {}, `${JSON.stringify(initialize)}\n`);
  expect(JSON.parse(stdout.split('\n')[0] ?? '')).toMatchObject({
    id: 1,
    result: { serverInfo: { name: 'castellan' } },
  });
  expect(libraries).toEqual([]);
  // How the client is known where it signs in is said beside what the server is.
  expect(own).toEqual([]);
});

test('castellan chat loads the provider that it uses, and no other', async () => {
  const model = await startModel(chatCompletions);
  model.script({ text: ['Hello.'] });
  const env = {
    AI_PROVIDER: 'openai_compatible',
    OPENAI_COMPATIBLE_BASE_URL: model.url,
    OPENAI_COMPATIBLE_REASONING_MODEL: 'scripted',
  };
  const { status, stdout, libraries } = await loadedFor(['chat', '--sandbox', '--query', 'Hello?'], env);
  await model.close();
  expect([status, stdout]).toEqual([0, 'Hello.\n']);
  expect(libraries).toContain('@ai-sdk/openai-compatible');
  for (const other of ['@ai-sdk/openai', '@ai-sdk/azure', '@ai-sdk/anthropic', '@ai-sdk/google-vertex'])
    expect(libraries).not.toContain(other);
});
