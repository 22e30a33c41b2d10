// The file of a store before SQLite opens it: whose it is, and who may read it.

import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  fchmodSync,
  fstatSync,
  mkdirSync,
  openSync,
  readSync,
  statSync,
} from 'node:fs';
import { dirname } from 'node:path';

/** SQLite file format §1.3. */
const magic = 'SQLite format 3\0';

/** Makes the file, or makes sure that one which exists is a store; either way its owner alone can read it then. @throws */
export function prepareFile(path: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  // Made before SQLite opens it, so that there is no moment in which others can read it.
  const made = openNew(path);
  const file = made ?? openToRead(path);
  try {
    if (made !== undefined) return;
    // Somebody's other file keeps its rights: asked and changed on one descriptor, so that it is the same file.
    if (!isOurs(file)) throw new Error('it is a file, but not an SQLite database');
    if ((fstatSync(file).mode & 0o077) !== 0) fchmodSync(file, 0o600);
  } finally {
    closeSync(file);
  }
}

function openNew(path: string): number | undefined {
  try {
    return openSync(path, 'ax', 0o600);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return undefined;
    throw error;
  }
}

function isOurs(file: number): boolean {
  const stat = fstatSync(file);
  if (!stat.isFile()) return false;
  if (stat.size === 0) return true;
  const head = Buffer.alloc(magic.length);
  return readSync(file, head, 0, head.length, 0) === head.length && head.toString('latin1') === magic;
}

/** What stands against using this file, seen without opening SQLite and without making anything: quick enough for every start. */
export function findFileProblem(path: string): string | undefined {
  try {
    if (existsSync(path)) {
      accessSync(path, constants.R_OK | constants.W_OK);
      checkKind(path);
    } else {
      let folder = dirname(path);
      while (!existsSync(folder) && dirname(folder) !== folder) folder = dirname(folder);
      if (!statSync(folder).isDirectory()) throw new Error(`${folder} is no folder`);
      accessSync(folder, constants.W_OK | constants.X_OK);
    }
    return undefined;
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    return `${path} cannot be used as a store: ${problem}`;
  }
}

function checkKind(path: string): void {
  const file = openToRead(path);
  try {
    if (!isOurs(file)) throw new Error('it is a file, but not an SQLite database');
  } finally {
    closeSync(file);
  }
}

/** Not waiting for whoever would write to it, should it be a pipe. */
function openToRead(path: string): number {
  return openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
}
