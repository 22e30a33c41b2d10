// Requests per second over HTTP: Castellan with a large catalogue beside the SDK's own server.

import { fileURLToPath } from 'node:url';
import { obtainToken } from './broker-token.ts';
import { measureDoor } from './door.ts';
import { load } from './load.ts';
import { ask, type Era, type Headers, requestOf } from './mcp.ts';
import { catalogSize } from './pad.ts';
import { type Served, startServer } from './processes.ts';
import { compare, type Row } from './rows.ts';
import { openSignIn } from './sign-in.ts';

const connections = 12;
const at = (file: string) => fileURLToPath(new URL(file, import.meta.url));

interface Side {
  readonly server: Served;
  readonly method: string;
  readonly params: Record<string, unknown>;
  readonly headers?: Headers;
}

export async function measureThroughput(env: Readonly<Record<string, string>>): Promise<Row[]> {
  const signIn = await openSignIn();
  const ours = await startServer([at('server.ts')], env);
  const guarded = await startServer([at('server.ts'), ...signIn.flags], env);
  // In front of the identity provider of its own sandbox.
  const broker = await startServer([at('server.ts'), '--sandbox'], env);
  const hello = await startServer([at('hello-http.ts')]);
  const large = await startServer([at('hello-http.ts'), String(catalogSize)]);
  const call = { server: ours, method: 'tools/call', params: { name: 'get_current_time', arguments: {} } };
  const greet = { server: hello, method: 'tools/call', params: { name: 'hello', arguments: { name: 'Ada' } } };
  const list = { method: 'tools/list', params: {} };
  try {
    const headers = { authorization: `Bearer ${signIn.token}` };
    const verified = await race({ ...call, server: guarded, headers }, call, '2026-07-28', 7, 1_000);
    const ofBroker = { authorization: `Bearer ${await obtainToken(broker.url)}` };
    // It has done more than the others by then, and other things: one turn does not warm it up.
    await rate({ ...call, server: broker, headers: ofBroker }, '2026-07-28', 2_500);
    const brokered = await race({ ...call, server: broker, headers: ofBroker }, call, '2026-07-28', 7, 1_000);
    const modern = await race(call, greet, '2026-07-28', 7, 1_200);
    const legacy = await race(call, greet, '2025-11-25', 5, 800);
    const lists = await race({ server: ours, ...list }, { server: large, ...list }, '2026-07-28', 5, 1_000);
    return [
      {
        ...compare('tools/call, 2026-07-28, beside a one-tool hello', '/s', modern),
        target: { of: 'ratio', least: 1 },
      },
      {
        ...compare('tools/call, 2026-07-28, with a verified token, beside without', '/s', verified),
        target: { of: 'ratio', least: 0.9 },
      },
      {
        ...compare('tools/call, 2026-07-28, with a token of the broker, beside without', '/s', brokered),
        target: { of: 'ratio', least: 0.9 },
      },
      await measureDoor(),
      compare('tools/call, 2025-11-25, beside a one-tool hello', '/s', legacy),
      {
        ...compare(`tools/list, ${catalogSize} tools, beside McpServer`, '/s', lists),
        target: { of: 'ratio', least: 20 },
      },
    ];
  } finally {
    await Promise.all([ours, guarded, broker, hello, large].map((server) => server.stop()));
    signIn.close();
  }
}

async function race(ours: Side, reference: Side, era: Era, turns: number, ms: number): Promise<[number, number][]> {
  await check(ours, era);
  await check(reference, era);
  const results: [number, number][] = [];
  // The first turn warms both up.
  for (let turn = 0; turn <= turns; turn++) {
    const pair: [number, number] = [await rate(ours, era, ms), await rate(reference, era, ms)];
    if (turn > 0) results.push(pair);
  }
  await check(ours, era);
  return results;
}

/** Answers per second of the server's core: what a neighbour takes of the core in the meantime does not count. */
async function rate({ server, method, params, headers }: Side, era: Era, ms: number): Promise<number> {
  const request = requestOf(server.url, method, params, era, headers);
  const started = performance.now();
  const before = server.busyMs();
  const answers = await load({ url: server.url, request, connections, ms });
  const after = server.busyMs();
  const spent = before === undefined || after === undefined ? performance.now() - started : after - before;
  return (answers / spent) * 1000;
}

async function check({ server, method, params, headers }: Side, era: Era): Promise<void> {
  const { tools, content } = await ask(server.url, method, params, era, headers);
  const right = method === 'tools/list' ? tools?.length === catalogSize : content?.[0]?.text;
  if (!right) throw new Error(`${method} gave a wrong answer`);
}
