// What the operator protects in an identity domain: how an entry is found there.

import { z } from 'zod';
import * as core from '../../core/protected.ts';
import type { OciClient } from './client.ts';
import { or, where } from './filter.ts';

const named = z.looseObject({ id: z.string(), userName: z.string().nullish(), displayName: z.string().nullish() });
/** More than these nobody has with one beginning. */
const most = 10_000;

const kinds: core.ProtectedKinds<OciClient> = {
  user: kindOf('Users', 'userName'),
  group: kindOf('Groups', 'displayName'),
  application: kindOf('Apps', 'displayName'),
};

function kindOf(folder: 'Users' | 'Groups' | 'Apps', field: 'userName' | 'displayName'): core.ProtectedKind<OciClient> {
  return {
    field,
    async findIds(entry, client) {
      const filter = entry.startsWith('ocid1.')
        ? where.eq('ocid', entry)
        : or(
            ...(/^[\w-]{1,64}$/.test(entry) ? [where.eq('id', entry)] : []),
            ...core.spellingsOf(entry).map((name) => where.eq(field, name)),
            ...(folder === 'Users' ? [where.sw('userName', `${entry}@`), where.eq('emails.value', entry)] : []),
          );
      const request = { path: [folder], filter, attributes: ['id'], entity: named, max: most };
      return (await client.domain.list(request)).items.map(({ id }) => id);
    },
    async findName(id, client) {
      return (await client.domain.getExact({ path: [folder, id], attributes: [field], entity: named }))[field];
    },
  };
}

export type Protected = core.Protected<OciClient>;

export function createProtected(names: core.ProtectedNames): Protected {
  return core.createProtected(names, kinds, async (client) => (await client.identity()).user);
}
