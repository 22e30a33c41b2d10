// The client (skc_…) of an environment's own application: the one that its redirect URIs belong to.

import { z } from 'zod';
import { CastellanError } from '../../../core/errors.ts';
import type { EnvironmentClient } from '../client.ts';

const text = z.string().nullish();
const uris = z.array(z.string()).nullish();

export const clientEntity = z.looseObject({
  id: z.string(),
  client_type: text,
  post_login_uris: uris,
  post_logout_redirect_uris: uris,
  initiate_login_uri: text,
  secrets: z.array(z.looseObject({ secret_suffix: text })).nullish(),
});

export type OwnClient = z.output<typeof clientEntity>;

export async function loadEnvironmentClient(client: EnvironmentClient): Promise<OwnClient> {
  const { items } = await client.list({
    path: ['clients'],
    key: 'clients',
    entity: clientEntity,
    max: 1_000,
    pageSize: 30,
  });
  const own = items.find(({ client_type }) => client_type === 'ENV') ?? items[0];
  if (own) return own;
  throw new CastellanError({
    code: 'not_found',
    message: 'The environment has no client of its own.',
    hint: 'A person makes one in the dashboard (Developers > API credentials).',
  });
}
