// Which names and origins the server answers to, however they are written.

import type { IncomingMessage } from 'node:http';
import { expect, test } from 'vitest';
import { checkAddress } from '../../src/http/guard.ts';

const options = {
  allowedHosts: ['MCP.Example.com', 'other.example.com:443'],
  allowedOrigins: ['HTTPS://App.Example.com:443/', 'chrome-extension://AbC'],
};

function ask(host: string, origin?: string) {
  const headers = { host, ...(origin !== undefined && { origin }) };
  return checkAddress({ headers, rawHeaders: ['Host', host] } as unknown as IncomingMessage, options)?.status;
}

test.each(['mcp.example.com', 'MCP.EXAMPLE.COM:3000', 'other.example.com', 'localhost:3000', 'LOCALHOST'])(
  'the host %s is answered',
  (host) => expect(ask(host)).toBeUndefined(),
);

test.each(['example.com', 'mcp.example.com.evil.org', 'x-mcp.example.com', ''])('the host %j is refused', (host) =>
  expect(ask(host)).toBe(403),
);

test.each(['https://app.example.com', 'https://APP.example.com', 'chrome-extension://abc', 'http://localhost:5173'])(
  'the origin %s may call',
  (origin) => expect(ask('localhost', origin)).toBeUndefined(),
);

test.each([
  'http://app.example.com',
  'https://app.example.com:8443',
  'null',
  'chrome-extension://abd',
  'https://evil.org',
])('the origin %s may not', (origin) => expect(ask('localhost', origin)).toBe(403));
