// What grants access to somebody (a link, a first password) goes to the person at this machine, not through an assistant:
// into a file that only they can read.

import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Writes it and says where, for the person. @throws when it cannot be written. */
export async function handOverByFile(folder: string, now: number, what: string, text: string): Promise<string> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const name = `${new Date(now).toISOString().slice(0, 19).replaceAll(':', '')}-${randomBytes(4).toString('hex')}.txt`;
  await writeFile(join(folder, name), `${what}\n\n${text}\n`, { mode: 0o600, flag: 'wx' });
  return `in the file ${name} in the folder handover of Castellan’s data folder, for the person at that machine. Delete it after use.`;
}
