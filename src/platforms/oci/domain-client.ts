// Requests to an identity domain's SCIM API (RFC 7644), whose lists are counted from 1 and told in all.

import { z } from 'zod';
import { CastellanError } from '../../core/errors.ts';
import type { Query } from '../../core/exchange.ts';
import { collectPages, decodeCursor, type Page } from '../../core/pages.ts';
import type { Privacy } from '../../core/privacy.ts';
import type { CallScope } from '../../core/upstream.ts';
import { bucketOf, check, listOf } from './answers.ts';
import type { Connection, DomainClient, DomainGet, DomainList, DomainSend, Method } from './client.ts';

const domainRoot = ['admin', 'v1'] as const;
const patchSchema = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';
/** The domain gives 1,000 at most, which would be several megabytes of people. */
const domainPageSize = 250;

const listResponse = z.looseObject({ totalResults: z.number(), Resources: z.array(z.unknown()).nullish() });

export function createDomainClient(connection: Connection, scope: CallScope): DomainClient {
  const { tenant, privacy, turns } = connection;
  const upstream = async () => connection.upstreamAt(await connection.domainOrigin(scope));

  async function get<T>(asked: DomainGet<T>, hide: Privacy['hide']): Promise<T> {
    const read = (body: unknown) => {
      hideIn(hide, asked.path, body);
      return check(asked.entity, body);
    };
    const { path } = asked;
    const request = { method: 'GET', path: [...domainRoot, ...path], query: queryOf(asked), read } as const;
    return (await (await upstream()).request({ ...request, bucket: bucketOf('GET', path) }, scope)).body;
  }

  async function send(method: Method, path: readonly string[], more: DomainSend = {}): Promise<unknown> {
    const { query, body, attributes, version } = more;
    const request = {
      method,
      path: [...domainRoot, ...path],
      query: { ...query, ...(attributes && { attributes: attributes.join(',') }) },
      ...(body !== undefined && { body }),
      ...(version !== undefined && { headers: { 'if-match': version } }),
      bucket: bucketOf(method, path),
      read: (answer: unknown) => answer,
    };
    return (await (await upstream()).request(request, scope)).body;
  }

  return {
    get: (request) => get(request, privacy.hide),
    getExact: (request) => get(request, undefined),
    send,
    patch: (path, operations, more = {}) =>
      send('PATCH', path, { ...more, body: { schemas: [patchSchema], Operations: operations } }),

    inTurn(path, work) {
      const key = path.join('/');
      const turn = (turns.get(key) ?? Promise.resolve()).then(work, work);
      turns.set(key, turn);
      const leave = () => void (turns.get(key) === turn && turns.delete(key));
      turn.then(leave, leave);
      return turn;
    },

    async list(request) {
      const { path, entity, max, cursor, progress } = request;
      const query = queryOf(request);
      const question = JSON.stringify([tenant, path, query]);
      const from = cursor ? decodeCursor(cursor, question) : undefined;
      let total = 0;
      const through = await upstream();
      const collected = await collectPages({
        async fetchPage(after, limit): Promise<Page<z.output<typeof entity>>> {
          const startIndex = startOf(after);
          const read = (body: unknown) => {
            hideIn(privacy.hide, path, body);
            const { totalResults, Resources } = listResponse.parse(body);
            return { total: totalResults, items: check(z.array(entity), Resources ?? []) };
          };
          const { body } = await through.request(
            {
              method: 'GET',
              path: [...domainRoot, ...path],
              query: { ...query, startIndex, count: limit },
              bucket: bucketOf('GET', path),
              read,
            },
            scope,
          );
          total = body.total;
          const next = startIndex + body.items.length;
          return { items: body.items, next: body.items.length > 0 && next <= total ? String(next) : undefined };
        },
        from,
        max,
        pageSize: domainPageSize,
        progress,
      });
      return { ...listOf(collected, question), total };
    },
  };
}

function queryOf<T>(asked: DomainGet<T> & Partial<DomainList<T>>): Query {
  const { attributes, attributeSets, filter, sortBy, sortOrder } = asked;
  return {
    filter: filter?.text,
    sortBy,
    sortOrder,
    ...(attributes && { attributes: attributes.join(',') }),
    attributeSets,
  };
}

/** Counted from 1 (RFC 7644 §3.4.2.4). It has been through the caller's hands. */
function startOf(after: string | undefined): number {
  if (after === undefined) return 1;
  if (/^[1-9]\d{0,8}$/.test(after)) return Number(after);
  throw new CastellanError({
    code: 'invalid_input',
    message: 'The cursor is not one that Castellan gave.',
    hint: 'Pass next_cursor of the last answer unchanged, or leave it out to start at the beginning.',
  });
}

/** Resources that are people, or tell of one at their top. */
const ofPeople = new Set(['Users', 'Me']);

/** Whose fields they are tell the names around them. */
function hideIn(hide: Privacy['hide'], path: readonly string[], body: unknown): void {
  hide?.(ofPeople.has(path[0] ?? '') ? { person: body } : body);
}
