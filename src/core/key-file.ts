// A random key in a file that only its owner can read, made by whichever process comes first.

import { randomBytes } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

const keyBytes = 32;

/** The key, as it was made the first time. @throws when it can be neither read nor made, or is no key. */
export function loadOrMakeKey(path: string): Buffer {
  return loadKey(path) ?? makeKey(path);
}

/** The key where there is one. @throws when it cannot be read or is no key. */
export function loadKey(path: string): Buffer | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  const key = Buffer.from(text.trim(), 'base64url');
  if (key.length !== keyBytes) throw new Error('the key file holds no key');
  return key;
}

function makeKey(path: string): Buffer {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const key = randomBytes(keyBytes);
  const draft = `${path}.${process.pid}.${randomBytes(4).toString('hex')}`;
  // On the disk before it has its name: an empty key after a power cut would lock everybody out.
  writeFileSync(draft, `${key.toString('base64url')}\n`, { mode: 0o600, flag: 'wx', flush: true });
  try {
    // Linked when it is whole, so that nobody reads half a key; who comes second takes the first one's.
    linkSync(draft, path);
    return key;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    const made = loadKey(path);
    if (!made) throw error;
    return made;
  } finally {
    unlinkSync(draft);
  }
}
