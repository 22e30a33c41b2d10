// What the operator protects in an Okta organization: how an entry is found there.

import { z } from 'zod';
import { CastellanError } from '../../core/errors.ts';
import * as core from '../../core/protected.ts';
import type { OktaClient } from './client.ts';
import { eq, or } from './filter.ts';

const named = z.object({
  id: z.string(),
  label: z.string().nullish(),
  profile: z.object({ login: z.string().nullish(), name: z.string().nullish() }).nullish(),
});
type Named = z.output<typeof named>;
/** Okta's ids: what is shorter or holds a blank is a name. */
const id = /^[\w-]{15,64}$/;
/** More than these nobody has with one beginning. */
const most = 10_000;

const read = (client: OktaClient, folder: string, which: string): Promise<Named> =>
  client.getExact([folder, which], named);

const kinds: core.ProtectedKinds<OktaClient> = {
  user: {
    field: 'profile.login',
    async findIds(entry, client) {
      // `me` is whoever asks.
      const own = entry.toLowerCase() === 'me' ? undefined : await idAt(client, 'users', entry);
      const search = or(eq('profile.email', entry), `profile.login sw ${JSON.stringify(`${entry}@`)}`);
      return own === undefined ? searchFor(client, 'users', search) : [own];
    },
    findName: async (which, client) => (await read(client, 'users', which)).profile?.login,
  },
  group: {
    field: 'profile.name',
    async findIds(entry, client) {
      const own = id.test(entry) ? await idAt(client, 'groups', entry) : undefined;
      const search = or(...core.spellingsOf(entry).map((name) => eq('profile.name', name)));
      return own === undefined ? searchFor(client, 'groups', search) : [own];
    },
    findName: async (which, client) => (await read(client, 'groups', which)).profile?.name,
  },
  application: {
    field: 'label',
    async findIds(entry, client) {
      const own = id.test(entry) ? await idAt(client, 'apps', entry) : undefined;
      return own === undefined ? findApps(client, entry) : [own];
    },
    findName: async (which, client) => (await read(client, 'apps', which)).label,
  },
};

export type Protected = core.Protected<OktaClient>;

export function createProtected(names: core.ProtectedNames): Protected {
  return core.createProtected(names, kinds, ({ credential }) => credential.caller ?? '');
}

async function searchFor(client: OktaClient, folder: string, search: string): Promise<readonly string[]> {
  const { items } = await client.list({ path: [folder], query: { search }, entity: named, max: most, pageSize: 200 });
  return items.map((item) => item.id);
}

/** Okta finds applications by how label or name begins, and has no other way. */
async function findApps(client: OktaClient, label: string): Promise<readonly string[]> {
  const request = { path: ['apps'], query: { q: label }, entity: named, max: most, pageSize: 200 };
  const { items } = await client.list(request);
  return items
    .filter((app) => app.label != null && core.foldName(app.label) === core.foldName(label))
    .map((app) => app.id);
}

/** By id; a user also by login, whole or without its domain. What can stand in no address is neither. */
async function idAt(client: OktaClient, folder: string, which: string): Promise<string | undefined> {
  try {
    return (await read(client, folder, which)).id;
  } catch (error) {
    if (error instanceof CastellanError && (error.code === 'not_found' || error.code === 'invalid_input'))
      return undefined;
    throw error;
  }
}
