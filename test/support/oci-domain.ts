// An identity domain that answers what a test wrote down: for what the simulated one has not got.

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

type Json = Record<string, unknown>;

export interface WrittenDomain {
  readonly url: string;
  readonly close: () => Promise<void>;
}

/** @param resources by their kind and id: `{ Apps: { app1: {…} } }`; a list has all of a kind, whatever it is filtered by */
export async function openWrittenDomain(
  resources: Readonly<Record<string, Readonly<Record<string, Json>>>>,
): Promise<WrittenDomain> {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://domain');
    const [, , , kind = '', id] = pathname.split('/');
    const all = Object.entries(resources[kind] ?? {}).map(([own, body]): Json => ({ id: own, ...body }));
    const body =
      id === undefined
        ? { totalResults: all.length, Resources: all, startIndex: 1, itemsPerPage: all.length }
        : all.find((each) => each.id === id);
    response.writeHead(body ? 200 : 404, { 'content-type': 'application/scim+json' });
    response.end(JSON.stringify(body ?? { detail: 'There is none.', status: '404' }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
