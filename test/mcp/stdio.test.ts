// The lines of stdio: what is still answered when the input ends, and who reads slowly.

import { PassThrough } from 'node:stream';
import type { JSONRPCMessage } from '@modelcontextprotocol/server';
import { describe, expect, test } from 'vitest';
import { createStdioTransport } from '../../src/mcp/stdio.ts';
import { runCastellan, startCastellan } from '../trials/castellan.ts';

const request = (id: number) => `{"jsonrpc":"2.0","id":${id},"method":"tools/call"}`;

async function open(drainMs: number, highWaterMark?: number) {
  const input = new PassThrough();
  const output = new PassThrough(highWaterMark === undefined ? {} : { highWaterMark });
  const transport = createStdioTransport({ input, output, drainMs });
  const seen: JSONRPCMessage[] = [];
  transport.onmessage = (message) => void seen.push(message);
  await transport.start();
  const over = { closed: false };
  void transport.ended.then(() => {
    over.closed = true;
  });
  return { input, output, transport, seen, over };
}

const soon = () => new Promise((resolve) => setTimeout(resolve, 20));

describe('when the input ends', () => {
  test('without a call under way, the connection ends at once', async () => {
    const { input, transport } = await open(60_000);
    input.end();
    await transport.ended;
  });

  test('answers of calls under way are written first; the last line needs no end', async () => {
    const { input, output, transport, seen, over } = await open(60_000);
    input.end(`${request(1)}\n${request(2)}`);
    await soon();
    expect(seen).toHaveLength(2);
    await transport.send({ jsonrpc: '2.0', id: 1, result: {} });
    await soon();
    expect(over.closed).toBe(false);
    await transport.send({ jsonrpc: '2.0', id: 2, result: {} });
    await transport.ended;
    expect(String(output.read()).trim().split('\n')).toHaveLength(2);
  });

  test('a call that was cancelled is not waited for, and none for ever', async () => {
    const cancelled = await open(60_000);
    const note = '{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}}';
    cancelled.input.end(`${request(1)}\n${note}\n`);
    await cancelled.transport.ended;
    const silent = await open(30);
    silent.input.end(`${request(1)}\n`);
    await silent.transport.ended;
  });

  test('castellan serve answers what was piped into it, and ends with 0', async () => {
    const call = (id: number, name: string, args: object) =>
      JSON.stringify({ jsonrpc: '2.0', id, method: 'tools/call', params: { name, arguments: args } });
    const lines = [call(1, 'list_okta_users', { max_results: 2 }), call(2, 'get_current_time', {})];
    const { status, stdout } = await runCastellan(['serve', '--sandbox', '--users', '5'], { input: lines.join('\n') });
    expect(status).toBe(0);
    const answers = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { id: number; result?: unknown });
    expect(answers.map(({ id }) => id).sort()).toEqual([1, 2]);
    for (const answer of answers) expect(answer).toHaveProperty('result');
  });
});

test('many answers to one who reads slowly wait together', async () => {
  const warnings: string[] = [];
  const note = (warning: Error) => void warnings.push(warning.name);
  process.on('warning', note);
  const { output, transport } = await open(0, 16);
  const sent = Array.from({ length: 50 }, (_, id) => transport.send({ jsonrpc: '2.0', id, result: {} }));
  expect(output.listenerCount('drain')).toBeLessThanOrEqual(2);
  output.resume();
  await Promise.all(sent);
  await soon();
  process.off('warning', note);
  expect(warnings).toEqual([]);
});

test('a closed stderr does not end it', async () => {
  const castellan = startCastellan(['serve', '--sandbox', '--users', '5', '--log-level', 'debug']);
  castellan.child.stderr.destroy();
  castellan.child.stdin.write('nonsense\n'.repeat(20));
  for (const id of [1, 2]) {
    castellan.child.stdin.write(
      `{"jsonrpc":"2.0","id":${id},"method":"tools/call","params":{"name":"get_current_time"}}\n`,
    );
    await expect.poll(() => castellan.stdout(), { timeout: 8_000 }).toContain(`"id":${id}`);
  }
  castellan.child.stdin.end();
  expect(await castellan.ended).toBe(0);
});
