// The tour of the demo: a support case from the question to the change that settles it, through the same calls that a model would make.

import type { Client, ProgressCallback } from '@modelcontextprotocol/client';
import { paint, print } from './output.ts';
import { type Row, wrap, writeRows } from './table.ts';

type Item = Readonly<Record<string, unknown>>;

/** @throws when a call fails: a tour that shows errors as if they were answers would be no demo. */
export async function runTour(client: Client): Promise<void> {
  const { tools } = await client.listTools();
  print(
    wrap(
      `The assistant's client is connected and sees ${tools.length} tools. A colleague asks: “Somebody called, they cannot sign in any more. What is going on?”`,
    ),
  );

  ask('Who is locked out?');
  const locked = await call(client, 'list_okta_users', { search: 'status eq "LOCKED_OUT"' });
  show(['login', 'name', 'status'], items(locked, 'users'));

  ask('Which of them was locked out last?');
  const locks = await call(client, 'get_okta_event_logs', {
    event_type: 'user.account.lock',
    since: '14 days ago',
    max_results: 1,
  });
  const [lock] = items(locks, 'events');
  const login = [lock?.actor, ...((lock?.targets as string[] | undefined) ?? [])].find(
    (name) => typeof name === 'string' && name.includes('@'),
  );
  if (typeof login !== 'string') throw new Error('the tour found nobody who was locked out');
  say(`${login}, at ${time(lock?.time)} UTC.`);

  ask('Why?');
  const log = await call(client, 'get_okta_event_logs', {
    user_id: login,
    filter_string: 'outcome.result eq "FAILURE" or eventType eq "user.account.lock"',
    since: '3 days ago',
    max_results: 12,
  });
  const events = items(log, 'events');
  show(
    ['time', 'event', 'reason', 'from', 'with'],
    [...events].reverse().map((event) => ({
      time: time(event.time),
      event: event.event,
      reason: event.reason ?? event.result,
      from: event.place ?? event.ip,
      with: event.agent,
    })),
  );
  say(verdictOn([...events].reverse()));

  ask('What can they not reach meanwhile?');
  const groups = items(await call(client, 'list_okta_user_groups', { user_id: login }), 'groups');
  const apps = items(await call(client, 'list_okta_user_applications', { user_id: login }), 'applications');
  say(`${apps.length} applications: ${apps.map((app) => app.label).join(', ')}.`);
  say(`They come with ${groups.length} groups: ${groups.map((group) => group.name).join(', ')}.`);

  ask('Is anybody else affected? Read everybody who is not deprovisioned, page by page.');
  const everybody = await call(client, 'list_okta_users', { max_results: 1000 });
  const counts = new Map<string, number>();
  for (const user of items(everybody, 'users'))
    counts.set(String(user.status), (counts.get(String(user.status)) ?? 0) + 1);
  show(
    ['status', 'users'],
    [...counts].sort((a, b) => b[1] - a[1]).map(([status, users]) => ({ status, users })),
  );

  ask('They have called from their own phone, it is them. What would it change to let them in?');
  showChange(await call(client, 'unlock_okta_user', { user_id: login, dryRun: true }));

  ask('Do it.');
  showChange(await call(client, 'unlock_okta_user', { user_id: login }));
  const { status } = await call(client, 'get_okta_user', { user_id: login });
  say(`Okta says: ${status}.`);

  ask('And close every session they have, to be safe.');
  const waiting = await call(client, 'revoke_okta_user_sessions', { user_id: login });
  showChange(waiting);
  say(
    'That takes something away, so a person is asked, by the client’s own form or, as here, under a code. The assistant cannot answer it.',
  );

  print();
  print(
    wrap(
      'Every figure above came from the (simulated) Okta API through MCP. One account was unlocked; each call stands in the audit log: castellan audit tail.',
    ),
  );
}

function showChange(answer: Item): void {
  say(`${answer.done === true ? 'Done' : 'Not done'}: ${answer.summary}.`);
  const changes = answer.changes as readonly { field: string; before?: unknown; after?: unknown }[];
  for (const { field, before, after } of changes) say(`- ${field}: ${before ?? 'nothing'} → ${after ?? 'nothing'}`);
  if (typeof answer.no_undo === 'string') say(`No call takes it back: ${answer.no_undo}.`);
  if (typeof answer.approve === 'string') say(answer.approve);
}

function ask(question: string): void {
  print(`\n${paint('bold', wrap(question))}`);
}

function say(text: string): void {
  print(wrap(text, 2));
}

async function call(client: Client, name: string, input: Record<string, unknown>): Promise<Item> {
  const written = Object.entries(input).map(([key, value]) => `${key}: ${value}`);
  print(paint('cyan', wrap(`▸ ${name}  ${written.join(', ')}`, 2)));
  const started = performance.now();
  const onprogress: ProgressCallback = ({ progress, total }) =>
    print(paint('dim', `    … ${progress}${total === undefined ? '' : ` of at most ${total}`} read`));
  const result = await client.callTool({ name, arguments: input }, { onprogress });
  print(paint('dim', `    answered in ${Math.round(performance.now() - started)} ms`));
  const [first] = result.content;
  if (result.isError) throw new Error(first?.type === 'text' ? first.text : `${name} failed`);
  return result.structuredContent as Item;
}

function items(answer: Item, name: string): readonly Item[] {
  return (answer[name] as Item[] | undefined) ?? [];
}

function show(columns: readonly string[], rows: readonly Item[]): void {
  const cells: Row[] = rows.map((row) =>
    columns.map((column) => (row[column] === undefined ? '' : String(row[column]))),
  );
  print(writeRows(columns, cells));
}

/** What the log says, in a sentence: counted, not guessed. Oldest event first. */
function verdictOn(events: readonly Item[]): string {
  const locked = events.findIndex((event) => event.event === 'user.account.lock');
  const before = events.slice(0, Math.max(locked, 0)).filter((event) => event.event === 'user.session.start');
  const later = events.slice(locked + 1).filter((event) => event.event === 'user.session.start');
  const from = [...new Set(before.map((event) => [event.agent, event.place ?? event.ip].filter(Boolean).join(' in ')))];
  const first = `${before.length} failed sign-ins from ${from.join(' and ')}, then Okta locked the account.`;
  return later.length === 0 ? first : `${first} The ${later.length} since then met the lock.`;
}

function time(value: unknown): string {
  return String(value).slice(5, 16).replace('T', ' ');
}
