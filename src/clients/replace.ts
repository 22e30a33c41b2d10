// Replacing a file that others read: whole or not at all, with its mode, through links, after a copy of it was kept.

import { randomBytes } from 'node:crypto';
import { chmod, copyFile, mkdir, open, readFile, readlink, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { CastellanError } from '../core/errors.ts';

/** Undefined where there is none. @throws CastellanError bad_configuration where it cannot be read, or is not UTF-8 */
export async function readText(file: string): Promise<string | undefined> {
  let bytes: Buffer;
  try {
    bytes = await readFile(file);
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return undefined;
    throw refused(file, `cannot be read (${codeOf(error)})`, 'Mend its permissions.');
  }
  const text = bytes.toString('utf8');
  if (!Buffer.from(text, 'utf8').equals(bytes)) throw refused(file, 'is not UTF-8', 'Save it as UTF-8.');
  return text;
}

export interface Replacement {
  readonly file: string;
  /** What was read; undefined where there was no file. */
  readonly before: string | undefined;
  readonly after: string;
  /** Of a file that is not there yet. */
  readonly newMode: number;
  /** Where copies are kept, and as what. */
  readonly backup: { readonly folder: string; readonly name: string };
}

/**
 * @returns the path of the copy; undefined where there was no file
 * @throws CastellanError not_allowed for a file or folder that may not be written, bad_configuration for one that was changed since
 */
export async function replaceFile({ file, before, after, newMode, backup }: Replacement): Promise<string | undefined> {
  // Whoever keeps such files elsewhere put a link here.
  const target = before === undefined ? await targetOf(file) : await realpath(file);
  const mode = before === undefined ? newMode : (await stat(target)).mode & 0o7777;
  if (before !== undefined && (mode & 0o200) === 0)
    throw refused(
      file,
      'is read-only',
      `Allow writing (chmod u+w ${file}), or put the entry in by hand.`,
      'not_allowed',
    );
  try {
    const copy = before === undefined ? undefined : await keepCopy(target, backup);
    if (before === undefined) await mkdir(dirname(target), { recursive: true });
    const beside = join(dirname(target), `.${basename(target)}.${randomBytes(6).toString('hex')}`);
    try {
      const handle = await open(beside, 'wx', 0o600);
      try {
        await handle.writeFile(after, 'utf8');
        await handle.sync();
      } finally {
        await handle.close();
      }
      await chmod(beside, mode);
      if ((await readText(target)) !== before)
        throw refused(file, 'was changed by another program meanwhile', 'Run it again.');
      await rename(beside, target);
    } finally {
      await rm(beside, { force: true });
    }
    return copy;
  } catch (error) {
    if (error instanceof CastellanError) throw error;
    throw refused(
      file,
      `cannot be written (${codeOf(error)})`,
      'Mend the permissions of the file and its folder.',
      'not_allowed',
    );
  }
}

/** A link may lead to a file that is not there yet. */
async function targetOf(file: string): Promise<string> {
  try {
    return resolve(dirname(file), await readlink(file));
  } catch {
    return file;
  }
}

/** Whether a link on the way to a file leads out of a folder: what lies in a folder may be somebody else's. */
export async function leadsOut(file: string, folder: string): Promise<boolean> {
  const way = relative(await realpath(folder), await placeOf(file));
  return way === '..' || way.startsWith(`..${sep}`) || isAbsolute(way);
}

/** Where a file is, or would be. */
async function placeOf(file: string): Promise<string> {
  try {
    return await realpath(file);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT' || dirname(file) === file) throw error;
    const target = await targetOf(file);
    return target === file ? join(await placeOf(dirname(file)), basename(file)) : placeOf(target);
  }
}

/** In a folder that only its owner sees: what is copied may hold other people's secrets. */
async function keepCopy(target: string, { folder, name }: Replacement['backup']): Promise<string> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const copy = join(folder, name);
  await copyFile(target, copy);
  await chmod(copy, 0o600);
  return copy;
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason';
}

function refused(
  file: string,
  problem: string,
  hint: string,
  code: 'bad_configuration' | 'not_allowed' = 'bad_configuration',
): CastellanError {
  return new CastellanError({ code, message: `${file} ${problem}`, hint });
}
