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
import { loadPerson, personArgs, tellFailure } from './person.ts';
import { findNeedless, isAddress, readAddress } from './remote.ts';
import { inLines } from './table.ts';

/** Okta compares the whole address with what is registered, so the port does not change by itself. */
const defaultPort = 8976;
const waitMs = 5 * 60_000;

const args = {
  ...personArgs,
  device: {
    type: 'boolean',
    description: 'Show a code to type in on another device; so it is where there is no browser.',
    default: false,
  },
  port: {
    type: 'string',
    description: `Port on this machine for the browser to come back to, 0 for any; http://127.0.0.1:PORT/callback must be registered with the app. Default: ${defaultPort}.`,
    valueHint: 'port',
  },
  scope: {
    type: 'string',
    description: 'With an address: scopes to ask for beside those that the server wants.',
    valueHint: 'scopes',
  },
  ...flagsOf(clientSettings),
} as const;

async function loginAt(text: string, given: LoginFlags, rawArgs: readonly string[]): Promise<void> {
  const read = readAddress(text);
  const port = given.port === undefined ? undefined : numberFlag('port', given.port, 0, 65_535);
  const faults = [...('fault' in read ? [read.fault] : []), ...(port?.fault ? [port.fault] : []), ...bothWays(given)];
  const { config } = loadFor(rawArgs, given, args, () => [...faults, ...findNeedless(given, ['tenant'])]);
  if (!('url' in read)) return;
  const { loginToServer } = await import('./login-server.ts');
  const { device, scope } = given;
  try {
    await loginToServer({ server: read.url, config, device, port: port?.value, scope });
  } catch (error) {
    tellFailure(error);
  }
}

interface LoginFlags extends Readonly<Record<string, unknown>> {
  readonly device: boolean;
  readonly port?: string | undefined;
  readonly scope?: string | undefined;
}

function bothWays({ device, port }: LoginFlags): Fault[] {
  if (!device || port === undefined) return [];
  return [{ where: '--port', problem: 'goes with a browser', todo: 'Leave out --port or --device.' }];
}

export default defineCommand({
  args,
  async run({ args: given, rawArgs }) {
    if (isAddress(given.platform)) return loginAt(given.platform, given, rawArgs);
    const port = numberFlag('port', given.port ?? defaultPort, 0, 65_535);
    const person = loadPerson(rawArgs, given, args, [...(port.fault ? [port.fault] : []), ...bothWays(given)]);
    const { loginWithBrowser, loginWithDevice } = await import('../platforms/okta/oauth/login.ts');
    const options = { ...person, sleep, say: print };
    try {
      const { who, granted, missing, bound, lasting } =
        given.device || (given.port === undefined && !hasScreen())
          ? await loginWithDevice(options)
          : await loginWithBrowser({ ...options, port: port.value, openBrowser, waitMs });
      const as = who === undefined ? '' : ` as ${plain(who)}`;
      print(`${paint('green', '✓')} Signed in to ${person.origin.host}${as} (${bound ? 'DPoP' : 'bearer'} token).`);
      // What signing in itself takes is not what anybody asks about.
      const scopes = [...granted].filter((scope) => scope.includes('.')).sort();
      print(inLines('Scopes:', scopes));
      if (missing.length > 0) print(inLines('Not granted, so their tools will not work:', missing));
      if (!lasting) {
        print(
          '  Okta gave no refresh token, so this ends within the hour: enable Refresh Token at the app’s Grant type.',
        );
      }
    } catch (error) {
      tellFailure(error);
    }
  },
});
