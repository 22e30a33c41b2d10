// What can rot is generated; here is where it would be seen.

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { findDrift } from '../scripts/docs.ts';

test('generated documents, schemas and tables are what `npm run docs` writes', () => {
  expect(findDrift()).toEqual([]);
});

test('the README quotes figures of the bench', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const quoted = /<!-- bench -->([\s\S]*)<!-- \/bench -->/.exec(readme)?.[1] ?? '';
  for (const what of ['tools/call', 'tools/list', 'stdio', 'get_okta_user', 'tokens']) expect(quoted).toContain(what);
});
