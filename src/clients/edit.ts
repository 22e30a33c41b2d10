// One entry in a client's file: put in, changed or taken out, with everything else as it stands, byte by byte.

import { isDeepStrictEqual } from 'node:util';
import type { Entry, Input, McpClient } from './client.ts';
import { unusable } from './fault.ts';
import { editJson, readJson } from './json.ts';
import { isTable, type Table } from './table.ts';
import { editToml, readToml } from './toml.ts';

/** What a file says of MCP servers. */
export interface Contents {
  readonly root: Table;
  readonly servers: Table;
}

export interface Wanted {
  readonly name: string;
  /** Undefined takes it out. */
  readonly entry: Entry | undefined;
  /** What the client is to ask the person for. */
  readonly inputs: readonly Input[];
}

/**
 * @throws CastellanError bad_configuration, with line and column for a file that its client could not read either
 */
export function readContents(client: McpClient, text: string): Contents {
  const plain = withoutMark(text);
  const root = plain.trim() === '' ? {} : client.syntax === 'toml' ? readToml(plain) : readJson(client, plain);
  const servers = root[client.key] === undefined ? {} : root[client.key];
  if (!isTable(servers)) throw unusable(`${client.key} is there, but holds no servers by name`);
  return { root, servers };
}

/** @throws CastellanError as `readContents`, and where nothing can be changed without touching what is not ours */
export function edit(client: McpClient, text: string, { name, entry, inputs }: Wanted): string {
  const { root, servers } = readContents(client, text);
  const before = Object.hasOwn(servers, name) ? servers[name] : undefined;
  if (before !== undefined && !isTable(before)) throw unusable(`${client.key}.${name} is there, but is no entry`);
  if (entry === undefined && before === undefined) return text;
  const after = entry && mergeEntry(before ?? {}, entry);
  const serversAfter = without({ ...servers, [name]: after });
  const asked = client.references?.inputs && inputsAfter(root.inputs, inputs, serversAfter);
  const isBare = withoutMark(text).trim() === '';
  const plain = isBare ? '' : withoutMark(text);
  const change = { key: client.key, name, before, after };
  const changed =
    client.syntax === 'toml'
      ? editToml(plain, change)
      : editJson(plain, {
          ...change,
          inputs: client.references?.inputs && { before: root.inputs as readonly unknown[] | undefined, after: asked },
        });
  // However the file is written: what comes out says just what it must, and nothing that was there is lost.
  const expected = {
    ...root,
    [client.key]: serversAfter,
    ...(client.references?.inputs && { inputs: asked }),
  };
  if (!says(client, changed, without(expected)))
    throw unusable(
      `the file is written in a way in which ${client.key}.${name} cannot be changed without touching other parts`,
      'Change it by hand; the file was left as it is.',
    );
  return text.slice(0, text.length - withoutMark(text).length) + changed;
}

function says(client: McpClient, text: string, expected: Table): boolean {
  try {
    // Parsers make objects of several kinds.
    const [said, meant] = [readContents(client, text).root, expected].map((root) => structuredClone(root));
    // A table of TOML is not there when nothing is in it.
    return [said, meant].every((root) => isEmpty(root?.[client.key]))
      ? isDeepStrictEqual({ ...said, [client.key]: 0 }, { ...meant, [client.key]: 0 })
      : isDeepStrictEqual(said, meant);
  } catch {
    return false;
  }
}

/** What Castellan says in an entry; everything else in it is the person's. */
const ours = ['type', 'command', 'args', 'env', 'env_vars', 'url', 'httpUrl', 'serverUrl', 'headers', 'http_headers'];
const oursInEnv = /^(CASTELLAN|OKTA|SCALEKIT|OCI|IAM)_/;

function mergeEntry(before: Table, entry: Entry): Entry {
  const kept = Object.entries(before).filter(([key]) => !ours.includes(key) || key in entry);
  const own = isTable(before.env) ? Object.entries(before.env).filter(([name]) => !oursInEnv.test(name)) : [];
  const young: Table = isTable(entry.env) ? entry.env : {};
  const env = 'command' in entry && own.length > 0 ? { env: { ...Object.fromEntries(own), ...young } } : {};
  return { ...Object.fromEntries(kept), ...entry, ...env };
}

/** Those that are referred to or not ours, and new ones; undefined where there is none left. */
function inputsAfter(before: unknown, added: readonly Input[], servers: Table): readonly unknown[] | undefined {
  if (before !== undefined && !Array.isArray(before)) throw unusable('inputs is there, but is no list');
  const list: readonly unknown[] = before ?? [];
  const used = JSON.stringify(servers);
  const idOf = (input: unknown) => (isTable(input) && typeof input.id === 'string' ? input.id : '');
  const kept = list.filter((each) => !idOf(each).startsWith('castellan-') || used.includes(`\${input:${idOf(each)}}`));
  const after = [...kept, ...added.filter(({ id }) => !kept.some((input) => idOf(input) === id))];
  if (after.length > 0) return after;
  // An empty list that was there stays.
  return before !== undefined && list.length === 0 ? list : undefined;
}

function isEmpty(servers: unknown): boolean {
  return servers === undefined || (isTable(servers) && Object.keys(servers).length === 0);
}

function without(table: Table): Table {
  return Object.fromEntries(Object.entries(table).filter(([, value]) => value !== undefined));
}

function withoutMark(text: string): string {
  return text.startsWith('\uFEFF') ? text.slice(1) : text;
}
