// The configuration file: where it is looked for, whether it may be trusted, and what of it cannot be read.

import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { asObject, type Fault, type Sources } from './core/settings.ts';

export type Environment = Readonly<Record<string, string | undefined>>;
export type Flags = Sources['flags'];

export interface ConfigFile {
  readonly path: string | undefined;
  readonly name: string;
  readonly content: Readonly<Record<string, unknown>>;
  /** Named by the user, rather than found in whatever folder the process was started in. */
  readonly trusted: boolean;
}

export function readConfigFile(flags: Flags, env: Environment, folder: string, faults: Fault[]): ConfigFile {
  const named = typeof flags.config === 'string' ? flags.config : env.CASTELLAN_CONFIG || undefined;
  const candidates =
    named === undefined
      ? [join(folder, 'castellan.json'), join(configFolderOf(env), 'castellan.json')]
      : [resolve(folder, named)];
  for (const path of candidates) {
    const text = readOptional(path, faults);
    if (text === undefined) continue;
    const trusted = named !== undefined || path !== candidates[0];
    const content = parseJson(text, path, faults);
    return { path, name: 'castellan.json', content, trusted };
  }
  if (named !== undefined && faults.length === 0) faults.push(unreadable(named));
  return { path: undefined, name: 'castellan.json', content: {}, trusted: true };
}

/** Only a file that does not exist is no file: one that cannot be read may say what nobody then heeds. */
function readOptional(path: string, faults: Fault[]): string | undefined {
  try {
    return readFileSync(path, 'utf8').replace(/^\uFEFF/, '');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code !== 'ENOENT' && code !== 'ENOTDIR') faults.push(unreadable(path));
    return undefined;
  }
}

function unreadable(where: string): Fault {
  return { where, problem: 'cannot be read', todo: 'Name a configuration file that exists and that you may read.' };
}

function parseJson(text: string, path: string, faults: Fault[]): Record<string, unknown> {
  try {
    const content = asObject(JSON.parse(text));
    if (content) return content;
    faults.push({ where: path, problem: 'is not a JSON object', todo: 'Write { "tenants": { … } }.' });
  } catch (error) {
    faults.push({
      where: path,
      problem: `is not JSON: ${error instanceof Error ? error.message : error}`,
      todo: 'Mend the file.',
    });
  }
  return {};
}

/** XDG base directories, and their like on macOS and Windows. */
export function dataFolderOf(env: Environment): string {
  if (env.CASTELLAN_DATA) return env.CASTELLAN_DATA;
  const home = homedir();
  if (process.platform === 'win32') return join(env.LOCALAPPDATA ?? join(home, 'AppData', 'Local'), 'Castellan');
  if (process.platform === 'darwin') return join(home, 'Library', 'Application Support', 'Castellan');
  return join(env.XDG_DATA_HOME || join(home, '.local', 'share'), 'castellan');
}

function configFolderOf(env: Environment): string {
  const home = homedir();
  if (process.platform === 'win32') return join(env.APPDATA ?? join(home, 'AppData', 'Roaming'), 'Castellan');
  if (process.platform === 'darwin') return join(home, 'Library', 'Application Support', 'Castellan');
  return join(env.XDG_CONFIG_HOME || join(home, '.config'), 'castellan');
}
