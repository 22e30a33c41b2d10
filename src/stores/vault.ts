// Where sign-ins are kept: one file each, its owner's alone, sealed with a key from the keyring where there is one.
// Sealed files rather than keyring entries, because Windows takes 2,560 bytes an entry and a change must be atomic.

import { createCipheriv, createDecipheriv, createHash, randomBytes, randomUUID } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { CastellanError } from '../core/errors.ts';
import { type Keyring, KeyringLocked, openKeyring } from './keyring.ts';
import { holdLock } from './vault-lock.ts';

/** Texts under names such as `okta acme https://acme.okta.com 0oa1`. */
export interface Vault {
  readonly read: (name: string) => Promise<string | undefined>;
  readonly write: (name: string, value: string) => Promise<void>;
  /** Whether there was anything. */
  readonly remove: (name: string) => Promise<boolean>;
  /** What is kept under names that begin so, in their order. */
  readonly names: (prefix: string) => Promise<readonly string[]>;
  /** Runs it while no other process of this user runs one under the same name. */
  readonly alone: <T>(name: string, run: () => Promise<T>) => Promise<T>;
}

export interface VaultOptions {
  /** `credentials` in the user's data folder. */
  readonly folder: string;
  /** Says once that there is no keyring, and why. */
  readonly say: (text: string) => void;
  /** False where the operator wants none. Default: true. */
  readonly keyring?: boolean;
  readonly openKeyring?: () => Promise<Keyring>;
}

const fileShape = z.union([
  z.strictObject({ name: z.string(), value: z.string() }),
  z.strictObject({ name: z.string(), sealed: z.string() }),
]);

export function createVault(options: VaultOptions): Vault {
  const { folder, say } = options;
  let said = false;
  let opened: Promise<Keyring> | undefined;

  async function keyring(): Promise<Keyring> {
    if (options.keyring === false) throw new Error('CASTELLAN_KEYRING is off');
    opened ??= (options.openKeyring ?? openKeyring)();
    return opened;
  }

  const pathOf = (name: string) => {
    const [platform = '', tenant = ''] = name.split(' ');
    const digest = createHash('sha256').update(name).digest('hex').slice(0, 16);
    return join(folder, `${`${platform}-${tenant}`.replace(/[^\w-]/g, '_')}-${digest}.json`);
  };

  /** The key of a name, made where there is none yet; undefined where there is no keyring. */
  async function sealingKey(name: string): Promise<Buffer | undefined> {
    try {
      const ring = await keyring();
      const known = await ring.get(name);
      if (known !== undefined) return Buffer.from(known, 'base64url');
      const key = randomBytes(32);
      await ring.set(name, key.toString('base64url'));
      return key;
    } catch (error) {
      // What was to be sealed is not left open because its owner looked away.
      if (error instanceof KeyringLocked) throw locked(error.message);
      if (!said)
        say(`No keyring could be used (${messageOf(error)}): the sign-in is kept in ${folder}, readable by you only.`);
      said = true;
      return undefined;
    }
  }

  async function openingKey(name: string): Promise<Buffer> {
    let why = 'it no longer holds the key';
    try {
      const known = await (await keyring()).get(name);
      if (known !== undefined) return Buffer.from(known, 'base64url');
    } catch (error) {
      why = messageOf(error);
    }
    throw unreadable(`the keyring that seals it cannot be used: ${why}`);
  }

  return {
    async read(name) {
      const text = await readOptional(pathOf(name));
      if (text === undefined) return undefined;
      const file = fileShape.safeParse(parseJson(text));
      if (!file.success || file.data.name !== name) throw unreadable('its file is damaged');
      return 'value' in file.data ? file.data.value : unseal(file.data.sealed, name, await openingKey(name));
    },

    async write(name, value) {
      const key = await sealingKey(name);
      const content = key ? { name, sealed: seal(value, name, key) } : { name, value };
      await writeAtomically(folder, pathOf(name), `${JSON.stringify(content)}\n`);
    },

    async remove(name) {
      const path = pathOf(name);
      const text = await readOptional(path);
      if (text === undefined) return false;
      await rm(path, { force: true });
      // Without its file the key opens nothing, so a keyring that fails now is no failure.
      if (text.includes('"sealed"'))
        await keyring()
          .then((ring) => ring.delete(name))
          .catch(() => {});
      return true;
    },

    async names(prefix) {
      const files = await readdir(folder).catch(() => []);
      const texts = await Promise.all(
        files.filter((file) => file.endsWith('.json')).map((file) => readOptional(join(folder, file))),
      );
      const found = texts.flatMap((text) => {
        const file = fileShape.safeParse(parseJson(text ?? ''));
        return file.success && file.data.name.startsWith(prefix) ? [file.data.name] : [];
      });
      return found.sort();
    },

    alone: (name, run) => holdLock(folder, `${pathOf(name)}.lock`, run),
  };
}

function seal(value: string, name: string, key: Buffer): string {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(name));
  const data = Buffer.concat([cipher.update(value, 'utf8'), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), data]).toString('base64url');
}

function unseal(sealed: string, name: string, key: Buffer): string {
  const bytes = Buffer.from(sealed, 'base64url');
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12), { authTagLength: 16 });
    decipher.setAAD(Buffer.from(name)).setAuthTag(bytes.subarray(12, 28));
    return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString('utf8');
  } catch {
    throw unreadable('its file and the keyring do not belong together');
  }
}

/** Seen by others whole or not at all, also after a power cut. */
async function writeAtomically(folder: string, path: string, text: string): Promise<void> {
  const part = `${path}.${randomUUID()}`;
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const file = await open(part, 'wx', 0o600);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(part, path);
  } catch (error) {
    await rm(part, { force: true }).catch(() => {});
    throw new CastellanError({
      code: 'bad_configuration',
      message: `The sign-in could not be kept: ${messageOf(error)}.`,
      hint: `Make ${folder} writable, or set CASTELLAN_DATA to another folder.`,
    });
  }
}

async function readOptional(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw unreadable(messageOf(error));
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function unreadable(why: string): CastellanError {
  return new CastellanError({
    code: 'unauthorized',
    message: `The stored sign-in cannot be read (${why}).`,
    hint: 'Unlock the keyring, or run `castellan login` again.',
  });
}

function locked(why: string): CastellanError {
  return new CastellanError({
    code: 'unauthorized',
    message: `The keyring of this machine is locked (${why}), so nothing was kept.`,
    hint: 'Unlock it and do this again. To keep sign-ins in files that only you can read, set CASTELLAN_KEYRING=false.',
  });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
