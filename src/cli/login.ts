// castellan login: a person signs in to an organization, or to an MCP server; the tokens stay on this machine.

import { setTimeout as sleep } from 'node:timers/promises';
import { defineCommand } from 'citty';
import { clientSettings } from '../chat/sign-in/settings.ts';
import { hasScreen } from '../config.ts';
import { plain } from '../core/plain.ts';
import type { Fault } from '../core/settings.ts';
import { openBrowser } from './browser.ts';
import { flagsOf, loadFor, numberFlag } from './flags.ts';
import { paint, print } from './output.ts';
import { loadPerson, type Person, personArgs, tellFailure } from './person.ts';
import { findNeedless, isAddress, readAddress } from './remote.ts';
import { inLines, paragraphs } from './table.ts';

/** Okta compares the whole address with what is registered, so the port does not change by itself. */
const defaultPort = { okta: 8976, scalekit: 0 } as const;
const waitMs = 5 * 60_000;
const say = (text: string) => print(paragraphs(text));

const args = {
  ...personArgs,
  device: {
    type: 'boolean',
    description: 'Show a code to type in on another device; so it is where there is no browser.',
    default: false,
  },
  port: {
    type: 'string',
    description: `Port on this machine for the browser to come back to, 0 for any; at Okta http://127.0.0.1:PORT/callback must be registered with the app. Default: ${defaultPort.okta} for Okta, else any.`,
    valueHint: 'port',
  },
  scope: {
    type: 'string',
    description: 'With an address: scopes to ask for beside those that the server wants.',
    valueHint: 'scopes',
  },
  ...flagsOf(clientSettings),
} as const;

export default defineCommand({
  args,
  async run({ args: flags, rawArgs }) {
    const given: LoginFlags = flags.place === undefined ? { ...flags, place: await choose(flags, rawArgs) } : flags;
    try {
      if (isAddress(given.place)) await loginAt(given.place, given, rawArgs);
      else await loginAsPerson(given, rawArgs);
    } catch (error) {
      tellFailure(error);
    }
  },
});

interface LoginFlags extends Readonly<Record<string, unknown>> {
  readonly place?: string | undefined;
  readonly device: boolean;
  readonly port?: string | undefined;
  readonly scope?: string | undefined;
}

/** Where nothing was named: the person says, or reads what there is. */
async function choose(flags: LoginFlags, rawArgs: readonly string[]): Promise<string> {
  const { config } = loadFor(rawArgs, flags, args);
  const { choosePlace } = await import('./login-places.ts');
  return choosePlace(config);
}

async function loginAt(text: string, given: LoginFlags, rawArgs: readonly string[]): Promise<void> {
  const read = readAddress(text);
  const port = given.port === undefined ? undefined : numberFlag('port', given.port, 0, 65_535);
  const faults = [...('fault' in read ? [read.fault] : []), ...(port?.fault ? [port.fault] : []), ...bothWays(given)];
  const { config } = loadFor(rawArgs, given, args, () => [...faults, ...findNeedless(given, ['tenant'])]);
  if (!('url' in read)) return;
  const { loginToServer } = await import('./login-server.ts');
  const { device, scope } = given;
  await loginToServer({ server: read.url, config, device, port: port?.value, scope });
}

async function loginAsPerson(given: LoginFlags, rawArgs: readonly string[]): Promise<void> {
  const port = given.port === undefined ? undefined : numberFlag('port', given.port, 0, 65_535);
  const person = loadPerson(rawArgs, given, args, [
    ...(port?.fault ? [port.fault] : []),
    ...bothWays(given),
    ...findForAddresses(given),
  ]);
  if (person.platform === 'okta') return loginToOkta(person, given, port?.value);
  const { loginWithBrowser } = await import('../platforms/scalekit/oauth/login.ts');
  const { scopes, refreshToken, expiresAt } = await loginWithBrowser({
    ...person,
    port: port?.value ?? defaultPort.scalekit,
    openBrowser,
    say,
    waitMs,
  });
  print(`${paint('green', '✓')} Signed in to ${person.issuer.host}, for ${plain(person.resource)}.`);
  print(inLines('Scopes:', [...scopes].sort()));
  const minutes = Math.max(1, Math.round((expiresAt - Date.now()) / 60_000));
  if (refreshToken === undefined)
    print(`  It ends in ${minutes} minutes: no refresh token was given. Allow refresh tokens for the client.`);
}

async function loginToOkta(
  person: Extract<Person, { platform: 'okta' }>,
  given: LoginFlags,
  port: number | undefined,
): Promise<void> {
  const { loginWithBrowser, loginWithDevice } = await import('../platforms/okta/oauth/login.ts');
  const options = { ...person, sleep, say };
  const { who, granted, missing, bound, lasting } =
    given.device || (port === undefined && !hasScreen())
      ? await loginWithDevice(options)
      : await loginWithBrowser({ ...options, port: port ?? defaultPort.okta, openBrowser, waitMs });
  const as = who === undefined ? '' : ` as ${plain(who)}`;
  print(`${paint('green', '✓')} Signed in to ${person.origin.host}${as} (${bound ? 'DPoP' : 'bearer'} token).`);
  // What signing in itself takes is not what anybody asks about.
  const scopes = [...granted].filter((scope) => scope.includes('.')).sort();
  print(inLines('Scopes:', scopes));
  if (missing.length > 0) print(inLines('Not granted, so their tools will not work:', missing));
  if (!lasting)
    print('  Okta gave no refresh token, so this ends within the hour: enable Refresh Token at the app’s Grant type.');
}

function bothWays({ device, port }: LoginFlags): Fault[] {
  if (!device || port === undefined) return [];
  return [{ where: '--port', problem: 'goes with a browser', todo: 'Leave out --port or --device.' }];
}

function findForAddresses(given: LoginFlags): Fault[] {
  return ['scope', 'client-id', 'issuer', 'client-metadata-url']
    .filter((flag) => given[flag] !== undefined)
    .map((flag) => ({
      where: `--${flag}`,
      problem: 'goes with the address of an MCP server',
      todo: 'Leave it out: what a tenant needs is in its settings.',
    }));
}
