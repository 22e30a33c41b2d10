// castellan sandbox: the simulated organization alone, for any Okta client; or its Scalekit workspace, for any client of that.

import { defineCommand } from 'citty';
import { openSandbox, type SandboxOkta, type SandboxScalekit, sandboxPassword } from '../sandbox/index.ts';
import { signInKinds, signInOf } from '../sandbox/sign-in.ts';
import { checkFlags, numberFlag, readSignInKind } from './flags.ts';
import { paint, print, throwFaults } from './output.ts';
import { readSignInPlaces, showSignIn, signInPlaceFlags } from './sandbox-sign-in.ts';
import { readServiceKey, serviceKeyFlag } from './service-key.ts';
import { untilStopped } from './stop.ts';

const platforms = ['okta', 'scalekit'] as const;

const args = {
  platform: {
    type: 'string',
    description: `What is shown: ${platforms.join(' or ')}, which takes the three ports after --port.`,
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
  'sign-in': {
    type: 'string',
    description: `Simulated identity provider whose settings are shown: ${signInKinds.join(', ')}. The last two listen on the port after --port.`,
  },
  ...signInPlaceFlags,
} as const;

/** Both listen on the port after --port. */
const portsTaken = { where: '--sign-in', problem: 'oci does not go with --platform scalekit', todo: 'Leave out one.' };

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
    const platform = platforms.find((name) => name === given.platform);
    const todo = `Give one of ${platforms.join(', ')}.`;
    throwFaults([
      ...checkFlags(rawArgs, args),
      ...[port, users, seed, latency, faults, serviceKey].flatMap(({ fault }) => fault ?? []),
      ...signIn.faults,
      ...misplaced,
      ...(platform ? [] : [{ where: '--platform', problem: `is ${JSON.stringify(given.platform)}`, todo }]),
      ...(platform === 'scalekit' && signIn.kind === 'oci' ? [portsTaken] : []),
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
    if (platform === 'scalekit') {
      const scalekit = await sandbox.scalekit();
      scalekit.setLatency(latency.value);
      if (faults.value > 0) scalekit.setFaults({ rate: faults.value });
      printScalekit(scalekit);
    } else printOkta(sandbox.okta, users.value, serviceKey.key !== undefined);
    if (given['sign-in'] !== undefined) showSignIn(await signInOf(sandbox, signIn.kind), places);
    print();
    print('Ctrl-C ends it; everything in it is gone then.');
    await stopped;
    await sandbox.close();
  },
});

function printOkta(okta: SandboxOkta, users: number, hasKey: boolean): void {
  print(`${paint('bold', 'A simulated Okta organization')} with ${users} users is at ${paint('cyan', okta.url)}`);
  print();
  print('Point any Okta client at it; this token opens nothing but the simulation:');
  print(`  export OKTA_CLIENT_ORGURL=${okta.url}`);
  print(`  export OKTA_API_TOKEN=${okta.token}`);
  print(`  curl -s -H "Authorization: SSWS $OKTA_API_TOKEN" "$OKTA_CLIENT_ORGURL/api/v1/users?limit=2"`);
  print();
  print('Or with OAuth (unset OKTA_API_TOKEN first). As one of its people:');
  print(`  export OKTA_CLIENT_ID=${okta.oauth.nativeClientId}; castellan login okta`);
  if (hasKey) {
    print('As its service app, with your private key:');
    print(`  export OKTA_CLIENT_ID=${okta.oauth.serviceClientId}`);
    print('  export OKTA_PRIVATE_KEY="$(cat key.pem)"; castellan doctor');
  } else print('As its service app: start again with --service-key and your public key.');
}

/** Both ways to its API: as an environment's own client, and as somebody of the workspace. */
function printScalekit({ url, production, development, apiUrl, client, login }: SandboxScalekit): void {
  print(`${paint('bold', 'A simulated Scalekit environment')} is at ${paint('cyan', url)}`);
  print();
  print('Point any client of its API at it; this secret opens nothing but the simulation:');
  print(`  export SCALEKIT_ENVIRONMENT_URL=${url}`);
  print(`  export SCALEKIT_CLIENT_ID=${client.id}`);
  print(`  export SCALEKIT_CLIENT_SECRET=${client.secret}`);
  print(
    `  curl -s -u "$SCALEKIT_CLIENT_ID:$SCALEKIT_CLIENT_SECRET" -d grant_type=client_credentials ${url}/oauth/token`,
  );
  print();
  print(`Its workspace has another environment, at ${development.url} (client ${development.client.id}, secret`);
  print(`${development.client.secret}), and answers for both at ${apiUrl},`);
  print(`as somebody of the workspace and with the header x-env-domain: ${production.domain}`);
  print(`People sign in there to the public client ${login.clientId}, everybody with the password ${sandboxPassword}`);
}
