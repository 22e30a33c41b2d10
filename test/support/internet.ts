// A site of a stranger on the internet, by TLS: its name resolves to whatever a test says, and whoever connects to exactly
// the address that was resolved comes out at a server of this machine.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type RequestOptions, request } from 'node:https';
import type { AddressInfo, LookupFunction } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Resolved, SafeFetchOptions } from '../../src/auth/safe-fetch.ts';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

export interface Internet {
  /** Of the one site that has a certificate. */
  readonly host: string;
  /** For a safe fetch: what stands between it and the internet. */
  readonly ways: Pick<SafeFetchOptions, 'resolve' | 'request'>;
  /** What a name resolves to, the first time and the times after; a public address otherwise. */
  readonly names: Map<string, readonly (readonly string[])[]>;
  /** Names that were resolved, and addresses that were connected to, in order. */
  readonly resolved: string[];
  readonly connected: string[];
  /** Requests that arrived. */
  readonly arrived: IncomingMessage[];
  /** By path; 404 for every other. */
  readonly pages: Map<string, Answer>;
  readonly certificate: string;
  readonly close: () => Promise<void>;
}

export const publicAddress = '93.184.215.14';

export function sendJson(value: unknown, headers: Readonly<Record<string, string>> = {}): Answer {
  return (_request, response) =>
    void response.writeHead(200, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(value));
}

export async function openInternet(host = 'client.acme.dev'): Promise<Internet> {
  const { key, cert } = makeCertificate(host);
  const pages: Internet['pages'] = new Map();
  const names: Internet['names'] = new Map();
  const resolved: string[] = [];
  const connected: string[] = [];
  const arrived: IncomingMessage[] = [];
  const server = createServer({ key, cert }, (incoming, response) => {
    arrived.push(incoming);
    const page = pages.get(incoming.url ?? '/');
    if (page) page(incoming, response);
    else response.writeHead(404, { 'content-type': 'application/json' }).end('{}');
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const { port } = server.address() as AddressInfo;

  async function resolve(name: string): Promise<readonly Resolved[]> {
    const before = resolved.filter((each) => each === name).length;
    resolved.push(name);
    const answers = names.get(name) ?? [[publicAddress]];
    const addresses = answers[Math.min(before, answers.length - 1)] ?? [];
    return addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
  }

  /** The way to the address that was looked up; it leads here. */
  const connect = ((url: URL, options: RequestOptions) => {
    const found = options.lookup as LookupFunction;
    const lookup: LookupFunction = (name, all, callback) =>
      found(name, { ...all, all: true }, (error, addresses) => {
        connected.push(...(addresses as Resolved[]).map(({ address }) => address));
        if (error) callback(error, []);
        else if (all.all) callback(null, [{ address: '127.0.0.1', family: 4 }]);
        else callback(null, '127.0.0.1', 4);
      });
    return request(url, { ...options, lookup, port, ca: cert });
  }) as unknown as typeof request;

  return {
    host,
    ways: { resolve, request: connect },
    names,
    resolved,
    connected,
    arrived,
    pages,
    certificate: cert,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}

/** For a name, and for this machine. */
export function makeCertificate(host: string): { readonly key: string; readonly cert: string } {
  const folder = mkdtempSync(join(tmpdir(), 'castellan-internet-'));
  try {
    const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
    const made = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'];
    const subject = ['-subj', `/CN=${host}`, '-addext', `subjectAltName=DNS:${host},DNS:localhost,IP:127.0.0.1`];
    execFileSync('openssl', [...made, ...subject, '-keyout', key, '-out', cert], { stdio: 'ignore' });
    return { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
