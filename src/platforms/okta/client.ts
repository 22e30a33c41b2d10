// The client of one Okta organization: requests whose answers are checked, and lists that are read page by page.

import { z } from 'zod';
import { invalidAnswer } from '../../core/exchange.ts';
import { collectPages, decodeCursor, encodeCursor, type Page } from '../../core/pages.ts';
import type { Privacy } from '../../core/privacy.ts';
import type { CallScope, Upstream } from '../../core/upstream.ts';
import type { OktaCredential } from './credential.ts';

export type Query = Readonly<Record<string, string | number | boolean | undefined>>;

export interface ListRequest<T> {
  /** Below /api/v1; ids go in as they are. */
  readonly path: readonly string[];
  /** What makes this list another than one with other parameters; repeated on every page. */
  readonly query?: Query;
  /** For the first page only: what the next link says about it counts afterwards (a log's time window). */
  readonly firstPage?: Query;
  /** What the caller asked in words that `query` does not hold, so that a cursor does not continue another question. */
  readonly asked?: readonly (string | undefined)[];
  readonly entity: z.ZodType<T>;
  /** How many are wanted at most, and the cursor of an earlier answer. */
  readonly max: number;
  readonly cursor?: string | undefined;
  /** Okta's own limits of `limit`; without `pageSize` the operation knows no `limit` and gives everything. */
  readonly pageSize?: number;
  readonly minPageSize?: number;
  /** The operation gives at most this many and never a next page, so a full answer may have been cut. */
  readonly capped?: number;
  readonly progress?: (done: number, total?: number) => void;
}

export interface List<T> {
  readonly items: readonly T[];
  readonly complete: boolean;
  readonly next_cursor?: string;
  readonly note?: string;
}

export interface OktaClient {
  /** Whose organization it is. */
  readonly tenant: string;
  /** How requests prove their right. */
  readonly credential: Connection['credential'];
  readonly get: <T>(path: readonly string[], entity: z.ZodType<T>, query?: Query) => Promise<T>;
  /** The same with what the operator hides from assistants: for merging into a later request, never for an answer. */
  readonly getExact: <T>(path: readonly string[], entity: z.ZodType<T>, query?: Query) => Promise<T>;
  readonly list: <T>(request: ListRequest<T>) => Promise<List<T>>;
  /** Changes something, once: it is repeated only where Okta refused it unseen (429). Gives the answer's body, exact. */
  readonly send: (
    method: Change['method'],
    path: readonly string[],
    change?: Omit<Change, 'method'>,
  ) => Promise<unknown>;
  /** Whether the operator hides a profile field, by its name or path. */
  readonly hides: (field: string) => boolean;
}

interface Change {
  readonly method: 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly query?: Query;
  readonly body?: unknown;
}

const apiRoot = ['api', 'v1'] as const;

/** What is the same for all calls to one organization. `tenant` binds cursors to it. */
export interface Connection {
  readonly upstream: Upstream;
  readonly origin: URL;
  readonly tenant: string;
  readonly privacy: Privacy;
  readonly credential: Pick<OktaCredential, 'kind' | 'clientId' | 'askedScopes' | 'scopes' | 'bound' | 'caller'>;
}

export function createOktaClient(connection: Connection, scope: CallScope): OktaClient {
  const { upstream, origin, tenant, privacy, credential } = connection;
  async function get<T>(path: readonly string[], query: Query, read: (body: unknown) => T): Promise<T> {
    const bucket = bucketOf(path);
    const answer = await upstream.request({ method: 'GET', path: [...apiRoot, ...path], query, bucket, read }, scope);
    return answer.body;
  }

  async function fetchPage<T>(
    request: ListRequest<T>,
    after: string | undefined,
    limit: number,
    ahead: (next: string) => void = () => {},
  ): Promise<Page<T>> {
    const place = after === undefined ? request.firstPage : placeOf(after);
    const query = { ...request.query, ...place, limit: request.pageSize === undefined ? undefined : limit };
    const answer = await upstream.request(
      {
        method: 'GET',
        path: [...apiRoot, ...request.path],
        query,
        bucket: bucketOf(request.path),
        onHeaders(headers) {
          const next = nextAfter(headers, undefined, origin, request.path);
          if (next !== undefined) ahead(next);
        },
        read: reading(z.array(request.entity), privacy),
      },
      scope,
    );
    return { items: answer.body, next: nextAfter(answer.headers, answer.requestId, origin, request.path) };
  }

  return {
    tenant,
    credential,
    get: (path, entity, query = {}) => get(path, query, reading(entity, privacy)),
    getExact: (path, entity, query = {}) => get(path, query, reading(entity, undefined)),
    hides: privacy.hides,

    async send(method, path, { query, body } = {}) {
      // Operations on one path have a bucket each.
      const bucket = `${method} ${bucketOf(path)}`;
      const request = { method, path: [...apiRoot, ...path], bucket, read: (answer: unknown) => answer };
      const answer = await upstream.request(
        { ...request, ...(query && { query }), ...(body !== undefined && { body }) },
        scope,
      );
      return answer.body;
    },

    async list(request) {
      const question = JSON.stringify([tenant, request.path, request.query, request.asked]);
      const from = request.cursor === undefined ? undefined : decodeCursor(request.cursor, question);
      const { capped } = request;
      let cut = false;
      const collected = await collectPages({
        async fetchPage(after, limit, ahead) {
          const page = await fetchPage(request, after, capped ?? limit, ahead);
          cut = page.next === undefined && capped !== undefined && page.items.length >= capped;
          return page;
        },
        from,
        max: request.max,
        // Operations without `limit` document no paging, yet Okta adds a next link when they grow long.
        pageSize: request.pageSize ?? Number.POSITIVE_INFINITY,
        ...(request.minPageSize === undefined ? {} : { minPageSize: request.minPageSize }),
        progress: request.progress,
      });
      return {
        items: collected.items,
        complete: collected.next === undefined && !cut,
        ...(collected.next && { next_cursor: encodeCursor(collected.next, question) }),
        ...(collected.stopped !== undefined && { note: `Stopped early: ${collected.stopped}` }),
        ...(cut ? { note: `Okta gives only the first ${capped} here and no further pages: narrow the request.` } : {}),
      };
    },
  };
}

/**
 * A check that gives back the vendor's own object: an entity names the fields that we use, and copying the fifty others
 * costs ten times the check.
 */
function reading<T>(entity: z.ZodType<T>, privacy: Privacy | undefined): (body: unknown) => T {
  return (body) => {
    privacy?.hide?.(body);
    entity.parse(body);
    return body as T;
  };
}

/** The rate-limit bucket of a path: ids stand at every second place, and wherever something looks like one of Okta's ids. */
function bucketOf(path: readonly string[]): string {
  return `/${path.map((segment, place) => (place % 2 === 1 || looksLikeId(segment) ? '{}' : segment)).join('/')}`;
}

function looksLikeId(segment: string): boolean {
  return segment.length >= 15 && /\d/.test(segment);
}

/** Parameters of a next link that say where it leads; the others repeat the question. */
const placeNames = ['after', 'since', 'until'];

/** Where the next link (RFC 8288) leads. It must be the same operation of the same organization; of it only the place is used. */
function nextAfter(
  headers: Headers,
  requestId: string | undefined,
  origin: URL,
  path: readonly string[],
): string | undefined {
  const link = nextLink(headers.get('link') ?? '');
  if (link === undefined) return undefined;
  const next = URL.canParse(link, origin.href) ? new URL(link, origin) : undefined;
  // Okta names a user by id where we named them by login, so ids are not compared.
  const same = next && bucketOf(next.pathname.split('/').slice(1)) === bucketOf([...apiRoot, ...path]);
  if (!next || next.origin !== origin.origin || !same || !next.searchParams.get('after')) {
    throw invalidAnswer('Okta gave a next page that is not on this organization’s own list.', requestId, {
      again: false,
    });
  }
  return new URLSearchParams([...next.searchParams].filter(([name]) => placeNames.includes(name))).toString();
}

function nextLink(header: string): string | undefined {
  for (const [, target, parameters = ''] of header.matchAll(/<([^>]*)>((?:\s*;\s*[^;,]*)*)/g)) {
    if (/;\s*rel\s*=\s*"?(?:[^"]*\s)?next(?:\s[^"]*)?"?\s*(?:;|$)/i.test(parameters)) return target;
  }
  return undefined;
}

/** The parameters of a place. It has been through the caller's hands, so nothing but a place is read from it. */
function placeOf(after: string): Query {
  return Object.fromEntries([...new URLSearchParams(after)].filter(([name]) => placeNames.includes(name)));
}
