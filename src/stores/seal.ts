// The keys with which Castellan seals what it gives away and takes back, and digests what it must not keep. Configured,
// so that several machines share them, or made once and kept in the user's data folder.

import { createHmac, createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';
import { join } from 'node:path';
import { sorted } from '../core/change.ts';
import { CastellanError } from '../core/errors.ts';
import { loadOrMakeKey } from '../core/key-file.ts';
import type { Secret } from '../core/secret.ts';

export interface Seal {
  /** 32 bytes for one purpose, by each key, the newest first: it seals, all of them open. */
  readonly keys: (purpose: string) => Promise<readonly Uint8Array[]>;
  /** A short text that stands for a JSON value: the same for the same value, meaningless without the key. */
  readonly digest: (value: unknown) => Promise<string>;
  /** Whether a digest, made with any of the keys, stands for a value. */
  readonly matches: (value: unknown, digest: string) => Promise<boolean>;
}

export function openSeal(options: { readonly keys: Secret | undefined; readonly folder: string }): Seal {
  let loaded: readonly Buffer[] | undefined;
  const derived = new Map<string, readonly Uint8Array[]>();
  let forDigests: readonly KeyObject[] | undefined;

  function load(): readonly Buffer[] {
    const configured = options.keys
      ?.reveal()
      .split(',')
      .flatMap((key) => key.trim() || []);
    if (configured) return configured.map((key) => Buffer.from(key, 'utf8'));
    try {
      return [loadOrMakeKey(join(options.folder, 'seal.key'))];
    } catch (error) {
      throw new CastellanError({
        code: 'bad_configuration',
        message: 'The key for seals cannot be read from or kept in the data folder.',
        hint: 'Make the folder writable (CASTELLAN_DATA names it), remove its file seal.key if that is damaged, or set CASTELLAN_SEAL_KEYS.',
        detail: error instanceof Error ? error.message : String(error),
        cause: error,
      });
    }
  }

  async function keys(purpose: string): Promise<readonly Uint8Array[]> {
    const known = derived.get(purpose);
    if (known) return known;
    loaded ??= load();
    const made = loaded.map((key) => new Uint8Array(hkdfSync('sha256', key, '', `castellan ${purpose}`, 32)));
    derived.set(purpose, made);
    return made;
  }

  /** Made once: taking a key in costs several times what a digest does. */
  async function digestKeys(): Promise<readonly KeyObject[]> {
    forDigests ??= (await keys('digest')).map((key) => createSecretKey(key));
    return forDigests;
  }

  return {
    keys,
    async digest(value) {
      const [key] = await digestKeys();
      if (!key) throw new TypeError('a seal without keys');
      return digestWith(key, value);
    },

    async matches(value, digest) {
      return (await digestKeys()).some((key) => digestWith(key, value) === digest);
    },
  };
}

function digestWith(key: KeyObject, value: unknown): string {
  return createHmac('sha256', key)
    .update(JSON.stringify(sorted(value)) ?? '')
    .digest('base64url')
    .slice(0, 22);
}
