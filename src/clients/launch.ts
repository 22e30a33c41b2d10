// How Castellan is started by somebody else, who may have neither its folder nor its Node on the search path.

import { existsSync, readFileSync } from 'node:fs';
import { delimiter, dirname, join, sep } from 'node:path';
import { asObject } from '../core/settings.ts';
import type { Machine, ScopeName } from './client.ts';

export interface Running {
  /** Of this Node. */
  readonly node: string;
  /** Of castellan.js, links resolved. */
  readonly start: string;
  readonly version: string;
}

export interface Command {
  readonly command: string;
  readonly args: readonly string[];
  /** What is true of this machine alone, or only for a time. */
  readonly note?: string;
}

/**
 * In a file of one's own: this Node with this Castellan, by their full paths, for a program of the desktop has another search
 * path than a terminal. From npx, whose folders are cleared away: npx again, with what was asked for and this version. In a file
 * that others share: `castellan`, where it is installed.
 */
export function commandFor({ node, start, version }: Running, machine: Machine, scope: ScopeName): Command {
  const again = throughNpx(start, version);
  if (again !== undefined) return runThrough(machine, 'npx', again);
  if (scope === 'project' && onPath('castellan', machine)) return runThrough(machine, 'castellan', []);
  const note =
    scope === 'project' ? `${start} is a path of this machine; others who share the file need their own.` : '';
  return { command: node, args: [start], ...(note && { note }) };
}

/** A server at an address, for a client that only starts commands. */
export function bridgeTo(url: string, headers: Readonly<Record<string, string>>, machine: Machine): Command {
  // Without a space in an argument: some clients on Windows do not quote them.
  const more = Object.entries(headers).flatMap(([name, value]) => ['--header', `${name}:${value}`]);
  return runThrough(machine, 'npx', ['-y', 'mcp-remote', url, ...more]);
}

/** On Windows npx and what npm installs are scripts, which only a shell starts. */
function runThrough({ platform }: Machine, command: string, args: readonly string[]): Command {
  return platform === 'win32' ? { command: 'cmd', args: ['/c', command, ...args] } : { command, args };
}

/** Whether the shell that starts npx on Windows reads more in an argument than a text: `cmd /c` takes what follows `&` for a command. */
export function isForShell(argument: string, { platform }: Machine): boolean {
  return platform === 'win32' && /[&|<>^"]|%[^%]+%/.test(argument);
}

/** npx as it was called, where it runs us: it writes what it was asked for into the folder that it made. */
function throughNpx(start: string, version: string): readonly string[] | undefined {
  const [folder] = start.split(`${sep}node_modules${sep}`);
  if (folder === undefined || folder === start || !folder.split(sep).includes('_npx')) return undefined;
  const asked = askedFor(join(folder, 'package.json')) ?? 'castellan';
  // A name alone may mean another version tomorrow; a file or an address stands for itself.
  const name = /^((?:@[\w.-]+\/)?[\w.-]+)(?:@[\w.^~*<>=-]*)?$/.exec(asked)?.[1];
  return name === undefined ? ['-y', '--package', asked, 'castellan'] : ['-y', `${name}@${version}`];
}

function askedFor(file: string): string | undefined {
  try {
    const { _npx } = asObject(JSON.parse(readFileSync(file, 'utf8'))) ?? {};
    const packages = asObject(_npx)?.packages;
    return Array.isArray(packages) && typeof packages[0] === 'string' ? packages[0] : undefined;
  } catch {
    return undefined;
  }
}

function onPath(name: string, { env, platform }: Machine): boolean {
  const names = platform === 'win32' ? [`${name}.cmd`, `${name}.exe`] : [name];
  const folders = (env.PATH ?? env.Path ?? '').split(delimiter).filter((folder) => !isOfProject(folder));
  return folders.some((folder) => names.some((each) => existsSync(join(folder, each))));
}

/** npm puts a project's own programs on the path of its scripts. */
function isOfProject(folder: string): boolean {
  return (
    folder === '' || dirname(folder).endsWith(`${sep}node_modules`) || folder.endsWith(join('node_modules', '.bin'))
  );
}
