// What the operator protects, known by id and by name. An entry that stands for nothing protects nothing: until it is put
// right, nothing of its kind is changed.

import { z } from 'zod';
import type { Target } from '../../core/change.ts';
import { CastellanError } from '../../core/errors.ts';
import { createOnce } from '../../core/once.ts';
import { quoted } from '../../core/plain.ts';
import { hidden } from '../../core/privacy.ts';
import type { OktaClient } from './client.ts';
import { eq, or } from './filter.ts';

export interface ProtectedNames {
  /** By id, login, the part of a login before its @, or email. */
  readonly protectUsers: readonly string[];
  /** By id or name. */
  readonly protectGroups: readonly string[];
  /** By id or label. */
  readonly protectApps: readonly string[];
}

export interface Protected {
  /** Whether anything is protected at all. */
  readonly some: boolean;
  /** Why these must not be changed: one of them is protected, or the setting for their kind names what is not there. */
  readonly judge: (targets: readonly Target[], client: OktaClient) => Promise<string | undefined>;
  /** The entries that stand for nothing, of all kinds. */
  readonly listUnknown: (client: OktaClient) => Promise<readonly string[]>;
}

interface Kind {
  readonly setting: keyof ProtectedNames;
  readonly folder: 'users' | 'groups' | 'apps';
  readonly many: string;
  /** The field that an entry may repeat. */
  readonly field: string;
}

const kinds: Readonly<Record<string, Kind>> = {
  user: { setting: 'protectUsers', folder: 'users', many: 'users', field: 'profile.login' },
  group: { setting: 'protectGroups', folder: 'groups', many: 'groups', field: 'profile.name' },
  application: { setting: 'protectApps', folder: 'apps', many: 'applications', field: 'label' },
};
const named = z.object({
  id: z.string(),
  label: z.string().nullish(),
  profile: z.object({ login: z.string().nullish(), name: z.string().nullish() }).nullish(),
});
/** Okta's ids: what is shorter or holds a blank is a name. */
const id = /^[\w-]{15,64}$/;
/** More than these nobody has with one beginning. */
const most = 10_000;

export function createProtected(names: ProtectedNames): Protected {
  /** By kind and entry. What was found stays what it was, also under a new name; what was not may be made meanwhile. */
  const idsOnce = createOnce<ReadonlySet<string>>((ids) => ids.size > 0);
  const entriesOf = (type: string): readonly string[] => {
    const kind = Object.hasOwn(kinds, type) ? kinds[type] : undefined;
    return kind ? names[kind.setting] : [];
  };

  async function findIds(type: string, entry: string, client: OktaClient): Promise<ReadonlySet<string>> {
    const kind = kinds[type] as Kind;
    // What one caller may see, another may not.
    return idsOnce(`${client.credential.caller ?? ''} ${type} ${entry}`, () =>
      askIds(kind.folder, clean(entry), client),
    );
  }

  async function lookUp(type: string, client: OktaClient) {
    const asked = entriesOf(type).map(async (entry) => ({ entry, ids: await findIds(type, entry, client) }));
    return Promise.all(asked);
  }

  return {
    some: Object.values(names).some((entries) => entries.length > 0),

    async judge(targets, client) {
      const types = [...new Set(targets.map(({ type }) => type))].filter((type) => entriesOf(type).length > 0);
      const found = new Map(await Promise.all(types.map(async (type) => [type, await lookUp(type, client)] as const)));
      for (const target of targets) {
        const entries = found.get(target.type);
        if (entries === undefined) continue;
        const own = namesOf(target.type, await nameOf(target, client));
        if (entries.some(({ entry, ids }) => ids.has(target.id) || own.includes(fold(entry))))
          return `The ${target.type} ${show(target)} is protected by the operator.`;
      }
      for (const [type, entries] of found) {
        const unknown = entries.filter(({ ids }) => ids.size === 0).map(({ entry }) => entry);
        if (unknown.length > 0) return sayUnknown(kinds[type] as Kind, unknown, client);
      }
      return undefined;
    },

    async listUnknown(client) {
      const all = await Promise.all(Object.keys(kinds).map((type) => lookUp(type, client)));
      return all.flat().flatMap(({ entry, ids }) => (ids.size === 0 ? [entry] : []));
    },
  };
}

function sayUnknown({ setting, many, field }: Kind, unknown: readonly string[], client: OktaClient): string {
  // A misspelt name tells nearly as much as the right one.
  const which = client.hides(field)
    ? `${unknown.length} of its entries`
    : unknown.map((each) => quoted(each)).join(', ');
  return `The operator’s setting ${setting} names what is not there (${which}), so no ${many} are changed until it is corrected; castellan doctor tells which.`;
}

/** The names by which an entry may mean a target, as they are compared. */
function namesOf(type: string, name: string | undefined): readonly string[] {
  if (name === undefined) return [];
  return type === 'user' ? [fold(name), fold(name.replace(/@.*$/, ''))] : [fold(name)];
}

/** The ids of everything that an entry may mean; none for what is not there. */
async function askIds(folder: Kind['folder'], entry: string, client: OktaClient): Promise<ReadonlySet<string>> {
  // `me` is whoever asks.
  const addressable = folder === 'users' ? entry.toLowerCase() !== 'me' : id.test(entry);
  const direct = addressable ? await idAt(client, [folder, entry]) : undefined;
  if (direct !== undefined) return new Set([direct]);
  if (folder === 'apps') return new Set(await findApps(client, entry));
  // Composed and decomposed accents are other letters to Okta.
  const spelt = [...new Set([entry, entry.normalize('NFD')])];
  const search =
    folder === 'groups'
      ? or(...spelt.map((name) => eq('profile.name', name)))
      : or(eq('profile.email', entry), `profile.login sw ${JSON.stringify(`${entry}@`)}`);
  const { items } = await client.list({ path: [folder], query: { search }, entity: named, max: most, pageSize: 200 });
  return new Set(items.map((item) => item.id));
}

/** Okta finds applications by how label or name begins, and has no other way. */
async function findApps(client: OktaClient, label: string): Promise<readonly string[]> {
  const request = { path: ['apps'], query: { q: label }, entity: named, max: most, pageSize: 200 };
  const { items } = await client.list(request);
  return items.filter((app) => app.label != null && fold(app.label) === fold(label)).map((app) => app.id);
}

/** By id; a user also by login, whole or without its domain. What can stand in no address is neither. */
async function idAt(client: OktaClient, path: readonly string[]): Promise<string | undefined> {
  try {
    return (await client.getExact(path, named)).id;
  } catch (error) {
    if (isAbsence(error)) return undefined;
    throw error;
  }
}

/** As Okta has it: what is protected is protected also where assistants must not see the names. */
async function nameOf({ type, id, name }: Target, client: OktaClient): Promise<string | undefined> {
  const folder = Object.hasOwn(kinds, type) ? kinds[type]?.folder : undefined;
  if (folder === undefined || (name !== undefined && name !== hidden)) return name;
  try {
    const { label, profile } = await client.getExact([folder, id], named);
    return (type === 'user' ? profile?.login : type === 'group' ? profile?.name : label) ?? undefined;
  } catch (error) {
    if (error instanceof CastellanError && error.code === 'not_found') return undefined;
    throw error;
  }
}

function isAbsence(error: unknown): boolean {
  return error instanceof CastellanError && (error.code === 'not_found' || error.code === 'invalid_input');
}

function clean(name: string): string {
  return name.normalize('NFC').trim();
}

/** As the operator may have written it in the settings. */
function fold(name: string): string {
  return clean(name).toLowerCase();
}

export function show({ id, name }: Target): string {
  return name === undefined ? id : `${quoted(name)} (${id})`;
}
