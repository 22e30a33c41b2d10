// A lock between the processes of one user: a file that only one of them can make, and that nobody holds for long.

import { randomUUID } from 'node:crypto';
import { link, mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { CastellanError } from '../core/errors.ts';

/** What is older was left behind by a process that died: nothing under a lock takes as long, milliseconds. */
const staleMs = 45_000;
const waitMs = 60_000;

/** @throws CastellanError when the lock cannot be had. */
export async function holdLock<T>(folder: string, path: string, run: () => Promise<T>): Promise<T> {
  const mine = randomUUID();
  const giveUpAt = Date.now() + waitMs;
  await mkdir(folder, { recursive: true, mode: 0o700 }).catch((error: Error) => {
    throw unusable(folder, error.message);
  });
  while (!(await take(folder, path, mine))) {
    if (Date.now() > giveUpAt) throw unusable(folder, 'another process holds the lock');
    await breakIfStale(path);
    await sleep(25 + Math.random() * 50);
  }
  try {
    return await run();
  } finally {
    await release(path, mine);
  }
}

async function take(folder: string, path: string, mine: string): Promise<boolean> {
  try {
    const file = await open(path, 'wx', 0o600);
    try {
      await file.writeFile(mine);
    } finally {
      await file.close();
    }
    return true;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    // Windows says EPERM while a deleted file is still open somewhere.
    if (code === 'EEXIST' || (code === 'EPERM' && process.platform === 'win32')) return false;
    throw unusable(folder, message);
  }
}

async function release(path: string, mine: string): Promise<void> {
  const holder = await readFile(path, 'utf8').catch(() => undefined);
  if (holder === mine) await rm(path, { force: true }).catch(() => {});
}

async function breakIfStale(path: string): Promise<void> {
  const age = await stat(path).then(
    ({ mtimeMs }) => Date.now() - mtimeMs,
    () => 0,
  );
  if (age < staleMs) return;
  // Of several that see it, one moves it away; who moved a fresh one by mistake puts it back.
  const aside = `${path}.${randomUUID()}`;
  try {
    await rename(path, aside);
    const moved = await stat(aside);
    if (Date.now() - moved.mtimeMs < staleMs) await link(aside, path);
  } catch {
    // Another process was quicker.
  }
  await rm(aside, { force: true }).catch(() => {});
}

function unusable(folder: string, why: string): CastellanError {
  return new CastellanError({
    code: 'bad_configuration',
    message: `The sign-in could not be locked for renewal: ${why}.`,
    hint: `Make ${folder} writable, or set CASTELLAN_DATA to another folder.`,
  });
}
