// The front step: from argv to a command, each loaded only when it is called.

import { type ArgsDef, type CommandDef, runCommand } from 'citty';
import { describeFaults, print, tell, UsageError } from './cli/output.ts';
import { withoutUnseen } from './core/plain.ts';
import { nearest } from './core/words.ts';
import { version } from './version.ts';

// biome-ignore lint/suspicious/noExplicitAny: each command has flags of its own type
type AnyCommand = CommandDef<any>;

const commands: Readonly<Record<string, { readonly description: string; readonly load: () => Promise<AnyCommand> }>> = {
  demo: {
    description: 'A tour of a simulated organization, then a server for your own assistant.',
    load: () => import('./cli/demo.ts').then((module) => module.default),
  },
  serve: {
    description: 'Serve MCP to an assistant, on stdio or with --http.',
    load: () => import('./cli/serve.ts').then((module) => module.default),
  },
  chat: {
    description: 'Talk to a model that uses the tools, and asks you before it changes anything.',
    load: () => import('./cli/chat.ts').then((module) => module.default),
  },
  tools: {
    description: 'List the tools, as an assistant sees them.',
    load: () => import('./cli/tools.ts').then((module) => module.default),
  },
  call: {
    description: 'Call one tool and print its answer.',
    load: () => import('./cli/call.ts').then((module) => module.default),
  },
  approve: {
    description: 'Decide what an assistant asked for: shows what would change, and asks you.',
    load: () => import('./cli/approve.ts').then((module) => module.default),
  },
  login: {
    description: 'Sign in as yourself: at an organization, or to any MCP server by its address.',
    load: () => import('./cli/login.ts').then((module) => module.default),
  },
  logout: {
    description: 'Revoke such a sign-in and forget it.',
    load: () => import('./cli/logout.ts').then((module) => module.default),
  },
  init: {
    description: 'Write Castellan into Claude, VS Code, Cursor, Windsurf, Gemini CLI or Codex; or take it out again.',
    load: () => import('./cli/init.ts').then((module) => module.default),
  },
  audit: {
    description: 'What was asked for, by whom, and what came of it; whether the record of it is whole.',
    load: () => import('./cli/audit.ts').then((module) => module.default),
  },
  doctor: {
    description: 'Check configuration, reachability, clock and credential; say what to do.',
    load: () => import('./cli/doctor.ts').then((module) => module.default),
  },
  sandbox: {
    description: 'Serve a simulated tenant of Okta, Scalekit or OCI alone, for any client of theirs.',
    load: () => import('./cli/sandbox.ts').then((module) => module.default),
  },
};

async function run(argv: readonly string[]): Promise<void> {
  const [name, ...rest] = argv;
  if (name === '--version' || name === '-v') return print(version);
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    const { describeCommands } = await import('./cli/help.ts');
    return print(
      describeCommands(
        Object.entries(commands).map(([command, { description }]) => ({ name: command, description })),
        version,
      ),
    );
  }
  const found = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!found) {
    const near = nearest(name, Object.keys(commands));
    const todo = near ? `Did you mean ${near}?` : `Commands: ${Object.keys(commands).join(', ')}.`;
    throw new UsageError([{ where: name, problem: 'is no command', todo }]);
  }
  const command = await found.load();
  if (rest.includes('--help') || rest.includes('-h')) {
    const { describeCommand } = await import('./cli/help.ts');
    return print(describeCommand({ name, description: found.description, args: command.args as ArgsDef }));
  }
  await runCommand(command, { rawArgs: rest });
}

/** Exit status: 0 done, 1 failed, 2 wrong use. */
try {
  await run(process.argv.slice(2));
} catch (error) {
  const wrong = error instanceof Error && error.name === 'CLIError';
  if (error instanceof UsageError) tell(describeFaults(error.faults, error.outcome));
  else if (wrong)
    tell(describeFaults([{ where: process.argv[2] ?? '', problem: error.message, todo: 'Run it with --help.' }]));
  // A server of somebody else may have written it.
  else tell(withoutUnseen(error instanceof Error ? error.message : String(error)));
  process.exitCode = error instanceof UsageError || wrong ? 2 : 1;
}
