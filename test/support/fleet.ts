// Several servers on one Redis behind a load balancer, of which any may die at any moment: another one takes its place.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { type HttpCastellan, serveHttp, tenantOf } from '../trials/castellan.ts';
import { brokerParts, gatewayOf } from './broker.ts';
import type { Organization } from './organization.ts';

export interface Fleet {
  /** Where the balancer listens, and everybody else believes that Castellan does. */
  readonly origin: string;
  readonly url: string;
  readonly size: number;
  /** Ends one at once, whatever it does, and starts another in its place. */
  readonly kill: (place: number) => Promise<void>;
  readonly killed: () => number;
  /** All that any of them wrote. */
  readonly log: () => string;
  readonly alive: () => boolean;
  readonly close: () => Promise<void>;
}

export interface FleetOptions {
  readonly size: number;
  readonly store: string;
  readonly organization: Organization;
  readonly parts?: Readonly<Record<string, unknown>>;
}

export async function openFleet({ size, store, organization, parts = {} }: FleetOptions): Promise<Fleet> {
  const folder = mkdtempSync(join(tmpdir(), 'castellan-fleet-'));
  const all: HttpCastellan[] = [];
  const running: (HttpCastellan | undefined)[] = [];
  let turn = 0;
  let killed = 0;

  const balancer = createServer((asked, answer) => {
    pass(asked, answer).catch(() => answer.destroy());
  });
  await new Promise<void>((resolve) => balancer.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(balancer.address() as AddressInfo).port}`;

  /** To one after the other; whoever does not take the connection is passed over. A broken answer is the asker's to know. */
  async function pass(asked: IncomingMessage, answer: ServerResponse): Promise<void> {
    const body = await buffer(asked);
    for (let tried = 0; tried < size; tried++) {
      const server = running[turn++ % size];
      if (server && (await passTo(server.port, asked, body, answer))) return;
    }
    answer.writeHead(502).end();
  }

  const config = join(folder, 'castellan.json');
  const own = brokerParts(organization);
  const auth = { ...own.auth, publicUrl: `${origin}/mcp` };
  writeFileSync(config, JSON.stringify({ ...own, auth, log: { logLevel: 'debug' }, ...parts }));
  gatewayOf(organization).setGatewayRedirectUris([`${origin}/oauth/callback`]);

  async function start(place: number): Promise<void> {
    const keys = 'keys of a fleet that have enough characters';
    const env = { ...tenantOf(organization), CASTELLAN_STORE: store, CASTELLAN_SEAL_KEYS: keys };
    const server = await serveHttp(['--config', config], { env, door: [] });
    all.push(server);
    running[place] = server;
  }
  await Promise.all(Array.from({ length: size }, (_, place) => start(place)));

  return {
    origin,
    url: `${origin}/mcp`,
    size,
    async kill(place) {
      const server = running[place];
      if (!server) return;
      killed++;
      server.child.kill('SIGKILL');
      running[place] = undefined;
      await server.ended;
      await start(place);
    },
    killed: () => killed,
    log: () => all.map((each) => each.stderr() + each.stdout()).join(''),
    alive: () => running.every((each) => each?.alive()),
    async close() {
      balancer.closeAllConnections();
      balancer.close();
      await Promise.all(running.map((each) => each?.stop()));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** @returns false where nobody listens there: then the request reached nobody */
function passTo(port: number, asked: IncomingMessage, body: Buffer, answer: ServerResponse): Promise<boolean> {
  return new Promise((resolve) => {
    const { method, url: path } = asked;
    const { 'transfer-encoding': _chunked, 'content-length': _length, ...rest } = asked.headers;
    const headers = body.length > 0 ? { ...rest, 'content-length': String(body.length) } : rest;
    const passed = request({ host: '127.0.0.1', port, method, path, headers }, (response) => {
      answer.writeHead(response.statusCode ?? 502, response.headers);
      response.pipe(answer);
      response.once('error', () => answer.destroy());
      response.once('close', () => {
        if (!response.complete) answer.destroy();
        resolve(true);
      });
    });
    passed.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNREFUSED') return resolve(false);
      if (answer.headersSent) answer.destroy();
      else answer.writeHead(502).end();
      resolve(true);
    });
    passed.end(body);
  });
}

/** As careful clients do: what broke on the way is sent again, a few times. */
export function steady(send: typeof fetch, onBroken: () => void = () => {}): typeof fetch {
  return async (input, init) => {
    for (let tried = 0; ; tried++) {
      const response = await send(input instanceof Request ? input.clone() : input, init).catch((error: unknown) => {
        if (tried >= 20) throw error;
        return undefined;
      });
      if (response && (response.status !== 502 || tried >= 20)) return response;
      onBroken();
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };
}
