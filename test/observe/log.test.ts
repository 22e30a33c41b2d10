// The log: lines without secrets, and no harm done by a log that cannot be written.

import { expect, test } from 'vitest';
import { createLog } from '../../src/observe/log.ts';

test('a line is written without secrets; one that cannot be written harms nobody', async () => {
  const lines: string[] = [];
  const rejected: unknown[] = [];
  const note = (error: unknown) => void rejected.push(error);
  process.on('unhandledRejection', note);
  createLog({ level: 'info', format: 'text', write: (line) => void lines.push(line) }).info({ token: 't1' }, 'said');
  const broken = createLog({
    level: 'info',
    format: 'json',
    write: () => {
      throw new Error('no space left');
    },
  });
  broken.info({}, 'said');
  await expect.poll(() => lines.join('')).toContain('said token=[removed]');
  await new Promise((resolve) => setTimeout(resolve, 50));
  process.off('unhandledRejection', note);
  expect(rejected).toEqual([]);
});
