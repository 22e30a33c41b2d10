// castellan logout: the sign-in of a person is revoked at the organization and forgotten here.

import { defineCommand } from 'citty';
import { loadFor } from './flags.ts';
import { paint, print, tell } from './output.ts';
import { loadPerson, personArgs, tellFailure } from './person.ts';
import { findNeedless, isAddress, readAddress } from './remote.ts';

export default defineCommand({
  args: personArgs,
  async run({ args: given, rawArgs }) {
    if (isAddress(given.platform)) {
      const read = readAddress(given.platform);
      const faults = 'fault' in read ? [read.fault] : [];
      const { config } = loadFor(rawArgs, given, personArgs, () => [...faults, ...findNeedless(given, ['tenant'])]);
      if (!('url' in read)) return;
      const { logoutOfServer } = await import('./logout-server.ts');
      return logoutOfServer(read.url, config);
    }
    const person = loadPerson(rawArgs, given, personArgs);
    const { logout } = await import('../platforms/okta/oauth/login.ts');
    try {
      const done = await logout(person);
      const { host } = person.origin;
      if ('because' in done) {
        tell(`Forgotten on this machine, but not revoked at ${host}: ${done.because.message}`);
        tell('  An administrator can revoke it: Directory > People > the person > Clear sessions & revoke tokens.');
        process.exitCode = 1;
      } else if (done.was === 'nobody') print(`Nobody was signed in to ${host}.`);
      else print(`${paint('green', '✓')} Signed out of ${host}: revoked there, forgotten here.`);
    } catch (error) {
      tellFailure(error);
    }
  },
});
