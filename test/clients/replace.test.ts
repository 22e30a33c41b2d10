// Replacing a client's file: whole or not at all, and not what another program wrote meanwhile.

import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { replaceFile } from '../../src/clients/replace.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'castellan-replace-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const replace = (file: string, before: string | undefined, after: string) =>
  replaceFile({ file, before, after, newMode: 0o600, backup: { folder: join(folder, 'backups'), name: 'copy' } });

test.each([
  ['another text', '{"theirs":true}'],
  ['a file where there was none', undefined],
])('%s: refused, their text stays, and nothing is left beside it', async (_what, read) => {
  const file = join(folder, 'mcp.json');
  writeFileSync(file, '{"theirs":"and more"}');
  await expect(replace(file, read, '{"ours":true}')).rejects.toThrow(/changed by another program meanwhile/);
  expect(readFileSync(file, 'utf8')).toBe('{"theirs":"and more"}');
  expect(readdirSync(folder).filter((name) => name !== 'backups')).toEqual(['mcp.json']);
});

test('a folder that cannot be made is told', async () => {
  writeFileSync(join(folder, 'file'), '');
  await expect(replace(join(folder, 'file', 'mcp.json'), undefined, '{}')).rejects.toThrow(/cannot be written/);
});
