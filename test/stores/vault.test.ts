// Where sign-ins are kept: sealed with a key from the keyring, or readable by their owner only where there is none.

import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Keyring, KeyringLocked, openKeyring } from '../../src/stores/keyring.ts';
import { createVault, type Vault } from '../../src/stores/vault.ts';

const canary = 'canary-c0ffee-refresh-token';
const name = 'okta acme https://acme.okta.com 0oa1';
let home: string;
let folder: string;
let said: string[];

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'castellan-vault-'));
  folder = join(home, 'credentials');
  said = [];
});

afterEach(() => rmSync(home, { recursive: true, force: true }));

function ringOf(entries: Map<string, string>): Keyring {
  return {
    get: async (account) => entries.get(account),
    set: async (account, value) => void entries.set(account, value),
    delete: async (account) => void entries.delete(account),
  };
}

function open(keyring: () => Promise<Keyring>): Vault {
  return createVault({ folder, say: (text) => said.push(text), openKeyring: keyring });
}

const none = () => Promise.reject(new Error('no Secret Service'));
const files = () => readdirSync(folder).map((file) => join(folder, file));
const contents = () =>
  files()
    .map((file) => readFileSync(file, 'utf8'))
    .join('');

describe('without a keyring', () => {
  test('a file of its owner alone in a folder of its owner alone, and that is said once', async () => {
    const vault = open(none);
    await vault.write(name, canary);
    await vault.write(name, `${canary}2`);
    expect(files()).toHaveLength(1);
    expect(statSync(files()[0] ?? '').mode & 0o777).toBe(0o600);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(said).toEqual([expect.stringContaining('no Secret Service')]);
    expect(await open(none).read(name)).toBe(`${canary}2`);
  });

  test('the keyring of this machine, missing or not, is no reason to fail', async () => {
    const vault = createVault({ folder, say: (text) => said.push(text), openKeyring });
    await vault.write(name, canary);
    expect(await vault.read(name)).toBe(canary);
    expect(await vault.remove(name)).toBe(true);
  });

  test('a folder that cannot be written is said, with what to do', async () => {
    writeFileSync(folder, 'in the way');
    await expect(open(none).write(name, canary)).rejects.toMatchObject({
      code: 'bad_configuration',
      hint: expect.stringContaining('CASTELLAN_DATA'),
    });
  });
});

describe('with a keyring', () => {
  test('the file holds nothing that opens it; another process with the same keyring reads it', async () => {
    const entries = new Map<string, string>();
    await open(async () => ringOf(entries)).write(name, canary);
    expect(contents()).not.toContain('canary');
    expect([...entries.keys()]).toEqual([name]);
    expect(await open(async () => ringOf(entries)).read(name)).toBe(canary);
    expect(said).toEqual([]);
  });

  test.each<[string, () => Promise<Keyring>]>([
    ['is gone', none],
    ['was emptied', async () => ringOf(new Map())],
    ['holds another key', async () => ringOf(new Map([[name, Buffer.alloc(32).toString('base64url')]]))],
    ['holds nonsense', async () => ringOf(new Map([[name, 'x']]))],
  ])('that %s: an error that says to sign in again, not an empty answer', async (_name, keyring) => {
    await open(async () => ringOf(new Map())).write(name, canary);
    await expect(open(keyring).read(name)).rejects.toMatchObject({
      code: 'unauthorized',
      hint: expect.stringContaining('castellan login'),
    });
  });

  test('that fails when writing: the file is used instead', async () => {
    const ring = { ...ringOf(new Map()), set: () => Promise.reject(new Error('quota exceeded')) };
    await open(async () => ring).write(name, canary);
    expect(await open(none).read(name)).toBe(canary);
  });

  test('that is locked: nothing is kept in the open, and it says what to do', async () => {
    const locked = () => Promise.reject(new KeyringLocked('Secret Service: object locked'));
    const ring = { get: locked, set: locked, delete: locked };
    await expect(open(async () => ring).write(name, canary)).rejects.toMatchObject({
      code: 'unauthorized',
      message: expect.stringContaining('locked'),
      hint: expect.stringMatching(/Unlock it.*CASTELLAN_KEYRING=false/),
    });
    expect(existsSync(folder) ? files() : []).toEqual([]);
    expect(said).toEqual([]);

    await open(async () => ringOf(new Map())).write(name, canary);
    const read = open(async () => ring).read(name);
    await expect(read).rejects.toMatchObject({ hint: expect.stringContaining('Unlock the keyring') });
  });

  test('that the operator does not want is not asked', async () => {
    const asked = () => Promise.reject(new TypeError('it was asked'));
    const vault = createVault({ folder, say: (text) => said.push(text), keyring: false, openKeyring: asked });
    await vault.write(name, canary);
    expect(await vault.read(name)).toBe(canary);
    expect(said).toEqual([expect.stringContaining('CASTELLAN_KEYRING')]);
  });

  test('names of what is kept are told, by how they begin', async () => {
    const vault = open(async () => ringOf(new Map()));
    for (const each of ['mcp b', 'mcp a', 'okta c']) await vault.write(each, canary);
    expect(await vault.names('mcp ')).toEqual(['mcp a', 'mcp b']);
    expect(await open(none).names('nothing')).toEqual([]);
  });

  test('a sealed text cannot be changed, nor moved under another name', async () => {
    const entries = new Map<string, string>();
    const vault = open(async () => ringOf(entries));
    await vault.write(name, canary);
    const [file = ''] = files();
    const { sealed } = JSON.parse(readFileSync(file, 'utf8')) as { sealed: string };
    const flipped = `${sealed.slice(0, 30)}${sealed[30] === 'A' ? 'B' : 'A'}${sealed.slice(31)}`;
    writeFileSync(file, JSON.stringify({ name, sealed: flipped }));
    await expect(vault.read(name)).rejects.toMatchObject({ code: 'unauthorized' });
    const other = 'okta acme https://evil.example 0oa1';
    await vault.write(other, 'theirs');
    entries.set(other, entries.get(name) ?? '');
    const otherFile = files().find((each) => each !== file) ?? '';
    writeFileSync(otherFile, JSON.stringify({ name: other, sealed }));
    await expect(vault.read(other)).rejects.toMatchObject({ code: 'unauthorized' });
  });

  test('removing forgets the file and the key', async () => {
    const entries = new Map<string, string>();
    const vault = open(async () => ringOf(entries));
    await vault.write(name, canary);
    expect(await vault.remove(name)).toBe(true);
    expect(files()).toEqual([]);
    expect(entries.size).toBe(0);
    expect(await vault.remove(name)).toBe(false);
    expect(await vault.read(name)).toBeUndefined();
  });
});

describe('names', () => {
  test('differing in tenant, address or client are different places, also when a name is odd', async () => {
    const vault = open(none);
    const names = [name, name.replace('acme ', 'acme2 '), name.replace('acme.', 'evil.'), `${name}2`, '../x ../../y z'];
    for (const each of names) await vault.write(each, `value of ${each}`);
    for (const each of names) expect(await vault.read(each)).toBe(`value of ${each}`);
    expect(files()).toHaveLength(names.length);
  });

  test.each(['', '{', '[]', '{"name":"x","value":"y"}', '{"value":"y"}'])(
    'a damaged file (%j) is no sign-in',
    async (text) => {
      const vault = open(none);
      await vault.write(name, canary);
      writeFileSync(files()[0] ?? '', text);
      await expect(vault.read(name)).rejects.toMatchObject({ code: 'unauthorized' });
    },
  );
});

describe('alone', () => {
  test('runs one at a time, whatever became of the one before', async () => {
    const vaults = [open(none), open(none), open(none)];
    let inside = 0;
    let most = 0;
    const run = (fails: boolean) => async () => {
      most = Math.max(most, ++inside);
      await new Promise((resolve) => setTimeout(resolve, 10));
      inside--;
      if (fails) throw new Error('it failed');
    };
    const all = vaults.flatMap((vault) => [vault.alone(name, run(false)), vault.alone(name, run(true))]);
    const results = await Promise.allSettled(all);
    expect(results.map(({ status }) => status)).toEqual([
      'fulfilled',
      'rejected',
      'fulfilled',
      'rejected',
      'fulfilled',
      'rejected',
    ]);
    expect(most).toBe(1);
    expect(files()).toEqual([]);
  });

  test('a lock that a dead process left is broken, by one of those who wait', async () => {
    const vault = open(none);
    await vault.write(name, canary);
    const lock = `${files()[0]}.lock`;
    writeFileSync(lock, 'dead');
    const past = Date.now() / 1000 - 120;
    utimesSync(lock, past, past);
    let inside = 0;
    await Promise.all(
      Array.from({ length: 5 }, () =>
        vault.alone(name, async () => {
          expect(++inside).toBe(1);
          await new Promise((resolve) => setTimeout(resolve, 5));
          inside--;
        }),
      ),
    );
    expect(files()).toHaveLength(1);
  });

  test('a folder that cannot be locked in is an error, not a way without a lock', async () => {
    await open(none).write(name, canary);
    rmSync(folder, { recursive: true });
    writeFileSync(folder, 'in the way');
    chmodSync(folder, 0o400);
    let ran = false;
    const run = async () => {
      ran = true;
    };
    await expect(open(none).alone(name, run)).rejects.toMatchObject({ code: 'bad_configuration' });
    expect(ran).toBe(false);
  });
});
