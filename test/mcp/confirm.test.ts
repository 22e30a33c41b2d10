// A person's yes counts for one call, one tool, one input, one tenant, one caller, one state of things, for a while, once.

import { Client } from '@modelcontextprotocol/client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { verifyAuditLog } from '../../src/observe/audit-verify.ts';
import { connectByLines } from '../support/lines.ts';
import { openVault, type Replica, type Vault, yes } from '../support/vault.ts';

let vault: Vault;
let server: Replica;

beforeEach(() => {
  vault = openVault();
  server = vault.replica();
});
afterEach(() => vault.close());

const removed = () =>
  Object.entries(vault.items).flatMap(([tenant, items]) =>
    [...items].filter(([, item]) => item.removed).map(([id]) => `${tenant}/${id}`),
  );

async function question(replica = server, request: Parameters<Replica['send']>[0] = {}) {
  const asked = await replica.send(request);
  expect(asked.kind).toBe('asked');
  expect(removed()).toEqual([]);
  return asked.requestState ?? '';
}

describe('a client that can ask', () => {
  it('is asked with the preview, and the tool runs with the yes', async () => {
    const asked = await server.send({});
    expect(asked.text).toContain('Remove “item 1” (1) (in a)');
    expect(asked.text).toContain('- removed: false → true');
    expect(asked.text).toContain('Cannot be taken back: what is removed is gone');
    const done = await server.send({ requestState: asked.requestState, inputResponses: yes });
    expect(done.kind).toBe('done');
    expect(removed()).toEqual(['a/1']);
  });

  it.each([
    ['a no', { approve: { action: 'decline' } }],
    ['a form that was sent without the yes', { approve: { action: 'accept', content: {} } }],
    ['a form with approve: false', { approve: { action: 'accept', content: { approve: false } } }],
    ['a form with a text in the place of the yes', { approve: { action: 'accept', content: { approve: 'true' } } }],
    ['an answer to another question', { other: { action: 'accept', content: { approve: true } } }],
    ['no answer', {}],
  ])('%s changes nothing, and is not asked again with the same seal', async (_what, inputResponses) => {
    const requestState = await question();
    expect((await server.send({ requestState, inputResponses })).kind).toBe('not done');
    expect((await server.send({ requestState, inputResponses: yes })).kind).toBe('not done');
    expect(removed()).toEqual([]);
  });

  it.each([
    ['other arguments', { args: { id: '2', tenant: 'a' } }],
    ['another tenant', { args: { id: '1', tenant: 'b' } }],
    ['another tool', { name: 'remove_other_item' }],
    ['another caller', { caller: 'mallory' }],
  ])('an answer for %s is refused', async (_what, swapped) => {
    const requestState = await question();
    const answer = await server.send({ ...swapped, requestState, inputResponses: yes });
    expect(answer.kind).toBe('not done');
    expect(answer.text).toMatch(/belongs to another call/);
    expect(removed()).toEqual([]);
    // Whose answer it is may still use it.
    expect((await server.send({ requestState, inputResponses: yes })).kind).toBe('done');
  });

  it('an answer is used once', async () => {
    const requestState = await question();
    expect((await server.send({ requestState, inputResponses: yes })).kind).toBe('done');
    const again = await server.send({ requestState, inputResponses: yes });
    expect(again.kind).toBe('not done');
    expect(again.text).toMatch(/used already/);
  });

  it('of many answers at once, one runs', async () => {
    const requestState = await question();
    const replicas = [server, vault.replica(), vault.replica()];
    const answers = await Promise.all(
      Array.from({ length: 24 }, (_, place) =>
        (replicas[place % 3] as Replica).send({ requestState, inputResponses: yes }),
      ),
    );
    expect(answers.filter(({ kind }) => kind === 'done')).toHaveLength(1);
    expect(answers.filter(({ kind }) => kind === 'not done')).toHaveLength(23);
    expect(removed()).toEqual(['a/1']);
  });

  it('the last two of a kind do not go at once: each is judged again when its turn comes', async () => {
    const gone = vault.items.a.get('3');
    if (gone) gone.removed = true;
    vault.keepLast();
    const asked = await Promise.all(['1', '2'].map((id) => server.send({ args: { id, tenant: 'a' } })));
    expect(asked.map(({ kind }) => kind)).toEqual(['asked', 'asked']);
    const answers = await Promise.all(
      asked.map(({ requestState }, place) =>
        server.send({ args: { id: `${place + 1}`, tenant: 'a' }, requestState, inputResponses: yes }),
      ),
    );
    expect(answers.map(({ kind }) => kind).toSorted()).toEqual(['done', 'not done']);
    expect(answers.find(({ kind }) => kind === 'not done')?.text).toMatch(/It is the last one/);
  });

  it('a seal expires', async () => {
    const requestState = await question();
    vault.wait(10 * 60_000 + 1);
    const answer = await server.send({ requestState, inputResponses: yes });
    expect(answer.kind).not.toBe('done');
    expect(removed()).toEqual([]);
  });

  it('an edited seal is refused, wherever it was edited', async () => {
    const requestState = await question();
    const places = Array.from({ length: 60 }, (_, n) => Math.floor((n * requestState.length) / 60));
    for (const place of places) {
      const letter = requestState[place] === 'A' ? 'B' : 'A';
      const edited = requestState.slice(0, place) + letter + requestState.slice(place + 1);
      const answer = await server.send({ requestState: edited, inputResponses: yes });
      expect(answer.kind, `edited at ${place}`).not.toBe('done');
    }
    for (const made of ['', 'v1', 'v1..', requestState.slice(0, -1), `${requestState}A`, btoa('{"id":"1"}')]) {
      expect((await server.send({ requestState: made, inputResponses: yes })).kind).not.toBe('done');
    }
    expect(removed()).toEqual([]);
  });

  it('an answer without any seal is a question again', async () => {
    expect((await server.send({ inputResponses: yes })).kind).toBe('asked');
    expect(removed()).toEqual([]);
  });

  it('another replica with the same key takes the answer, one with another key does not', async () => {
    const requestState = await question();
    const stranger = vault.replica('another key of thirty-two characters');
    expect((await stranger.send({ requestState, inputResponses: yes })).kind).toBe('refused');
    expect(removed()).toEqual([]);
    expect((await vault.replica().send({ requestState, inputResponses: yes })).kind).toBe('done');
  });

  it('keys are changed by putting a new one in front: what the old one sealed is still taken', async () => {
    const old = 'the old key, of thirty-two characters';
    const young = 'the new key, of thirty-two characters';
    const requestState = await question(vault.replica(old));
    const both = vault.replica(`${young},${old}`);
    expect((await both.send({ args: { id: '2', tenant: 'a' }, requestState, inputResponses: yes })).kind).toBe(
      'not done',
    );
    expect((await both.send({ requestState, inputResponses: yes })).kind).toBe('done');
  });

  it('asks again when what it would do has changed in between', async () => {
    const requestState = await question();
    const item = vault.items.a.get('1');
    if (item) item.label = 'the chief’s own';
    const again = await server.send({ requestState, inputResponses: yes });
    expect(again.kind).toBe('asked');
    expect(again.text).toMatch(/changed since you were asked/);
    expect(again.text).toContain('the chief’s own');
    expect(removed()).toEqual([]);
    expect((await server.send({ requestState: again.requestState, inputResponses: yes })).kind).toBe('done');
  });

  it('asks about a write that gives administrator rights, and about no other unless the operator wants it', async () => {
    const relabel = (label: string) => ({ name: 'relabel_item', args: { id: '1', label, tenant: 'a' } });
    expect((await server.send(relabel('plain'))).kind).toBe('done');
    const asked = await server.send(relabel('admin'));
    expect(asked.kind).toBe('asked');
    expect(asked.text).toContain('it gives administrator rights');
    const careful = vault.replica(undefined, { ask: 'write' });
    expect((await careful.send(relabel('other'))).kind).toBe('asked');
  });
});

describe('a client that cannot ask', () => {
  const mute = { capabilities: {} };
  const codeOf = (text: string) => /castellan approve ([A-Z0-9]{4}-[A-Z0-9]{4})/.exec(text)?.[1] ?? '';

  it('gets a code that only a person’s decision makes good, once', async () => {
    const waiting = await server.send(mute);
    expect(waiting.kind).toBe('not done');
    const code = codeOf(waiting.text);
    expect(waiting.text).toMatch(/NOT DONE/);
    expect(codeOf((await server.send(mute)).text)).toBe(code);
    expect(removed()).toEqual([]);
    expect((await vault.approvals.get(code))?.question).toContain('Remove “item 1” (1) (in a)');
    await vault.approvals.decide(code, 'approved', 'terminal:ada');
    expect((await server.send(mute)).kind).toBe('done');
    expect(removed()).toEqual(['a/1']);
    expect(await vault.approvals.get(code)).toBeUndefined();
  });

  it('a model cannot approve: no tool does, and a code in the arguments or the answers is nothing', async () => {
    const code = codeOf((await server.send(mute)).text);
    for (const name of ['approve', 'castellan_approve', 'approve_change', 'confirm', 'confirm_delete']) {
      expect((await server.send({ ...mute, name, args: { code } })).kind).toBe('refused');
    }
    for (const extra of [{ code }, { approve: true }, { approval: code }, { confirm: 'DELETE' }, { dryRun: 'false' }]) {
      expect((await server.send({ ...mute, args: { id: '1', tenant: 'a', ...extra } })).kind).toBe('not done');
    }
    expect((await server.send({ ...mute, inputResponses: yes })).kind).toBe('not done');
    expect((await server.send({ ...mute, requestState: code, inputResponses: yes })).kind).toBe('refused');
    expect(removed()).toEqual([]);
  });

  it.each([
    ['other arguments', { args: { id: '2', tenant: 'a' } }],
    ['another tenant', { args: { id: '1', tenant: 'b' } }],
    ['another tool', { name: 'remove_other_item' }],
    ['another caller', { caller: 'mallory' }],
  ])('an approval does not count for %s', async (_what, swapped) => {
    const code = codeOf((await server.send(mute)).text);
    await vault.approvals.decide(code, 'approved', 'terminal:ada');
    expect((await server.send({ ...mute, ...swapped })).kind).toBe('not done');
    expect(removed()).toEqual([]);
  });

  it('a refusal is told once, and the next call is a new question', async () => {
    const code = codeOf((await server.send(mute)).text);
    await vault.approvals.decide(code, 'refused', 'terminal:ada');
    expect((await server.send(mute)).text).toMatch(/refused/);
    expect(codeOf((await server.send(mute)).text)).not.toBe(code);
    expect(removed()).toEqual([]);
  });

  it('a decision holds for what was shown: when that changes, a new one is wanted', async () => {
    const code = codeOf((await server.send(mute)).text);
    await vault.approvals.decide(code, 'approved', 'terminal:ada');
    const item = vault.items.a.get('1');
    if (item) item.label = 'the chief’s own';
    const again = await server.send(mute);
    expect(again.text).toMatch(/has changed since/);
    expect(codeOf(again.text)).not.toBe(code);
    expect(removed()).toEqual([]);
  });

  it('a code lives 15 minutes, decided or not, and of two decisions the first one counts', async () => {
    const code = codeOf((await server.send(mute)).text);
    const both = await Promise.all([
      vault.approvals.decide(code, 'approved', 'terminal:ada'),
      vault.approvals.decide(code, 'refused', 'terminal:bob'),
    ]);
    expect(both.filter(Boolean)).toHaveLength(1);
    vault.wait(15 * 60_000 + 1);
    expect((await server.send(mute)).kind).toBe('not done');
    expect(removed()).toEqual([]);
  });

  it('of many calls after one approval, one runs', async () => {
    const code = codeOf((await server.send(mute)).text);
    await vault.approvals.decide(code, 'approved', 'terminal:ada');
    const answers = await Promise.all(Array.from({ length: 12 }, () => server.send(mute)));
    expect(answers.filter(({ kind }) => kind === 'done')).toHaveLength(1);
    expect(removed()).toEqual(['a/1']);
  });

  it('a form that is closed unanswered leads to a code as well: there is no dead end', async () => {
    const requestState = await question();
    const answer = await server.send({ requestState, inputResponses: { approve: { action: 'cancel' } } });
    expect(codeOf(answer.text)).toMatch(/^[A-Z2-9]{4}-[A-Z2-9]{4}$/);
    expect(removed()).toEqual([]);
  });

  it('a 2025-era client that breaks while it asks gets a code at its next call', async () => {
    const options = { capabilities: { elicitation: {} }, versionNegotiation: { mode: 'legacy' as const } };
    const client = new Client({ name: 'test', version: '0.0.0' }, options);
    client.setRequestHandler('elicitation/create', () => {
      throw new Error('no screen');
    });
    const { close } = await connectByLines(server.mcp.factory, client);
    const call = () => client.callTool({ name: 'remove_item', arguments: { id: '1', tenant: 'a' } });
    expect((await call()).isError).toBe(true);
    const second = await call();
    expect(JSON.stringify(second.structuredContent)).toMatch(/castellan approve/);
    expect(removed()).toEqual([]);
    await close();
  });
});

describe('what a person is asked', () => {
  it('is told whole: what would be cut off is refused instead', async () => {
    const item = vault.items.a.get('1');
    if (item) item.label = `${'a harmless beginning '.repeat(300)}and the end`;
    const asked = await server.send({});
    expect(asked.kind).toBe('asked');
    expect(asked.text).toContain('and the end”');
    if (item) item.label = 'long '.repeat(4_000);
    for (const capabilities of [{ elicitation: {} }, {}]) {
      const refused = await server.send({ capabilities });
      expect(refused.kind).toBe('not done');
      expect(refused.text).toMatch(/too much to read/);
    }
    expect(removed()).toEqual([]);
  });

  it('a dry run that is neither yes nor no is no yes to the change', async () => {
    for (const dryRun of [null, '', 0, 'yes']) {
      for (const name of ['dryRun', 'dry_run']) {
        const args = { id: '1', label: 'other', tenant: 'a', [name]: dryRun };
        expect((await server.send({ name: 'relabel_item', args })).kind).toBe('not done');
      }
    }
    expect(vault.items.a.get('1')?.label).toBe('item 1');
  });

  it('nobody is buried under questions: a caller may have fifty open', async () => {
    const ask = (n: number) => server.send({ capabilities: {}, args: { id: `${n}`, tenant: 'a' } });
    for (let n = 10; n < 70; n++) vault.items.a.set(`${n}`, { label: `item ${n}`, removed: false });
    const answers = [];
    for (let n = 10; n < 62; n++) answers.push(await ask(n));
    expect(answers.filter(({ text }) => /castellan approve/.test(text) && /NOT DONE/.test(text))).toHaveLength(50);
    expect(answers.at(-1)?.text).toMatch(/50 questions wait/);
    expect(await vault.approvals.pending()).toHaveLength(50);
  });
});

it('writes down who asked, who said what, and what came of it', async () => {
  const requestState = await question();
  await server.send({ requestState, inputResponses: { approve: { action: 'decline' } } });
  const again = await question();
  await server.send({ requestState: again, inputResponses: yes });
  const verdict = await verifyAuditLog(vault.auditFolder);
  expect(verdict).toMatchObject({ ok: true });
  const { readFileSync, readdirSync } = await import('node:fs');
  const [name = ''] = readdirSync(vault.auditFolder).filter((file) => file.endsWith('.jsonl'));
  const records = readFileSync(`${vault.auditFolder}/${name}`, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(records.map(({ event, code }) => (code ? `${event} ${code}` : event))).toEqual([
    'asked',
    'refused person',
    'asked',
    'approved',
    'started',
    'done',
  ]);
});
