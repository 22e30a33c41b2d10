// castellan logout: the sign-in of a person is revoked where it came from and forgotten here.

import { defineCommand } from 'citty';
import { loadFor } from './flags.ts';
import { paint, print, tell } from './output.ts';
import { loadPerson, personArgs, tellFailure } from './person.ts';
import { findNeedless, isAddress, readAddress } from './remote.ts';

export default defineCommand({
  args: personArgs,
  async run({ args: given, rawArgs }) {
    try {
      if (isAddress(given.place)) await logoutAt(given.place, given, rawArgs);
      else await logoutAsPerson(given, rawArgs);
    } catch (error) {
      tellFailure(error);
    }
  },
});

type Given = Readonly<Record<string, unknown>>;

async function logoutAt(text: string, given: Given, rawArgs: readonly string[]): Promise<void> {
  const read = readAddress(text);
  const faults = 'fault' in read ? [read.fault] : [];
  const { config } = loadFor(rawArgs, given, personArgs, () => [...faults, ...findNeedless(given, ['tenant'])]);
  if (!('url' in read)) return;
  const { logoutOfServer } = await import('./logout-server.ts');
  await logoutOfServer(read.url, config);
}

async function logoutAsPerson(given: Given, rawArgs: readonly string[]): Promise<void> {
  const person = loadPerson(rawArgs, given, personArgs);
  const { host } = person.platform === 'okta' ? person.origin : person.issuer;
  const done =
    person.platform === 'okta'
      ? await (await import('../platforms/okta/oauth/login.ts')).logout(person)
      : await (await import('../platforms/scalekit/oauth/login.ts')).logout(person);
  if ('because' in done) {
    tell(`Forgotten on this machine, but not revoked at ${host}: ${done.because.message}`);
    tell(
      person.platform === 'okta'
        ? '  An administrator can revoke it: Directory > People > the person > Clear sessions & revoke tokens.'
        : '  It ends by itself; an administrator of the workspace can end the person’s sessions before.',
    );
    process.exitCode = 1;
  } else if (done.was === 'nobody') print(`Nobody was signed in to ${host}.`);
  else print(`${paint('green', '✓')} Signed out of ${host}: revoked there, forgotten here.`);
}
