// Forms of servers (MCP 2026-07-28, Elicitation), answered at a terminal.

import type { ElicitRequest } from '@modelcontextprotocol/client';
import { expect, test } from 'vitest';
import { createAnswers } from '../../src/chat/answer.ts';
import type { Asker } from '../../src/chat/asking.ts';

type Question = ElicitRequest['params'];

/** A person who chooses by label and types what is given, in this order; undefined leaves the question. */
function person(...says: (string | undefined)[]) {
  const seen: string[] = [];
  const opened: string[] = [];
  const problems: (string | undefined)[] = [];
  const asker: Asker = {
    show: (heading, text) => void seen.push(heading, text),
    async choose(question, choices) {
      const said = says.shift();
      seen.push(question, ...choices.map(({ label }) => label));
      if (said === undefined) return undefined;
      // What is chosen when only Enter is pressed.
      if (said === '') return choices[0].value;
      const found = choices.find(({ label }) => label === said);
      if (!found) throw new Error(`no choice ${said} among ${choices.map(({ label }) => label)}`);
      return found.value;
    },
    async enter(question, check, initial) {
      seen.push(`${question}|${initial}`);
      for (;;) {
        const said = says.shift();
        if (said === undefined) return undefined;
        const problem = check(said);
        if (problem === undefined) return said;
        problems.push(problem);
      }
    },
  };
  const answers = createAnswers({
    asker,
    inTurn: (ask) => ask(new AbortController().signal),
    width: () => 80,
    openBrowser: (url) => void opened.push(url),
  });
  const ask = (question: unknown, signal = new AbortController().signal) => answers.ask(question as Question, signal);
  return { ask, permit: answers.permit, seen, opened, problems };
}

const form = (properties: object, required: string[] = []) => ({
  mode: 'form',
  message: 'First line\n  - second\u001b[2J line',
  requestedSchema: { type: 'object', properties, required },
});
const approve = form({ approve: { type: 'boolean', title: 'Yes, do this', default: true } }, ['approve']);

test('a question of yes or no: only yes is an agreement, whatever the form has as its default', async () => {
  const yes = person('Yes, do this');
  expect(await yes.ask(approve)).toEqual({ action: 'accept', content: { approve: true } });
  expect(yes.seen[1]).toBe('  First line\n    - second[2J line');
  for (const says of [undefined, '', 'No']) expect(await person(says).ask(approve)).toEqual({ action: 'decline' });
  expect(await person('Yes').ask(form({}))).toEqual({ action: 'accept', content: {} });
});

test('a form of several fields: each is asked for and checked, and nothing is sent without a last yes', async () => {
  const properties = {
    reason: { type: 'string', title: 'Reason', minLength: 3, maxLength: 9 },
    days: { type: 'integer', minimum: 1, maximum: 30, default: 7 },
    level: { type: 'string', enum: ['low', 'high'], enumNames: ['Low', 'High'] },
    kind: { type: 'string', oneOf: [{ const: 'a', title: 'Kind A' }] },
    notify: { type: 'boolean', description: 'Tell the person' },
    note: { type: 'string' },
  };
  const says = ['x', 'much too long', 'Leaves', 'many', '0', '2.5', '31', '14', 'High', 'None of these', 'Yes', ''];
  const all = form(properties, ['reason', 'days', 'level', 'notify']);
  const sent = person(...says, 'Yes');
  expect(await sent.ask(all)).toEqual({
    action: 'accept',
    content: { reason: 'Leaves', days: 14, level: 'high', notify: true },
  });
  expect(sent.problems).toEqual([
    'At least 3 characters.',
    'At most 9 characters.',
    '“many” is no number.',
    'At least 1.',
    'A whole number.',
    'At most 30.',
  ]);
  expect(sent.seen).toContain('days|7');
  for (const last of ['', 'No', undefined]) expect(await person(...says, last).ask(all)).toEqual({ action: 'decline' });
  // Left in the middle.
  expect(await person('Leaves', undefined).ask(all)).toEqual({ action: 'decline' });
});

test('an address is opened only when the person says so, and only a safe one', async () => {
  const url = (to: string) => ({ mode: 'url', message: 'Sign in', url: to, elicitationId: '1' });
  const yes = person('Yes');
  expect(await yes.ask(url('https://idp.example.com/sign-in'))).toEqual({ action: 'accept' });
  expect(yes.opened).toEqual(['https://idp.example.com/sign-in']);
  expect(yes.seen).toContain('It wants to send you to idp.example.com');
  for (const to of ['http://idp.example.com/', 'file:///etc/passwd', 'javascript:alert(1)', 'nowhere']) {
    const other = person('Yes');
    expect(await other.ask(url(to))).toEqual({ action: 'decline' });
    expect(other.opened).toEqual([]);
  }
  const no = person('');
  expect(await no.ask(url('https://idp.example.com/'))).toEqual({ action: 'decline' });
  expect(no.opened).toEqual([]);
});

test('a question that comes after the person stopped is refused without being shown', async () => {
  const gone = person('Yes, do this');
  expect(await gone.ask(approve, AbortSignal.abort())).toEqual({ action: 'decline' });
  const tool = { tool: 'remove', title: undefined, input: {}, destructive: true, reads: false };
  expect(await gone.permit(tool, AbortSignal.abort())).toBe('no');
  expect(gone.seen).toEqual([]);
});

test('the first use of a tool: only a yes is one, and leaving the question is none', async () => {
  const question = { tool: 'remove', title: undefined, input: {}, destructive: false, reads: false };
  const said = (...says: (string | undefined)[]) => person(...says).permit(question, new AbortController().signal);
  for (const no of [undefined, '', 'No']) expect(await said(no)).toBe('no');
  expect(await said('Yes, this once')).toBe('once');
  expect(await said('Yes, and not asked again in this chat')).toBe('always');
  await expect(said('Yes, and so all tools that say they only read')).rejects.toThrow('no choice');
  const reader = person('Yes, and so all tools that say they only read');
  expect(await reader.permit({ ...question, reads: true }, new AbortController().signal)).toBe('reads');
  expect(reader.seen[1]).toContain('The server says that it changes nothing; nobody else does.');
});

test('the first use of a tool: its arguments are shown whole, without what hides or moves text', async () => {
  const { permit, seen } = person('Yes, this once');
  const input = { whom: 'Ada\n\u202eEve\u001b[1A', all: ['x'.repeat(200), { a: 1 }] };
  expect(
    await permit(
      { tool: 'rem\u0007ove', title: undefined, input, destructive: true, reads: false },
      new AbortController().signal,
    ),
  ).toBe('once');
  expect(seen[0]).toBe('The model wants to call remove');
  expect(seen[1]?.replace(/\s+/g, '')).toContain(`whom:AdaEve[1Aall:["${'x'.repeat(200)}",{"a":1}]`);
  for (const line of (seen[1] ?? '').split('\n')) expect(line.length).toBeLessThan(80);
  expect(seen[1]).toContain('may take something away');
});
