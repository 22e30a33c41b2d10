// An MCP server at an address, as commands use it: with the sign-in that is kept on this machine.

import { join } from 'node:path';
import type { ArgsDef } from 'citty';
import { type Connected, type ConnectOptions, connectServer } from '../chat/connect.ts';
import type { AuthorizeOptions } from '../chat/sign-in/authorize.ts';
import { createSignedFetch, type SignedFetchOptions } from '../chat/sign-in/signed-fetch.ts';
import type { Config } from '../config.ts';
import type { Fault } from '../core/settings.ts';
import { createVault } from '../stores/vault.ts';
import { loadFor } from './flags.ts';
import { tell } from './output.ts';

/** Whether an argument names a server by its address. */
export function isAddress(text: unknown): text is string {
  return typeof text === 'string' && /^https?:/i.test(text);
}

/** An address as somebody typed it, or what is wrong with it. */
export function readAddress(text: string): { readonly url: URL } | { readonly fault: Fault } {
  const fault = (problem: string, todo: string) => ({ fault: { where: 'server', problem, todo } });
  const url = isAddress(text) && URL.canParse(text) ? new URL(text) : undefined;
  if (!url?.hostname)
    return fault(`is ${JSON.stringify(text)}, no address`, 'Write it whole, such as https://mcp.acme.com/mcp.');
  if (url.username !== '' || url.password !== '')
    return fault(
      'holds a user or password',
      `Leave them out, and sign in: castellan login ${url.origin}${url.pathname}`,
    );
  url.hash = '';
  return { url };
}

/** Flags that do not go with a server at an address: it has settings of its own. */
export function findNeedless(given: Readonly<Record<string, unknown>>, flags: readonly string[]): Fault[] {
  return flags
    .filter((flag) => given[flag] !== undefined && given[flag] !== false)
    .map((flag) => ({
      where: `--${flag}`,
      problem: 'is a setting of Castellan itself, and does not go with an address',
      todo: 'Leave it out, or leave out the address.',
    }));
}

export function openVault(config: Config) {
  return createVault({
    folder: join(config.dataFolder, 'credentials'),
    say: tell,
    keyring: config.state.keyring,
  });
}

/** What a sign-in at an address takes. */
export function authorizeOptions(server: URL, config: Config): AuthorizeOptions {
  const { clientId, clientSecret, issuer, clientMetadataUrl: metadataUrl } = config.client;
  const client = { clientId, clientSecret: clientSecret?.reveal(), issuer, metadataUrl };
  return { server, vault: openVault(config), client, fetch, now: Date.now };
}

/** Connects with what is kept; a sign-in that is needed ends in what to run, unless `signIn` has the person do it. */
export function connectRemote(
  server: URL,
  config: Config,
  options: ConnectOptions & Pick<SignedFetchOptions, 'signIn' | 'anew'> = {},
): Promise<Connected> {
  const { signIn, anew = false, ...connecting } = options;
  const { vault, now } = authorizeOptions(server, config);
  const signed = createSignedFetch({ server, vault, fetch, now, anew, signIn });
  return connectServer({ url: server }, { ...connecting, fetch: signed });
}

/** The server that an argument names; all faults of the arguments at once. @param own flags that it has no use for */
export function openAt(
  text: string,
  given: Readonly<Record<string, unknown>>,
  rawArgs: readonly string[],
  args: ArgsDef,
  own: readonly string[],
  options: { readonly ask?: ConnectOptions['ask']; readonly faults?: readonly Fault[] } = {},
): Promise<Connected> {
  const read = readAddress(text);
  const faults = [...(options.faults ?? []), ...('fault' in read ? [read.fault] : []), ...findNeedless(given, own)];
  const { config } = loadFor(rawArgs, given, args, () => faults);
  if (!('url' in read)) throw new TypeError('a faulty address was not told');
  return connectRemote(read.url, config, { ask: options.ask });
}
