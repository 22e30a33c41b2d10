// The official conformance suite against the real assembly, where nobody signs in.

import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Listener } from '../../src/http/listen.ts';
import { judgeServer, openFixture, revisions, summaryOf } from './suite.ts';

let listener: Listener;

beforeAll(async () => {
  listener = await openFixture();
});

afterAll(() => listener.close());

it.each(revisions)('conformance: what MCP %s requires of a server', { timeout: 240_000 }, async (revision) => {
  const run = await judgeServer(`${listener.url}/mcp`, revision);
  expect(run.status, summaryOf(run.output)).toBe(0);
});
