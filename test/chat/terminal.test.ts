// The chat in a real terminal (tmux), with the sandbox and a scripted model: what a person sees and presses.

import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { chatCompletions, type Heard } from '../support/model-dialects.ts';
import { type ModelServer, startModel } from '../support/model-server.ts';
import { lacksTmux, openTestTerminal, type TestTerminal } from '../support/tmux.ts';

const start = resolve(import.meta.dirname, '../../bin/castellan.js');
const key = 'canary-token-of-the-model';
const locked = { name: 'list_okta_users', input: { search: 'status eq "LOCKED_OUT"' } };

const open: { model: ModelServer; terminal: TestTerminal }[] = [];

afterEach(async () => {
  for (const { model, terminal } of open.splice(0)) {
    expect(terminal.all()).not.toContain(key);
    terminal.close();
    await model.close();
  }
});

async function openChat(
  columns: number,
  rows: number,
  { args = ['--sandbox'], env = {} }: { args?: string[]; env?: Record<string, string> } = {},
) {
  const model = await startModel(chatCompletions);
  const terminal = openTestTerminal([process.execPath, start, 'chat', '--provider', 'openai_compatible', ...args], {
    columns,
    rows,
    env: {
      OPENAI_COMPATIBLE_BASE_URL: `${model.url}/v1`,
      OPENAI_COMPATIBLE_TOKEN: key,
      OPENAI_COMPATIBLE_REASONING_MODEL: 'scripted',
      CASTELLAN_DATA: 'data',
      ...env,
    },
  });
  open.push({ model, terminal });
  await terminal.sees(/^you›/m);
  return { model, terminal };
}

/** Somebody whom a result named. */
function someone(heard: Heard): string {
  const results = heard.turns.flatMap((turn) => (turn.role === 'result' ? [turn.text] : []));
  return /[\w.]+@larkspur\.example/.exec(results.join('\n'))?.[0] ?? 'nobody';
}

function ask(terminal: TestTerminal, text: string): void {
  terminal.type(text);
  terminal.press('Enter');
}

/** No line is longer than the terminal, and no word was broken by it. */
function expectWhole(terminal: TestTerminal, columns: number, text: string): void {
  for (const line of terminal.screen().split('\n')) expect(line.length).toBeLessThanOrEqual(columns);
  // Lines that the text was broken into begin and end with whole words.
  expect(terminal.all().replace(/\s+/g, ' ')).toContain(text.replace(/\s+/g, ' '));
}

describe.skipIf(lacksTmux())('castellan chat in a terminal', { timeout: 90_000 }, () => {
  test.each([80, 40])(
    '%i columns: finds who is locked out, proposes to unlock, the person confirms with the arrow keys, it is done',
    async (columns) => {
      const { model, terminal } = await openChat(columns, 50);
      const proposal =
        'One of them failed to sign in **five times** in a row, and nothing else of note happened to the account. Shall I unlock it?';
      model.script(
        { text: ['Let me look.'], calls: [locked] },
        { text: proposal.split(/(?<= )/) },
        (heard) => ({ calls: [{ name: 'unlock_okta_user', input: { user_id: someone(heard) } }] }),
        { text: ['It is unlocked.'] },
        { calls: [locked] },
        { text: ['Four remain.'] },
      );
      ask(terminal, 'Who is locked out?');
      await terminal.sees('unlock it?');
      await terminal.sees(/^2 requests, 220 tokens/m);
      expect(terminal.screen()).toMatch(/→ list_okta_users search=status eq "LO/);
      expect(terminal.screen()).toMatch(/✓ list_okta_users: 5 users|✓ 5 users \d\.\d s/);
      expectWhole(terminal, columns, proposal.replaceAll('**', ''));

      ask(terminal, 'Yes, unlock');
      await terminal.sees('Call it?');
      // Shown whole, and the first choice does nothing.
      expect(terminal.screen()).toMatch(/ user_id:\s+[\w.]+@larkspur\.example\n/);
      expect(terminal.screen()).toMatch(/● No\n○ Yes, this once/);
      expect(model.requests).toHaveLength(3);
      terminal.press('Down');
      await terminal.sees('● Yes, this once');
      terminal.press('Enter');
      await terminal.sees('It is unlocked.');
      expect(terminal.screen()).toMatch(/✓ done: Unlock the user/);

      ask(terminal, 'Who remains?');
      await terminal.sees('Four remain.');
      expect(model.requests[5]?.heard.turns.at(-1)).toMatchObject({ text: expect.stringMatching(/\n4 users\n/) });
    },
  );

  test('the server’s question is shown with its preview; Escape and Ctrl-C refuse it, and nothing is changed', async () => {
    const { model, terminal } = await openChat(80, 60);
    const deactivate = (heard: Heard) => ({
      calls: [{ name: 'deactivate_okta_user', input: { user_id: someone(heard) } }],
    });
    model.script({ calls: [locked] }, deactivate, { text: ['First: refused.'] });
    ask(terminal, 'Deactivate one of those who are locked out');
    await terminal.sees('Call it?');
    terminal.press('Down', 'Down');
    await terminal.sees('● Yes, and not asked again');
    terminal.press('Enter');
    await terminal.sees('Do you agree?');
    expect(terminal.screen()).toMatch(/The server asks\n {2}Deactivate the user “/);
    expect(terminal.screen()).toMatch(/status: LOCKED_OUT → DEPROVISIONED/);
    expect(terminal.screen()).toMatch(/Touches: \d+ applications/);
    expect(terminal.screen()).toMatch(/● No\n○ Yes, do this$/);
    terminal.press('Escape');
    await terminal.sees('First: refused.');
    expect(model.requests[2]?.heard.turns.at(-1)).toMatchObject({ text: expect.stringContaining('did not agree') });

    // The tool is not asked about again; the server still asks.
    model.script(deactivate, { text: ['Second: refused.'] });
    ask(terminal, 'Try again');
    await expect.poll(() => terminal.screen().match(/Do you agree\?/g)?.length).toBe(2);
    expect(terminal.screen().match(/Call it\?/g)).toHaveLength(1);
    terminal.press('C-c');
    await terminal.sees('Second: refused.');
    model.script({ calls: [locked] }, { text: ['Five, still.'] });
    ask(terminal, 'Who is locked out?');
    await terminal.sees('Five, still.');
    expect(terminal.screen()).toMatch(/✓ 5 users/);
  });

  test('who says no to a tool is not asked by the server, and the model is told', async () => {
    const { model, terminal } = await openChat(80, 40);
    const call = (heard: Heard) => ({ calls: [{ name: 'unlock_okta_user', input: { user_id: someone(heard) } }] });
    model.script({ calls: [locked] }, call, { text: ['As you wish.'] });
    ask(terminal, 'Unlock one');
    await terminal.sees('Call it?');
    terminal.press('Enter');
    await terminal.sees('As you wish.');
    expect(model.requests[2]?.heard.turns.at(-1)).toMatchObject({
      text: expect.stringContaining('the person said no'),
    });
  });

  test('Ctrl-C stops an answer, not the chat; at the prompt it leaves', async () => {
    const { model, terminal } = await openChat(80, 30);
    model.script(
      { hang: { text: ['I am ', 'thinking ', 'about it'] }, after: 3 },
      { calls: [locked] },
      { text: ['Still here.'] },
    );
    ask(terminal, 'Think');
    await terminal.sees('I am thinking');
    terminal.press('C-c');
    await terminal.sees('Stopped.');
    await expect.poll(() => model.abandoned()).toBe(1);
    // The server that was started with it is still there: Ctrl-C was no signal to it.
    ask(terminal, 'Are you there?');
    await terminal.sees('Still here.');
    expect(terminal.screen()).toMatch(/✓ 5 users/);
    terminal.type('half a question');
    await terminal.sees(/^you› half a question$/m);
    terminal.press('C-c');
    await terminal.sees(/\nyou›\nyou›$/);
    terminal.press('C-c');
    await terminal.sees('Ctrl-C again, or /exit, leaves.');
    terminal.press('C-c');
    await terminal.sees('[ended 0]');
    expect(terminal.screen()).toMatch(/This chat: 3 requests/);
  });

  test('keys that are pressed while the model works answer no question', async () => {
    const { model, terminal } = await openChat(80, 40);
    model.script({ calls: [locked] }, (heard) => {
      // Pressed before there is a question.
      terminal.press('Down', 'Enter', 'Enter');
      return { calls: [{ name: 'unlock_okta_user', input: { user_id: someone(heard) } }] };
    });
    ask(terminal, 'Unlock one');
    await terminal.sees('Call it?');
    await terminal.sees('● No');
    expect(model.requests).toHaveLength(2);
  });

  test('a server that asks while nothing is worked at, or beyond the end of its call, is answered by no key', async () => {
    const server = resolve(import.meta.dirname, '../support/untimely-server.mjs');
    const { model, terminal } = await openChat(80, 40, { args: ['--', process.execPath, server] });
    const told = { calls: [{ name: 'told', input: {} }] };
    model.script(told, { text: ['One.'] }, { calls: [{ name: 'ask_on', input: {} }] }, { text: ['Two.'] }, told, {
      text: ['Three.'],
    });
    terminal.type('half a question');
    const said = () => readFileSync(join(terminal.folder, 'said'), { encoding: 'utf8', flag: 'a+' });
    await expect.poll(said, { timeout: 10_000 }).toBe('unasked: cancel');
    expect(terminal.screen()).not.toContain('Give it away?');
    // `j` goes down in a list.
    ask(terminal, ' j');
    await terminal.sees('Call it?');
    terminal.press('Down', 'Down', 'Down');
    await terminal.sees('● Yes, and so all tools');
    terminal.press('Enter');
    await terminal.sees(/^One\./m);
    expect(model.requests[0]?.heard.turns[0]).toMatchObject({ text: 'half a question j' });
    expect(model.requests[1]?.heard.turns.at(-1)).toMatchObject({ text: expect.stringContaining('unasked: cancel') });

    ask(terminal, 'Ask on');
    await terminal.sees('Do you agree?');
    await terminal.sees(/^Two\./m);
    ask(terminal, 'j');
    await terminal.sees(/^Three\./m);
    expect(model.requests[5]?.heard.turns.at(-1)).toMatchObject({ text: expect.stringContaining('beyond: decline') });
  });

  test('a terminal that is resized is written to in its new width', async () => {
    const { model, terminal } = await openChat(80, 40);
    const words =
      'The account was locked by the policy after too many attempts, and the person was told by mail at once.';
    model.script({ text: [words] }, { text: [words] });
    ask(terminal, 'One');
    await terminal.sees('at once.');
    terminal.resize(40, 40);
    ask(terminal, 'Two');
    await expect.poll(() => terminal.all().match(/at once\./g)?.length).toBe(2);
    expectWhole(terminal, 40, words);
  });

  test('/tools, /last, /model, /save, /clear, history and /exit', async () => {
    const { model, terminal } = await openChat(100, 50, { args: ['--sandbox', '--max-result', '1000'] });
    ask(terminal, '/tools unlock');
    await terminal.sees(/unlock_okta_user \*/);
    await terminal.sees(/\d+ of \d+ tools\./);
    model.script({ calls: [{ name: 'list_okta_users', input: { limit: 100 } }] }, { text: ['Many.'] });
    ask(terminal, 'All of them');
    await terminal.sees('Many.');
    await terminal.sees(/characters more are in \/last/);
    const shown = model.requests[1]?.heard.turns.at(-1);
    expect(shown).toMatchObject({ text: expect.stringMatching(/⟦end [\w-]{6}⟧\nCUT: \d+ of \d+ characters/) });
    ask(terminal, '/last');
    await terminal.sees('More: call again with cursor');
    expect(terminal.all()).toMatch(/\nlist_okta_users, [\d,]+ characters\n100 users/);
    ask(terminal, '/model another');
    await terminal.sees('another at the OpenAI-compatible server.');
    model.script({ text: ['I am another.'] });
    ask(terminal, 'And you?');
    await terminal.sees('I am another.');
    expect(model.requests[2]?.body.model).toBe('another');
    ask(terminal, '/save talk.md');
    await terminal.sees('Written to talk.md.');
    const saved = join(terminal.folder, 'talk.md');
    expect(statSync(saved).mode & 0o777).toBe(0o600);
    const talk = readFileSync(saved, 'utf8');
    expect(talk).toMatch(/^# Chat with another and Castellan\n/);
    expect(talk).toMatch(/## You\n\nAll of them\n\n## Model\n\n### Call of list_okta_users/);
    expect(talk).not.toContain(key);
    ask(terminal, '/save talk.md');
    await terminal.sees('talk.md is there already');
    ask(terminal, '/clear');
    await terminal.sees('has forgotten the conversation');
    model.script({ text: ['Anew.'] });
    terminal.press('Up', 'Up');
    await terminal.sees(/you› \/save talk\.md$/);
    terminal.press('C-c');
    ask(terminal, 'Hello?');
    await terminal.sees('Anew.');
    expect(model.requests[3]?.heard.turns).toEqual([{ role: 'user', text: 'Hello?' }]);
    ask(terminal, '/toosl');
    await terminal.sees('Did you mean /tools?');
    ask(terminal, '/exit');
    await terminal.sees('[ended 0]');
    const history = join(terminal.folder, 'data/chat-history');
    expect(statSync(history).mode & 0o777).toBe(0o600);
    expect(readFileSync(history, 'utf8').split('\n').slice(0, 2)).toEqual(['/tools unlock', 'All of them']);
  });

  test('what was typed is there again in the next chat, unless it is not to be kept', async () => {
    const data = mkdtempSync(join(tmpdir(), 'castellan-history-'));
    const env = { CASTELLAN_DATA: data };
    const first = await openChat(80, 20, { env });
    ask(first.terminal, '/help');
    await first.terminal.sees('/exit');
    const second = await openChat(80, 20, { env, args: ['--sandbox', '--no-history'] });
    second.terminal.press('Up');
    ask(second.terminal, '/tools nothing-has-this');
    await second.terminal.sees('0 of');
    expect(readFileSync(join(data, 'chat-history'), 'utf8')).toBe('/help\n');
    const third = await openChat(80, 20, { env });
    third.terminal.press('Up');
    await third.terminal.sees(/you› \/help$/);
    rmSync(data, { recursive: true, force: true });
  });

  test('a terminal without colours and without a cursor to move (TERM=dumb) asks for a number', async () => {
    const { model, terminal } = await openChat(80, 40, { env: { TERM: 'dumb', NO_COLOR: '1' } });
    model.script(
      { calls: [locked] },
      (heard) => ({ calls: [{ name: 'unlock_okta_user', input: { user_id: someone(heard) } }] }),
      { text: ['Done.'] },
    );
    ask(terminal, 'Unlock one');
    await terminal.sees('Number (nothing for 1):');
    expect(terminal.screen()).toMatch(/ {2}1 {2}No\n {2}2 {2}Yes, this once/);
    ask(terminal, '2');
    await terminal.sees(/^Done\./m);
    expect(terminal.screen()).toMatch(/✓ done: Unlock the user/);
  });
});
