// How much hangs on a user of an identity domain, as a person wants to know it before the user is changed.

import { z } from 'zod';
import type { OciClient } from '../client.ts';
import { where } from '../filter.ts';
import { orUnseen } from '../seeing.ts';
import { granteeIs } from './grants.ts';
import { seen, type User } from './user-facts.ts';

export interface Held {
  readonly touches: Readonly<Record<string, number>>;
  readonly warnings: readonly string[];
}

const grantEntity = z.looseObject({ id: z.string(), app: z.looseObject({ value: z.string() }).nullish() });
const anyEntity = z.looseObject({ id: z.string() });
const most = 1_000;

/** How much hangs on a user: what cannot be seen is told as such. */
export async function countHeld(client: OciClient, user: User): Promise<Held> {
  const [grants, apiKeys, authTokens] = await Promise.all([
    orUnseen(
      client.domain.list({
        path: ['Grants'],
        filter: granteeIs('User', user.id),
        attributes: ['app'],
        entity: grantEntity,
        max: most,
      }),
    ),
    ...['ApiKeys', 'AuthTokens'].map((folder) =>
      orUnseen(
        client.domain.list({
          path: [folder],
          filter: where.eq('user.value', user.id),
          attributes: ['id'],
          entity: anyEntity,
          max: 1,
        }),
      ),
    ),
  ]);
  const applications = new Set(grants?.items.flatMap(({ app }) => (app ? [app.value] : [])));
  const unseen = Object.entries({ grants, 'API keys': apiKeys, 'auth tokens': authTokens }).flatMap(([name, list]) =>
    list === undefined ? [name] : [],
  );
  return {
    touches: {
      groups: seen(user.groups)?.length ?? 0,
      ...(grants && { grants: grants.total, applications: applications.size }),
      ...(apiKeys && { api_keys: apiKeys.total }),
      ...(authTokens && { auth_tokens: authTokens.total }),
    },
    warnings:
      unseen.length === 0 ? [] : [`Whoever the requests are made as may not see the user’s ${unseen.join(', ')}.`],
  };
}
