// A client of the simulated OCI services that signs its requests by itself, so that a test can spoil them, and holds answers
// against the models of Oracle's SDKs.

import { createHash, createPrivateKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { expect } from 'vitest';
import type { SandboxOci } from '../../src/sandbox/index.ts';
import { loadOciContract } from '../contracts/oci-contract.ts';
import { basic, post, type Reply, readReply } from './oidc-kit.ts';

const contract = loadOciContract();

export interface Identity {
  keyId: string;
  privateKey: string | KeyObject;
}

export interface SignedRequest {
  url: string;
  method: string;
  headers: Record<string, string>;
  body?: string;
}

export interface Signing {
  method?: string;
  body?: string;
  now?: number;
  /** In the place of those that ought to be signed. */
  signed?: readonly string[];
  headers?: Record<string, string>;
}

export function keyOf(oci: SandboxOci, login: string): Identity {
  const { tenancy, user, fingerprint, privateKey } = oci.apiKeyOf(login);
  return { keyId: `${tenancy}/${user}/${fingerprint}`, privateKey };
}

export function signRequest(url: string, { keyId, privateKey }: Identity, options: Signing = {}): SignedRequest {
  const { method = 'GET', body, now = Date.now() } = options;
  const { host, pathname, search } = new URL(url);
  const hasBody = ['POST', 'PUT', 'PATCH'].includes(method);
  const content = body ?? '';
  const headers: Record<string, string> = {
    host,
    'x-date': new Date(now).toUTCString(),
    ...(hasBody && {
      'content-type': 'application/json',
      'content-length': `${Buffer.byteLength(content)}`,
      'x-content-sha256': createHash('sha256').update(content).digest('base64'),
    }),
    ...options.headers,
  };
  const ofBody = hasBody ? ['content-length', 'content-type', 'x-content-sha256'] : [];
  const names = options.signed ?? ['x-date', '(request-target)', 'host', ...ofBody];
  const lines = names.map((name) =>
    name === '(request-target)' ? `${name}: ${method.toLowerCase()} ${pathname}${search}` : `${name}: ${headers[name]}`,
  );
  const key = typeof privateKey === 'string' ? createPrivateKey(privateKey) : privateKey;
  const signature = sign('sha256', Buffer.from(lines.join('\n')), key).toString('base64');
  headers.authorization = `Signature version="1",keyId="${keyId}",algorithm="rsa-sha256",headers="${names.join(' ')}",signature="${signature}"`;
  return { url, method, headers, ...(hasBody && { body: content }) };
}

export async function send({ url, method, headers, body }: SignedRequest): Promise<Reply> {
  const { host: _, 'content-length': __, ...own } = headers;
  return readReply(await fetch(url, { method, headers: own, ...(body !== undefined && { body }) }));
}

export interface ServicesClient {
  /** A refused request need not be as published: that may be why it was refused. */
  send: (method: string, path: string, body?: unknown, headers?: Record<string, string>) => Promise<Reply>;
  // biome-ignore lint/suspicious/noExplicitAny: what comes back is what the tests look at
  get: (path: string) => Promise<any>;
  /** Every page of a list, to the end. */
  // biome-ignore lint/suspicious/noExplicitAny: what comes back is what the tests look at
  all: (path: string) => Promise<any[]>;
}

export function createServicesClient(
  oci: SandboxOci,
  login: string,
  { region = oci.homeRegion, now = Date.now }: { region?: string; now?: () => number } = {},
): ServicesClient {
  const identity = keyOf(oci, login);
  const sendOne: ServicesClient['send'] = async (method, path, body, headers = {}) => {
    const url = `${oci.services[region]}${path}`;
    const text = body === undefined ? undefined : JSON.stringify(body);
    const reply = await send(
      signRequest(url, identity, { method, now: now(), headers, ...(text !== undefined && { body: text }) }),
    );
    if (reply.status < 400) expect(contract?.checkRequest(method, url, body) ?? []).toEqual([]);
    expect(contract?.checkResponse(method, url, reply.status, reply.body) ?? []).toEqual([]);
    expect(reply.headers.get('opc-request-id')).toMatch(/^[\w-]+(\/[\w-]+)+$/);
    return reply;
  };
  const get: ServicesClient['get'] = async (path) => {
    const reply = await sendOne('GET', path);
    expect(reply.status, `${path} ${JSON.stringify(reply.body)}`).toBe(200);
    return reply.body;
  };
  return {
    send: sendOne,
    get,
    async all(path) {
      const found = [];
      let page: string | null = '';
      for (let pages = 0; page !== null && pages < 200; pages++) {
        const mark: string = path.includes('?') ? '&' : '?';
        const reply: Reply = await sendOne(
          'GET',
          page === '' ? path : `${path}${mark}page=${encodeURIComponent(page)}`,
        );
        expect(reply.status, JSON.stringify(reply.body)).toBe(200);
        found.push(...reply.body);
        page = reply.headers.get('opc-next-page');
      }
      return found;
    },
  };
}

/** A fresh key, and its public half as the exchange takes it. */
export function makeKey(bits = 2048): { privateKey: KeyObject; publicKey: string } {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: bits });
  return { privateKey, publicKey: publicKey.export({ format: 'der', type: 'spki' }).toString('base64') };
}

export function exchange(
  oci: SandboxOci,
  subject: string,
  publicKey: string,
  change: Record<string, string> = {},
  client = { id: oci.exchange.clientId, secret: oci.exchange.clientSecret },
): Promise<Reply> {
  const form = {
    grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
    requested_token_type: 'urn:oci:token-type:oci-upst',
    subject_token: subject,
    subject_token_type: 'jwt',
    public_key: publicKey,
    ...change,
  };
  return post(`${oci.url}/oauth2/v1/token`, form, basic(client));
}
