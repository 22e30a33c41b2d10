// All settings of all rooms, joined: the only place that reads the environment. Every fault is collected, none is guessed around.

import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { resolve } from 'node:path';
import { brokerSettings, checkBroker } from './auth/broker/settings.ts';
import { impliedByDomain } from './auth/identity-domain-names.ts';
import { findDoorFaults } from './auth/modes.ts';
import { authSettings, checkAuth } from './auth/settings.ts';
import { checkSignIn, signInSettings } from './auth/sign-in-settings.ts';
import type { ChatSettings, ChatValues } from './chat/settings.ts';
import { checkClient, clientSettings } from './chat/sign-in/settings.ts';
import type { Machine } from './clients/client.ts';
import { notTrusted, unheeded } from './config-faults.ts';
import { dataFolderOf, type Environment, type Flags, readConfigFile } from './config-file.ts';
import { formatValue, type Shown } from './config-shown.ts';
import { findMisspelt } from './config-variables.ts';
import {
  asObject,
  type CheckTogether,
  type Fault,
  type Loaded,
  loadSettings,
  type Setting,
  type Settings,
  type Sources,
  type Values,
} from './core/settings.ts';
import { httpSettings } from './http/settings.ts';
import { gateSettings } from './mcp/gate-settings.ts';
import { callSettings } from './mcp/settings.ts';
import { auditSettings } from './observe/audit-settings.ts';
import { observeSettings } from './observe/settings.ts';
import { ociTenant } from './platforms/oci/settings.ts';
import { oktaTenant } from './platforms/okta/settings.ts';
import { scalekitTenant } from './platforms/scalekit/settings.ts';
import { checkStore, storeSettings } from './stores/settings.ts';

/** Settings of the server, by their part of the configuration file. */
export const serverSettings = {
  http: httpSettings,
  auth: authSettings,
  signIn: signInSettings,
  broker: brokerSettings,
  calls: callSettings,
  tools: gateSettings,
  log: observeSettings,
  audit: auditSettings,
  state: storeSettings,
  client: clientSettings,
} as const;
/** The part of the chat, whose settings are loaded and read where somebody chats: their variables are other programs' as well. */
export const chatPart = 'chat';
/** What must hold of several settings of a part together, or of where one of them stands. */
const serverChecks: Readonly<Record<string, CheckTogether<Settings>>> = {
  auth: checkAuth,
  signIn: checkSignIn,
  broker: checkBroker,
  state: checkStore,
  client: checkClient,
};
/** Settings of one tenant and what must hold of them together, by platform. */
export const tenantKinds = { okta: oktaTenant, scalekit: scalekitTenant, oci: ociTenant } as const;

/** The same where it does not matter which one it is. */
const anyKinds = tenantKinds as unknown as Readonly<
  Record<PlatformName, { readonly settings: Settings; readonly check: CheckTogether<Settings> }>
>;

export type { Environment, Flags } from './config-file.ts';
export type { Shown } from './config-shown.ts';

export type PlatformName = keyof typeof tenantKinds;
/** What a tenant of a platform is configured with. */
export type TenantValues<P extends PlatformName = PlatformName> = Values<(typeof tenantKinds)[P]['settings']>;
type ServerValues = { readonly [K in keyof typeof serverSettings]: Values<(typeof serverSettings)[K]> };

/** One of each platform's kind. */
export type TenantConfig = {
  readonly [P in PlatformName]: { readonly name: string; readonly platform: P; readonly settings: TenantValues<P> };
}[PlatformName];

export interface Config extends ServerValues {
  readonly tenants: readonly TenantConfig[];
  /** What holds for a simulated tenant: what the environment says about tenants, without addresses and credentials. */
  readonly simulated: { readonly [P in PlatformName]: Partial<TenantValues<P>> };
  /** Where this user's state lives. */
  readonly dataFolder: string;
  /** Where it was asked for. */
  readonly chat: ChatValues | undefined;
}

export interface LoadedConfig {
  readonly config: Config;
  readonly shown: readonly Shown[];
  readonly faults: readonly Fault[];
  readonly file: string | undefined;
}

export interface LoadOptions {
  readonly env?: Environment;
  /** Where relative paths and `castellan.json` are looked for. */
  readonly folder?: string;
  /** False where no configured tenant is used, so that a fault in one is no reason to stop. */
  readonly tenants?: boolean;
  /** The settings of the chat, where somebody chats. */
  readonly chat?: ChatSettings;
}

export function loadConfig(flags: Flags, options: LoadOptions = {}): LoadedConfig {
  const { env = process.env, folder = process.cwd() } = options;
  const faults: Fault[] = [];
  const shown: Shown[] = [];
  const file = readConfigFile(flags, env, folder, faults);
  const readFile = (path: string) => readFileSync(resolve(folder, path), 'utf8');
  const readEnv = (name: string) => env[name];

  function load<T extends Settings>(
    settings: T,
    part: unknown,
    label: string,
    scope: Pick<Sources, 'flags' | 'env' | 'implied'>,
    checkTogether?: CheckTogether<T>,
  ): Loaded<T> {
    const where = `${file.name}: ${label}`;
    const written = asObject(part);
    if (!written) faults.push({ where, problem: 'is not an object', todo: 'Write { … }.' });
    const sources = { ...scope, file: written ?? {}, fileName: where, trusted: file.trusted, readEnv, readFile };
    const loaded = loadSettings(settings, sources, checkTogether);
    faults.push(...loaded.faults);
    for (const [key, origin] of Object.entries(loaded.origins)) {
      const value: unknown = loaded.values[key];
      shown.push({ name: `${label}.${key}`, value: formatValue(value, settings[key]), origin: String(origin) });
    }
    return loaded;
  }

  const { tenants: writtenTenants = {}, $schema: _schema, ...written } = file.content;
  const parts = file.trusted ? written : {};
  if (!file.trusted) faults.push(...Object.keys(written).map((name) => notTrusted(`${file.name}: ${name}`)));
  if (!asObject(writtenTenants))
    faults.push({ where: `${file.name}: tenants`, problem: 'is not an object', todo: 'Write { "NAME": { … } }.' });
  const implied: Readonly<Record<string, Sources['implied']>> = { ...impliedByDomain(env, parts, flags) };
  const values = Object.fromEntries(
    Object.entries(serverSettings).map(([name, settings]) => [
      name,
      load<Settings>(settings, parts[name] ?? {}, name, { flags, env, implied: implied[name] }, serverChecks[name])
        .values,
    ]),
  ) as unknown as ServerValues;
  const chat = options.chat && load(options.chat, parts[chatPart] ?? {}, chatPart, { flags, env }).values;
  const isSaid = (key: string) =>
    !shown.some(({ name, origin }) => name === `auth.${key}` && (origin === 'default' || origin === 'not set'));
  faults.push(...findDoorFaults(values, isSaid));
  // Without configured tenants nobody reads their variables.
  const kindsRead = options.tenants === false ? [] : Object.entries(anyKinds);
  const prefixes = [
    'CASTELLAN_',
    ...kindsRead.map(([platform]) => `${platform.toUpperCase()}_`),
    ...(options.chat ? ['AZURE_OPENAI_', 'OPENAI_COMPATIBLE_', 'VERTEX_AI_'] : []),
  ];
  const groups = [
    ...Object.values<Settings>(serverSettings),
    ...(options.chat ? [options.chat] : []),
    ...kindsRead.map(([, { settings }]) => settings),
  ];
  faults.push(...findMisspelt(env, { settings: groups, prefixes, content: file.content }));
  for (const name of Object.keys(parts)) {
    if (Object.hasOwn(serverSettings, name) || name === chatPart) continue;
    const known = [...Object.keys(serverSettings), chatPart, 'tenants'].join(', ');
    faults.push({
      where: `${file.name}: ${name}`,
      problem: 'there is no such part',
      todo: `Remove it, or use one of: ${known}.`,
    });
  }

  const tenants: TenantConfig[] = [];
  const add = (name: string, platform: PlatformName, part: unknown, from: Environment) => {
    const scope = { flags: {}, env: from };
    const { settings: kind, check } = anyKinds[platform];
    const { values: settings } = load(kind, part, `tenants.${name}`, scope, check);
    tenants.push({ name, platform, settings } as unknown as TenantConfig);
  };
  for (const [name, written] of options.tenants === false ? [] : Object.entries(asObject(writtenTenants) ?? {})) {
    const where = `${file.name}: tenants.${name}`;
    const { platform, ...rest } = asObject(written) ?? {};
    if (!/^[a-z0-9][a-z0-9_-]{0,39}$/.test(name)) {
      const todo = 'Use up to 40 of: a to z, 0 to 9, - and _, beginning with a letter or digit.';
      faults.push({ where, problem: 'is no name for a tenant', todo });
    }
    // The environment belongs to the tenant that it describes alone: a file must not borrow its token.
    if (isPlatform(platform)) add(name, platform, rest, {});
    else {
      const todo = `Set platform to one of: ${Object.keys(tenantKinds).join(', ')}.`;
      faults.push({ where: `${where}.platform`, problem: 'names no platform', todo });
    }
  }
  for (const platform of options.tenants === false ? [] : Object.keys(tenantKinds).filter(isPlatform)) {
    const settings = Object.values(anyKinds[platform].settings);
    const required = settings.filter((setting) => setting.required);
    const describing = settings.filter((setting) => setting.describes);
    const isSet = (setting: Setting) => setting.env?.some((name) => env[name]) === true;
    // A file may point to one of them for a tenant of its own; beside it, only all of them together describe another.
    const described = tenants.some((tenant) => tenant.platform === platform);
    const all = required.every(isSet) && (describing.length === 0 || describing.some(isSet));
    if (!(described ? all : [...required, ...describing].some(isSet))) {
      faults.push(...settings.filter((setting) => setting.forbids && isSet(setting)).map(unheeded));
      continue;
    }
    if (tenants.some(({ name }) => name === platform)) {
      const todo = 'Unset the variables, or give the tenant in the file another name.';
      faults.push({
        where: `${file.name}: tenants.${platform}`,
        problem: 'is described by the environment as well',
        todo,
      });
    } else add(platform, platform, {}, env);
  }

  const simulated = Object.fromEntries(
    Object.entries(tenantKinds).map(([platform, { settings }]) => [
      platform,
      options.tenants === false ? load(harmlessOf(settings), {}, 'sandbox', { flags: {}, env }).values : {},
    ]),
  ) as Config['simulated'];

  const config = { ...values, tenants, simulated, dataFolder: dataFolderOf(env), chat };
  return { config, shown, faults, file: file.path };
}

/** Without where a tenant is and what opens it. */
function harmlessOf(settings: Settings): Settings {
  return Object.fromEntries(
    Object.entries(settings).filter(([, setting]) => !setting.required && !setting.describes && !setting.secret),
  );
}

function isPlatform(name: unknown): name is PlatformName {
  return typeof name === 'string' && Object.hasOwn(tenantKinds, name);
}

/** What the environment says about the data folder, and nothing else of it. */
export function dataEnvironment(env: Environment = process.env): Environment {
  return Object.fromEntries(['CASTELLAN_DATA', 'XDG_DATA_HOME', 'LOCALAPPDATA'].map((name) => [name, env[name]]));
}

/** What a Castellan that serves this one is started with: all but what opens models. */
export function serverEnvironment(chat: ChatSettings, env: Environment = process.env): Record<string, string> {
  const keys = new Set(Object.values<Setting>(chat).flatMap(({ secret, env: names = [] }) => (secret ? names : [])));
  return pickEnvironment(
    Object.keys(env).filter((name) => !keys.has(name)),
    env,
  );
}

/** Those variables that are set. */
export function pickEnvironment(names: readonly string[], env: Environment = process.env): Record<string, string> {
  return Object.fromEntries(names.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])));
}

/** Whether the terminal cannot move its cursor. */
export function isDumbTerminal(env: Environment = process.env): boolean {
  return env.TERM === 'dumb';
}

/** Where programs of this person are looked for. */
export function thisMachine(env: Environment = process.env): Machine {
  return { platform: process.platform, home: homedir(), env, folder: process.cwd() };
}

/**
 * Whether this runs in a container, where a folder that nobody mounted is gone with it: what Docker, Podman and Kubernetes
 * leave there.
 */
export function inContainer(env: Environment = process.env): boolean {
  if (env.KUBERNETES_SERVICE_HOST) return true;
  return process.platform === 'linux' && ['/.dockerenv', '/run/.containerenv'].some((path) => existsSync(path));
}

/** Whether a browser can be shown to whoever sits here: not over SSH, nor on a Linux without a desktop. */
export function hasScreen(env: Environment = process.env): boolean {
  if (env.SSH_CONNECTION || env.SSH_TTY) return false;
  return process.platform !== 'linux' || Boolean(env.DISPLAY || env.WAYLAND_DISPLAY);
}
