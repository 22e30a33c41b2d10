// Trial: an upstream that fails three times in ten. Every call ends in the right answer or in an error that says why.

import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import pLimit from 'p-limit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openSandbox, type Sandbox } from '../../src/sandbox/index.ts';
import { type HttpCastellan, long, report, serveHttp, tenantOf } from './castellan.ts';

const seed = 20_261_121;
const calls = long ? 1_000 : 120;
const timeoutSeconds = long ? 5 : 2;
/** What a busy machine may add to a deadline before the answer is in the client's hands. */
const toleranceMs = 1_000;
const clients = 8;

interface Asked {
  readonly name: string;
  readonly arguments: Record<string, unknown>;
}

type Fields = Readonly<Record<string, unknown>>;
type Answer = Awaited<ReturnType<Client['callTool']>>;

let sandbox: Sandbox;
let castellan: HttpCastellan;
const connected: Client[] = [];

beforeAll(async () => {
  sandbox = await openSandbox({ users: 250, seed: 7, rateLimits: 'off', now: () => Date.UTC(2026, 10, 20, 12) });
  castellan = await serveHttp(['--timeout', String(timeoutSeconds), '--log-level', 'debug'], {
    env: tenantOf(sandbox.okta),
  });
  for (let place = 0; place < clients; place++) {
    const client = new Client({ name: `trial-${place}`, version: '1' }, { versionNegotiation: { mode: 'auto' } });
    await client.connect(new StreamableHTTPClientTransport(new URL('/mcp', castellan.url)));
    connected.push(client);
  }
});

afterAll(async () => {
  await Promise.all(connected.map((client) => client.close()));
  await castellan?.stop();
  await sandbox?.close();
});

describe('30 % of upstream requests fail', () => {
  test(`${calls} calls by ${clients} clients: right or clearly failed, none late`, { timeout: 900_000 }, async () => {
    const mix = await chooseCalls();
    const right = new Map<Asked, string>();
    for (const asked of mix) right.set(asked, sayAnswer(await call(connected[0], asked)));
    const failing = [...right.values()].filter((answer) => answer.startsWith('error'));
    expect(failing.every((answer) => answer === 'error not_found')).toBe(true);

    sandbox.okta.setFaults({ rate: 0.3, seed, slowMs: (timeoutSeconds + 2) * 1_000 });
    const before = sandbox.okta.requests;
    const outcomes = new Map<string, number>();
    const problems: string[] = [];
    const times: number[] = [];
    const limit = pLimit(clients * 2);
    const one = async (number: number): Promise<void> => {
      const asked = mix[number % mix.length] as Asked;
      const started = performance.now();
      const answer = await call(connected[number % clients], asked);
      const ms = performance.now() - started;
      times.push(ms);
      const { outcome, problem } = judge(answer, right.get(asked) ?? '');
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
      const where = `${number}: ${asked.name} ${JSON.stringify(asked.arguments)}`;
      if (problem !== undefined) problems.push(`${where} ${problem}`);
      if (ms > timeoutSeconds * 1_000 + toleranceMs) problems.push(`${where} took ${Math.round(ms)} ms`);
    };
    await Promise.all(Array.from({ length: calls }, (_, number) => limit(() => one(number))));
    const requests = sandbox.okta.requests - before;
    sandbox.okta.setFaults(null);

    report(`${calls} calls against an upstream of which 30 % fail`, {
      ...Object.fromEntries([...outcomes].sort()),
      'upstream requests': requests,
      'slowest call, ms': Math.round(Math.max(...times)),
      'median, ms': Math.round(times.sort((a, b) => a - b)[times.length >> 1] ?? 0),
    });
    expect(problems).toEqual([]);
    expect(castellan.alive()).toBe(true);
    expect(castellan.stderr()).not.toMatch(/unhandled|tool call broke|request broke/i);
    // A trial in which hardly anything went right, or nothing went wrong, would show nothing.
    expect(outcomes.get('right') ?? 0).toBeGreaterThan(calls * 0.4);
    expect(requests).toBeGreaterThan(calls * 0.5);

    const again = mix[0] as Asked;
    await expect
      .poll(async () => sayAnswer(await call(connected[0], again)), { timeout: 20_000, interval: 500 })
      .toBe(right.get(again));
  });
});

/** Reading tools, with arguments found by asking: those of which the sandbox has something to say. */
async function chooseCalls(): Promise<Asked[]> {
  const client = connected[0] as Client;
  const first = async (name: string, list: string, id = 'id'): Promise<string | undefined> => {
    const answer = await client.callTool({ name, arguments: { max_results: 3 } });
    const items = (answer.structuredContent as Fields | undefined)?.[list] as Record<string, string>[] | undefined;
    return items?.[0]?.[id];
  };
  const user = await first('list_okta_users', 'users');
  const login = await first('list_okta_users', 'users', 'login');
  const group = await first('list_okta_groups', 'groups');
  const app = await first('list_okta_applications', 'applications');
  const mix: Asked[] = [
    { name: 'list_okta_users', arguments: { max_results: 5 } },
    { name: 'list_okta_users', arguments: { max_results: 250 } },
    { name: 'list_okta_users', arguments: { search: 'status eq "ACTIVE"', max_results: 20 } },
    { name: 'list_okta_users', arguments: { query: 'a', max_results: 10 } },
    { name: 'get_okta_user', arguments: { user_id: user } },
    { name: 'get_okta_user', arguments: { user_id: login, view: 'full' } },
    { name: 'get_okta_user', arguments: { user_id: '00unobodyhasthisid000' } },
    { name: 'parse_relative_time', arguments: { time_expression: '2026-11-01T00:00:00Z' } },
  ];
  if (user !== undefined) {
    mix.push({ name: 'list_okta_user_groups', arguments: { user_id: user } });
    mix.push({ name: 'list_okta_user_factors', arguments: { user_id: user } });
    mix.push({ name: 'list_okta_user_applications', arguments: { user_id: user } });
  }
  if (group !== undefined) {
    mix.push({ name: 'list_okta_groups', arguments: { max_results: 5 } });
    mix.push({ name: 'get_okta_group', arguments: { group_id: group } });
    mix.push({ name: 'list_okta_group_members', arguments: { group_id: group, max_results: 40 } });
    mix.push({ name: 'list_okta_assigned_applications_for_group', arguments: { group_id: group } });
  }
  if (app !== undefined) {
    mix.push({ name: 'list_okta_applications', arguments: { max_results: 5 } });
    mix.push({ name: 'get_okta_application', arguments: { app_id: app } });
    mix.push({ name: 'list_okta_application_users', arguments: { app_id: app, max_results: 30 } });
    mix.push({ name: 'list_okta_policies', arguments: { type: 'OKTA_SIGN_ON' } });
    mix.push({ name: 'list_okta_network_zones', arguments: {} });
    const window = { since: '2026-11-12T00:00:00Z', until: '2026-11-15T00:00:00Z' };
    mix.push({ name: 'get_okta_event_logs', arguments: { ...window, max_results: 50 } });
  }
  return mix;
}

function call(client: Client | undefined, asked: Asked): Promise<Answer> {
  if (!client) throw new TypeError('no client');
  return client.callTool(asked, { timeout: 60_000 });
}

/** What an answer comes to, for comparing. Request ids differ from call to call and are no part of it. */
function sayAnswer(answer: Answer): string {
  return answer.isError ? `error ${codeOf(answer)}` : JSON.stringify(answer.structuredContent);
}

function codeOf(answer: Answer): string | undefined {
  return (answer._meta?.['castellan/error'] as { code?: string } | undefined)?.code;
}

/** Failures that an upstream in such a state may cause. Anything else that is not the right answer is a mistake. */
const clear = new Set(['rate_limited', 'platform_unavailable', 'platform_answer_invalid', 'deadline_exceeded']);

function judge(answer: Answer, right: string): { outcome: string; problem?: string } {
  const said = sayAnswer(answer);
  if (said === right) return { outcome: 'right' };
  if (answer.isError) {
    const code = codeOf(answer) ?? 'without a code';
    const text = answer.content.map((part) => (part.type === 'text' ? part.text : '')).join('\n');
    if (clear.has(code) && text.length > 40) return { outcome: code };
    return { outcome: 'unclear', problem: `failed with ${code}: ${text}` };
  }
  if (isHonestPart(answer.structuredContent as Fields | undefined, right)) return { outcome: 'a part, said to be one' };
  return { outcome: 'wrong', problem: `answered ${said.slice(0, 300)}\n  instead of ${right.slice(0, 300)}` };
}

/** A list that stopped early: the beginning of the right one, called incomplete, with the way to go on. */
function isHonestPart(value: Fields | undefined, right: string): boolean {
  if (!value || right.startsWith('error')) return false;
  if (value.complete !== false || typeof value.next_cursor !== 'string' || typeof value.note !== 'string') return false;
  const whole = JSON.parse(right) as Record<string, unknown>;
  const list = Object.keys(value).find((key) => Array.isArray(value[key]));
  if (list === undefined) return false;
  const part = value[list] as unknown[];
  return JSON.stringify((whole[list] as unknown[]).slice(0, part.length)) === JSON.stringify(part);
}
