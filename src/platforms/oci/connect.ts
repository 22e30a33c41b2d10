// The client for one call to an OCI tenant.

import type { CallScope } from '../../core/upstream.ts';
import type { Connection, OciClient } from './client.ts';
import { createDomainClient } from './domain-client.ts';
import { askService, createServiceClient } from './service-client.ts';

export function createOciClient(connection: Connection, scope: CallScope): OciClient {
  const { tenant, privacy } = connection;
  return {
    tenant,
    hides: privacy.hides,
    domain: createDomainClient(connection, scope),
    service: (name, region) => createServiceClient(connection, scope, name, region),
    identity: () => connection.identity(scope),
    claims: () => connection.claims(scope),
    ask: (request) => askService(connection, scope, request),
  };
}
