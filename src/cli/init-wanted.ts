// What castellan init is to write, the same for all clients: a Castellan that is started, or the address of one.

import { realpathSync } from 'node:fs';
import type { Entry, Input, Machine, McpClient, Remote, ScopeName, Variable } from '../clients/client.ts';
import { bridgeTo, commandFor, isForShell, type Running } from '../clients/launch.ts';
import { readConfigFile } from '../config-file.ts';
import { withoutSecrets } from '../core/redact.ts';
import type { Fault } from '../core/settings.ts';
import { gateSettings } from '../mcp/gate-settings.ts';
import { version } from '../version.ts';
import { variablesFor } from './entry-variables.ts';

export type Given = Readonly<Record<string, unknown>>;

export type Wanted =
  | { readonly kind: 'remote'; readonly remote: Remote }
  | { readonly kind: 'launch'; readonly flags: readonly string[]; readonly variables: readonly Variable[] };

/** The limits that a client may set at a server over HTTP, by flag. */
const headers: Readonly<Record<string, string>> = {
  toolsets: 'X-MCP-Toolsets',
  tools: 'X-MCP-Tools',
  'exclude-tools': 'X-MCP-Exclude-Tools',
  'read-only': 'X-MCP-Readonly',
};

export function wantRemote(
  address: string,
  given: Given,
): { readonly wanted: Wanted; readonly faults: readonly Fault[] } {
  const faults: Fault[] = [];
  const url = URL.canParse(address) ? new URL(address) : undefined;
  const isHere = url !== undefined && /^(localhost|127\.0\.0\.1|\[::1\])$/.test(url.hostname);
  if (!url || !(url.protocol === 'https:' || (url.protocol === 'http:' && isHere)))
    faults.push({
      where: '--remote',
      problem: `is ${JSON.stringify(address)}`,
      todo: 'Give the whole address of the MCP endpoint, such as https://mcp.example.com/mcp; http is for this machine only.',
    });
  if (url?.username || url?.password)
    faults.push({ where: '--remote', problem: 'holds a password', todo: 'Leave it out: clients sign in.' });
  else if (withoutSecrets(address) !== address)
    faults.push({ where: '--remote', problem: 'holds a secret in its query', todo: 'Leave it out: clients sign in.' });
  for (const flag of ['config', 'sandbox', 'users', 'confirm']) {
    if (given[flag] === undefined || given[flag] === false) continue;
    faults.push({
      where: `--${flag}`,
      problem: 'says nothing to a server elsewhere',
      todo: `Leave out --${flag} or --remote.`,
    });
  }
  const limits = Object.entries(headers).flatMap(([flag, name]) =>
    given[flag] === undefined || given[flag] === false
      ? []
      : [[name, String(given[flag]).replaceAll(' ', '')] as const],
  );
  return { wanted: { kind: 'remote', remote: { url: address, headers: Object.fromEntries(limits) } }, faults };
}

export function wantLaunch(
  machine: Machine,
  given: Given,
): { readonly wanted: Wanted; readonly faults: readonly Fault[] } {
  const faults: Fault[] = [];
  const isSandbox = given.sandbox === true;
  const config = typeof given.config === 'string' ? given.config : undefined;
  const file = readConfigFile({ config }, machine.env, machine.folder, faults);
  if (file.path !== undefined && !file.trusted && !isSandbox)
    faults.push({
      where: file.path,
      problem: 'was only found in this folder, where another program will not look',
      todo: 'Say --config castellan.json to say that it is yours, or run this in another folder.',
    });
  const { variables, faults: lost } = variablesFor(
    machine.env,
    machine.folder,
    file.trusted ? file.content : {},
    !isSandbox,
  );
  const flags = [
    ...(file.path !== undefined && file.trusted ? ['--config', file.path] : []),
    ...(isSandbox ? ['--sandbox'] : []),
    ...(isSandbox && typeof given.users === 'string' ? ['--users', given.users] : []),
    ...Object.values(gateSettings).flatMap(({ flag }) => {
      const value = given[flag];
      if (value === undefined || value === false) return [];
      return value === true ? [`--${flag}`] : [`--${flag}`, String(value)];
    }),
  ];
  return { wanted: { kind: 'launch', flags, variables }, faults: [...faults, ...lost] };
}

export interface Plan {
  readonly entry: Entry;
  readonly inputs: readonly Input[];
  /** What the person must know or do, a sentence each. */
  readonly todo: readonly string[];
}

/** The entry of one client, or why there can be none. */
export function planFor(
  client: McpClient,
  wanted: Wanted,
  machine: Machine,
  scope: ScopeName,
  name: string,
): Plan | Fault {
  if (wanted.kind === 'remote') {
    const { remote } = wanted;
    const next = (client.signIn ?? client.next).replaceAll('NAME', name);
    const odd = findReference(client, [remote.url, ...Object.values(remote.headers)]);
    if (odd) return odd;
    if (client.reached) return { entry: client.reached(remote), inputs: [], todo: [next] };
    const bridge = bridgeTo(remote.url, remote.headers, machine);
    const text = bridge.args.find((each) => isForShell(each, machine));
    if (text !== undefined)
      return {
        where: client.title,
        problem: `would hand ${JSON.stringify(text)} to the shell of Windows, which takes a part of it for its own`,
        todo: 'Give the address without its query, or use a client that takes addresses itself.',
      };
    const entry = client.launched({ ...bridge, variables: [] });
    return { entry, inputs: [], todo: [`${next} mcp-remote, which npx loads, opens the browser to sign in.`] };
  }
  // Who shares the file keeps these elsewhere.
  const variables = wanted.variables.filter(({ place }) => scope === 'user' || !place);
  const secrets = variables.flatMap((each) => (each.value === undefined ? [each.name] : []));
  if (secrets.length > 0 && !client.references) return withoutReferences(client, secrets);
  const { command, args, note } = commandFor(runningHere(), machine, scope);
  const launch = { command, args: [...args, 'serve', ...wanted.flags], variables };
  const literals = [command, ...launch.args, ...variables.flatMap(({ value }) => value ?? [])];
  const odd = findReference(client, literals);
  if (odd) return odd;
  const filledIn = secrets.length > 0 && client.references ? [client.references.todo(secrets)] : [];
  return {
    entry: client.launched(launch),
    inputs: (secrets.length > 0 && client.references?.inputs?.(secrets)) || [],
    todo: [...filledIn, client.next, ...(note === undefined ? [] : [note])],
  };
}

/** What the client would fill in, and an address would carry away. */
function findReference({ title, references }: McpClient, texts: readonly string[]): Fault | undefined {
  const odd = references && texts.find((each) => references.pattern.test(each));
  if (odd === undefined) return undefined;
  const problem = `would take ${JSON.stringify(odd)} for a reference to a variable`;
  return { where: title, problem, todo: 'Use an address, path or value without $.' };
}

function withoutReferences({ title }: McpClient, secrets: readonly string[]): Fault {
  const them = secrets.length === 1 ? 'it' : 'them';
  const todo = [
    `Its file cannot refer to ${them}. Sign in as yourself, so that there is no secret (castellan login; see README,`,
    '    Configure), or describe the tenant in castellan.json with the secret in a file that only you can read,',
    '    {"file": "/full/path"}, and unset the variable. Or try it with --sandbox.',
  ];
  return {
    where: title,
    problem: `would have to be given ${secrets.join(', ')}, and a secret is not written there`,
    todo: todo.join('\n'),
  };
}

export function runningHere(): Running {
  return { node: process.execPath, start: realpathSync(process.argv[1] ?? ''), version };
}
