// What Castellan adds to an upstream: to one request, and to reading a large list. The upstream is the sandbox.

import { ask } from './mcp.ts';
import { compare, median, type Row } from './rows.ts';

export interface Upstream {
  readonly origin: string;
  readonly token: string;
}

const headersOf = ({ token }: Upstream) => ({ accept: 'application/json', authorization: `SSWS ${token}` });

/** One user, asked in turns directly and through Castellan, one request at a time. */
export async function measureAdded(castellan: URL, upstream: Upstream): Promise<Row> {
  const page = await fetch(`${upstream.origin}/api/v1/users?limit=50`, { headers: headersOf(upstream) });
  const ids = ((await page.json()) as { id: string }[]).map(({ id }) => id);
  const direct: number[] = [];
  const through: number[] = [];
  for (let turn = 0; turn < 2_000; turn++) {
    const id = ids[turn % ids.length] as string;
    const started = performance.now();
    const response = await fetch(`${upstream.origin}/api/v1/users/${id}`, { headers: headersOf(upstream) });
    const user = (await response.json()) as { id: string };
    const between = performance.now();
    const { structuredContent } = await ask(castellan, 'tools/call', {
      name: 'get_okta_user',
      arguments: { user_id: id },
    });
    const ended = performance.now();
    if (user.id !== id || structuredContent?.id !== id) throw new Error('get_okta_user gave a wrong answer');
    if (turn < 500) continue;
    direct.push(between - started);
    through.push(ended - between);
  }
  const [ours, reference] = [median(through), median(direct)];
  const what = 'get_okta_user, beside asking the sandbox directly';
  return { what, unit: 'ms', ours, reference, target: { of: 'difference', most: 2 } };
}

const warmTurns = 3;
const turns = 7;

export async function measureList(castellan: URL, upstream: Upstream, users: number): Promise<Row[]> {
  const large: [number, number][] = [];
  const small: [number, number][] = [];
  for (let turn = 0; turn < warmTurns + turns; turn++) {
    const direct = await time(() => readDirectly(upstream), users);
    const by1000 = await time(() => readThrough(castellan, 1_000), users);
    const by200 = await time(() => readThrough(castellan, 200), users);
    if (turn < warmTurns) continue;
    large.push([by1000, direct]);
    small.push([by200, direct]);
  }
  const what = `list_okta_users, all ${users.toLocaleString('en-US')}`;
  return [
    { ...compare(`${what} by 1,000, beside its own pages`, 'ms', large), target: { of: 'ratio', most: 1.3 } },
    compare(`${what} by 200, beside its own pages`, 'ms', small),
  ];
}

async function time(read: () => Promise<Set<string>>, users: number): Promise<number> {
  const started = performance.now();
  const ids = await read();
  const ms = performance.now() - started;
  if (ids.size !== users) throw new Error(`read ${ids.size} users of ${users}`);
  return ms;
}

/** As fast as the sandbox lets a client go: a page leads to the next, so they cannot be asked side by side. */
export async function readDirectly(upstream: Upstream): Promise<Set<string>> {
  const ids = new Set<string>();
  let next: string | undefined = `${upstream.origin}/api/v1/users?limit=200`;
  while (next !== undefined) {
    const response: Response = await fetch(next, { headers: headersOf(upstream) });
    for (const { id } of (await response.json()) as { id: string }[]) ids.add(id);
    next = /<([^>]*)>; rel="next"/.exec(response.headers.get('link') ?? '')?.[1];
  }
  return ids;
}

async function readThrough(castellan: URL, max_results: number): Promise<Set<string>> {
  const ids = new Set<string>();
  let cursor: unknown;
  do {
    const given = { max_results, ...(cursor !== undefined && { cursor }) };
    const { structuredContent = {} } = await ask(castellan, 'tools/call', {
      name: 'list_okta_users',
      arguments: given,
    });
    for (const { id } of structuredContent.users as { id: string }[]) ids.add(id);
    cursor = structuredContent.next_cursor;
  } while (cursor !== undefined);
  return ids;
}
