// Steps that ask the person: the same step serves both protocol eras, and what a client changes of it is refused.

import { randomBytes } from 'node:crypto';
import { Client } from '@modelcontextprotocol/client';
import { createRequestStateCodec } from '@modelcontextprotocol/server';
import { afterEach, describe, expect, it } from 'vitest';
import { createMcp } from '../../src/mcp/server.ts';
import { createLog } from '../../src/observe/log.ts';
import { noMetrics } from '../../src/observe/metrics.ts';
import { askFirst, type State } from '../conformance/asking.ts';
import { fixture } from '../conformance/fixture.ts';
import { call } from '../support/answers.ts';
import { connectByLines } from '../support/lines.ts';

const codec = createRequestStateCodec<State>({ key: randomBytes(32) });
const { factory } = createMcp({
  connected: [{ platform: fixture, tenants: new Map() }],
  version: '0.0.0-test',
  log: createLog({ level: 'silent', format: 'json', write: () => {} }),
  observe: noMetrics.observeCall,
  now: Date.now,
  callTimeoutMs: 5_000,
  concurrency: 4,
  steps: [askFirst(codec)],
  requestState: { verify: codec.verify },
});

const eras = [
  { era: '2026-07-28', mode: { pin: '2026-07-28' } },
  { era: '2025-11-25', mode: 'legacy' },
] as const;

describe.each(eras)('over stdio, MCP $era', ({ mode }) => {
  let close = async () => {};
  afterEach(() => close());

  async function connect(answer?: (message: string) => Record<string, unknown> | undefined): Promise<Client> {
    const capabilities = answer ? { elicitation: {} } : {};
    const client = new Client({ name: 'test', version: '0.0.0' }, { capabilities, versionNegotiation: { mode } });
    if (answer) {
      client.setRequestHandler('elicitation/create', ({ params }) => {
        const content = answer(params.message) as Record<string, string> | undefined;
        return content ? { action: 'accept', content } : { action: 'decline' };
      });
    }
    ({ close } = await connectByLines(factory, client));
    return client;
  }

  it('asks the person and runs the tool with the answer', async () => {
    const asked: string[] = [];
    const client = await connect((message) => {
      asked.push(message);
      return { username: 'ada', email: 'ada@example.com' };
    });
    const answer = await call(client, 'test_elicitation', { message: 'Who is it?' });
    expect(asked).toEqual(['Who is it?']);
    expect(answer.isError).toBe(false);
    expect(answer.value).toEqual({ text: 'The person answered.' });
  });

  it('asks in several rounds', async () => {
    const asked: string[] = [];
    const client = await connect((message) => {
      asked.push(message);
      return { name: 'ada', color: 'blue' };
    });
    expect((await call(client, 'test_input_required_result_multi_round')).value).toEqual({
      text: 'Both rounds are over.',
    });
    expect(asked).toEqual(['Step 1: What is your name?', 'Step 2: What is your favorite color?']);
  });

  it('does not run the tool for a client that cannot ask', async () => {
    const client = await connect();
    const failure = await call(client, 'test_elicitation', { message: 'Who is it?' }).then(
      ({ isError, text }) => (isError ? text : undefined),
      (error: unknown) => String(error),
    );
    expect(failure).toMatch(/elicitation/i);
    expect(failure).not.toContain('The person answered');
  });

  it('lets other calls through while a person thinks', async () => {
    const thinking = Promise.withResolvers<void>();
    const client = await connect(() => ({ username: 'ada', email: 'a@example.com' }));
    client.setRequestHandler('elicitation/create', async () => {
      await thinking.promise;
      return { action: 'accept', content: { username: 'ada', email: 'a@example.com' } };
    });
    const waiting = Array.from({ length: 8 }, () => call(client, 'test_elicitation', { message: 'Who?' }));
    expect((await call(client, 'test_simple_text')).isError).toBe(false);
    thinking.resolve();
    for (const answer of await Promise.all(waiting)) expect(answer.isError).toBe(false);
  });
});
