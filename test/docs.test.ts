// What can rot is generated; here is where it would be seen.

import { expect, test } from 'vitest';
import { findDrift } from '../scripts/docs.ts';

test('generated documents, schemas and tables are what `npm run docs` writes', () => {
  expect(findDrift()).toEqual([]);
});
