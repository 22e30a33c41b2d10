// castellan serve: the MCP server on stdio, or on HTTP.

import { defineCommand } from 'citty';
import { openDoorOf, platforms, storeNameOf } from '../app.ts';
import { authSettings, unknownPlatforms } from '../auth/settings.ts';
import type { Config } from '../config.ts';
import { CastellanError } from '../core/errors.ts';
import type { Fault, Setting } from '../core/settings.ts';
import { httpSettings } from '../http/settings.ts';
import { gateSettings } from '../mcp/gate-settings.ts';
import { callSettings } from '../mcp/settings.ts';
import { auditSettings } from '../observe/audit-settings.ts';
import { observeSettings } from '../observe/settings.ts';
import { findFileProblem } from '../stores/file.ts';
import { isRedis } from '../stores/names.ts';
import { storeSettings } from '../stores/settings.ts';
import type { Store } from '../stores/store.ts';
import { flagsOf, loadFor, missingTenant, sandboxFlags, sandboxOptions } from './flags.ts';
import { openChecked } from './open.ts';
import { paint, tell, throwFaults, UsageError } from './output.ts';
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
  ...flagsOf(httpSettings, authSettings, callSettings, gateSettings, observeSettings, auditSettings, storeSettings),
} as const;

export default defineCommand({
  args,
  async run({ args: given, rawArgs }) {
    const sandbox = sandboxOptions(given);
    const { config } = loadFor(rawArgs, given, args, (loaded) => [
      ...sandbox.faults,
      ...missingTenant(loaded, sandbox.options !== undefined),
      ...(given.http ? signInFaults(loaded, given) : []),
      ...unknownPlatforms(
        loaded.auth,
        platforms.map(({ name }) => name),
      ),
      ...(given.http ? [] : strayFlags(given)),
    ]);
    throwFaults(checkStore(config, given.sandbox));
    const options = { config, sandbox: sandbox.options, writeLog: (line: string) => void process.stderr.write(line) };
    if (given.http) await serveHttp(options);
    else await serveStdio(options);
  },
});

/** Somebody signs in, or somebody said twice that nobody does: nothing in between. */
function signInFaults({ auth }: Config, given: { readonly auth: boolean; readonly iunderstandtherisks: boolean }) {
  const open = !given.auth && given.iunderstandtherisks;
  if (auth.issuer === undefined) return open ? [] : [needsSignIn];
  if (given.auth && !given.iunderstandtherisks) return [];
  return [
    {
      where: given.auth ? '--iunderstandtherisks' : '--no-auth',
      problem: 'lets anybody in, and an issuer is configured at which callers sign in',
      todo: 'Leave out one of the two.',
    },
  ];
}

const needsSignIn: Fault = {
  where: '--http',
  problem: 'would let anybody who reaches the port act with the configured credential: no sign-in is configured',
  todo: [
    'Set CASTELLAN_AUTH_ISSUER and CASTELLAN_PUBLIC_URL, so that callers sign in (see README, Over HTTP),',
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

function checkStore(config: Config, simulated: boolean): Fault[] {
  const name = storeNameOf(config, simulated);
  const problem = name === 'memory' || isRedis(name) ? undefined : findFileProblem(name);
  return problem === undefined ? [] : [storeFault(problem)];
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

/** An address that cannot be listened on, as what is wrong with its settings. */
function addressFault(error: unknown, host: string, port: number): Fault | undefined {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  if (code === 'EADDRINUSE')
    return {
      where: '--port',
      problem: `${port} is taken on ${host}`,
      todo: 'Give another port; 0 takes any free one.',
    };
  if (code === 'EACCES')
    return { where: '--port', problem: `${port} is not yours to listen on`, todo: 'Give a port from 1024 on.' };
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND' || code === 'EAI_AGAIN' || code === 'EINVAL') {
    const todo = 'Give one of its addresses, such as 127.0.0.1, or 0.0.0.0 for all of them.';
    return { where: '--host', problem: `${host} is no address of this machine`, todo };
  }
  return undefined;
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

async function serveHttp(options: ServeOptions): Promise<void> {
  // From the beginning: a signal may come while the last lines of the start are written.
  const stopped = untilStopped();
  const [{ listen }, { openMetrics }] = await Promise.all([
    import('../http/listen.ts'),
    import('../observe/metrics.ts'),
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
  const door = await openDoorOf(options.config, app.log);
  const listener = await listen(http, () => ({
    ...http,
    factory: app.factory,
    direct: app.direct,
    gate: app.gate,
    signIn: door && { door, screen: app.screen },
    version,
    log: app.log,
    metrics,
    ready,
  })).catch(async (error) => {
    await app.close();
    const fault = addressFault(error, http.host, http.port);
    throwFaults(fault ? [fault] : []);
    throw error;
  });
  // Every address of the machine is none that a client could be given.
  const url = listener.url.replace('//0.0.0.0:', '//127.0.0.1:').replace('//[::]:', '//[::1]:');
  await warmUp(url, app.sandbox !== undefined, door && app.direct);
  metrics.reset();
  const { auth } = options.config;
  if (door) tell(`Callers sign in at ${auth.issuer} for ${auth.publicUrl}.`);
  else {
    const warning = 'Nobody signs in here: whoever reaches this port acts with the configured credential.';
    tell(paint(['bold', 'red'], warning, process.stderr));
  }
  tell(`Serving MCP at ${url}/mcp`);
  if (url !== listener.url)
    tell('Other machines reach it by the names in --allowed-hosts, at every address of this machine.');
  for (const line of sayOfStore) tell(line);
  if (isRedis(storeNameOf(options.config, options.sandbox !== undefined)) && !options.config.state.sealKeys)
    tell('What is asked here can be answered here only: all that share a store need the same CASTELLAN_SEAL_KEYS.');
  if (door) app.log.info({ url: listener.url, issuer: auth.issuer }, 'serving');
  else app.log.warn({ url: listener.url, auth: 'none' }, 'serving without authentication');
  await stopped;
  await listener.close();
  await app.close();
}
