// What stands in a client's file about Castellan: which entries are ours, how they start it, and what they give away.

import { access } from 'node:fs/promises';
import { isAbsolute } from 'node:path';
import { CastellanError } from '../core/errors.ts';
import type { Machine, McpClient, ScopeName } from './client.ts';
import { readContents } from './edit.ts';
import { readText } from './replace.ts';
import { isTable, type Table } from './table.ts';

export interface FoundEntry {
  readonly name: string;
  readonly entry: Table;
}

export interface Look {
  readonly client: McpClient;
  readonly scope: ScopeName;
  readonly file: string;
  /** Ours among its entries; a text where the file cannot be read. */
  readonly found: readonly FoundEntry[] | string;
}

export async function isInstalled(client: McpClient, machine: Machine): Promise<boolean> {
  const places = client.places.project ? [client.places.project(machine)] : [];
  const there = await Promise.all([...client.traces(machine), ...places].map(exists));
  return there.includes(true);
}

/** The files that are there. */
export async function lookAt(client: McpClient, machine: Machine): Promise<readonly Look[]> {
  const looks: Look[] = [];
  for (const scope of ['user', 'project'] as const) {
    const file = client.places[scope]?.(machine);
    // In the home folder the project's file is the user's own.
    if (file === undefined || looks.some((look) => look.file === file)) continue;
    try {
      const text = await readText(file);
      if (text === undefined) continue;
      const { servers } = readContents(client, text);
      looks.push({
        client,
        scope,
        file,
        found: Object.entries(servers).flatMap(([name, entry]) => ourOwn(name, entry)),
      });
    } catch (error) {
      if (!(error instanceof CastellanError)) throw error;
      looks.push({ client, scope, file, found: error.message });
    }
  }
  return looks;
}

function ourOwn(name: string, entry: unknown): readonly FoundEntry[] {
  return isTable(entry) && (name === 'castellan' || isOurs(name, entry)) ? [{ name, entry }] : [];
}

const program = /(^|[/\\])castellan(\.js|\.cmd|\.exe)?(@[^/\\]*)?$/;

/**
 * Whether an entry starts Castellan, or leads to one. An address tells nothing of whose it is: it is ours by its name, or where
 * it is the one that is meant.
 */
export function isOurs(name: string, entry: Table, meant?: string): boolean {
  const words = wordsOf(entry);
  if (words.some((word) => program.test(word))) return true;
  if (words.length > 0 && !isBridge(entry)) return false;
  return /castellan/i.test(name) || (meant !== undefined && addressOf(entry) === meant);
}

/** Whether it leads to an address, whosever it is. */
export function isBridge(entry: Table): boolean {
  const words = wordsOf(entry);
  return words.length === 0 || words.some((word) => /^mcp-remote(@|$)/.test(word));
}

/** Where it leads: its own address, or that of mcp-remote. */
export function addressOf(entry: Table): string | undefined {
  const own = [entry.url, entry.httpUrl, entry.serverUrl].find((each) => typeof each === 'string');
  return own ?? wordsOf(entry).find((word) => /^https?:\/\//.test(word));
}

/** The command with its arguments. */
export function wordsOf({ command, args }: Table): readonly string[] {
  const list: readonly unknown[] = Array.isArray(args) ? args : [];
  return [command, ...list].filter((word) => typeof word === 'string');
}

/** Full paths that it starts with and that are not there. */
export async function missingIn(entry: Table): Promise<readonly string[]> {
  const paths = wordsOf(entry).filter((word, place) => isAbsolute(word) && (place < 2 || program.test(word)));
  const there = await Promise.all(paths.map(exists));
  return paths.filter((_, place) => !there[place]);
}

/** Variables whose values stand in the entry although they are secrets, by name. */
export function secretsIn(client: McpClient, { env, headers, http_headers }: Table, secretNames: ReadonlySet<string>) {
  const pattern = client.references?.pattern;
  const isLiteral = (value: unknown) => typeof value === 'string' && value !== '' && !(pattern?.test(value) ?? false);
  const named = isTable(env)
    ? Object.entries(env).filter(([name, value]) => secretNames.has(name) && isLiteral(value))
    : [];
  const sent = [headers, http_headers].flatMap((each) => (isTable(each) ? Object.entries(each) : []));
  const tokens = sent.filter(([name, value]) => /^authorization$/i.test(name) && isLiteral(value));
  return [...named, ...tokens].map(([name]) => name);
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch {
    return false;
  }
}
