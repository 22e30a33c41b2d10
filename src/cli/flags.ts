// Command-line flags: made from the settings that a command uses, and checked all at once.

import type { ArgsDef } from 'citty';
import { type Config, type LoadedConfig, loadConfig } from '../config.ts';
import type { Fault, Settings } from '../core/settings.ts';
import { nearest } from '../core/words.ts';
import type { SandboxOptions } from '../sandbox/index.ts';
import { type SignInKind, signInKinds } from '../sandbox/sign-in.ts';
import { throwFaults } from './output.ts';

/** Flags that every command with a configuration takes. */
const configFlag = {
  config: {
    type: 'string',
    description: 'Configuration file. Default: castellan.json here, or in the user’s configuration folder.',
    valueHint: 'file',
  },
} as const satisfies ArgsDef;

/** The flags of some settings, beside a command's own. */
export function flagsOf(...groups: readonly Settings[]): ArgsDef {
  const flags: ArgsDef = { ...configFlag };
  for (const settings of groups) {
    for (const setting of Object.values(settings)) {
      if (setting.flag === undefined) continue;
      const fallback = setting.default === undefined ? '' : ` Default: ${JSON.stringify(setting.default)}.`;
      const type = setting.schema.def.type === 'boolean' ? 'boolean' : 'string';
      flags[setting.flag] = { type, description: `${setting.description}${type === 'boolean' ? '' : fallback}` };
    }
  }
  return flags;
}

type Parsed = Readonly<Record<string, unknown>>;

/** Every flag that the command does not have, and every flag without the value that it needs. */
export function checkFlags(rawArgs: readonly string[], defined: ArgsDef): Fault[] {
  const faults: Fault[] = [];
  const known = new Map<string, ArgsDef[string]>([['help', { type: 'boolean' }]]);
  for (const [name, definition] of Object.entries(defined)) {
    if (definition.type !== 'positional') known.set(name, definition);
    if (definition.type === 'boolean' && definition.default === true) known.set(`no-${name}`, definition);
  }
  let positionals = 0;
  const room = Object.values(defined).filter((definition) => definition.type === 'positional').length;
  for (let place = 0; place < rawArgs.length; place++) {
    const argument = rawArgs[place] ?? '';
    if (argument === '--') break;
    if (argument === '-h') continue;
    const [, name, value] = /^--?([^=]*)(?:=(.*))?$/s.exec(argument) ?? [];
    if (name === undefined || argument === '-') {
      positionals++;
      continue;
    }
    const definition = known.get(name);
    if (!definition || !argument.startsWith('--')) {
      const near = nearest(name, [...known.keys()]);
      const todo = near ? `Did you mean --${near}?` : 'Run the command with --help to see its flags.';
      faults.push({ where: argument.split('=')[0] ?? argument, problem: 'is no flag of this command', todo });
      // What follows is most likely its value, not a fault of its own.
      if (value === undefined && !rawArgs[place + 1]?.startsWith('-')) place++;
      continue;
    }
    if (definition.type === 'boolean') {
      if (value === undefined || value === 'true' || value === 'false') continue;
      const todo = `Write ${argument.split('=')[0]} alone, or with =true or =false.`;
      faults.push({ where: argument.split('=')[0] ?? argument, problem: `is ${JSON.stringify(value)}`, todo });
      continue;
    }
    if (value !== undefined) continue;
    const next = rawArgs[++place];
    if (next === undefined || next.startsWith('--')) {
      faults.push({
        where: argument,
        problem: 'needs a value',
        todo: definition.description ?? `Write ${argument} VALUE.`,
      });
      place--;
    }
  }
  if (positionals > room && !('values' in defined)) {
    faults.push({
      where: 'arguments',
      problem: `${positionals} given, ${room} taken`,
      todo: 'Run the command with --help.',
    });
  }
  return faults;
}

/** The configuration for a command, or every fault of flags, environment and file at once. */
export function loadFor(
  rawArgs: readonly string[],
  parsed: Parsed,
  defined: ArgsDef,
  check: (config: Config) => readonly Fault[] = () => [],
): LoadedConfig {
  const loaded = loadConfig(parsed as Record<string, string | boolean | undefined>, {
    tenants: parsed.sandbox !== true,
  });
  throwFaults([...checkFlags(rawArgs, defined), ...check(loaded.config), ...loaded.faults]);
  return loaded;
}

/** When a command needs a tenant and there is none. */
export function missingTenant(config: Config, sandbox: boolean): Fault[] {
  if (sandbox || config.tenants.length > 0) return [];
  return [
    {
      where: 'tenants',
      problem: 'none is configured',
      todo: [
        'Set OKTA_CLIENT_ORGURL (https://acme.okta.com) and OKTA_API_TOKEN (Admin Console: Security > API > Tokens),',
        '    or in its place OKTA_CLIENT_ID with OKTA_PRIVATE_KEY (a service app), or alone (then castellan login okta),',
        '    or SCALEKIT_ENVIRONMENT_URL, SCALEKIT_CLIENT_ID and SCALEKIT_CLIENT_SECRET,',
        '    or OCI_CLI_PROFILE (a profile of the OCI configuration file),',
        '    or IAM_DOMAIN, IAM_CLIENT_ID and IAM_CLIENT_SECRET (an identity domain of OCI; people act as themselves, over HTTP),',
        '    or describe several organizations in castellan.json (see README, Configure),',
        '    or use --sandbox: a simulated organization, no account needed.',
      ].join('\n'),
    },
  ];
}

/** Flags of commands that can run on simulated tenants. */
export const sandboxFlags = {
  sandbox: {
    type: 'boolean',
    description: 'Use a simulated organization instead of the configured ones; no account needed.',
    default: false,
  },
  users: { type: 'string', description: 'With --sandbox: its number of users, 1 to 100000. Default: 250.' },
} as const satisfies ArgsDef;

/** Where the people of the simulated organization sign in. */
export const sandboxSignInFlag = {
  'sandbox-sign-in': {
    type: 'string',
    description: `With --http and --sandbox: the simulated identity provider at which people sign in: ${signInKinds.join(', ')}. Default: okta.`,
  },
} as const satisfies ArgsDef;

/** @param flag as it is called where the kind is given */
export function readSignInKind(
  text: unknown,
  flag = '--sandbox-sign-in',
): { readonly kind: SignInKind; readonly faults: readonly Fault[] } {
  const kind = signInKinds.find((name) => name === (text ?? 'okta'));
  if (kind !== undefined) return { kind, faults: [] };
  const todo = `Give one of ${signInKinds.join(', ')}.`;
  return { kind: 'okta', faults: [{ where: flag, problem: `is ${JSON.stringify(text)}`, todo }] };
}

export function sandboxOptions(given: Parsed): {
  readonly options: SandboxOptions | undefined;
  readonly faults: readonly Fault[];
} {
  if (given.sandbox !== true) {
    const stray =
      given.users === undefined
        ? []
        : [{ where: '--users', problem: 'goes with --sandbox', todo: 'Add --sandbox, or leave it out.' }];
    return { options: undefined, faults: stray };
  }
  const users = numberFlag('users', given.users ?? '250', 1, 100_000);
  return { options: { users: users.value }, faults: users.fault ? [users.fault] : [] };
}

/** A number from a flag that is no setting. */
export function numberFlag(
  name: string,
  text: unknown,
  min: number,
  max: number,
  whole = true,
): { readonly value: number; readonly fault?: Fault } {
  const value = Number(text);
  const fits = String(text).trim() !== '' && value >= min && value <= max && (!whole || Number.isInteger(value));
  if (fits) return { value };
  const kind = whole ? 'a whole number' : 'a number';
  return {
    value: min,
    fault: { where: `--${name}`, problem: `is ${JSON.stringify(text)}`, todo: `Give ${kind} from ${min} to ${max}.` },
  };
}
