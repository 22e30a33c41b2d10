// The way to a provider: certificates, authorities, headers.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { readHeaders } from '../../src/chat/models/headers.ts';
import { createWire, WireRefusal } from '../../src/chat/models/wire.ts';
import { connectSmall, openChatModel, startChat } from '../support/chat.ts';
import { chatCompletions } from '../support/model-dialects.ts';

const folder = mkdtempSync(join(tmpdir(), 'castellan-wire-'));
const authority = join(folder, 'ca.pem');
let server: Server;
let port: number;
let seen: { url: string | undefined; authorization: string | undefined }[];
let redirect: string | undefined;
let abandoned = 0;

beforeAll(async () => {
  const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'];
  openssl('req', '-x509', ...key, '-keyout', 'ca.key', '-out', 'ca.pem', '-subj', '/CN=Our own authority');
  const signed = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-addext', 'subjectAltName=DNS:localhost'];
  openssl('req', '-x509', ...key, '-keyout', 's.key', '-out', 's.pem', '-subj', '/CN=localhost', ...signed);
  const pem = (name: string) => readFileSync(join(folder, name));
  server = createServer({ key: pem('s.key'), cert: pem('s.pem') }, (request, response) => {
    seen.push({ url: request.url, authorization: request.headers.authorization });
    request.resume();
    if (redirect !== undefined) {
      response.writeHead(307, { location: redirect }).end();
      return;
    }
    response.on('close', () => {
      if (!response.writableFinished) abandoned++;
    });
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    const [first = '', second = '', ...rest] = chatCompletions.write({ text: ['Good ', 'morning.'] }, 1);
    response.write(first + second);
    if (request.url?.startsWith('/hang')) return;
    setImmediate(() => response.end(rest.join('')));
  });
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
  port = (server.address() as AddressInfo).port;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(() => {
  seen = [];
  redirect = undefined;
});

async function openAt(base: string, env: Record<string, string> = {}) {
  const readFile = (path: string) => readFileSync(path, 'utf8');
  const own = {
    AI_PROVIDER: 'openai_compatible',
    OPENAI_COMPATIBLE_BASE_URL: base,
    OPENAI_COMPATIBLE_TOKEN: 'canary',
    OPENAI_COMPATIBLE_REASONING_MODEL: 'm',
  };
  return startChat(await openChatModel({ env: { ...own, ...env }, readFile }), await connectSmall([]));
}

describe('a provider behind an authority of one’s own (CA_BUNDLE_PATH)', () => {
  test('is not trusted without it: nothing is sent, and it is said what to do', async () => {
    const chat = await openAt(`https://localhost:${port}/v1`);
    expect(await chat.ask('Hello?')).toBe('failed');
    expect(chat.of('error')[0]).toMatchObject({ code: 'unreachable', hint: expect.stringContaining('CA_BUNDLE_PATH') });
    expect(chat.of('error')[0]?.message).toMatch(/certificate .* cannot be trusted/);
    expect(seen).toEqual([]);
  });

  test('is trusted with it, and streams', async () => {
    const chat = await openAt(`https://localhost:${port}/v1`, { CA_BUNDLE_PATH: authority });
    expect(await chat.ask('Hello?')).toBe('answered');
    expect(chat.of('text').map(({ text }) => text)).toEqual(['Good ', 'morning.']);
    expect(seen).toEqual([{ url: '/v1/chat/completions', authorization: 'Bearer canary' }]);
  });

  test('is still held to its name', async () => {
    const chat = await openAt(`https://127.0.0.1:${port}/v1`, { CA_BUNDLE_PATH: authority });
    expect(await chat.ask('Hello?')).toBe('failed');
    expect(chat.of('error')[0]?.message).toMatch(/certificate .* cannot be trusted|cannot be reached/);
    expect(seen).toEqual([]);
  });

  test('sends nobody elsewhere', async () => {
    redirect = 'https://elsewhere.example.com/v1';
    const chat = await openAt(`https://localhost:${port}/v1`, { CA_BUNDLE_PATH: authority });
    expect(await chat.ask('Hello?')).toBe('failed');
    expect(chat.of('error')[0]?.message).toContain('sends requests on to https://elsewhere.example.com');
    expect(seen).toHaveLength(1);
  });

  test('is let go of when the person stops', async () => {
    const chat = await openAt(`https://localhost:${port}/hang`, { CA_BUNDLE_PATH: authority });
    const stop = new AbortController();
    const asking = chat.ask('Hello?', stop.signal);
    await expect.poll(() => chat.text()).toBe('Good ');
    const before = abandoned;
    stop.abort();
    expect(await asking).toBe('stopped');
    await expect.poll(() => abandoned).toBe(before + 1);
  });
});

test('nothing goes to another origin than the provider’s, whoever asks for it', async () => {
  const fetch = async () => Response.json({});
  const wire = createWire({ origins: ['https://api.example.com'], fetch, now: Date.now });
  await expect(wire('https://api.example.com/v1')).resolves.toBeInstanceOf(Response);
  for (const address of [
    'https://api.example.com.evil.org/',
    'http://api.example.com/',
    'https://api.example.com:444/',
  ])
    await expect(wire(address)).rejects.toBeInstanceOf(WireRefusal);
});

describe('CUSTOM_HTTP_HEADERS', () => {
  test.each([
    ['{"X-Org": "acme", "x-team": "a, b=c"}', { 'x-org': 'acme', 'x-team': 'a, b=c' }],
    ['X-Org=acme, x-team = iam ', { 'x-org': 'acme', 'x-team': 'iam' }],
    ['x-org: acme\nx-list=a, b', { 'x-org': 'acme', 'x-list': 'a, b' }],
    ['x-key=a=b==', { 'x-key': 'a=b==' }],
    ['', {}],
  ])('%j', (text, headers) => {
    expect(readHeaders(text)).toEqual({ headers, faults: [] });
  });

  test.each([
    '{"a": 1}',
    '["a"]',
    '{',
    'novalue',
    '{"host": "x"}',
    'Content-Length=5',
    '{"transfer-encoding": "chunked"}',
    '{"a": "x\\r\\nb: y"}',
    '{"a\\u0000": "x"}',
    '{"a": "é"}',
    '{"a": "1", "A": "2"}',
  ])('%j is refused whole, and its values are not told', (text) => {
    const { headers, faults } = readHeaders(text.replace('x', 'canary'));
    expect(headers).toEqual({});
    expect(faults.length).toBeGreaterThan(0);
    expect(JSON.stringify(faults)).not.toContain('canary');
  });
});
