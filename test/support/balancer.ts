// A load balancer: each request goes to the next replica that takes it, whoever served the one before.

import { request as ask, createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

export interface Balancer {
  /** The MCP endpoint. */
  readonly url: string;
  /** Ports of the replicas, in turn; may be replaced at any time. */
  readonly ports: number[];
  /** Who served the last request that had this in its body. */
  readonly servedBy: (text: string) => number | undefined;
  readonly close: () => void;
}

export async function openBalancer(ports: readonly number[]): Promise<Balancer> {
  const own = [...ports];
  const served: { readonly body: string; readonly port: number }[] = [];
  let turn = 0;
  const server = createServer(async (incoming, outgoing) => {
    const body = await buffer(incoming);
    for (let tries = 0; tries < own.length; tries++) {
      const port = own[turn++ % own.length] ?? 0;
      const answer = await pass(incoming, body, port, outgoing);
      if (answer === 'refused') continue;
      served.push({ body: body.toString('utf8'), port });
      if (answer === 'broken') return void outgoing.writeHead(502).end();
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      outgoing.flushHeaders();
      answer.on('error', () => outgoing.destroy());
      answer.on('aborted', () => outgoing.destroy());
      return void answer.pipe(outgoing);
    }
    outgoing.writeHead(502).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`,
    ports: own,
    servedBy: (text) => served.findLast(({ body }) => body.includes(text))?.port,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

type Passed = IncomingMessage | 'refused' | 'broken';

function pass(incoming: IncomingMessage, body: Buffer, port: number, outgoing: NodeJS.EventEmitter): Promise<Passed> {
  return new Promise((resolve) => {
    const { method, url, headers } = incoming;
    const own = { ...headers, host: `127.0.0.1:${port}` };
    const onward = ask({ host: '127.0.0.1', port, method, path: url, headers: own, agent: false });
    outgoing.once('close', () => onward.destroy());
    onward.once('response', resolve);
    onward.on('error', (error: NodeJS.ErrnoException) => resolve(error.code === 'ECONNREFUSED' ? 'refused' : 'broken'));
    onward.end(body);
  });
}
