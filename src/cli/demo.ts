// castellan demo: everything at once on a simulated organization: a server, a client, a tour; then it keeps serving.

import { defineCommand } from 'citty';
import { openApp } from '../app.ts';
import { dataEnvironment, loadConfig } from '../config.ts';
import { openFrontDoor, signInAtSandbox } from '../front-door.ts';
import { type Listener, listen } from '../http/listen.ts';
import { noMetrics } from '../observe/metrics.ts';
import { sandboxPassword } from '../sandbox/index.ts';
import { version } from '../version.ts';
import { describeConnections } from './connections.ts';
import { connectAsPerson } from './demo-client.ts';
import { checkFlags, numberFlag } from './flags.ts';
import { paint, print, throwFaults } from './output.ts';
import { sandboxPerson } from './sandbox-person.ts';
import { untilStopped } from './stop.ts';
import { runTour } from './tour.ts';

/** The tour changes something, and would take something away. */
const everything = ['castellan:read', 'castellan:write', 'castellan:destroy'];

const args = {
  once: { type: 'boolean', description: 'End after the tour.', default: false },
  port: { type: 'string', description: 'Port to serve on; another one when it is taken.', default: '3000' },
  users: { type: 'string', description: 'Users of the simulated organization, 1 to 100000.', default: '250' },
} as const;

export default defineCommand({
  args,
  async run({ args: given, rawArgs }) {
    const port = numberFlag('port', given.port, 0, 65_535);
    const users = numberFlag('users', given.users, 1, 100_000);
    throwFaults([...checkFlags(rawArgs, args), ...[port, users].flatMap(({ fault }) => fault ?? [])]);

    print(`\n${paint('bold', `Castellan ${version}`)}: an assistant looks into an Okta organization`);
    // The simulation needs no setting, so a broken configuration elsewhere must not stop it.
    const { config } = loadConfig(
      { 'log-level': 'warn', store: 'memory' },
      { env: dataEnvironment(), folder: '/', tenants: false },
    );
    const app = await openApp({
      config,
      sandbox: { users: users.value },
      writeLog: (line) => void process.stderr.write(line),
    });
    const serve = (at: number): Promise<Listener> =>
      listen({ host: '127.0.0.1', port: at }, async (url) => {
        const settings = app.sandbox ? signInAtSandbox(config, app.sandbox, url) : config;
        const front = await openFrontDoor(app, settings);
        return {
          factory: app.factory,
          direct: app.direct,
          gate: app.gate,
          signIn: front && { door: front.door, screen: app.screen },
          mounted: front?.mounted ?? [],
          allowedHosts: [],
          allowedOrigins: [],
          version,
          log: app.log,
          metrics: noMetrics,
          ready: async () => true,
        };
      });
    const listener = await serve(given.once ? 0 : port.value).catch(() => serve(0));
    print(
      `  ${paint('dim', 'organization')}  Larkspur Logistics, simulated, ${users.value} users, at ${app.sandbox?.okta.url}`,
    );
    print(`  ${paint('dim', 'server')}        ${listener.url}/mcp (Streamable HTTP)`);
    print(`  ${paint('dim', 'signed in')}     ${sandboxPerson}, an administrator: the client did it by itself\n`);

    try {
      const person = { login: sandboxPerson, password: sandboxPassword };
      const client = await connectAsPerson(`${listener.url}/mcp`, person, everything);
      await runTour(client);
      await client.close();
      if (!given.once) {
        const stopped = untilStopped();
        print(`\n${paint('bold', 'Now yours.')} The server keeps running; connect an assistant to it:\n`);
        print(describeConnections(`${listener.url}/mcp`));
        print(
          `\nIt opens a browser, in which you sign in as ${paint('bold', sandboxPerson)}, password ${paint('bold', sandboxPassword)}, and say what it may do.`,
        );
        print(`What was done and what waits for you is at ${paint('cyan', `${listener.url}/`)}, for the same person.`);
        print(
          `\nThen ask it: “Who is locked out, and why?”\n\n${paint('dim', 'Ctrl-C ends the demo; the simulated organization is gone then.')}`,
        );
        await stopped;
      }
    } finally {
      await listener.close();
      await app.close();
    }
  },
});
