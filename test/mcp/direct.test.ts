// The short way answers what the SDK answers: the same requests to two servers that differ in nothing else.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openApp } from '../../src/app.ts';
import { loadConfig } from '../../src/config.ts';
import { type Listener, listen } from '../../src/http/listen.ts';
import type { Direct } from '../../src/mcp/direct.ts';
import { noMetrics } from '../../src/observe/metrics.ts';

let short: Listener;
let long: Listener;
let close: () => Promise<void>;
/** How many requests the short way took. */
let taken = 0;

const data = mkdtempSync(join(tmpdir(), 'castellan-direct-'));

beforeAll(async () => {
  const { config } = loadConfig(
    { 'log-level': 'silent', store: 'memory' },
    { env: { CASTELLAN_DATA: data }, folder: '/', tenants: false },
  );
  // One clock for both, so that answers about time are equal too.
  const app = await openApp({ config, sandbox: { users: 20, rateLimits: 'off' }, writeLog: () => {} });
  const counted: Direct = (request) => {
    const answer = app.direct?.(request);
    if (answer) taken++;
    return answer;
  };
  const shared = {
    factory: app.factory,
    gate: app.gate,
    version: '0',
    log: app.log,
    metrics: noMetrics,
    ready: async () => true,
    allowedHosts: [],
    allowedOrigins: [],
  };
  const at = { host: '127.0.0.1', port: 0 };
  short = await listen(at, () => ({ ...shared, direct: counted }));
  long = await listen(at, () => shared);
  close = async () => {
    await Promise.all([short.close(), long.close()]);
    await app.close();
  };
});

afterAll(async () => {
  await close();
  rmSync(data, { recursive: true, force: true });
});

const meta = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientInfo': { name: 'test', version: '1' },
  'io.modelcontextprotocol/clientCapabilities': {},
};

interface Sent {
  readonly headers: Record<string, string>;
  readonly body: unknown;
}

function request(method: string, params: Record<string, unknown>, id: unknown = 1): Sent {
  const headers: Record<string, string> = {
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
    'mcp-protocol-version': '2026-07-28',
    'mcp-method': method,
  };
  if (typeof params.name === 'string') headers['mcp-name'] = params.name;
  return { headers, body: { jsonrpc: '2.0', id, method, params: { _meta: meta, ...params } } };
}

const call = (name: string, args?: unknown, id?: unknown) =>
  request('tools/call', args === undefined ? { name } : { name, arguments: args }, id);

async function answerOf(listener: Listener, { headers, body }: Sent) {
  const response = await fetch(`${listener.url}/mcp`, { method: 'POST', headers, body: JSON.stringify(body) });
  const text = await response.text();
  const type = response.headers.get('content-type');
  // An upstream gives each request an id of its own.
  const plain = text.replaceAll(/(Request id: |"requestId":")[\w-]+/g, '$1X');
  return { status: response.status, type, body: type?.startsWith('application/json') ? JSON.parse(plain) : plain };
}

async function expectSame(sent: Sent): Promise<void> {
  const [ours, theirs] = await Promise.all([answerOf(short, sent), answerOf(long, sent)]);
  expect(ours).toEqual(theirs);
}

const iso = { time_expression: '2026-11-03T14:30:00Z' };

describe('tools/list and tools/call of 2026-07-28', () => {
  it.each<readonly [string, Sent]>([
    ['the list', request('tools/list', {})],
    ['a local tool', call('parse_relative_time', iso)],
    ['an id that is text', call('parse_relative_time', iso, 'a "quoted" id')],
    ['a tool that asks the platform', call('list_okta_users', { max_results: 3 })],
    ['an alias', call('get_user_details', { user_identifier: 'helena.brandt@larkspur.example' })],
    ['a failure of the tool', call('get_okta_user', { user_id: 'nobody@larkspur.example' })],
    ['bad input', call('list_okta_users', { max_results: 'many', colour: 'red' })],
    ['no arguments', call('list_okta_groups')],
  ])('%s: one answer, whichever way', async (_, sent) => {
    const before = taken;
    await expectSame(sent);
    expect(taken).toBe(before + 1);
  });

  it.each<readonly [string, Sent]>([
    ['an unknown tool', call('no_such_tool')],
    ['arguments that are a list', call('parse_relative_time', [1])],
    ['arguments with an inherited name', call('parse_relative_time', JSON.parse('{"__proto__":{"a":1}}'))],
    [
      'a progress token',
      request('tools/call', { name: 'parse_relative_time', arguments: iso, _meta: { ...meta, progressToken: 1 } }),
    ],
    [
      'an answer to a question',
      request('tools/call', { name: 'parse_relative_time', arguments: iso, inputResponses: {} }),
    ],
    ['a cursor', request('tools/list', { cursor: 'x' })],
    ['no envelope', request('tools/list', { _meta: {} })],
    [
      'another revision',
      request('tools/list', { _meta: { ...meta, 'io.modelcontextprotocol/protocolVersion': '2027-01-01' } }),
    ],
    [
      'a client without a version',
      request('tools/list', { _meta: { ...meta, 'io.modelcontextprotocol/clientInfo': { name: 'x' } } }),
    ],
    [
      'capabilities that are none',
      request('tools/list', { _meta: { ...meta, 'io.modelcontextprotocol/clientCapabilities': { roots: 1 } } }),
    ],
    [
      'a header that names another tool',
      { ...call('parse_relative_time', iso), headers: { ...call('get_current_time').headers } },
    ],
    ['no id', request('tools/list', {}, null)],
    ['an id that is a fraction', request('tools/list', {}, 1.5)],
  ])('%s is left to the SDK', async (_, sent) => {
    const before = taken;
    await expectSame(sent);
    expect(taken).toBe(before);
  });

  it('any change to a request gives the answer that the SDK gives', { timeout: 60_000 }, async () => {
    const odd = fc.oneof(
      fc.jsonValue({ maxDepth: 2 }),
      fc.constantFrom('2.0', '2026-07-28', 'tools/list', 'parse_relative_time', {}, null, 0, ''),
    );
    const place = fc.constantFrom(
      ['jsonrpc'],
      ['id'],
      ['method'],
      ['params'],
      ['params', '_meta'],
      ['params', 'name'],
      ['params', 'arguments'],
      ['extra'],
      ['params', 'extra'],
      ...Object.keys(meta).map((key) => ['params', '_meta', key]),
      ['params', '_meta', 'extra'],
      ['params', 'arguments', 'time_expression'],
      ['params', 'arguments', 'extra'],
    );
    const header = fc.option(
      fc.tuple(
        fc.constantFrom('mcp-protocol-version', 'mcp-method', 'mcp-name', 'accept'),
        fc.constantFrom('', 'x', '2025-11-25', 'tools/call'),
      ),
    );
    const runs = process.env.CASTELLAN_LONG ? 5_000 : 200;
    await fc.assert(
      fc.asyncProperty(fc.boolean(), place, odd, header, async (list, path, value, changed) => {
        const sent = structuredClone(list ? request('tools/list', {}) : call('parse_relative_time', iso));
        put(sent.body as Record<string, unknown>, path, value);
        if (changed) sent.headers[changed[0]] = changed[1];
        await expectSame(sent);
      }),
      { numRuns: runs, seed: 2026 },
    );
  });
});

function put(target: Record<string, unknown>, [key = '', ...rest]: readonly string[], value: unknown): void {
  if (rest.length === 0) target[key] = value;
  else if (typeof target[key] === 'object' && target[key] !== null)
    put(target[key] as Record<string, unknown>, rest, value);
}
