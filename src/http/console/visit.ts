// What a page of the console is made from: who visits, what they asked for, and what pages are about.

import type { Consents } from '../../auth/broker/broker.ts';
import type { People, Person } from '../../auth/people.ts';
import type { Reply } from '../../core/reply.ts';
import type { Approvals } from '../../mcp/approvals.ts';
import type { Health } from '../../mcp/health.ts';
import type { CallLog } from '../../observe/audit-calls.ts';
import type { Log } from '../../observe/log.ts';

export interface ConsoleOptions {
  readonly people: People;
  /** What clients were allowed; absent where they sign in at an authorization server of its own. */
  readonly consents?: Consents | undefined;
  readonly approvals: Approvals;
  readonly calls: CallLog;
  readonly health: () => Promise<Health>;
  /** Address of the MCP endpoint as clients see it; the console is at its origin. */
  readonly publicUrl: string;
  /** Where people sign in. */
  readonly issuer: string;
  /** Where clients do, where there are no consents. */
  readonly clientsIssuer: string;
  /** A scope in plain words. */
  readonly describeScope: (scope: string) => string;
  readonly version: string;
  readonly now: () => number;
  readonly log: Log;
}

export interface Visit {
  readonly person: Person;
  /** The part of the path that the page's pattern leaves open, decoded; empty where there is none. */
  readonly name: string;
  readonly query: URLSearchParams;
  /** What a form brought; empty for what only reads. */
  readonly form: URLSearchParams;
  /** Signs this browser out. */
  readonly end: () => Promise<Reply>;
}

export type Page = (visit: Visit, options: ConsoleOptions) => Promise<Reply>;

/** RFC 9110 §15.4.4: what comes after a form, so that reading it again does nothing again. */
export function seeOther(location: string): Reply {
  return { status: 303, headers: { location, 'cache-control': 'no-store' }, body: '' };
}
