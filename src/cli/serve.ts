// castellan serve: the MCP server on stdio, or on HTTP.

import { defineCommand } from 'citty';
import { allowanceNames, platformNames, storeNameOf } from '../app.ts';
import { brokerSettings, unknownPlatformsOf } from '../auth/broker/settings.ts';
import { authSettings, unknownPlatforms } from '../auth/settings.ts';
import { signInSettings } from '../auth/sign-in-settings.ts';
import { type Config, inContainer } from '../config.ts';
import { CastellanError } from '../core/errors.ts';
import type { Fault, Setting } from '../core/settings.ts';
import type { FrontDoor } from '../front-door.ts';
import { httpSettings } from '../http/settings.ts';
import { gateSettings } from '../mcp/gate-settings.ts';
import { callSettings } from '../mcp/settings.ts';
import { auditSettings } from '../observe/audit-settings.ts';
import { observeSettings } from '../observe/settings.ts';
import type { Sandbox } from '../sandbox/index.ts';
import { type SignInKind, signInOf } from '../sandbox/sign-in.ts';
import { findFileProblem } from '../stores/file.ts';
import { isRedis } from '../stores/names.ts';
import { storeSettings } from '../stores/settings.ts';
import type { Store } from '../stores/store.ts';
import { findActingFaults } from './acting.ts';
import { addressFault } from './address-fault.ts';
import { findDoorTrouble } from './door-checks.ts';
import {
  flagsOf,
  loadFor,
  missingTenant,
  readSignInKind,
  sandboxFlags,
  sandboxOptions,
  sandboxSignInFlag,
} from './flags.ts';
import { openChecked } from './open.ts';
import { paint, tell, throwFaults, UsageError } from './output.ts';
import { sandboxPerson } from './sandbox-person.ts';
import { untilStopped } from './stop.ts';
import { warmUp } from './warm.ts';

const args = {
  http: { type: 'boolean', description: 'Serve Streamable HTTP at /mcp instead of stdio.', default: false },
  auth: {
    type: 'boolean',
    description: 'Callers must sign in.',
    negativeDescription: 'Anybody who reaches the port may call.',
    default: true,
  },
  iunderstandtherisks: { type: 'boolean', description: 'Said together with --no-auth.', default: false },
  ...sandboxFlags,
  ...sandboxSignInFlag,
  ...flagsOf(
    httpSettings,
    authSettings,
    signInSettings,
    brokerSettings,
    callSettings,
    gateSettings,
    observeSettings,
    auditSettings,
    storeSettings,
  ),
} as const;

export default defineCommand({
  args,
  async run({ args: given, rawArgs }) {
    const sandbox = sandboxOptions(given);
    const simulated = readSignInKind(given['sandbox-sign-in']);
    const { config, shown } = loadFor(rawArgs, given, args, (loaded) => [
      ...sandbox.faults,
      ...simulated.faults,
      ...straySignIn(loaded, given),
      ...missingTenant(loaded, sandbox.options !== undefined),
      ...(given.http ? signInFaults(loaded, given) : []),
      ...unknownPlatforms(loaded.auth, allowanceNames),
      ...unknownPlatformsOf(loaded.broker, platformNames),
      ...(given.http ? [] : strayFlags(given)),
      ...(given.http && !given.sandbox ? findActingFaults(loaded, !isOpen(given)) : []),
    ]);
    throwFaults([...checkStore(config, given.sandbox), ...checkSealKeys(config, given)]);
    const writeLog = (line: string) => void process.stderr.write(line);
    const options = { config, shown, sandbox: sandbox.options, writeLog };
    if (given.http) await serveHttp(options, isOpen(given), simulated.kind);
    else await serveStdio(options);
  },
});

/** Somebody signs in, or somebody said twice that nobody does: nothing in between. */
function signInFaults({ auth, signIn }: Config, given: WhoSignsIn & { readonly sandbox: boolean }) {
  if (auth.issuer === undefined && signIn.issuer === undefined) {
    if (isOpen(given)) return [];
    // The people of the simulated organization sign in there, where nothing else is said.
    const halfSaid = given.auth === given.iunderstandtherisks;
    return given.sandbox && !halfSaid ? [] : [needsSignIn];
  }
  if (given.auth && !given.iunderstandtherisks) return [];
  return [
    {
      where: given.auth ? '--iunderstandtherisks' : '--no-auth',
      problem: 'lets anybody in, and an issuer is configured at which callers sign in',
      todo: 'Leave out one of the two.',
    },
  ];
}

interface WhoSignsIn {
  readonly auth: boolean;
  readonly iunderstandtherisks: boolean;
}

function isOpen({ auth, iunderstandtherisks }: WhoSignsIn): boolean {
  return !auth && iunderstandtherisks;
}

const needsSignIn: Fault = {
  where: '--http',
  problem: 'would let anybody who reaches the port act with the configured credential: no sign-in is configured',
  todo: [
    'Set CASTELLAN_PUBLIC_URL, and CASTELLAN_SIGN_IN_ISSUER or CASTELLAN_AUTH_ISSUER, so that callers sign in',
    '    (see README, Over HTTP),',
    '    or, if only you can reach it, say so with --no-auth --iunderstandtherisks; otherwise serve on stdio.',
  ].join('\n'),
};

/** What says how to serve HTTP, where nobody asked for HTTP. */
function strayFlags(given: Readonly<Record<string, unknown>>): Fault[] {
  const flags = [...Object.values<Setting>(httpSettings), ...Object.values<Setting>(authSettings)].flatMap(
    ({ flag }) => flag ?? [],
  );
  const stray: string[] = flags.filter((flag) => given[flag] !== undefined).map((flag) => `--${flag}`);
  if (given.auth === false) stray.push('--no-auth');
  if (given.iunderstandtherisks === true) stray.push('--iunderstandtherisks');
  return stray.map((where) => ({ where, problem: 'goes with --http', todo: 'Add --http, or leave it out.' }));
}

/** Where people of the simulated organization sign in is of interest where nothing else says where anybody does. */
function straySignIn({ auth, signIn }: Config, given: Readonly<Record<string, unknown>>): Fault[] {
  const configured = auth.issuer ?? signIn.issuer;
  if (given['sandbox-sign-in'] === undefined || (given.http && given.sandbox && configured === undefined)) return [];
  const problem =
    configured === undefined ? 'goes with --http and --sandbox' : 'is beside an issuer that is configured';
  return [{ where: '--sandbox-sign-in', problem, todo: 'Leave it out.' }];
}

function checkStore(config: Config, simulated: boolean): Fault[] {
  const name = storeNameOf(config, simulated);
  const problem = name === 'memory' || isRedis(name) ? undefined : findFileProblem(name);
  return problem === undefined ? [] : [storeFault(problem)];
}

/**
 * A key that is made here must still be there tomorrow, and must be everybody's who shares the store. Over stdio one process
 * serves one person, and what it sealed does not outlive it.
 */
function checkSealKeys(config: Config, given: { readonly http: boolean; readonly sandbox: boolean }): Fault[] {
  if (config.state.sealKeys) return [];
  const shared = isRedis(storeNameOf(config, given.sandbox));
  const fleeting = given.http && !given.sandbox && inContainer();
  if (!shared && !fleeting) return [];
  const problem = shared
    ? 'is missing, and all that share a Redis must be able to open what the others sealed'
    : 'is missing, and a key that is made in a container is gone with it: people would have to sign in again, and questions could not be answered';
  const todo = 'Make a key once (openssl rand -base64 32), keep it with your secrets, and give it to every replica.';
  return [{ where: 'CASTELLAN_SEAL_KEYS', problem, todo }];
}

/**
 * What there is to say of the store before anything is served. One that is away may come back, and /readyz tells when.
 * @throws a UsageError when something must be mended
 */
async function lookAtStore(store: Store): Promise<readonly string[]> {
  try {
    await store.get('health');
    const weakness = await store.weakness?.();
    return weakness === undefined ? [] : [weakness];
  } catch (error) {
    if (error instanceof CastellanError && error.code === 'store_unavailable')
      return [`${error.message} Until it can, nothing is changed that a person must agree to. ${error.hint ?? ''}`];
    const problem = error instanceof Error ? error.message : String(error);
    if (!(error instanceof CastellanError)) throw new UsageError([storeFault(problem)]);
    const where = 'CASTELLAN_STORE';
    throw new UsageError([{ where, problem: problem.replace(/^The store /, ''), todo: error.hint ?? '' }]);
  }
}

function storeFault(problem: string): Fault {
  return {
    where: 'store',
    problem: `cannot be opened: ${problem}`,
    todo: 'Make it writable, or set CASTELLAN_STORE (--store) to memory or another path.',
  };
}

type ServeOptions = Parameters<typeof openChecked>[0];

async function serveStdio(options: ServeOptions): Promise<void> {
  const stopped = untilStopped();
  const app = await openChecked(options);
  const [{ serveStdio: serve }, { createStdioTransport }] = await Promise.all([
    import('@modelcontextprotocol/server/stdio'),
    import('../mcp/stdio.ts'),
  ]);
  const transport = createStdioTransport({
    direct: app.direct,
    input: process.stdin,
    output: process.stdout,
    drainMs: options.config.calls.timeout * 1000 + 1_000,
  });
  const handle = serve(app.factory, {
    transport,
    onerror: (error) => app.log.debug({ error: error.name }, 'message refused by the protocol layer'),
  });
  await Promise.race([transport.ended, stopped]);
  await handle.close();
  await app.close();
}

async function serveHttp(options: ServeOptions, open: boolean, kind: SignInKind): Promise<void> {
  // From the beginning: a signal may come while the last lines of the start are written.
  const stopped = untilStopped();
  const [{ listen }, { openMetrics }, { openFrontDoor, signInAtSimulated }] = await Promise.all([
    import('../http/listen.ts'),
    import('../observe/metrics.ts'),
    import('../front-door.ts'),
  ]);
  const metrics = await openMetrics();
  const app = await openChecked({ ...options, metrics });
  const { http } = options.config;
  const sayOfStore = await lookAtStore(app.store).catch(async (error) => {
    await app.close();
    throw error;
  });
  const { version } = await import('../version.ts');
  const ready = async () =>
    app.store.get('health').then(
      () => true,
      () => false,
    );
  let front: FrontDoor | undefined;
  let simulated: Sandbox | undefined;
  const listener = await listen(http, async (address) => {
    const url = reachable(address);
    const { config } = options;
    const configured = config.auth.issuer ?? config.signIn.issuer;
    simulated = configured === undefined && !open ? app.sandbox : undefined;
    const settings = simulated ? signInAtSimulated(config, await signInOf(simulated, kind), url) : config;
    front = await openFrontDoor(app, settings);
    const signIn = front && { door: front.door, screen: app.screen };
    return {
      ...http,
      factory: app.factory,
      direct: app.direct,
      gate: app.gate,
      signIn,
      mounted: front?.mounted ?? [],
      state: app.sessions,
      version,
      log: app.log,
      metrics,
      ready,
    };
  }).catch(async (error) => {
    await app.close();
    const fault = addressFault(error, http.host, http.port);
    throwFaults(fault ? [fault] : []);
    throw error;
  });
  const url = reachable(listener.url);
  await warmUp(url, app.sandbox !== undefined, app.direct);
  metrics.reset();
  for (const line of sayOfSignIn(front, simulated !== undefined)) tell(line);
  tell(`Serving MCP at ${url}/mcp`);
  if (url !== listener.url)
    tell('Other machines reach it by the names in --allowed-hosts, at every address of this machine.');
  for (const line of sayOfStore) tell(line);
  // Not waited for: a provider that is away may come.
  if (front && !simulated) void findDoorTrouble(options.config).then((line) => line && tell(line));
  if (front) app.log.info({ url: listener.url, issuer: front.issuer }, 'serving');
  else app.log.warn({ url: listener.url, auth: 'none' }, 'serving without authentication');
  await stopped;
  await listener.close();
  await app.close();
}

/** Every address of the machine is none that a client could be given. */
function reachable(url: string): string {
  return url.replace('//0.0.0.0:', '//127.0.0.1:').replace('//[::]:', '//[::1]:');
}

function sayOfSignIn(front: FrontDoor | undefined, simulated: boolean): string[] {
  if (!front) {
    const warning = 'Nobody signs in here: whoever reaches this port acts with the configured credential.';
    return [paint(['bold', 'red'], warning, process.stderr)];
  }
  const lines = [`Callers sign in at ${front.issuer} for ${front.publicUrl}.`];
  const console = new URL('/', front.publicUrl).href;
  if (front.people) lines.push(`People see what was done, and decide what waits, at ${console}`);
  if (simulated)
    lines.push(
      `As anybody of the simulated organization: ${sandboxPerson}, for one, with the password that the page tells.`,
    );
  return lines;
}
