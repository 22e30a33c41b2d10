// What a stranger may send where HTTP is expected: JSON-RPC of every kind in requests of every kind.

import fc from 'fast-check';
import { writeRequest } from '../http/raw.ts';
import { type Message, message, protocolVersion } from './messages.ts';

export interface HttpInput {
  readonly kind: string;
  readonly bytes: Buffer;
  /** Whether the request says rightly where it ends, so that an answer is owed and the connection can go on. */
  readonly framed: boolean;
  readonly head: boolean;
}

type Header = readonly [string, string];

const json: Header = ['Content-Type', 'application/json'];
const accept: Header = ['Accept', 'application/json, text/event-stream'];
const host: Header = ['Host', '127.0.0.1'];

/** The headers that a client would send with this message. */
function headersFor({ bytes }: Message, legacy: boolean): Header[] {
  if (legacy) return [host, json, accept, ['MCP-Protocol-Version', '2025-11-25']];
  const headers: Header[] = [host, json, accept, ['MCP-Protocol-Version', protocolVersion]];
  try {
    const { method, params } = JSON.parse(bytes.toString()) as { method?: unknown; params?: { name?: unknown } };
    if (typeof method === 'string') headers.push(['Mcp-Method', headerText(method)]);
    if (typeof params?.name === 'string') headers.push(['Mcp-Name', headerText(params.name)]);
  } catch {
    headers.push(['Mcp-Method', 'tools/call']);
  }
  return headers;
}

/** What a header may hold (RFC 9110 §5.5): anything else would be a request that cannot be read, which is a kind of its own. */
function headerText(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '').slice(0, 200);
}

const text = fc.string({ maxLength: 30 }).map(headerText);
const changes: fc.Arbitrary<Header> = fc.oneof(
  fc.tuple(
    fc.constantFrom(
      'Accept',
      'Origin',
      'Mcp-Method',
      'Mcp-Name',
      'MCP-Protocol-Version',
      'Mcp-Session-Id',
      'Last-Event-ID',
    ),
    text,
  ),
  fc.constantFrom<Header>(
    ['Content-Type', 'text/plain'],
    ['Content-Type', 'application/json; charset=utf-16'],
    ['Content-Type', 'application/jsonx'],
    ['Content-Type', 'multipart/form-data; boundary=x'],
    ['Content-Encoding', 'gzip'],
    ['Content-Encoding', 'br, gzip'],
    ['Accept', 'text/html'],
    ['Accept', '*/*'],
    ['Accept-Encoding', 'gzip;q=nan'],
    ['Host', 'evil.example'],
    ['Host', ''],
    ['Host', '127.0.0.1:99999'],
    ['Host', '[::1'],
    ['Host', 'localhost@evil.example'],
    ['Origin', 'null'],
    ['Origin', 'https://evil.example'],
    ['MCP-Protocol-Version', '1999-01-01'],
    ['MCP-Protocol-Version', '2025-06-18, 2026-07-28'],
    ['MCP-Protocol-Version', '__proto__'],
    ['Mcp-Method', 'tools/list'],
    ['Mcp-Name', '=?utf-8?b?4pi6?='],
    ['Authorization', 'Bearer x'],
    ['Authorization', 'Basic !!'],
    ['Cookie', 'a=b; __proto__=c'],
    ['Expect', '100-continue'],
    ['Upgrade', 'websocket'],
    ['X-HTTP-Method-Override', 'DELETE'],
    ['X-Forwarded-Host', 'evil.example'],
    ['Range', 'bytes=0-1'],
    ['If-None-Match', '*'],
    ['Connection', 'close'],
  ),
  fc.tuple(
    fc.constantFrom('__proto__', 'constructor', 'X-Long'),
    fc.nat({ max: 4_000 }).map((length) => 'a'.repeat(length)),
  ),
);

function change(headers: readonly Header[], changed: readonly Header[], dropped: number): Header[] {
  const names = new Set(changed.map(([name]) => name.toLowerCase()));
  const kept = headers.filter(([name], place) => !names.has(name.toLowerCase()) && place !== dropped);
  return [...kept, ...changed.filter(([name], place) => changed.findIndex(([other]) => other === name) === place)];
}

const plain = fc.tuple(message, fc.nat({ max: 9 })).map(([made, chance]) => {
  // Mostly the era that the message itself speaks, sometimes the other.
  const legacy = chance > 0 !== made.bytes.includes(protocolVersion);
  const headers: Header[] = [...headersFor(made, legacy), ['Content-Length', String(made.bytes.length)]];
  return { kind: made.kind, bytes: writeRequest({ headers, body: made.bytes }), framed: true, head: false };
});

const changedHeaders = fc
  .tuple(message, fc.boolean(), fc.array(changes, { minLength: 1, maxLength: 3 }), fc.nat({ max: 12 }))
  .map(([made, legacy, changed, dropped]) => {
    const headers: Header[] = [
      ...change(headersFor(made, legacy), changed, dropped),
      ['Content-Length', String(made.bytes.length)],
    ];
    return { kind: 'changed headers', bytes: writeRequest({ headers, body: made.bytes }), framed: true, head: false };
  });

const method = fc.constantFrom(
  'GET',
  'PUT',
  'DELETE',
  'PATCH',
  'OPTIONS',
  'HEAD',
  'POST',
  'PROPFIND',
  'QUERY',
  'TRACE',
);
const path = fc.oneof(
  fc.constantFrom(
    '/',
    '/mcp',
    '/mcp/',
    '//mcp',
    '/MCP',
    '/mcp?x=1',
    '/metrics',
    '/healthz',
    '/readyz',
    '/../etc/passwd',
  ),
  fc.constantFrom(
    '/%',
    '/%00',
    '/%ff%fe',
    '/mcp%2f..',
    '/.env',
    '/src/main.js',
    '/__proto__',
    'http://evil.example/mcp',
    '*',
  ),
  fc.string({ maxLength: 30 }).map((made) => `/${headerText(made).replaceAll(' ', '+')}`),
);
const otherRoutes = fc.tuple(method, path, message).map(([verb, where, made]) => {
  const bare = verb === 'GET' || verb === 'HEAD';
  const headers: Header[] = [
    host,
    json,
    accept,
    ...(bare ? [] : [['Content-Length', String(made.bytes.length)] as const]),
  ];
  const request = { method: verb, path: where, headers, ...(bare ? {} : { body: made.bytes }) };
  return { kind: 'other methods and paths', bytes: writeRequest(request), framed: true, head: verb === 'HEAD' };
});

const brokenFraming = fc
  .tuple(message, fc.nat({ max: 13 }), fc.uint8Array({ maxLength: 200 }), fc.nat())
  .map(([made, how, noise, at]) => {
    const whole = writeRequest({
      headers: [...headersFor(made, true), ['Content-Length', String(made.bytes.length)]],
      body: made.bytes,
    });
    const withHeaders = (...more: Header[]) =>
      writeRequest({ headers: [host, json, accept, ...more], body: made.bytes });
    const ways: (() => Buffer)[] = [
      () => Buffer.from(noise),
      () => whole.subarray(0, at % whole.length),
      () => withHeaders(['Content-Length', String(made.bytes.length + 1 + (at % 1000))]),
      () => withHeaders(['Content-Length', '-1']),
      () => withHeaders(['Content-Length', '99999999999999999999']),
      () => withHeaders(['Content-Length', '1'], ['Content-Length', '2']),
      () => withHeaders(['Content-Length', '5'], ['Transfer-Encoding', 'chunked']),
      () => withHeaders(['Transfer-Encoding', 'chunked']),
      () => withHeaders(['Transfer-Encoding', 'gzip, chunked']),
      () => Buffer.concat([withHeaders(['Transfer-Encoding', 'chunked']), Buffer.from('zz\r\n')]),
      () => withHeaders(['X-Huge', 'a'.repeat(20_000)]),
      () => Buffer.concat([whole.subarray(0, 20), Buffer.from(noise), whole.subarray(20)]),
      () => Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
      () => Buffer.from(`GET /mcp HTTP/1.${at % 10}\r\nHost: 127.0.0.1\r\nHost: evil.example\r\n folded: yes\r\n\r\n`),
    ];
    return { kind: 'broken framing', bytes: (ways[how] as () => Buffer)(), framed: false, head: false };
  });

export const httpInput: fc.Arbitrary<HttpInput> = fc.oneof(
  { weight: 10, arbitrary: plain },
  { weight: 5, arbitrary: changedHeaders },
  { weight: 2, arbitrary: otherRoutes },
  { weight: 2, arbitrary: brokenFraming },
);
