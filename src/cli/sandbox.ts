// castellan sandbox: a simulated platform alone, for any client of its API.

import { defineCommand } from 'citty';
import { openSandbox } from '../sandbox/index.ts';
import type { Introduction } from '../sandbox/introduction.ts';
import { simulatedPlatforms } from '../sandbox/platforms.ts';
import { signInKinds, signInOf } from '../sandbox/sign-in.ts';
import { checkFlags, numberFlag, readSignInKind } from './flags.ts';
import { paint, print, throwFaults } from './output.ts';
import { checkOciConfig, ociConfigFlag, writeOciConfig } from './sandbox-oci-config.ts';
import { printSettings, readSignInPlaces, showSignIn, signInPlaceFlags } from './sandbox-sign-in.ts';
import { readServiceKey, serviceKeyFlag } from './service-key.ts';
import { untilStopped } from './stop.ts';

const platforms = Object.keys(simulatedPlatforms);

const args = {
  platform: {
    type: 'string',
    description: `What is shown: ${platforms.join(', ')}. All but the first listen on ports after --port.`,
    default: 'okta',
  },
  host: { type: 'string', description: 'Address to listen on.', default: '127.0.0.1' },
  port: { type: 'string', description: 'Port to listen on; 0 takes any free one.', default: '7007' },
  users: { type: 'string', description: 'Users of the simulated organization, 1 to 100000.', default: '250' },
  seed: { type: 'string', description: 'The same seed makes the same organization.', default: '1' },
  latency: { type: 'string', description: 'Milliseconds added to each answer.', default: '0' },
  faults: {
    type: 'string',
    description: 'Share of requests that go wrong (429, 5xx, resets, slow or garbled answers), 0 to 1.',
    default: '0',
  },
  'service-key': serviceKeyFlag,
  'oci-config': ociConfigFlag,
  'sign-in': {
    type: 'string',
    description: `Simulated identity provider whose settings are shown: ${signInKinds.join(', ')}. The last two listen on the port after --port.`,
  },
  ...signInPlaceFlags,
} as const;

export default defineCommand({
  args,
  async run({ args: given, rawArgs }) {
    const port = numberFlag('port', given.port, 0, 65_535);
    const users = numberFlag('users', given.users, 1, 100_000);
    const seed = numberFlag('seed', given.seed, 0, 2 ** 31);
    const latency = numberFlag('latency', given.latency, 0, 60_000);
    const faults = numberFlag('faults', given.faults, 0, 1, false);
    const serviceKey = readServiceKey(given['service-key']);
    const signIn = readSignInKind(given['sign-in'], '--sign-in');
    const { places, faults: misplaced } = readSignInPlaces(given, given['sign-in']);
    const platform = Object.hasOwn(simulatedPlatforms, given.platform) ? simulatedPlatforms[given.platform] : undefined;
    const taken = {
      where: '--sign-in',
      problem: `${signIn.kind} does not go with --platform ${given.platform}: both listen on the port after --port`,
      todo: 'Leave out one.',
    };
    // Okta's is the one at --port itself.
    const clash = platform?.isBeside && signIn.kind !== 'okta' && signIn.kind !== given.platform;
    const todo = `Give one of ${platforms.join(', ')}.`;
    throwFaults([
      ...checkFlags(rawArgs, args),
      ...[port, users, seed, latency, faults, serviceKey].flatMap(({ fault }) => fault ?? []),
      ...signIn.faults,
      ...misplaced,
      ...(platform ? [] : [{ where: '--platform', problem: `is ${JSON.stringify(given.platform)}`, todo }]),
      ...(clash ? [taken] : []),
      ...(await checkOciConfig(given['oci-config'], given.platform)),
    ]);
    const stopped = untilStopped();
    const sandbox = await openSandbox({
      host: given.host,
      port: port.value,
      besidePort: port.value === 0 ? 0 : port.value + 1,
      users: users.value,
      seed: seed.value,
      latencyMs: latency.value,
      ...(faults.value > 0 && { faults: { rate: faults.value } }),
      ...(serviceKey.key && { oauth: { serviceKey: serviceKey.key } }),
    });
    const circumstances = {
      users: users.value,
      latencyMs: latency.value,
      faults: faults.value > 0 ? { rate: faults.value } : null,
      hasServiceKey: serviceKey.key !== undefined,
    };
    if (platform) printIntroduction(await platform.introduce(sandbox, circumstances));
    if (given['oci-config'] !== undefined) await writeOciConfig(await sandbox.oci(), given['oci-config']);
    if (given['sign-in'] !== undefined) showSignIn(await signInOf(sandbox, signIn.kind), places);
    print();
    print('Ctrl-C ends it; everything in it is gone then.');
    await stopped;
    await sandbox.close();
  },
});

function printIntroduction({ what, url, ways }: Introduction): void {
  print(`${paint('bold', what)} is at ${paint('cyan', url)}`);
  for (const { says, settings = {}, commands = [] } of ways) {
    print();
    for (const line of says) print(line);
    printSettings(settings);
    for (const command of commands) print(`  ${command}`);
  }
}
