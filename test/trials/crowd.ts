// A crowd behind the door: people of a simulated organization with a token each, what each of them asks, and what nobody
// but them may be answered with.

import { Agent, request } from 'node:http';
import { fileURLToPath } from 'node:url';
import type { Sandbox } from '../../src/sandbox/index.ts';
import type { Issuer } from '../support/issuer.ts';
import type { Message } from '../support/messages.ts';
import type { HttpCastellan } from './castellan.ts';

export interface Member {
  /** Of the person in the organization, and of the token. */
  readonly id: string;
  readonly token: string;
  readonly writes: boolean;
}

export type Question = 'own record' | 'tools' | 'time';

export interface Answered {
  readonly status: number;
  /** What is wrong with the answer. */
  readonly problem: string | undefined;
}

/** Each with a token of their own; every other one may write too. */
export async function gatherCrowd(sandbox: Sandbox, issuer: Issuer, size: number): Promise<Member[]> {
  const ids: string[] = [];
  let next: string | undefined = `${sandbox.okta.url}/api/v1/users?limit=200`;
  while (next !== undefined && ids.length < size) {
    const page: Response = await fetch(next, { headers: { authorization: `SSWS ${sandbox.okta.token}` } });
    ids.push(...((await page.json()) as { id: string }[]).map(({ id }) => id));
    next = /<([^>]+)>; rel="next"/.exec(page.headers.get('link') ?? '')?.[1];
  }
  return Promise.all(
    ids.slice(0, size).map(async (id, place) => {
      const writes = place % 2 === 1;
      const scope = writes ? 'castellan:read castellan:write' : 'castellan:read';
      return { id, writes, token: await issuer.mint({ sub: id, scope }) };
    }),
  );
}

export interface Crowd {
  readonly ask: (member: Member, question: Question) => Promise<Answered>;
  readonly close: () => void;
}

const meta = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientInfo': { name: 'crowd', version: '1' },
  'io.modelcontextprotocol/clientCapabilities': {},
};

/** Their calls over so many kept connections, whose every user is another than the last. */
export function createCrowd(url: string, connections: number): Crowd {
  const agent = new Agent({ keepAlive: true, maxSockets: connections, scheduling: 'fifo' });
  const at = new URL('/mcp', url);
  let count = 0;

  function ask(member: Member, question: Question): Promise<Answered> {
    const id = ++count;
    const modern = id % 5 !== 0;
    const { method, params } = requestOf(member, question);
    const body = JSON.stringify({ jsonrpc: '2.0', id, method, params: modern ? { ...params, _meta: meta } : params });
    const headers = {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
      accept: 'application/json, text/event-stream',
      authorization: `Bearer ${member.token}`,
      'mcp-protocol-version': modern ? '2026-07-28' : '2025-11-25',
      ...(modern && { 'mcp-method': method, ...(typeof params.name === 'string' && { 'mcp-name': params.name }) }),
    };
    return new Promise((resolve) => {
      const failed = (error: Error) => resolve({ status: 0, problem: `${question}: ${error.message}` });
      const asking = request(at, { method: 'POST', agent, headers }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.once('error', failed);
        response.once('end', () => {
          const text = Buffer.concat(chunks).toString('utf8');
          const status = response.statusCode ?? 0;
          const problem = response.complete ? judge(member, question, id, status, text) : 'cut off';
          resolve({ status, problem: problem && `${question} of ${member.id}: ${problem}` });
        });
      });
      asking.once('error', failed);
      asking.end(body);
    });
  }

  return { ask, close: () => agent.destroy() };
}

function requestOf(member: Member, question: Question): { method: string; params: Record<string, unknown> } {
  if (question === 'tools') return { method: 'tools/list', params: {} };
  const own = question === 'own record';
  const params = own
    ? { name: 'get_okta_user', arguments: { user_id: member.id } }
    : { name: 'get_current_time', arguments: {} };
  return { method: 'tools/call', params };
}

function judge(member: Member, question: Question, id: number, status: number, text: string): string | undefined {
  const wrong = `${status} ${text.slice(0, 300)}`;
  if (status !== 200) return wrong;
  const { id: answered, result } = JSON.parse(/^data: (.*)$/m.exec(text)?.[1] ?? text) as Message;
  if (answered !== id || !result || result.isError) return wrong;
  if (question === 'tools') {
    const seesWriting = result.tools?.some(({ name }) => name === 'unsuspend_okta_user');
    return seesWriting === member.writes ? undefined : 'saw the tools of another';
  }
  if (question === 'own record') return result.structuredContent?.id === member.id ? undefined : wrong;
  return typeof result.structuredContent?.epoch === 'number' ? undefined : wrong;
}

/** So many at once, until all have been answered. */
export async function inParallel(total: number, workers: number, one: (place: number) => Promise<void>): Promise<void> {
  let next = 0;
  const work = async () => {
    for (let place = next++; place < total; place = next++) await one(place);
  };
  await Promise.all(Array.from({ length: workers }, work));
}

/** Arguments of Node with which a server can be weighed. */
export const weighable = ['--expose-gc', '--import', fileURLToPath(new URL('weigh.ts', import.meta.url))];

export interface Weight {
  /** Heap in use and memory beside it, bytes. */
  readonly held: number;
  readonly rss: number;
}

/** What a server holds after collection. */
export async function weigh(castellan: HttpCastellan): Promise<Weight> {
  const weighings = () => [...castellan.stderr().matchAll(/^weighed (.*)$/gm)].map(([, text]) => text ?? '');
  const before = weighings().length;
  const told = new Promise<void>((resolve) => {
    const hear = () => {
      if (weighings().length === before) return;
      castellan.child.stderr.off('data', hear);
      resolve();
    };
    castellan.child.stderr.on('data', hear);
  });
  castellan.child.kill('SIGUSR2');
  await told;
  return JSON.parse(weighings().at(-1) ?? '{}') as Weight;
}
