// What of this person's environment a Castellan needs that another program starts, and which of it is secret.

import { isAbsolute, resolve } from 'node:path';
import type { Variable } from '../clients/client.ts';
import { type Environment, serverSettings, tenantKinds } from '../config.ts';
import { asObject, type Fault, type Setting, type Settings } from '../core/settings.ts';

/** What counts on stdio too; the web server and its doors do not. */
const serverParts = ['calls', 'tools', 'log', 'audit', 'state'] as const;
const tenantGroups: readonly Settings[] = Object.values(tenantKinds).map(({ settings }) => settings);
const serverGroups: readonly Settings[] = serverParts.map((part) => serverSettings[part]);

/** All variables that hold secrets, whether they are set or not. */
export function secretVariables(): ReadonlySet<string> {
  const settings = [...tenantGroups, ...serverGroups].flatMap((group) => Object.values(group));
  return new Set(settings.filter(({ secret }) => secret).flatMap(({ env }) => env ?? []));
}

export interface Needed {
  readonly variables: readonly Variable[];
  readonly faults: readonly Fault[];
}

/**
 * @param content the configuration file that the server is to read: what it points to is needed as well
 * @param tenants false where the server uses a simulated one
 */
export function variablesFor(env: Environment, folder: string, content: unknown, tenants: boolean): Needed {
  const groups = tenants
    ? [...tenantGroups, ...serverGroups]
    : serverGroups.filter((group) => group !== serverSettings.state);
  const variables = new Map<string, Variable>();
  for (const setting of groups.flatMap((group) => Object.values(group))) {
    const name = setting.env?.find((each) => env[each]);
    const value = name === undefined ? undefined : env[name];
    if (name === undefined || value === undefined) continue;
    const { place } = setting;
    variables.set(
      name,
      isSecret(setting, value)
        ? { name }
        : { name, value: place ? inFull(value, folder) : value, ...(place && { place }) },
    );
  }
  const data = env.CASTELLAN_DATA;
  if (data) variables.set('CASTELLAN_DATA', { name: 'CASTELLAN_DATA', value: inFull(data, folder), place: true });
  const faults: Fault[] = [];
  for (const { kind, value, where } of referencesIn(partsOf(content, tenants), 'castellan.json')) {
    if (kind === 'env') variables.set(value, { name: value });
    else if (!isAbsolute(value))
      faults.push({
        where,
        problem: `points to ${value}, which is nowhere when another program starts Castellan`,
        todo: `Write its full path: ${resolve(folder, value)}`,
      });
  }
  return { variables: [...variables.values()], faults };
}

function partsOf(content: unknown, tenants: boolean): unknown {
  const parts: readonly string[] = tenants ? ['tenants', ...serverParts] : serverParts;
  return Object.fromEntries(Object.entries(asObject(content) ?? {}).filter(([name]) => parts.includes(name)));
}

/** What `doctor` shows whole is no secret: a path in the place of an address with a password. */
function isSecret({ secret, shown }: Setting, value: string): boolean {
  return secret === true && shown?.(value) !== value;
}

/** Another program starts in another folder. */
function inFull(value: string, folder: string): string {
  return value === 'memory' || value.startsWith('~') || /^[a-z]+:\/\//.test(value) ? value : resolve(folder, value);
}

interface Reference {
  readonly kind: 'env' | 'file';
  readonly value: string;
  readonly where: string;
}

/** `{ "env": "NAME" }` and `{ "file": "path" }`. */
function referencesIn(content: unknown, where: string): readonly Reference[] {
  const table = asObject(content);
  if (!table)
    return Array.isArray(content) ? content.flatMap((each, place) => referencesIn(each, `${where}[${place}]`)) : [];
  const [[kind, value] = [], ...more] = Object.entries(table);
  if (more.length === 0 && (kind === 'env' || kind === 'file') && typeof value === 'string')
    return [{ kind, value, where }];
  return Object.entries(table).flatMap(([key, inner]) =>
    referencesIn(inner, `${where}: ${key}`.replace(/: (.*): /, ': $1.')),
  );
}
