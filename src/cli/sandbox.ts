// castellan sandbox: the simulated organization alone, for any Okta client.

import { defineCommand } from 'citty';
import { openSandbox, sandboxPassword } from '../sandbox/index.ts';
import { type SandboxSignIn, signInKinds, signInOf } from '../sandbox/sign-in.ts';
import { checkFlags, numberFlag, readSignInKind } from './flags.ts';
import { paint, print, throwFaults } from './output.ts';
import { readServiceKey, serviceKeyFlag } from './service-key.ts';
import { untilStopped } from './stop.ts';

const args = {
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
  'sign-in': {
    type: 'string',
    description: `Simulated identity provider whose settings are shown: ${signInKinds.join(', ')}. The last two listen on the port after --port.`,
  },
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
    throwFaults([
      ...checkFlags(rawArgs, args),
      ...[port, users, seed, latency, faults, serviceKey].flatMap(({ fault }) => fault ?? []),
      ...signIn.faults,
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
    print(
      `${paint('bold', 'A simulated Okta organization')} with ${users.value} users is at ${paint('cyan', sandbox.okta.url)}`,
    );
    print();
    print('Point any Okta client at it; this token opens nothing but the simulation:');
    print(`  export OKTA_CLIENT_ORGURL=${sandbox.okta.url}`);
    print(`  export OKTA_API_TOKEN=${sandbox.okta.token}`);
    print(`  curl -s -H "Authorization: SSWS $OKTA_API_TOKEN" "$OKTA_CLIENT_ORGURL/api/v1/users?limit=2"`);
    print();
    print('Or with OAuth (unset OKTA_API_TOKEN first). As one of its people:');
    print(`  export OKTA_CLIENT_ID=${sandbox.okta.oauth.nativeClientId}; castellan login okta`);
    if (serviceKey.key) {
      print('As its service app, with your private key:');
      print(`  export OKTA_CLIENT_ID=${sandbox.okta.oauth.serviceClientId}`);
      print('  export OKTA_PRIVATE_KEY="$(cat key.pem)"; castellan doctor');
    } else print('As its service app: start again with --service-key and your public key.');
    if (given['sign-in'] !== undefined) printSignIn(await signInOf(sandbox, signIn.kind));
    print();
    print('Ctrl-C ends it; everything in it is gone then.');
    await stopped;
    await sandbox.close();
  },
});

/** What makes its people sign in at Castellan, where that listens as it does by itself. */
function printSignIn(at: SandboxSignIn): void {
  print();
  print(`Or for Castellan over HTTP, at which its people sign in, everybody with the password ${sandboxPassword}:`);
  const settings = {
    CASTELLAN_PUBLIC_URL: 'http://127.0.0.1:3000/mcp',
    CASTELLAN_SIGN_IN_ISSUER: at.issuer,
    CASTELLAN_SIGN_IN_PROVIDER: at.provider,
    CASTELLAN_SIGN_IN_CLIENT_ID: at.clientId,
    CASTELLAN_SIGN_IN_CLIENT_SECRET: at.clientSecret,
    ...(at.tenant !== undefined && { CASTELLAN_AUTH_TENANT: at.tenant }),
  };
  for (const [name, value] of Object.entries(settings)) print(`  export ${name}=${value}`);
  print('  castellan serve --http');
}
