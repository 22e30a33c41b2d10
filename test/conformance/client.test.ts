// The official conformance suite against Castellan's client: its transports, its answers to what servers ask, its sign-in.

import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { revisions, runSuite, summaryOf } from './suite.ts';

const client = fileURLToPath(new URL('client.ts', import.meta.url));

it.each(revisions)('what MCP %s requires of a client', { timeout: 280_000 }, async (revision) => {
  // The scenarios run all at once, so each may take long.
  const flags = ['--requirements', revision, '--timeout', '120000'];
  const run = await runSuite(['client', '--command', `${process.execPath} ${client}`, ...flags]);
  expect(run.status, summaryOf(run.output)).toBe(0);
  // Signing in is what most of them are about.
  expect(run.output).toMatch(/✓ auth\/scope-step-up: [1-9]\d* passed, 0 failed/);
});
