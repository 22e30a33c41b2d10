// The store in a file: the contract, and what a file adds: other processes, restarts, rights, and files that are none of ours.

import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, describe, expect, test } from 'vitest';
import { openStore } from '../../src/stores/open.ts';
import { openSqliteStore } from '../../src/stores/sqlite.ts';
import { testStore } from './contract.ts';

const folder = mkdtempSync(join(tmpdir(), 'castellan-store-'));
let made = 0;
const newPath = () => join(folder, `${++made}`, 'castellan.db');

afterAll(() => rmSync(folder, { recursive: true, force: true }));

testStore({ name: 'sqlite', open: (now) => openSqliteStore(newPath(), now) });
testStore({ name: 'sqlite, by its setting', open: (now) => openStore(newPath(), now) });

describe('a store in a file', () => {
  test('is there again after a restart, with its times', async () => {
    const path = newPath();
    let time = 1_000_000;
    const first = openSqliteStore(path, () => time);
    await first.set('stays', 'x');
    await first.set('ends', 'x', 500);
    await first.close();
    await first.close();
    time += 499;
    const second = openSqliteStore(path, () => time);
    expect(await second.keys('')).toEqual(['ends', 'stays']);
    time += 1;
    expect(await second.keys('')).toEqual(['stays']);
    await second.close();
  });

  test('is readable by its owner only, with its folder and the files beside it', async () => {
    const path = newPath();
    const store = openSqliteStore(path);
    await store.set('k', 'v');
    for (const file of [path, `${path}-wal`, `${path}-shm`]) expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(join(path, '..')).mode & 0o077).toBe(0);
    await store.close();
    chmodSync(path, 0o644);
    await openSqliteStore(path).close();
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  test('is one for several connections at once', async () => {
    const path = newPath();
    const stores = Array.from({ length: 5 }, () => openSqliteStore(path));
    for (let round = 0; round < 20; round++) {
      await stores[round % 5]?.set('once', `${round}`);
      const taken = await Promise.all(Array.from({ length: 50 }, (_, caller) => stores[caller % 5]?.take('once')));
      expect(taken.filter((value) => value !== undefined)).toEqual([`${round}`]);
    }
    await Promise.all(stores.map((store) => store.close()));
  });

  test('gives each entry to one of several processes', { timeout: 30_000 }, async () => {
    const path = newPath();
    const store = openSqliteStore(path);
    const entries = 400;
    for (let entry = 0; entry < entries; entry++) await store.set(`once:${entry}`, `${entry}`);
    const module = new URL('../../src/stores/sqlite.ts', import.meta.url).href;
    const code = `
      const { openSqliteStore } = await import(${JSON.stringify(module)});
      const store = openSqliteStore(${JSON.stringify(path)});
      const taken = [], added = [];
      process.stdout.write('ready\\n');
      await new Promise((resolve) => process.stdin.once('data', resolve));
      for (let entry = 0; entry < ${entries}; entry++) {
        if ((await store.take('once:' + entry)) !== undefined) taken.push(entry);
        if (await store.add('mine:' + entry, String(process.pid))) added.push(entry);
      }
      await store.close();
      process.stdout.write(JSON.stringify({ taken, added }), () => process.exit(0));
    `;
    const processes = Array.from({ length: 3 }, () => spawn(process.execPath, ['--input-type=module', '-e', code]));
    await Promise.all(processes.map((child) => heard(child, (text) => text.includes('ready'))));
    for (const child of processes) child.stdin?.write('go\n');
    const results = await Promise.all(
      processes.map(async (child) => {
        const text = await heard(child, (all) => all.endsWith('}'));
        return JSON.parse(text.slice(text.indexOf('{'))) as { taken: number[]; added: number[] };
      }),
    );
    const all = Array.from({ length: entries }, (_, entry) => entry);
    const byNumber = (a: number, b: number) => a - b;
    expect(results.flatMap(({ taken }) => taken).sort(byNumber)).toEqual(all);
    expect(results.flatMap(({ added }) => added).sort(byNumber)).toEqual(all);
    await store.close();
  });

  test.each([
    ['text', 'this is no database, but a letter to somebody else\n'.repeat(100)],
    ['a damaged database', 'SQLite format 3\u0000 and then nothing that makes sense'.padEnd(5_000, '?')],
  ])('a file with %s is refused by name and left as it was', async (_name, content) => {
    const path = join(folder, `other-${++made}`);
    writeFileSync(path, content);
    chmodSync(path, 0o644);
    expect(() => openSqliteStore(path)).toThrow(path);
    expect(readFileSync(path, 'utf8')).toBe(content);
    if (!content.startsWith('SQLite')) expect(statSync(path).mode & 0o777).toBe(0o644);
    await expect(openStore(path, Date.now).get('k')).rejects.toThrow(path);
  });

  test('a folder in the place of the file, and a folder that cannot be made, are refused by name', () => {
    const path = join(folder, `folder-${++made}`);
    mkdirSync(path);
    expect(() => openSqliteStore(path)).toThrow(path);
    const file = join(folder, `file-${++made}`);
    writeFileSync(file, '');
    expect(() => openSqliteStore(join(file, 'below', 'castellan.db'))).toThrow(file);
  });

  test('by its setting, a store that could not be opened is closed without fuss, and opened when it can be', async () => {
    const path = join(folder, `later-${++made}`);
    writeFileSync(path, 'a letter');
    const store = openStore(path, Date.now);
    await expect(store.get('k')).rejects.toThrow(path);
    await store.close();
    rmSync(path);
    await store.set('k', 'v');
    expect(await store.get('k')).toBe('v');
    await store.close();
  });

  test('waits for another connection’s write, but not for long', async () => {
    const path = newPath();
    const store = openSqliteStore(path);
    const other = new DatabaseSync(path);
    other.exec('BEGIN IMMEDIATE');
    const started = performance.now();
    await expect(store.set('k', 'v')).rejects.toThrow(/locked/);
    expect(performance.now() - started).toBeLessThan(4_000);
    other.close();
    await store.close();
  });

  test('by its setting, no file is made before the first use', async () => {
    const path = newPath();
    const store = openStore(path, Date.now);
    expect(() => statSync(path)).toThrow();
    await store.close();
    expect(() => statSync(path)).toThrow();
  });
});

/** What a process has written once it has said enough. */
function heard(child: ChildProcess, enough: (text: string) => boolean): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    let errors = '';
    child.stdout?.on('data', (chunk) => {
      text += String(chunk);
      if (enough(text)) resolve(text);
    });
    child.stderr?.on('data', (chunk) => {
      errors += String(chunk);
    });
    child.once('exit', (code) => reject(new Error(`ended with ${code}: ${errors}`)));
  });
}
