// What tools see of an OCI tenant: its identity domain (SCIM), and the services of its regions. Everything is signed; answers are
// checked; lists are read page by page.

import type { z } from 'zod';
import type { Query } from '../../core/exchange.ts';
import type { Privacy } from '../../core/privacy.ts';
import type { CallScope, Upstream } from '../../core/upstream.ts';
import type { Filter } from './filter.ts';
import type { ServiceName } from './hosts.ts';

export type Method = 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** Which attributes come by how the schema says they are returned (docs.oracle.com, "Identity Domains REST API"). */
export type AttributeSet = 'all' | 'always' | 'never' | 'request' | 'default';

/** Who requests are made as: ids only. */
export interface OciIdentity {
  /** OCID of the tenancy. */
  readonly tenancy: string;
  /** OCID of the user. */
  readonly user: string;
  /** Name of the home region, such as eu-frankfurt-1. */
  readonly region: string;
  readonly kind: OciCredentialKind;
}

/** `caller`: the session token of whoever calls; `session`: that of a profile; `api_key`: an API key. */
export type OciCredentialKind = 'caller' | 'session' | 'api_key';

export interface OciClient {
  readonly tenant: string;
  /** Whether the operator hides a field of people, by its name or path. */
  readonly hides: (field: string) => boolean;
  /** The identity domain's SCIM API. */
  readonly domain: DomainClient;
  /** A service of a region, the home region unless one is given; the host is built from both. */
  readonly service: (name: ServiceName, region?: string) => ServiceClient;
  readonly identity: () => Promise<OciIdentity>;
  /** What tokens say that requests are made with: never the tokens. Empty for an API key. */
  readonly claims: () => Promise<OciClaims>;
  /** One GET to a service by its whole path, for what no tool is for; whatever JSON it answers. */
  readonly ask: (request: ServiceAsk) => Promise<{ readonly body: unknown; readonly next: string | undefined }>;
}

export interface OciClaims {
  /** Of the caller's token of the identity domain. */
  readonly domain?: Readonly<Record<string, unknown>> | undefined;
  /** Of the session token that requests are signed with. */
  readonly session?: Readonly<Record<string, unknown>> | undefined;
}

export interface ServiceAsk {
  readonly service: ServiceName;
  readonly region: string | undefined;
  readonly path: readonly string[];
  readonly query: Query;
}

export interface DomainGet<T> {
  /** Below /admin/v1; ids go in as they are: `['Users', id]`. */
  readonly path: readonly string[];
  /** What to return beside what always is; an attribute of the kind `request` comes only when it is asked for. */
  readonly attributes?: readonly string[];
  readonly attributeSets?: readonly AttributeSet[];
  readonly entity: z.ZodType<T>;
}

export interface DomainList<T> extends DomainGet<T> {
  readonly filter?: Filter | undefined;
  readonly sortBy?: string;
  readonly sortOrder?: 'ascending' | 'descending';
  readonly max: number;
  readonly cursor?: string | undefined;
  readonly progress?: ((done: number, total?: number) => void) | undefined;
}

export interface List<T> {
  readonly items: readonly T[];
  readonly complete: boolean;
  readonly next_cursor?: string;
  readonly note?: string;
}

export interface Operation {
  readonly op: 'add' | 'remove' | 'replace';
  /** An attribute, `members[value eq "…"]`; RFC 7644 §3.5.2. */
  readonly path: string;
  readonly value?: unknown;
}

export interface DomainSend {
  readonly query?: Query;
  readonly body?: unknown;
  readonly attributes?: readonly string[];
  /** `meta.version` of what was seen: what was changed since is not changed again (`If-Match`). */
  readonly version?: string | undefined;
}

export interface DomainClient {
  readonly get: <T>(request: DomainGet<T>) => Promise<T>;
  /** The same with what the operator hides from assistants: for merging into a later request, never for an answer. */
  readonly getExact: <T>(request: DomainGet<T>) => Promise<T>;
  /** `total`: how many there are by the filter, whatever `max` is. */
  readonly list: <T>(request: DomainList<T>) => Promise<List<T> & { readonly total: number }>;
  /** Changes something, once: it is repeated only where the domain refused it unseen (429). Gives the answer's body, exact. */
  readonly send: (method: Method, path: readonly string[], more?: DomainSend) => Promise<unknown>;
  /** RFC 7644 §3.5.2. */
  readonly patch: (
    path: readonly string[],
    operations: readonly Operation[],
    more?: Pick<DomainSend, 'attributes' | 'version'>,
  ) => Promise<unknown>;
  /** Runs what looks at a resource and then changes it after all others of the tenant that do so are done. */
  readonly inTurn: <T>(path: readonly string[], work: () => Promise<T>) => Promise<T>;
}

export interface ServiceGet<T> {
  /** Below the service's version, which Castellan puts in front where it knows the service: `['compartments']`. */
  readonly path: readonly string[];
  readonly query?: Query;
  readonly entity: z.ZodType<T>;
}

export interface ServiceList<T> extends ServiceGet<T> {
  readonly max: number;
  readonly cursor?: string | undefined;
  /** The most that the operation takes as `limit`; absent where it takes none. */
  readonly pageSize?: number;
  /** The answer's name for its items (`items`); absent where the answer is the list itself. */
  readonly key?: string;
  /** What stays the same on all pages and is another at each call, such as a window of time that ends now. */
  readonly firstPage?: Readonly<Record<string, string>>;
  /** In the place of `firstPage`, what makes this list another than one with other parameters. */
  readonly asked?: unknown;
  /** Which items count, where the operation itself cannot be asked for them. */
  readonly keep?: (item: T) => boolean;
  readonly progress?: ((done: number, total?: number) => void) | undefined;
}

export interface ServiceClient {
  readonly get: <T>(request: ServiceGet<T>) => Promise<T>;
  /** Pages by `opc-next-page`. */
  readonly list: <T>(request: ServiceList<T>) => Promise<List<T>>;
}

/** What is the same for all calls to one tenant. */
export interface Connection {
  readonly tenant: string;
  readonly privacy: Privacy;
  /** What requests to an origin go through. */
  readonly upstreamAt: (origin: URL) => Upstream;
  readonly domainOrigin: (scope: CallScope) => Promise<URL>;
  readonly serviceOrigin: (service: ServiceName, region: string | undefined, scope: CallScope) => Promise<URL>;
  readonly identity: (scope: CallScope) => Promise<OciIdentity>;
  readonly claims: (scope: CallScope) => Promise<OciClaims>;
  /** What `inTurn` waits for, by path. */
  readonly turns: Map<string, Promise<unknown>>;
}
