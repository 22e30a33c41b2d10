// Where the identity domain of a tenancy is, for a profile that does not name one: the Default domain, as the tenancy lists it.

import { z } from 'zod';
import { CastellanError } from '../../core/errors.ts';
import { createOnce } from '../../core/once.ts';
import type { CallScope } from '../../core/upstream.ts';
import type { Connection } from './client.ts';
import { rootOf } from './hosts.ts';

const domains = z.array(z.looseObject({ type: z.string(), url: z.string() }));

export function createDomainFinder({
  upstreamAt,
  serviceOrigin,
  identity,
}: Pick<Connection, 'upstreamAt' | 'serviceOrigin' | 'identity'>): (scope: CallScope) => Promise<URL> {
  const once = createOnce<URL>(() => true);
  return async (scope) => {
    const { tenancy } = await identity(scope);
    return once(tenancy, async () => {
      const origin = await serviceOrigin('identity', undefined, scope);
      const { body } = await upstreamAt(origin).request(
        {
          method: 'GET',
          path: [...rootOf('identity'), 'domains'],
          query: { compartmentId: tenancy, type: 'DEFAULT', lifecycleState: 'ACTIVE' },
          bucket: 'identity GET /domains',
          read: (answer) => domains.parse(answer),
        },
        scope,
      );
      const url = body.find(({ type }) => type === 'DEFAULT')?.url;
      const found = url !== undefined && URL.canParse(url) ? new URL(new URL(url).origin) : undefined;
      // Nothing that is signed goes out in the open, unless the services themselves are on this machine.
      if (found?.protocol === 'https:' || found?.protocol === origin.protocol) return found;
      throw new CastellanError({
        code: 'bad_configuration',
        message: 'The tenancy names no Default identity domain that could be used.',
        hint: 'The operator must set domainUrl (OCI_DOMAIN_URL) to the address of the domain.',
      });
    });
  };
}
