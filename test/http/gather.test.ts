// Answers of sessions that leave in one piece, or as they come.

import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { gatherAnswer } from '../../src/http/gather.ts';

test('a stream that breaks while its reader is slow is told to the reader, and ends no process', async () => {
  let source: ReadableStreamDefaultController<Uint8Array> | undefined;
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      source = controller;
      controller.enqueue(Buffer.from('one'));
    },
  });
  const unheard: unknown[] = [];
  const hear = (reason: unknown) => void unheard.push(reason);
  process.on('unhandledRejection', hear);
  const reader = (await gatherAnswer(new Response(body))).body?.getReader();
  expect(Buffer.from((await reader?.read())?.value ?? []).toString()).toBe('one');
  source?.enqueue(Buffer.from('two'));
  await sleep(10);
  source?.error(new Error('it broke'));
  await sleep(10);
  expect(unheard).toEqual([]);
  process.off('unhandledRejection', hear);
  expect(Buffer.from((await reader?.read())?.value ?? []).toString()).toBe('two');
  await expect(reader?.read()).rejects.toThrow('it broke');
});
