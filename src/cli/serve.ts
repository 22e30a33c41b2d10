// castellan serve: the MCP server on stdio, or on HTTP.

import { defineCommand } from 'citty';
import { openApp } from '../app.ts';
import { httpSettings } from '../http/settings.ts';
import { callSettings } from '../mcp/settings.ts';
import { observeSettings } from '../observe/settings.ts';
import { storeSettings } from '../stores/settings.ts';
import { flagsOf, loadFor, missingTenant, sandboxFlags, sandboxOptions } from './flags.ts';
import { paint, tell } from './output.ts';
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
  ...flagsOf(httpSettings, callSettings, observeSettings, storeSettings),
} as const;

export default defineCommand({
  args,
  async run({ args: given, rawArgs }) {
    const sandbox = sandboxOptions(given);
    const open = given.http && (given.auth || !given.iunderstandtherisks);
    const { config } = loadFor(rawArgs, given, args, (loaded) => [
      ...sandbox.faults,
      ...missingTenant(loaded, sandbox.options !== undefined),
      ...(open ? [needsRisk] : []),
    ]);
    const options = { config, sandbox: sandbox.options, writeLog: (line: string) => void process.stderr.write(line) };
    if (given.http) await serveHttp(options);
    else await serveStdio(options);
  },
});

const needsRisk = {
  where: '--http',
  problem: 'would let anybody who reaches the port act with the configured credential: there is no sign-in yet',
  todo: 'If only you can reach it, say so with --no-auth --iunderstandtherisks; otherwise serve on stdio.',
};

type ServeOptions = Parameters<typeof openApp>[0];

async function serveStdio(options: ServeOptions): Promise<void> {
  const stopped = untilStopped();
  const app = await openApp(options);
  const [{ serveStdio: serve }, { createStdioTransport }] = await Promise.all([
    import('@modelcontextprotocol/server/stdio'),
    import('../mcp/stdio.ts'),
  ]);
  const transport = createStdioTransport({ input: process.stdin, output: process.stdout });
  const handle = serve(app.factory, {
    transport,
    onerror: (error) => app.log.debug({ error: error.name }, 'message refused by the protocol layer'),
  });
  const ended = new Promise<void>((resolve) => process.stdin.once('end', resolve).once('close', resolve));
  await Promise.race([ended, stopped]);
  await handle.close();
  await app.close();
}

async function serveHttp(options: ServeOptions): Promise<void> {
  // From the beginning: a signal may come while the last lines of the start are written.
  const stopped = untilStopped();
  const [{ listen }, { openMetrics }] = await Promise.all([import('../http/app.ts'), import('../observe/metrics.ts')]);
  const metrics = await openMetrics();
  const app = await openApp({ ...options, metrics });
  const { http } = options.config;
  const { version } = await import('../version.ts');
  const ready = async () =>
    app.store.get('health').then(
      () => true,
      () => false,
    );
  const listener = await listen({
    ...http,
    factory: app.factory,
    direct: app.direct,
    version,
    log: app.log,
    metrics,
    ready,
  }).catch(async (error) => {
    await app.close();
    throw error;
  });
  await warmUp(listener.url.replace(/\/\/(0\.0\.0\.0|\[::\]):/, '//127.0.0.1:'), app.sandbox !== undefined);
  metrics.reset();
  tell(
    paint(
      ['bold', 'red'],
      'Nobody signs in here: whoever reaches this port acts with the configured credential.',
      process.stderr,
    ),
  );
  tell(`Serving MCP at ${listener.url}/mcp`);
  app.log.warn({ url: listener.url, auth: 'none' }, 'serving without authentication');
  await stopped;
  await listener.close();
  await app.close();
}
