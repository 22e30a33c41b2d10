// What a handler of a simulated OCI service has of a call, and what it gives back.

import type { Call } from '../../answer.ts';
import type { OciDomain } from '../domain.ts';
import type { Store } from '../scim/store.ts';
import type { OciCaller } from '../signature.ts';
import type { AuditEvent, Happening } from './audit-events.ts';
import { ServiceProblem } from './problem.ts';
import type { Tenancy } from './tenancy.ts';

export interface ServiceContext {
  domain: OciDomain;
  /** What the domain keeps. */
  store: Store;
  tenancy: Tenancy;
  /** Where the call came in. */
  region: string;
  caller: OciCaller;
  isAdministrator: boolean;
  /** Whether the caller may read what happened in the whole tenancy. */
  auditsTenancy: boolean;
  /** Oldest first. */
  events: readonly AuditEvent[];
  call: Call;
  /** Of the path, decoded. */
  params: readonly string[];
  query: URLSearchParams;
  now: number;
}

export interface ServiceAnswer {
  status?: number;
  headers?: Record<string, string>;
  /** Undefined: no body. */
  body?: unknown;
  /** In the place of JSON. */
  text?: string;
}

export interface ServiceRoute {
  method: 'GET' | 'HEAD' | 'PUT' | 'POST';
  /** Whole path; each group is a parameter. */
  path: RegExp;
  handle: (context: ServiceContext) => ServiceAnswer;
  /** What Audit calls it where it changes something. */
  event?: Pick<Happening, 'by' | 'name'>;
}

/** @throws ServiceProblem MissingParameter */
export function need({ query }: ServiceContext, name: string): string {
  const value = query.get(name);
  if (value === null || value === '') throw new ServiceProblem('MissingParameter', `Missing ${name}`);
  return value;
}

/** One of these words, or the usual one where nothing is given. @throws ServiceProblem InvalidParameter */
export function wordOf<T extends string>({ query }: ServiceContext, name: string, words: readonly T[], usual: T): T {
  const given = query.get(name);
  const found = given === null ? usual : words.find((word) => word === given);
  if (found === undefined) throw new ServiceProblem('InvalidParameter', `${name} '${given}' is not valid.`);
  return found;
}

export function wholeOf({ query }: ServiceContext, name: string, least: number, most: number, usual: number): number {
  const given = query.get(name);
  if (given === null) return usual;
  const value = /^\d{1,6}$/.test(given) ? Number(given) : Number.NaN;
  if (value >= least && value <= most) return value;
  throw new ServiceProblem('InvalidParameter', `${name} must be a number from ${least} to ${most}.`);
}

/** @throws ServiceProblem CannotParseRequest */
export function readBody({ call }: ServiceContext): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(call.body);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {
    // Told below.
  }
  throw new ServiceProblem('CannotParseRequest', 'The request body could not be parsed.');
}

/** @throws ServiceProblem NoEtagMatch */
export function checkIfMatch({ call }: ServiceContext, etag: string): void {
  const wanted = call.headers['if-match'];
  if (wanted !== undefined && wanted !== '*' && wanted !== etag)
    throw new ServiceProblem('NoEtagMatch', `The If-Match header '${wanted}' is not the current etag of the resource.`);
}
