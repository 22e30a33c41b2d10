// What the operator protects, known by id and by name. An entry that stands for nothing protects nothing: until it is put
// right, nothing of its kind is changed.

import { z } from 'zod';
import type { Target } from './change.ts';
import { CastellanError, toCastellanError } from './errors.ts';
import { createOnce } from './once.ts';
import { quoted } from './plain.ts';
import { hidden } from './privacy.ts';
import { defineSettings } from './settings.ts';
import type { Check } from './tool.ts';
import type { CallScope } from './upstream.ts';

export interface ProtectedNames {
  /** By login, the part of a login before its @, email or id. */
  readonly protectUsers: readonly string[];
  readonly protectGroups: readonly string[];
  readonly protectApps: readonly string[];
}

export interface Protected<Client> {
  /** Whether anything is protected at all. */
  readonly some: boolean;
  /** Why these must not be changed: one of them is protected, or the setting for their kind names what is not there. */
  readonly judge: (targets: readonly Target[], client: Client) => Promise<string | undefined>;
  /** The entries that stand for nothing, of all kinds. */
  readonly listUnknown: (client: Client) => Promise<readonly string[]>;
}

/** How a platform finds what an entry of one setting means. */
export interface ProtectedKind<Client> {
  /** The field that an entry may repeat. */
  readonly field: string;
  /** The ids of everything that an entry may mean; none for what is not there. */
  readonly findIds: (entry: string, client: Client) => Promise<readonly string[]>;
  /** As the platform has it, also where assistants must not see it; may throw `not_found`. */
  readonly findName: (id: string, client: Client) => Promise<string | null | undefined>;
}

/** By the type of a target. */
export interface ProtectedKinds<Client> {
  readonly user: ProtectedKind<Client>;
  readonly group: ProtectedKind<Client>;
  readonly application: ProtectedKind<Client>;
}

export interface ProtectedClient {
  readonly hides: (field: string) => boolean;
}

type Type = keyof ProtectedKinds<never>;

const settingOf = { user: 'protectUsers', group: 'protectGroups', application: 'protectApps' } as const;

/** @param whose what one caller may see, another may not: a word for whoever the client asks as. */
export function createProtected<Client extends ProtectedClient>(
  names: ProtectedNames,
  kinds: ProtectedKinds<Client>,
  whose: (client: Client) => string | Promise<string>,
): Protected<Client> {
  /** By kind and entry. What was found stays what it was, also under a new name; what was not may be made meanwhile. */
  const idsOnce = createOnce<ReadonlySet<string>>((ids) => ids.size > 0);
  const types = Object.keys(settingOf) as Type[];
  const entriesOf = (type: Type) => names[settingOf[type]];

  async function lookUp(type: Type, client: Client) {
    const caller = await whose(client);
    const asked = entriesOf(type).map(async (entry) => {
      const find = async () => new Set(await kinds[type].findIds(cleanName(entry), client));
      return { entry, ids: await idsOnce(`${caller} ${type} ${entry}`, find) };
    });
    return Promise.all(asked);
  }

  async function nameOf(type: Type, { id, name }: Target, client: Client): Promise<string | undefined> {
    if (name !== undefined && name !== hidden) return name;
    try {
      return (await kinds[type].findName(id, client)) ?? undefined;
    } catch (error) {
      if (error instanceof CastellanError && error.code === 'not_found') return undefined;
      throw error;
    }
  }

  function sayUnknown(type: Type, unknown: readonly string[], client: Client): string {
    // A misspelt name tells nearly as much as the right one.
    const which = client.hides(kinds[type].field)
      ? `${unknown.length} of its entries`
      : unknown.map((each) => quoted(each)).join(', ');
    return `The operator’s setting ${settingOf[type]} names what is not there (${which}), so no ${type}s are changed until it is corrected; castellan doctor tells which.`;
  }

  return {
    some: types.some((type) => entriesOf(type).length > 0),

    async judge(targets, client) {
      const concerned = types.filter(
        (type) => entriesOf(type).length > 0 && targets.some((each) => each.type === type),
      );
      const found = await Promise.all(concerned.map(async (type) => ({ type, entries: await lookUp(type, client) })));
      for (const target of targets) {
        const kind = found.find(({ type }) => type === target.type);
        if (!kind) continue;
        const own = namesOf(kind.type, await nameOf(kind.type, target, client));
        if (kind.entries.some(({ entry, ids }) => ids.has(target.id) || own.includes(foldName(entry))))
          return `The ${target.type} ${showTarget(target)} is protected by the operator.`;
      }
      for (const { type, entries } of found) {
        const unknown = entries.filter(({ ids }) => ids.size === 0).map(({ entry }) => entry);
        if (unknown.length > 0) return sayUnknown(type, unknown, client);
      }
      return undefined;
    },

    async listUnknown(client) {
      const all = await Promise.all(types.map((type) => lookUp(type, client)));
      return all.flat().flatMap(({ entry, ids }) => (ids.size === 0 ? [entry] : []));
    },
  };
}

/** What `doctor` asks about the protected names. None where nothing is protected. */
export function protectedChecks<Client>(
  protects: Protected<Client>,
  connect: (scope: CallScope) => Client,
  now: () => number,
): readonly Check[] {
  if (!protects.some) return [];
  return [
    {
      name: 'protected',
      async run(signal) {
        try {
          const missing = await protects.listUnknown(connect({ signal, deadline: now() + 10_000 }));
          if (missing.length === 0) return { ok: true, says: 'every protected name stands for something' };
          return {
            ok: false,
            says: `protected, and not there: ${missing.map((entry) => quoted(entry)).join(', ')}; nothing of the kind is changed`,
            todo: 'Correct protectUsers (login, email or id), protectGroups (name or id) and protectApps (name or id), or remove what is gone.',
          };
        } catch (thrown) {
          const { message, hint } = toCastellanError(thrown);
          return { ok: false, says: message, todo: hint };
        }
      },
    },
  ];
}

const entries = z.array(z.string().min(1).max(320));

/**
 * @param prefix of the environment names: `OKTA`
 * @param ids what stands for one beside its names: ` or id`, `, id or OCID`
 * @param access what ties people to an application there: `assignments`
 */
export function defineProtection(prefix: string, ids: string, access: string) {
  return defineSettings({
    protectUsers: {
      schema: entries,
      description: `Users that nothing may be done to, by login (with or without its domain), email${ids}. While an entry is nobody, no user is changed.`,
      env: [`${prefix}_PROTECT_USERS`],
      forbids: true,
      default: [],
    },
    protectGroups: {
      schema: entries,
      description: `Groups that nothing may be done to (memberships included), by name${ids}. While an entry is no group, none is changed.`,
      env: [`${prefix}_PROTECT_GROUPS`],
      forbids: true,
      default: [],
    },
    protectApps: {
      schema: entries,
      description: `Applications that nothing may be done to (their ${access} included), by name${ids}. While an entry is none, none is changed.`,
      env: [`${prefix}_PROTECT_APPS`],
      forbids: true,
      default: [],
    },
  });
}

/** The names by which an entry may mean a target, as they are compared. */
function namesOf(type: Type, name: string | undefined): readonly string[] {
  if (name === undefined) return [];
  return type === 'user' ? [foldName(name), foldName(name.replace(/@.*$/, ''))] : [foldName(name)];
}

function cleanName(name: string): string {
  return name.normalize('NFC').trim();
}

/** As the operator may have written it in the settings. */
export function foldName(name: string): string {
  return cleanName(name).toLowerCase();
}

/** A name may be stored with composed or decomposed accents, which are other letters to a platform. */
export function spellingsOf(name: string): readonly string[] {
  return [...new Set([name, name.normalize('NFD')])];
}

export function showTarget({ id, name }: Target): string {
  return name === undefined ? id : `${quoted(name)} (${id})`;
}
