// castellan login: a person signs in to an organization; the tokens stay on this machine.

import { setTimeout as sleep } from 'node:timers/promises';
import { defineCommand } from 'citty';
import { hasScreen } from '../config.ts';
import { plain } from '../core/plain.ts';
import { openBrowser } from './browser.ts';
import { numberFlag } from './flags.ts';
import { paint, print } from './output.ts';
import { loadPerson, personArgs, tellFailure } from './person.ts';

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
} as const;

export default defineCommand({
  args,
  async run({ args: given, rawArgs }) {
    const port = numberFlag('port', given.port ?? defaultPort, 0, 65_535);
    const both = { where: '--port', problem: 'goes with a browser', todo: 'Leave out --port or --device.' };
    const person = loadPerson(rawArgs, given, args, [
      ...(port.fault ? [port.fault] : []),
      ...(given.device && given.port !== undefined ? [both] : []),
    ]);
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

/** Names after a heading, none of them broken by the edge of the screen. */
function inLines(heading: string, names: readonly string[]): string {
  const width = process.stdout.columns ?? Number.POSITIVE_INFINITY;
  let lines = '';
  let line = `  ${heading}`;
  for (const name of names.map(plain)) {
    if (line.length + 1 + name.length <= width) line += ` ${name}`;
    else {
      lines += `${line}\n`;
      line = `    ${name}`;
    }
  }
  return lines + line;
}
