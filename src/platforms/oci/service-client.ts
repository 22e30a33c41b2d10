// Requests to a service of a region, whose lists go on where the header `opc-next-page` says.

import { z } from 'zod';
import type { Query } from '../../core/exchange.ts';
import { collectPages, decodeCursor, type Page } from '../../core/pages.ts';
import type { CallScope } from '../../core/upstream.ts';
import { bucketOf, check, listOf } from './answers.ts';
import type { Connection, ServiceClient } from './client.ts';
import { rootOf, type ServiceName } from './hosts.ts';

export function createServiceClient(
  connection: Connection,
  scope: CallScope,
  service: ServiceName,
  region: string | undefined,
): ServiceClient {
  const { tenant, privacy } = connection;
  const root = rootOf(service);

  async function ask<T>(path: readonly string[], query: Query, entity: z.ZodType<T>) {
    const read = (body: unknown) => {
      privacy.hide?.(body);
      return check(entity, body);
    };
    const upstream = connection.upstreamAt(await connection.serviceOrigin(service, region, scope));
    const bucket = `${service} ${bucketOf('GET', path)}`;
    return upstream.request({ method: 'GET', path: [...root, ...path], query, bucket, read }, scope);
  }

  return {
    get: async ({ path, query = {}, entity }) => (await ask(path, query, entity)).body,

    async list({ path, query = {}, entity, max, cursor, pageSize, progress }) {
      const question = JSON.stringify([tenant, service, region, path, query]);
      const collected = await collectPages({
        async fetchPage(after, limit): Promise<Page<z.output<typeof entity>>> {
          const page = { page: after, ...(pageSize !== undefined && { limit }) };
          const { body, headers } = await ask(path, { ...query, ...page }, z.array(entity));
          return { items: body, next: headers.get('opc-next-page') || undefined };
        },
        from: cursor ? decodeCursor(cursor, question) : undefined,
        max,
        pageSize: pageSize ?? Number.POSITIVE_INFINITY,
        progress,
      });
      return listOf(collected, question);
    },
  };
}
