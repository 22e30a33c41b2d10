// The front step: from argv to a command, each loaded only when it is called.

import { defineCommand, renderUsage, runCommand } from 'citty';
import { describeFaults, print, tell, UsageError } from './cli/output.ts';
import { nearest } from './core/words.ts';
import { version } from './version.ts';

const commands = {
  serve: () => import('./cli/serve.ts').then((module) => module.default),
  tools: () => import('./cli/tools.ts').then((module) => module.default),
  call: () => import('./cli/call.ts').then((module) => module.default),
  doctor: () => import('./cli/doctor.ts').then((module) => module.default),
  sandbox: () => import('./cli/sandbox.ts').then((module) => module.default),
};

const main = defineCommand({
  meta: { name: 'castellan', version, description: 'The MCP server through which an AI assistant sees identity platforms safely.' },
  subCommands: commands,
});

/** Runs one command line and sets the exit status: 0 done, 1 failed, 2 wrong use. */
async function run(argv: readonly string[]): Promise<void> {
  const [name, ...rest] = argv;
  if (name === '--version' || name === '-v') return print(version);
  if (name === undefined || name === '--help' || name === '-h') return print(await renderUsage(main));
  const load = Object.hasOwn(commands, name) ? commands[name as keyof typeof commands] : undefined;
  if (!load) {
    const near = nearest(name, Object.keys(commands));
    const todo = near ? `Did you mean ${near}?` : `Commands: ${Object.keys(commands).join(', ')}.`;
    throw new UsageError([{ where: name, problem: 'is no command', todo }]);
  }
  const command = await load();
  if (rest.includes('--help') || rest.includes('-h')) return print(await renderUsage(command as typeof main, main));
  await runCommand(command as typeof main, { rawArgs: rest });
}

try {
  await run(process.argv.slice(2));
} catch (error) {
  if (error instanceof UsageError) {
    tell(describeFaults(error.faults));
    process.exitCode = 2;
  } else if (error instanceof Error && error.name === 'CLIError') {
    tell(describeFaults([{ where: process.argv[2] ?? '', problem: error.message, todo: 'Run it with --help.' }]));
    process.exitCode = 2;
  } else {
    tell(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  }
}
