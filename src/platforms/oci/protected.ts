// What the operator protects, known by id and by name. An entry that stands for nothing protects nothing: until it is put
// right, nothing of its kind is changed.

import { z } from 'zod';
import type { Target } from '../../core/change.ts';
import { CastellanError } from '../../core/errors.ts';
import { createOnce } from '../../core/once.ts';
import { quoted } from '../../core/plain.ts';
import { hidden } from '../../core/privacy.ts';
import type { OciClient } from './client.ts';
import { type Filter, or, where } from './filter.ts';

export interface ProtectedNames {
  /** By login, the part of a login before its @, email, id or OCID. */
  readonly protectUsers: readonly string[];
  /** By name, id or OCID. */
  readonly protectGroups: readonly string[];
  readonly protectApps: readonly string[];
}

export interface Protected {
  /** Whether anything is protected at all. */
  readonly some: boolean;
  /** Why these must not be changed: one of them is protected, or the setting for their kind names what is not there. */
  readonly judge: (targets: readonly Target[], client: OciClient) => Promise<string | undefined>;
  /** The entries that stand for nothing, of all kinds. */
  readonly listUnknown: (client: OciClient) => Promise<readonly string[]>;
}

interface Kind {
  readonly setting: keyof ProtectedNames;
  readonly folder: 'Users' | 'Groups' | 'Apps';
  readonly many: string;
  /** The attribute that an entry may repeat. */
  readonly field: 'userName' | 'displayName';
}

const kinds: Readonly<Record<string, Kind>> = {
  user: { setting: 'protectUsers', folder: 'Users', many: 'users', field: 'userName' },
  group: { setting: 'protectGroups', folder: 'Groups', many: 'groups', field: 'displayName' },
  application: { setting: 'protectApps', folder: 'Apps', many: 'applications', field: 'displayName' },
};
const named = z.looseObject({ id: z.string(), userName: z.string().nullish(), displayName: z.string().nullish() });
/** More than these nobody has with one beginning. */
const most = 10_000;

export function createProtected(names: ProtectedNames): Protected {
  /** By kind and entry. What was found stays what it was, also under a new name; what was not may be made meanwhile. */
  const idsOnce = createOnce<ReadonlySet<string>>((ids) => ids.size > 0);
  const entriesOf = (type: string): readonly string[] => {
    const kind = kindOf(type);
    return kind ? names[kind.setting] : [];
  };

  async function lookUp(type: string, client: OciClient) {
    const kind = kinds[type] as Kind;
    // What one caller may see, another may not.
    const { user } = await client.identity();
    const asked = entriesOf(type).map(async (entry) => {
      const ids = await idsOnce(`${user} ${type} ${entry}`, () => findIds(kind, clean(entry), client));
      return { entry, ids };
    });
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

function kindOf(type: string): Kind | undefined {
  return Object.hasOwn(kinds, type) ? kinds[type] : undefined;
}

function sayUnknown({ setting, many, field }: Kind, unknown: readonly string[], client: OciClient): string {
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
async function findIds({ folder, field }: Kind, entry: string, client: OciClient): Promise<ReadonlySet<string>> {
  const filter = filterOf(folder, field, entry);
  const { items } = await client.domain.list({ path: [folder], filter, attributes: ['id'], entity: named, max: most });
  return new Set(items.map(({ id }) => id));
}

function filterOf(folder: Kind['folder'], field: Kind['field'], entry: string): Filter | undefined {
  if (entry.startsWith('ocid1.')) return where.eq('ocid', entry);
  // Composed and decomposed accents may be other letters to the domain.
  const spelt = [...new Set([entry, entry.normalize('NFD')])];
  return or(
    ...(/^[\w-]{1,64}$/.test(entry) ? [where.eq('id', entry)] : []),
    ...spelt.map((name) => where.eq(field, name)),
    ...(folder === 'Users' ? [where.sw('userName', `${entry}@`), where.eq('emails.value', entry)] : []),
  );
}

/** As the domain has it: what is protected is protected also where assistants must not see the names. */
async function nameOf({ type, id, name }: Target, client: OciClient): Promise<string | undefined> {
  const kind = kindOf(type);
  if (kind === undefined || (name !== undefined && name !== hidden)) return name;
  try {
    const request = { path: [kind.folder, id], attributes: [kind.field], entity: named };
    return (await client.domain.getExact(request))[kind.field] ?? undefined;
  } catch (error) {
    if (error instanceof CastellanError && error.code === 'not_found') return undefined;
    throw error;
  }
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
