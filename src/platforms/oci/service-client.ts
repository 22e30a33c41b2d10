// Requests to a service of a region, whose lists go on where the header `opc-next-page` says.

import { z } from 'zod';
import type { Query } from '../../core/exchange.ts';
import { collectPages, decodeCursor, type Page } from '../../core/pages.ts';
import type { CallScope } from '../../core/upstream.ts';
import { bucketOf, check, listOf } from './answers.ts';
import type { Connection, ServiceAsk, ServiceClient } from './client.ts';
import { rootOf, type ServiceName } from './hosts.ts';
import { hideInService } from './privacy.ts';

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
      hideInService(privacy, body);
      return check(entity, body);
    };
    const upstream = connection.upstreamAt(await connection.serviceOrigin(service, region, scope));
    const bucket = `${service} ${bucketOf('GET', path)}`;
    return upstream.request({ method: 'GET', path: [...root, ...path], query, bucket, read }, scope);
  }

  return {
    get: async ({ path, query = {}, entity }) => (await ask(path, query, entity)).body,

    async list(request) {
      const { path, query = {}, entity, key, max, cursor, pageSize, progress, firstPage = {}, keep } = request;
      const question = JSON.stringify([tenant, service, region, path, query, request.asked]);
      const names = [...Object.keys(firstPage), 'page'];
      const items = z.array(entity);
      const askItems = async (asked: Query) => {
        if (key === undefined) return ask(path, asked, items);
        const { body, headers } = await ask(path, asked, z.looseObject({ [key]: items }));
        return { body: body[key] as z.output<typeof items>, headers };
      };
      const collected = await collectPages({
        async fetchPage(after, limit): Promise<Page<z.output<typeof entity>>> {
          const place = after === undefined ? firstPage : placeOf(after, names);
          const asked = { ...query, ...place, ...(pageSize !== undefined && { limit }) };
          const { body, headers } = await askItems(asked);
          const page = headers.get('opc-next-page');
          return {
            items: keep ? body.filter(keep) : body,
            next: page ? new URLSearchParams({ ...place, page }).toString() : undefined,
          };
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

/** The parameters of a place. It has been through the caller's hands, so nothing but a place is read from it. */
function placeOf(after: string, names: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries([...new URLSearchParams(after)].filter(([name]) => names.includes(name)));
}

/** By its whole path: the version of the API is the caller's to know. */
export async function askService(connection: Connection, scope: CallScope, asked: ServiceAsk) {
  const { service, region, path, query } = asked;
  const upstream = connection.upstreamAt(await connection.serviceOrigin(service, region, scope));
  const read = (body: unknown) => {
    hideInService(connection.privacy, body);
    return body;
  };
  // Any path may be asked: what they are called together is the service.
  const request = { method: 'GET', path, query, bucket: `${service} GET`, read } as const;
  const { body, headers } = await upstream.request(request, scope);
  return { body, next: headers.get('opc-next-page') || undefined };
}
