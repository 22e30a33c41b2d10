// MCP clients for tests of castellan init: a home folder of their own, what they read of their files, and how they start a server.

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { parse as parseToml } from 'smol-toml';
import { runCastellan } from '../trials/castellan.ts';

export interface Home {
  readonly folder: string;
  readonly path: (file: string) => string;
  readonly read: (file: string) => string;
  readonly write: (file: string, text: string) => void;
  /** castellan init, with this home and nothing of this user's environment. */
  readonly init: (args: readonly string[], env?: Readonly<Record<string, string>>) => ReturnType<typeof runCastellan>;
  readonly doctor: (args: readonly string[], env?: Readonly<Record<string, string>>) => ReturnType<typeof runCastellan>;
  readonly remove: () => void;
}

export function makeHome(): Home {
  const folder = mkdtempSync(join(tmpdir(), 'castellan-home-'));
  const path = (file: string) => join(folder, file);
  const run =
    (command: string) =>
    (args: readonly string[], env: Readonly<Record<string, string>> = {}) => {
      // XDG_CONFIG_HOME: where a test runs may have one of its own.
      const own = { HOME: folder, XDG_CONFIG_HOME: path('.config'), CASTELLAN_DATA: path('data') };
      return runCastellan([command, ...args], { folder, env: { ...own, CASTELLAN_SEAL_KEYS: '', ...env } });
    };
  return {
    folder,
    path,
    read: (file) => readFileSync(path(file), 'utf8'),
    write(file, text) {
      mkdirSync(dirname(path(file)), { recursive: true });
      writeFileSync(path(file), text);
    },
    init: run('init'),
    doctor: run('doctor'),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

export interface KnownClient {
  readonly id: string;
  readonly file: string;
  readonly key: string;
  readonly project?: string;
  /** As the client itself reads the file. */
  readonly parse: (text: string) => Record<string, unknown>;
  /** The client's own way of filling in variables, in a string of an entry. */
  readonly fillIn: (text: string, variables: Readonly<Record<string, string>>) => string;
}

const asJson = (text: string) => JSON.parse(text) as Record<string, unknown>;
const strip = (text: string) => text.replace(/("(?:[^"\\]|\\.)*")|\/\/[^\n]*|\/\*[\s\S]*?\*\//g, '$1');
/** Comments are taken out and the rest is JSON: the loader of Gemini CLI (strip-json-comments). */
const withoutComments = (text: string) => asJson(strip(text));
/** VS Code and its kin: trailing commas as well. */
const lenient = (text: string) => asJson(strip(text).replace(/("(?:[^"\\]|\\.)*")|,(?=\s*[}\]])/g, '$1'));
const filling =
  (pattern: RegExp): KnownClient['fillIn'] =>
  (text, variables) =>
    text.replace(pattern, (whole, name: string) => variables[name] ?? whole);

export const knownClients: readonly KnownClient[] = [
  {
    id: 'claude-desktop',
    file: '.config/Claude/claude_desktop_config.json',
    key: 'mcpServers',
    parse: asJson,
    fillIn: (text) => text,
  },
  {
    id: 'claude-code',
    file: '.claude.json',
    project: '.mcp.json',
    key: 'mcpServers',
    parse: asJson,
    fillIn: filling(/\$\{(\w+)\}/g),
  },
  {
    id: 'vscode',
    file: '.config/Code/User/mcp.json',
    project: '.vscode/mcp.json',
    key: 'servers',
    parse: lenient,
    fillIn: (text, variables) =>
      text.replace(
        /\$\{input:castellan-([\w-]+)\}/g,
        (_, id: string) => variables[id.toUpperCase().replaceAll('-', '_')] ?? '',
      ),
  },
  {
    id: 'cursor',
    file: '.cursor/mcp.json',
    project: '.cursor/mcp.json',
    key: 'mcpServers',
    parse: lenient,
    fillIn: filling(/\$\{env:(\w+)\}/g),
  },
  {
    id: 'windsurf',
    file: '.codeium/windsurf/mcp_config.json',
    key: 'mcpServers',
    parse: lenient,
    fillIn: filling(/\$\{env:(\w+)\}/g),
  },
  {
    id: 'gemini',
    file: '.gemini/settings.json',
    project: '.gemini/settings.json',
    key: 'mcpServers',
    parse: withoutComments,
    fillIn: filling(/\$(\w+)/g),
  },
  {
    id: 'codex',
    file: '.codex/config.toml',
    project: '.codex/config.toml',
    key: 'mcp_servers',
    parse: (text) => parseToml(text) as Record<string, unknown>,
    fillIn: (text) => text,
  },
];

export interface ReadEntry {
  readonly command?: string;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly env_vars?: readonly string[];
  readonly [key: string]: unknown;
}

export function entryOf(client: KnownClient, text: string, name = 'castellan'): ReadEntry | undefined {
  const servers = client.parse(text.replace(/^\uFEFF/, ''))[client.key] as Record<string, ReadEntry> | undefined;
  return servers?.[name];
}

/** Starts the entry as its client does, and asks for the names of its tools. */
export async function toolsOf(
  client: KnownClient,
  entry: ReadEntry,
  home: Home,
  variables: Readonly<Record<string, string>> = {},
): Promise<readonly string[]> {
  const fill = (text: string) => client.fillIn(text, variables);
  const passed = Object.fromEntries((entry.env_vars ?? []).map((name) => [name, variables[name] ?? '']));
  const transport = new StdioClientTransport({
    command: fill(entry.command ?? ''),
    args: (entry.args ?? []).map(fill),
    env: {
      PATH: '/usr/bin:/bin',
      HOME: home.folder,
      ...passed,
      ...Object.fromEntries(Object.entries(entry.env ?? {}).map(([name, value]) => [name, fill(value)])),
    },
    cwd: '/',
    stderr: 'ignore',
  });
  const mcp = new Client({ name: client.id, version: '1' });
  await mcp.connect(transport);
  try {
    return (await mcp.listTools()).tools.map(({ name }) => name);
  } finally {
    await mcp.close();
  }
}
