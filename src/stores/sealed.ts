// Text that lies in a store and that nobody reads without the key: sealed, and bound to the place where it lies, so that it
// cannot be moved to another.

import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

const algorithm = 'aes-256-gcm';
const version = '1.';
const ivBytes = 12;
const tagBytes = 16;

/** @param keys of 32 bytes, the newest first: it seals */
export function sealText(keys: readonly Uint8Array[], place: string, text: string): string {
  const [key] = keys;
  if (!key) throw new TypeError('a seal without keys');
  const iv = randomBytes(ivBytes);
  const cipher = createCipheriv(algorithm, key, iv).setAAD(Buffer.from(place, 'utf8'));
  const sealed = Buffer.concat([iv, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
  return version + sealed.toString('base64url');
}

/** With whichever key fits; undefined for what was sealed with another, for another place, or not at all. */
export function openText(keys: readonly Uint8Array[], place: string, sealed: string): string | undefined {
  if (!sealed.startsWith(version)) return undefined;
  const bytes = Buffer.from(sealed.slice(version.length), 'base64url');
  if (bytes.length < ivBytes + tagBytes) return undefined;
  // One text for each: the last letter has bits to spare (RFC 4648 §3.5).
  if (version + bytes.toString('base64url') !== sealed) return undefined;
  const iv = bytes.subarray(0, ivBytes);
  const tag = bytes.subarray(bytes.length - tagBytes);
  for (const key of keys) {
    const decipher = createDecipheriv(algorithm, key, iv, { authTagLength: tagBytes });
    decipher.setAAD(Buffer.from(place, 'utf8')).setAuthTag(tag);
    try {
      const text = decipher.update(bytes.subarray(ivBytes, bytes.length - tagBytes));
      return Buffer.concat([text, decipher.final()]).toString('utf8');
    } catch {
      // Another key may fit.
    }
  }
  return undefined;
}
