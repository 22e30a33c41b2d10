// Reading the System Log: between two times, or polled for ever from where the last reading stopped.

import { json } from './answer.ts';
import type { OktaContext, OktaRoute } from './context.ts';
import { type Attribute, compileFilter, readDate, type Test } from './dialect.ts';
import type { Operator } from './grammar.ts';
import { indexAt, type LogRecord } from './log-record.ts';
import { type LogEvent, readEvent, viewEvent } from './log-view.ts';
import { linkHeaders, readCursor, readLimit, writeCursor } from './paging.ts';
import { invalid, OktaProblem } from './problems.ts';
import type { OktaState } from './state.ts';
import { compileOr } from './user-search.ts';

export const logRoutes: readonly OktaRoute[] = [{ method: 'GET', path: '/api/v1/logs', handle: listEvents }];

const week = 7 * 86_400_000;
const every: ReadonlySet<Operator> = new Set(['eq', 'ne', 'gt', 'ge', 'lt', 'le', 'sw', 'ew', 'co', 'pr']);

/** Where a reading goes on: after (or, going backwards, before) an event, never beyond `since`. */
interface Position {
  seq: number;
  since: number;
}

function listEvents(context: OktaContext) {
  const { query, call } = context;
  const backwards = readOrder(query);
  const until = readTime(query, 'until');
  const limit = query.get('limit') === '0' ? 0 : readLimit(query, { fallback: 100, max: 1000, above: 'refuse' });
  const listing = `logs ${backwards ? 'desc' : 'asc'}`;
  const position = readPosition(context, listing, backwards, until);
  const accept = chooseEvents(context);
  const polls = until === undefined && !backwards;
  const { found, seq, more } = collect(context, position, backwards, until ?? Number.POSITIVE_INFINITY, limit, accept);
  const next = polls || more ? writeCursor(listing, `${seq}.${position.since}`) : undefined;
  // Okta takes `since` or `after`, not both: the cursor carries the lower bound along.
  return json(found, linkHeaders(call.url, next, ['since']));
}

function readOrder(query: URLSearchParams): boolean {
  const order = query.get('sortOrder') ?? 'ASCENDING';
  if (order !== 'ASCENDING' && order !== 'DESCENDING')
    throw invalid('sortOrder', "It must be 'ASCENDING' or 'DESCENDING'.");
  return order === 'DESCENDING';
}

function readTime(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  if (text === null) return undefined;
  const time = readDate(text);
  if (Number.isNaN(time)) throw invalid(name, 'The time must be in ISO 8601 form.');
  return time;
}

function readPosition(
  { state, query }: OktaContext,
  listing: string,
  backwards: boolean,
  until: number | undefined,
): Position {
  const after = query.get('after');
  const since = readTime(query, 'since');
  if (after !== null) {
    if (since !== undefined) throw invalid('since', "The parameters 'since' and 'after' cannot be used together.");
    const [seq = 0, bound = 0] = readCursor(listing, after).split('.').map(Number);
    return { seq, since: bound };
  }
  const start = since ?? (until ?? state.now()) - week;
  if (until !== undefined && start > until) throw invalid('since', "The time 'since' must be before 'until'.");
  return { seq: backwards ? Number.MAX_SAFE_INTEGER : -1, since: start };
}

function collect(
  context: OktaContext,
  position: Position,
  backwards: boolean,
  until: number,
  limit: number,
  accept: Test<LogRecord>,
) {
  const { state } = context;
  const { records } = state.log;
  const first = indexAt(state.log, position.since);
  const end = until === Number.POSITIVE_INFINITY ? records.length : indexAt(state.log, until);
  // Sequence numbers are indices: nothing is ever taken out of the log.
  let at = backwards ? Math.min(end, position.seq) - 1 : Math.max(first, position.seq + 1);
  const found: LogEvent[] = [];
  let seq = position.seq;
  const step = backwards ? -1 : 1;
  for (; at >= first && at < end && found.length < limit; at += step) {
    const record = records[at] as LogRecord;
    seq = record.seq;
    if (accept(record)) found.push(viewEvent(state, record));
  }
  return { found, seq, more: limit > 0 && at >= first && at < end };
}

function chooseEvents({ state, query }: OktaContext): Test<LogRecord> {
  const filter = query.get('filter');
  const words = (query.get('q') ?? '')
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  if (words.length > 10) throw invalid('q', 'At most 10 keywords.');
  if (words.some((word) => word.length > 40)) throw invalid('q', 'At most 40 characters for a keyword.');
  const matches: Test<LogRecord> =
    filter === null ? () => true : compileOr('E0000053', () => compileLogFilter(state, filter));
  if (words.length === 0) return matches;
  return (record) => {
    if (!matches(record)) return false;
    const text = JSON.stringify(viewEvent(state, record)).toLowerCase();
    return words.every((word) => text.includes(word));
  };
}

const place = 'city|state|country|postalCode|geolocation\\.(lat|lon)';
const ipDetails = 'ipDetails\\.(asNumber|asOrg|domain|isp|ipServiceCategories\\.(isAnonymous|operator|type))';
const fields = new RegExp(
  `^(${[
    'uuid|eventType|version|severity|legacyEventType|displayMessage',
    '(actor|target)\\.(id|type|alternateId|displayName|detailEntry\\.[\\w.]+)',
    'target\\.changeDetails\\.(from|to)\\.[\\w.]+',
    `client\\.(id|device|zone|ipAddress|userAgent\\.(rawUserAgent|os|browser)|geographicalContext\\.(${place}))`,
    'outcome\\.(result|reason)|transaction\\.(id|type|detail\\.[\\w.]+)|debugContext\\.debugData\\.[\\w.]+|device\\.[\\w.]+',
    'authenticationContext\\.(externalSessionId|rootSessionId|authenticationProvider|authenticationStep|interface)',
    'authenticationContext\\.(credentialProvider|credentialType|issuer\\.(id|type))',
    `securityContext\\.(asNumber|asOrg|isp|domain|isProxy|botProtection\\.level|${ipDetails})`,
    'securityContext\\.(risk\\.(level|previousLevel|reasons|issuer|detectionName)|userBehaviors\\.(id|name|result))',
    `request\\.ipChain\\.(ip|version|source|geographicalContext\\.(${place})|${ipDetails})`,
  ].join('|')})$`,
);

function compileLogFilter(state: OktaState, filter: string): Test<LogRecord> {
  if (/debugContext\.debugData\.(url|requestUri)\s+co\b/i.test(filter)) {
    throw new OktaProblem('E0000031', '', ["The operator 'co' cannot be used with this field."]);
  }
  return compileFilter(filter, { attribute: (path) => readField(state, path), ignoresCase: false, allowsNot: true });
}

function readField(state: OktaState, path: string): Attribute<LogRecord> | undefined {
  if (!fields.test(path)) return undefined;
  if (path === 'eventType') return { type: 'any', operators: every, read: (record) => record.type };
  if (path === 'outcome.result') return { type: 'any', operators: every, read: (record) => record.result };
  const names = path.split('.');
  return { type: 'any', operators: every, read: (record) => readEvent(state, record, names) };
}
