// Reading the System Log. One tool with typed parts; the log tools of other servers are its aliases, because three tools
// that differ in one parameter cost a model three descriptions and teach it nothing.

import { z } from 'zod';
import { CastellanError } from '../../../core/errors.ts';
import { fullObject, listInput, listOutput } from '../../../core/listing.ts';
import { formatTime, parseTime } from '../../../core/time.ts';
import { defineTools, tableOf } from '../../../core/tool.ts';
import type { OktaClient } from '../client.ts';
import { and, checkExpression, eq, looksLikeFilter, or } from '../filter.ts';
import { fullOf, present, userEntity } from '../views.ts';
import { refuseHidden, refuseHiddenWords, renaming } from './shared.ts';

const tool = defineTools<OktaClient>();
const text = z.string().nullish();

const partyEntity = z.object({ id: text, type: text, alternateId: text, displayName: text });
const eventEntity = z.object({
  uuid: z.string(),
  published: z.string(),
  eventType: text,
  displayMessage: text,
  severity: text,
  actor: partyEntity.nullish(),
  target: z.array(partyEntity).nullish(),
  outcome: z.object({ result: text, reason: text }).nullish(),
  client: z
    .object({
      ipAddress: text,
      userAgent: z.object({ rawUserAgent: text, os: text, browser: text }).nullish(),
      geographicalContext: z.object({ city: text, country: text }).nullish(),
    })
    .nullish(),
});
const eventView = z.object({
  id: z.string(),
  time: z.string().describe('UTC'),
  event: z.string(),
  message: z.string().optional(),
  actor: z.string().optional(),
  targets: z.array(z.string()).optional(),
  result: z.string().optional(),
  reason: z.string().optional(),
  ip: z.string().optional(),
  place: z.string().optional(),
  agent: z.string().optional(),
  full: fullObject,
});

type EventView = z.output<typeof eventView>;

function nameParty(party: z.output<typeof partyEntity>): string {
  // "unknown" is what Okta writes for an empty alternateId.
  return (party.alternateId !== 'unknown' && party.alternateId) || party.displayName || party.id || '';
}

function viewEvent(event: z.output<typeof eventEntity>): Omit<EventView, 'full'> {
  const { client, outcome } = event;
  const agent = [client?.userAgent?.browser, client?.userAgent?.os]
    .filter((part) => part && part !== 'UNKNOWN')
    .join(' on ');
  const { city, country } = client?.geographicalContext ?? {};
  return {
    id: event.uuid,
    time: event.published,
    event: event.eventType ?? '',
    ...present({
      message: event.displayMessage,
      actor: event.actor ? nameParty(event.actor) : undefined,
      targets: event.target?.map(nameParty),
      result: outcome?.result,
      reason: outcome?.reason,
      ip: client?.ipAddress,
      place: [city, country].filter(Boolean).join(', '),
      agent: agent || client?.userAgent?.rawUserAgent,
    }),
  };
}

/** Okta: at most ten keywords of at most forty characters. */
function checkKeywords(q: string): void {
  const words = q.trim().split(/\s+/);
  const long = words.find((word) => word.length > 40);
  if (words.length <= 10 && long === undefined) return;
  throw new CastellanError({
    code: 'invalid_input',
    message:
      long === undefined
        ? `q has ${words.length} words; Okta takes ten.`
        : `q has a word of ${long.length} characters; Okta takes forty.`,
    hint: 'Keep the words that matter, or use filter_string.',
  });
}

/** Who must be named, or the answer would be about everybody. */
function needing(theirs: string, ours: string) {
  const rename = renaming({ [theirs]: ours, limit: 'max_results' });
  return (input: Record<string, unknown>) => {
    const renamed = rename(input);
    if (!renamed[ours]) throw missing(theirs);
    return renamed;
  };
}

function missing(parameter: string): CastellanError {
  return new CastellanError({
    code: 'invalid_input',
    message: `${parameter} is missing.`,
    hint: 'Name it, or use get_okta_event_logs for the log of everybody.',
  });
}

/**
 * What somebody did and what was done to them, by id and by login: the log is compared letter by letter, while people
 * write logins short or in capitals. Somebody who is no more in the directory is looked for by the text as it is.
 */
async function aboutUser(user: string, client: OktaClient): Promise<string> {
  // Exact: the log holds the login, whoever must not see it.
  const known = await client.getExact(['users', user], userEntity).catch((error: unknown) => {
    if (error instanceof CastellanError && error.code === 'not_found') return undefined;
    throw error;
  });
  const names = known ? [known.id, known.profile.login ?? known.id] : [user, user];
  const [id = user, login = user] = names;
  return or(eq('actor.id', id), eq('actor.alternateId', login), eq('target.id', id), eq('target.alternateId', login));
}

/** What looks like a name is compared with people’s, too. */
function aboutApp(app: string, client: OktaClient): string {
  if (!/^0oa\w+$/.test(app)) refuseHiddenWords(client, 'app_id', namesInLog, 'Give the application’s id.');
  return or(eq('target.id', app), eq('target.alternateId', app), eq('target.displayName', app));
}

/** A time as epoch milliseconds; words that mean none are refused with which of the two times they were. */
async function readTime(parameter: string, words: string, clock: Parameters<typeof parseTime>[1]): Promise<number> {
  const { at } = await parseTime(words, clock).catch((error: unknown) => {
    if (!(error instanceof CastellanError)) throw error;
    throw new CastellanError({ code: error.code, message: `${parameter}: ${error.message}`, hint: error.hint });
  });
  return at;
}

/** Where the log names who did something and to whom. */
const namesInLog = ['actor.alternateId', 'actor.displayName'];
const insteadOfWords = 'Use user_id, app_id or event_type, or filter_string with an attribute that is shown.';

export const logTools = [
  tool({
    name: 'get_okta_event_logs',
    title: 'Search the Okta System Log',
    description:
      'What happened: sign-ins, lock-outs, admin changes. Narrow by user_id, app_id, event_type, filter_string or q and by a time window in words or ISO 8601. Newest first.',
    access: 'read',
    scopes: ['okta.logs.read'],
    aliases: {
      get_user_logs: needing('user_identifier', 'user_id'),
      get_application_logs: needing('app_identifier', 'app_id'),
      search_logs: (input) => {
        const { query, ...rest } = renaming({ limit: 'max_results' })(input);
        if (!query) throw missing('query');
        if (typeof query !== 'string') return { ...rest, q: query };
        return { ...rest, [looksLikeFilter(query) ? 'filter_string' : 'q']: query };
      },
    },
    parameterAliases: { limit: 'max_results', after: 'cursor', filter: 'filter_string', query: 'q' },
    input: () =>
      z.strictObject({
        since: z.string().max(200).optional().describe('"2 hours ago" or ISO 8601; default 7 days before until'),
        until: z.string().max(200).optional().describe('Default now'),
        user_id: z.string().max(320).optional().describe('Id or login, as actor or target'),
        app_id: z.string().max(320).optional().describe('Id or name'),
        event_type: z
          .string()
          .max(200)
          .regex(/^[\w-]+(\.[\w-]+)*$/, { error: 'is no event type; they look like user.account.lock' })
          .optional()
          .describe('e.g. user.account.lock'),
        filter_string: z.string().optional().describe('e.g. outcome.result eq "FAILURE"'),
        q: z.string().max(420).optional().describe('Words anywhere in the event'),
        sort_order: z.enum(['DESCENDING', 'ASCENDING']).default('DESCENDING'),
        time_zone: z.string().max(64).default('UTC').describe('IANA zone for times in words'),
        ...listInput,
      }),
    output: () => listOutput('events', eventView),
    table: tableOf<EventView>('events', {
      time: (event) => event.time,
      event: (event) => event.event,
      actor: (event) => event.actor,
      targets: (event) => event.targets?.join(', '),
      result: (event) => [event.result, event.reason].filter(Boolean).join(': '),
      from: (event) => [event.ip, event.place, event.agent].filter(Boolean).join(', '),
    }),
    async run(input, { client, progress, now }) {
      const { filter_string, q, user_id, app_id, event_type } = input;
      if (filter_string !== undefined) {
        checkExpression('logs.filter', 'filter_string', filter_string);
        refuseHidden(client, 'filter_string', filter_string);
      }
      if (q !== undefined) {
        checkKeywords(q);
        refuseHiddenWords(client, 'q', namesInLog, insteadOfWords);
      }
      const clock = { now: now(), timeZone: input.time_zone };
      const until = input.until === undefined ? clock.now : await readTime('until', input.until, clock);
      const since = input.since === undefined ? until - 7 * 86_400_000 : await readTime('since', input.since, clock);
      if (since >= until) {
        throw new CastellanError({
          code: 'invalid_input',
          message: `The window is empty: since is ${formatTime(since)}, until is ${formatTime(until)}.`,
          hint: 'Let since be the earlier of the two.',
        });
      }
      const filter = and(
        user_id === undefined ? '' : await aboutUser(user_id, client),
        app_id === undefined ? '' : aboutApp(app_id, client),
        event_type === undefined ? '' : eq('eventType', event_type),
        filter_string ?? '',
      );
      const { items, ...tail } = await client.list({
        path: ['logs'],
        query: { filter: filter === '' ? undefined : filter, q, sortOrder: input.sort_order },
        // Okta reads a log without `until` for ever; a bounded one ends.
        asked: [input.since, input.until, input.time_zone],
        firstPage: { since: formatTime(since), until: formatTime(until) },
        entity: eventEntity,
        max: input.max_results,
        cursor: input.cursor,
        pageSize: 1000,
        progress,
      });
      return { events: items.map((event) => ({ ...viewEvent(event), ...fullOf(event, input.view) })), ...tail };
    },
  }),
];
