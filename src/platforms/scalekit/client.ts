// The client of one Scalekit tenant: requests whose answers are checked, and lists that are read page by page.

import { z } from 'zod';
import { CastellanError } from '../../core/errors.ts';
import { invalidAnswer, type Query } from '../../core/exchange.ts';
import type { createOnce } from '../../core/once.ts';
import { collectPages, decodeCursor, encodeCursor, type Page, type Position } from '../../core/pages.ts';
import type { Privacy } from '../../core/privacy.ts';
import type { CallScope, Upstream } from '../../core/upstream.ts';
import type { Docs } from './docs.ts';

export type Method = 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** One entity, which the answer holds under a name. */
export interface GetRequest<T> {
  /** Below /api/v1; ids go in as they are. */
  readonly path: readonly string[];
  /** `search` of `organizations:search`. */
  readonly verb?: string;
  readonly query?: Query;
  /** `organization` of `{ "organization": { … } }`. */
  readonly key: string;
  readonly entity: z.ZodType<T>;
}

export interface ListRequest<T> {
  readonly path: readonly string[];
  readonly verb?: string;
  /** What makes this list another than one with other parameters; repeated on every page. */
  readonly query?: Query;
  /** The answer's name for its items: `organizations`. */
  readonly key: string;
  readonly entity: z.ZodType<T>;
  readonly max: number;
  readonly cursor?: string | undefined;
  /** Scalekit's own limits of `page_size`; without `pageSize` the operation gives everything at once. */
  readonly pageSize?: number;
  /** Pages are counted from 1 rather than named by the answer before. */
  readonly numbered?: boolean;
  readonly progress?: (done: number, total?: number) => void;
}

export interface List<T> {
  readonly items: readonly T[];
  readonly complete: boolean;
  readonly next_cursor?: string;
  readonly note?: string;
}

export interface ScalekitClient {
  readonly tenant: string;
  /** Requests about one environment; its id may be left out where the tenant is one. */
  readonly at: (environmentId: string | undefined) => EnvironmentClient;
  /** Requests about the workspace: its environments and members. The gate lets them through where the credential reaches it. */
  readonly workspace: EnvironmentClient;
  /** The address of the environment that the tenant is; absent where the tenant is a workspace. */
  readonly origin: string | undefined;
  /** The operator's index of documentation. */
  readonly docs: Docs | undefined;
  /** Whether the operator hides a field of people, by its name or path. */
  readonly hides: (field: string) => boolean;
}

export interface EnvironmentClient {
  readonly hides: (field: string) => boolean;
  readonly get: <T>(request: GetRequest<T>) => Promise<T>;
  /** An answer that is itself the entity. */
  readonly getWhole: <T>(request: Omit<GetRequest<T>, 'key'>) => Promise<T>;
  /** The same with what the operator hides from assistants: for merging into a later request, never for an answer. */
  readonly getExact: <T>(request: GetRequest<T>) => Promise<T>;
  readonly list: <T>(request: ListRequest<T>) => Promise<List<T>>;
  /** Runs what looks at an entity and then replaces it after all others of the tenant that do so are done. */
  readonly inTurn: <T>(path: readonly string[], work: () => Promise<T>) => Promise<T>;
  /** Changes something, once: it is repeated only where Scalekit refused it unseen (429). Gives the answer's body, exact. */
  readonly send: (
    method: Method,
    path: readonly string[],
    more?: { readonly verb?: string; readonly query?: Query; readonly body?: unknown },
  ) => Promise<unknown>;
}

export interface Connection {
  readonly upstream: Upstream;
  readonly tenant: string;
  readonly privacy: Privacy;
  /** The environment that the tenant is, where that is known. */
  readonly environmentId: string | undefined;
  /** Set where the tenant is a whole workspace: the addresses of its environments, as they were looked up. */
  readonly domains?: ReturnType<typeof createOnce<string>> | undefined;
  readonly origin: string | undefined;
  readonly docs?: Docs | undefined;
  /** What `inTurn` waits for, by path. */
  readonly turns: Map<string, Promise<unknown>>;
}

type Headers = () => Promise<Readonly<Record<string, string>>>;

const apiRoot = ['api', 'v1'] as const;
/** It goes into a header. */
const domainEntity = z.object({ domain: z.string().regex(/^[\w.:-]{1,253}$/) });
const pageFacts = z.looseObject({
  next_page_token: z.string().nullish(),
  prev_page_token: z.string().nullish(),
  total_size: z.number().nullish(),
});

export function createScalekitClient(connection: Connection, scope: CallScope): ScalekitClient {
  const { tenant, privacy, domains, origin, docs } = connection;
  const plain = createEnvironmentClient(connection, scope, async () => ({}));
  return {
    tenant,
    hides: privacy.hides,
    workspace: plain,
    origin,
    docs,
    at(given) {
      if (!domains) {
        checkOwn(connection.environmentId, given);
        return plain;
      }
      if (given === undefined) {
        throw new CastellanError({
          code: 'invalid_input',
          message: 'environmentId is missing: this tenant is a workspace with several environments.',
          hint: 'list_environments names them.',
        });
      }
      // Which environment is meant says the address that it has, not its id.
      return createEnvironmentClient(connection, scope, async () => ({
        'x-env-domain': await domains(given, async () => {
          const request = { path: ['environments', given], key: 'environment', entity: domainEntity };
          return (await plain.getExact(request)).domain;
        }),
      }));
    },
  };
}

function checkOwn(own: string | undefined, given: string | undefined): void {
  if (given === undefined || given === own) return;
  throw new CastellanError({
    code: 'invalid_input',
    message:
      own === undefined
        ? 'This tenant is one environment, and its id is not configured, so environmentId cannot be compared.'
        : `This tenant is the environment ${own}, not ${given}.`,
    hint: 'Leave environmentId out; an operator can set SCALEKIT_ENVIRONMENT_ID, or describe another environment as another tenant.',
  });
}

function createEnvironmentClient(
  { upstream, tenant, privacy, turns }: Connection,
  scope: CallScope,
  headersOf: Headers,
): EnvironmentClient {
  async function get<T>(
    { path, verb, query = {}, key, entity }: Omit<GetRequest<T>, 'key'> & { readonly key?: string },
    hide: Privacy['hide'],
  ): Promise<T> {
    const read = (body: unknown) => {
      // Before it is taken apart: whose fields they are tell the names around them.
      hide?.(body);
      return check(entity, key === undefined ? body : take(body, key));
    };
    const bucket = bucketOf('GET', path, verb);
    const request = { method: 'GET', path: [...apiRoot, ...path], verb, query, bucket, read } as const;
    return (await upstream.request({ ...request, headers: await headersOf() }, scope)).body;
  }

  async function fetchPage<T>(asked: ListRequest<T>, after: string | undefined): Promise<Page<T>> {
    const { path, verb, key, entity, pageSize, numbered } = asked;
    // All pages are of one size, or they would overlap: a token is a page's number and size (`{"page":2,"limit":30}`).
    const query = { ...asked.query, ...(pageSize !== undefined && { page_size: pageSize, page_token: after }) };
    const read = (body: unknown) => {
      privacy.hide?.(body);
      return { items: check(z.array(entity), takeList(body, key)), facts: pageFacts.parse(body) };
    };
    const bucket = bucketOf('GET', path, verb);
    const headers = await headersOf();
    const request = { method: 'GET', path: [...apiRoot, ...path], verb, query, headers, bucket, read } as const;
    const { body } = await upstream.request(request, scope);
    const { items, facts } = body;
    if (pageSize === undefined) return { items };
    if (!numbered) return { items, next: facts.next_page_token || undefined };
    const page = Number(after ?? 1);
    const more = (facts.total_size ?? 0) > page * pageSize && items.length > 0;
    return { items, next: more ? String(page + 1) : undefined };
  }

  return {
    hides: privacy.hides,
    get: (request) => get(request, privacy.hide),
    getWhole: (request) => get(request, privacy.hide),
    getExact: (request) => get(request, undefined),

    async send(method, path, { verb, query, body } = {}) {
      const request = {
        method,
        path: [...apiRoot, ...path],
        verb,
        bucket: bucketOf(method, path, verb),
        headers: await headersOf(),
        read: (answer: unknown) => answer,
      };
      const answer = await upstream.request(
        { ...request, ...(query && { query }), ...(body !== undefined && { body }) },
        scope,
      );
      return answer.body;
    },

    inTurn(path, work) {
      const key = path.join('/');
      const turn = (turns.get(key) ?? Promise.resolve()).then(work, work);
      turns.set(key, turn);
      const leave = () => void (turns.get(key) === turn && turns.delete(key));
      turn.then(leave, leave);
      return turn;
    },

    async list(request) {
      const question = JSON.stringify([tenant, request.path, request.verb, request.query, await headersOf()]);
      const page = request.numbered && request.cursor ? pageOf(request.cursor) : undefined;
      // An empty one is how some hosts write none.
      const from = page ? placeOf(page, request) : request.cursor ? decodeCursor(request.cursor, question) : undefined;
      const collected = await collectPages({
        fetchPage: (after) => fetchPage(request, after),
        from,
        max: request.max,
        pageSize: request.pageSize ?? Number.POSITIVE_INFINITY,
        progress: request.progress,
      });
      if (page !== undefined && page > 1 && collected.items.length === 0) throw noPage(page);
      return {
        items: collected.items,
        complete: collected.next === undefined,
        ...(collected.next && { next_cursor: encodeCursor(collected.next, question) }),
        ...(collected.stopped !== undefined && { note: `Stopped early: ${collected.stopped}` }),
      };
    },
  };
}

/** A page's number in the place of a cursor: other servers count the pages of such a list for the caller, from 1. */
function pageOf(cursor: string): number | undefined {
  return /^[1-9]\d{0,4}$/.test(cursor) ? Number(cursor) : undefined;
}

/** Where the caller's page begins, which is as long as the call asks for, in pages of Scalekit's. */
function placeOf<T>(page: number, { max, pageSize = max }: ListRequest<T>): Position {
  const before = (page - 1) * max;
  return { after: String(Math.floor(before / pageSize) + 1), skip: before % pageSize };
}

function noPage(page: number): CastellanError {
  return new CastellanError({
    code: 'invalid_input',
    message: `The list has no page ${page}.`,
    hint: 'Leave the cursor out to start at the beginning, and go on with next_cursor.',
  });
}

/** What the answer holds under a name; an answer without it is none. */
function take(body: unknown, key: string): unknown {
  if (typeof body === 'object' && body !== null) return (body as Record<string, unknown>)[key];
  throw invalidAnswer('Scalekit answered with something else than an object.', undefined);
}

/** proto3 leaves an empty list out; an answer that holds something else in its place is no empty list. */
function takeList(body: unknown, key: string): unknown {
  const list = take(body, key);
  if (list !== undefined) return list;
  const facts = pageFacts.safeParse(body).data;
  const strange = Object.keys(body as object).filter((name) => !(name in pageFacts.shape));
  if (facts && !facts.total_size && strange.length === 0) return [];
  throw invalidAnswer(`Scalekit answered without ${key}.`, undefined);
}

/** A check that gives back the vendor's own object: an entity names the fields that we use. */
function check<T>(entity: z.ZodType<T>, value: unknown): T {
  entity.parse(value);
  return value as T;
}

/** The operation, without the ids in its path. */
function bucketOf(method: string, path: readonly string[], verb = ''): string {
  return `${method} /${path.map((segment) => segment.replace(/^[a-z]+_(?=\w*\d)\w{6,}$/, '{}')).join('/')}:${verb}`;
}
