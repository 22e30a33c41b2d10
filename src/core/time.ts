// What people write as a time, understood as one instant: ISO 8601, epoch numbers, and English words in a time zone.
//
// Relative words are computed here on the zone's own clock, and chrono-node only reads calendar dates with a month's name:
// it computes in the host's zone with one fixed offset, fills gaps with noon, and skips words that it does not know.

import { CastellanError } from './errors.ts';

export interface TimeContext {
  /** Epoch milliseconds. */
  readonly now: number;
  /** An IANA name, `UTC` or an offset such as `+02:00`. */
  readonly timeZone: string;
}

export interface HeardTime {
  /** Epoch milliseconds. */
  readonly at: number;
  /** How it was understood, with the zone, such as `Tuesday 2026-11-17 09:00 Europe/Berlin`. */
  readonly heardAs: string;
}

/** A time on a zone's clock, as the epoch milliseconds at which a clock in UTC would show the same. */
type Wall = number;
type Unit = 'day' | 'week' | 'month' | 'quarter' | 'year';
type Span = { start: Wall; end: Wall; unit: Unit; note?: string };
type Heard = { at: number; note?: string | undefined };
type Duration = { months: number; days: number; ms: number };

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const EARLIEST = 0;
const LATEST = Date.UTC(2101, 0, 1) - 1;
const HINT =
  "Write for instance '2 hours ago', 'yesterday at 17:00', 'start of last week', 'last Tuesday 9am', " +
  "'2026-11-03T14:30:00Z', with the zone as UTC, Europe/Berlin or +02:00.";

const MONTHS = 'january february march april may june july august september october november december'.split(' ');
const WEEKDAYS = 'Sunday Monday Tuesday Wednesday Thursday Friday Saturday'.split(' ');
const TEENS =
  'one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen';
const TENS = 'twenty thirty forty fifty sixty seventy eighty ninety';
const NUMBERS = new Map([
  ...TEENS.split(' ').map((word, i) => [word, i + 1] as const),
  ...TENS.split(' ').map((word, i) => [word, 20 + 10 * i] as const),
]);
/** Default hour, and the hours [from, to) that may be said with it; a night reaches into the next day. */
const PARTS: Record<string, readonly [number, number, number]> = {
  morning: [6, 0, 12],
  afternoon: [12, 12, 18],
  evening: [18, 17, 24],
  night: [20, 18, 30],
};

const any = (words: string) => `(?:${words.replaceAll(' ', '|')})`;
const MONTH = `(${any(MONTHS.map((m) => m.slice(0, 3)).join(' '))}|${any(MONTHS.join(' '))}|sept)\\.?`;
const WEEKDAY = `(${any('mon tue tues wed weds thu thur thurs fri sat sun')}|${any(WEEKDAYS.join(' ').toLowerCase())})`;
const LONG_UNIT = '(?:seconds?|secs?|minutes?|mins?|hours?|hrs?|days?|weeks?|fortnights?|months?|quarters?|years?)';
const WORD_NUMBER = `(?:half an?|a couple of|an?|${any(TENS)}(?:[- ]${any(TEENS)})?|${any(TEENS)})`;
const AMOUNT = `(?:\\d+(?:\\.\\d+)? ?(?:${LONG_UNIT}|[smhdwy])|${WORD_NUMBER} ${LONG_UNIT})`;
const PERIOD = new RegExp(`^(last|previous|this|current|next) (?:calendar )?(day|week|month|quarter|year)$`);
const ZONE = /^(.*) (utc|gmt|z|(?:utc|gmt)?[+-]\d\d:?\d\d|[a-z_]+(?:\/[a-z0-9_+-]+)+)$/i;
const ISO = /^(\d{4}(-?)\d\d\2\d\d)(?:[t ](\d\d):?(\d\d)(?::?(\d\d)(?:[.,](\d{1,9}))?)?)?(z|[+-]\d\d(?::?\d\d)?)?$/;
const CLOCK =
  /(?<=^| )(at )?(?:(\d{1,2})(?::(\d\d)(?::(\d\d))?)? ?(am|pm|a\.m\.|p\.m\.)?|(noon|midday|midnight))(?= |$)/g;

/** ISO 8601 in UTC, with milliseconds and `Z`. */
export function formatTime(epochMs: number): string {
  return new Date(epochMs).toISOString();
}

/** ISO 8601 on the zone's clock, with its offset: `2026-11-17T09:00:00.000+01:00`. */
export function formatLocalTime(epochMs: number, timeZone: string): string {
  const wall = openZone(timeZone).wallOf(epochMs);
  const minutes = Math.round((wall - epochMs) / 60_000);
  const offset = new Date(Math.abs(minutes) * 60_000).toISOString().slice(11, 16);
  return `${new Date(wall).toISOString().slice(0, -1)}${minutes < 0 ? '-' : '+'}${offset}`;
}

/** Refuses (`invalid_input`) what is neither an IANA time zone, in any case, nor `UTC` nor an offset such as `+02:00`. */
export function checkTimeZone(zone: string): void {
  openZone(zone);
}

/**
 * The instant that a text means, within the years 1970–2100. A day or longer period means its start, an `end of` its last
 * millisecond; weeks start on Monday (ISO 8601); a bare weekday, date or quarter is the most recent one; months and days are
 * counted on the zone's calendar, hours as elapsed time. Throws `invalid_input` for whatever is not understood word for word.
 */
export async function parseTime(text: string, ctx: TimeContext): Promise<HeardTime> {
  if (text.length > 200) throw refuse('A time may be 200 characters long at most.');
  if (/[\p{Cc}\p{Cf}\p{Cs}]/u.test(text)) throw refuse('A time may not contain control characters.');
  let said = text.trim().toLowerCase().replaceAll(',', ' ').replace(/\s+/g, ' ').trim();
  if (said === '') throw refuse('The time is empty.');
  const zoned = ZONE.exec(said);
  let zone = openZone(ctx.timeZone);
  if (zoned?.[1] !== undefined && zoned[2] !== undefined) {
    said = zoned[1];
    zone = openZone(zoned[2].replace(/^(?:utc|gmt)(?=[+-])/, '').replace(/^(?:z|gmt)$/, 'utc'));
  }
  const iso = ISO.exec(said);
  if (iso?.[7] !== undefined) zone = openZone(iso[7] === 'z' ? 'utc' : iso[7].padEnd(6, iso[7].length === 3 ? ':00' : ''));

  const epoch = /^\d{9,10}(\.\d{1,9})?$/.test(said) ? Number(said) * 1000 : /^\d{12,13}$/.test(said) ? Number(said) : undefined;
  const heard: Heard | undefined =
    epoch !== undefined
      ? { at: Math.floor(epoch) }
      : iso !== null
        ? zone.at(isoDay(iso[1] ?? '') + isoClock(iso))
        : await hearWords(said.replace(/^(?:since|from|as of|starting|on) /, ''), ctx.now, zone);
  if (heard === undefined) throw refuse(sayWhatIsUnknown(said));
  checkRange(heard.at);
  return { at: heard.at, heardAs: `${describe(zone.wallOf(heard.at))} ${zone.name}${heard.note ? ` (${heard.note})` : ''}` };
}

async function hearWords(said: string, now: number, zone: Zone): Promise<Heard | undefined> {
  if (said === 'now' || said === 'right now') return { at: now };
  const relative = hearRelative(said);
  if (relative !== undefined) return { at: shift(now, relative.duration, relative.sign, zone) };

  const today = startOf(zone.wallOf(now), 'day');
  const edge = /^(?:the )?(start|beginning|end) of (?:the )?(.+)$/.exec(said);
  if (edge?.[2] !== undefined) {
    const span = await findSpan(edge[2].replace(/^(?=(?:day|week|month|quarter|year)$)/, 'this '), today, zone.wallOf(now));
    if (span === undefined) return undefined;
    if (edge[1] === 'end') return { at: zone.at(span.end).at - 1, note: span.note };
    return { ...zone.at(span.start), note: span.note };
  }

  const clocks = [...said.matchAll(CLOCK)].filter((m) => m[1] !== undefined || m[3] !== undefined || m[5] ?? m[6]);
  if (clocks.length > 1) throw refuse(`Two times of day were given: ${clocks.map((m) => quote(m[0])).join(' and ')}.`);
  const clock = clocks[0];
  let rest = said.replace('tonight', 'this night');
  if (clock !== undefined) rest = rest.replace(clock[0], ' ').replace(/ +/g, ' ').trim();
  const part = /(?:^|^(.*) )(?:in the |at )?(morning|afternoon|evening|night)$/.exec(rest);
  if (part !== null) {
    rest = part[1] ?? '';
    if (rest === 'this') rest = 'today';
    if (rest === 'last' && (part[2] === 'night' || part[2] === 'evening')) rest = 'yesterday';
  }
  // A clock alone is today's; a part of a day alone is not a time.
  if (rest === '' && clock !== undefined) rest = 'today';
  rest = rest.replace(/^on /, '');
  const time = timeOfDay(clock, part?.[2]);
  const daysAgo = clock || part ? /^(.+) ago$/.exec(rest)?.[1] : undefined;
  const ago = daysAgo === undefined ? undefined : readDuration(daysAgo);
  if (ago?.ms === 0) return zone.at(startOf(moveWall(today, ago, -1), 'day') + time);
  const span = await findSpan(rest, today, zone.wallOf(now) - time);
  if (span === undefined || ((clock || part) && span.unit !== 'day')) return undefined;
  const heard = zone.at(span.start + time);
  return { at: heard.at, note: span.note ?? heard.note };
}

/** '2 hours ago', 'in 3 days', 'past 24 hours', 'last hour', 'now-7d'. */
function hearRelative(said: string): { duration: Duration; sign: 1 | -1 } | undefined {
  const ago = /^(.+) (?:ago|back|before now)$/.exec(said)?.[1];
  const ahead = /^in (.+)$/.exec(said)?.[1] ?? /^(.+) from now$/.exec(said)?.[1];
  const signed = /^(?:now ?)?([-+]) ?(.+)$/.exec(said);
  const past = /^((?:in|over|during|within) )?(?:the )?(past|last|previous) (.+)$/.exec(said);
  // 'last week' names a week of the calendar; 'past week' and 'in the last week' reach back from now.
  const one = past?.[1] || past?.[2] === 'past' ? /^(?:second|minute|hour|day|week|month|quarter|year)$/ : /^(?:second|minute|hour)$/;
  const tries: readonly [string | undefined, 1 | -1][] = [
    [ago, -1],
    [past?.[3] !== undefined && one.test(past[3]) ? `1 ${past[3]}` : past?.[3], -1],
    [ahead, 1],
    [signed?.[2], signed?.[1] === '+' ? 1 : -1],
  ];
  for (const [words, sign] of tries) {
    const duration = words === undefined ? undefined : readDuration(words);
    if (duration !== undefined) return { duration, sign };
  }
  return undefined;
}

function readDuration(words: string): Duration | undefined {
  if (!new RegExp(`^${AMOUNT}(?:(?: and | )?${AMOUNT})*$`).test(words)) return undefined;
  const sum: Duration = { months: 0, days: 0, ms: 0 };
  for (const [amount] of words.matchAll(new RegExp(AMOUNT, 'g'))) {
    const [, number = '', unit = ''] = /^(.*?) ?([a-z]+)$/.exec(amount) ?? [];
    const n = /^\d/.test(number) ? Number(number) : wordNumber(number);
    const months = /^q/.test(unit) ? 3 * n : /^y/.test(unit) ? 12 * n : /^mo/.test(unit) ? n : 0;
    const days = /^d/.test(unit) ? n : /^w/.test(unit) ? 7 * n : /^f/.test(unit) ? 14 * n : 0;
    if (!Number.isInteger(months)) throw refuse(`${quote(amount)} has no fixed length.`);
    sum.months += months;
    sum.days += Math.floor(days);
    sum.ms += Math.round((days % 1) * DAY);
    sum.ms += Math.round(n * (/^h/.test(unit) ? HOUR : /^m(?!o)/.test(unit) ? 60_000 : /^s/.test(unit) ? 1000 : 0));
  }
  return sum;
}

function wordNumber(words: string): number {
  if (words.startsWith('half')) return 0.5;
  if (words.startsWith('a couple')) return 2;
  if (words === 'a' || words === 'an') return 1;
  return words.split(/[- ]/).reduce((sum, word) => sum + (NUMBERS.get(word) ?? 0), 0);
}

/** A named day or longer period. `latest` is the clock time that a bare weekday or date may not pass. */
async function findSpan(said: string, today: Wall, latest: Wall): Promise<Span | undefined> {
  const near = ['day before yesterday', 'yesterday', 'today', 'tomorrow', 'day after tomorrow'].indexOf(said.replace(/^the /, ''));
  if (near >= 0) return spanOf(today + (near - 2) * DAY, 'day');

  const period = PERIOD.exec(said);
  if (period?.[2] !== undefined) return spanOf(startOf(today, period[2] as Unit), period[2] as Unit, step(period[1]));

  const weekday =
    new RegExp(`^(?:(last|previous|this|next) )?${WEEKDAY}$`).exec(said) ??
    new RegExp(`^()${WEEKDAY} (?:of )?(last|this|next) week$`).exec(said);
  if (weekday?.[2] !== undefined) {
    const target = weekdayNumber(weekday[2]);
    const day = new Date(today).getUTCDay();
    const week = weekday[3] ?? (weekday[1] === 'this' ? 'this' : undefined);
    if (week !== undefined) return spanOf(startOf(today, 'week') + (step(week) * 7 + ((target + 6) % 7)) * DAY, 'day');
    if (weekday[1] === 'next') return spanOf(today + (((target - day + 13) % 7) + 1) * DAY, 'day');
    return spanOf(today - (((day - target + 13) % 7) + 1) * DAY, 'day');
  }

  const nth = /^(?:the )?(?:(first|last) day|(first|\d{1,2}(?:st|nd|rd|th))(?: day)?) of (?:the )?(.+)$/.exec(said);
  if (nth?.[3] !== undefined) {
    const whole = await findSpan(nth[3].replace(/^(?=(?:week|month|quarter|year)$)/, 'this '), today, latest);
    if (whole === undefined || whole.unit === 'day') return readDate(said, latest);
    const day = nth[1] === 'last' ? whole.end - DAY : whole.start + (Number.parseInt(nth[2] ?? '1', 10) || 1) * DAY - DAY;
    if (day < whole.start || day >= whole.end) throw refuse(`${quote(nth[3])} has no such day: ${quote(said)}.`);
    return spanOf(day, 'day');
  }

  const quarter = /^q([1-4])(?:(?: of)? (.+))?$/.exec(said) ?? /^()(\d{4})[ -]?q([1-4])$/.exec(said);
  if (quarter !== null) return inYear(3 * Number(quarter[3] ?? quarter[1]) - 3, quarter[2], 'quarter', today);
  const month = new RegExp(`^(?:(last|this|next) )?${MONTH}(?:(?: of)? (.+))?$`).exec(said);
  if (month?.[2] !== undefined) {
    const index = MONTHS.findIndex((name) => name.startsWith((month[2] ?? '').slice(0, 3)));
    const found = inYear(index, month[3] ?? (month[1] === 'this' ? 'this year' : undefined), 'month', today, month[1]);
    if (found !== undefined) return found;
  }
  if (/^(?:19|20)\d\d$/.test(said)) return spanOf(Date.UTC(Number(said), 0), 'year');
  const yearMonth = /^(\d{4})-(0[1-9]|1[0-2])$/.exec(said);
  if (yearMonth !== null) return spanOf(Date.UTC(Number(yearMonth[1]), Number(yearMonth[2]) - 1), 'month');
  return readDate(said, latest);
}

/** A month or quarter of the year said, or else the most recent one that has begun ('last' and 'next': not the current one). */
function inYear(month: number, yearSaid: string | undefined, unit: Unit, today: Wall, which?: string): Span | undefined {
  const thisYear = new Date(today).getUTCFullYear();
  const period = PERIOD.exec(yearSaid ?? '');
  if (period?.[2] === 'year') return spanOf(Date.UTC(thisYear + step(period[1]), month), unit);
  if (yearSaid !== undefined) return /^\d{4}$/.test(yearSaid) ? spanOf(Date.UTC(Number(yearSaid), month), unit) : undefined;
  const start = Date.UTC(thisYear, month);
  const current = startOf(today, unit);
  if (which === 'next') return spanOf(start > current ? start : Date.UTC(thisYear + 1, month), unit);
  return spanOf(start < current || (start === current && which !== 'last') ? start : Date.UTC(thisYear - 1, month), unit);
}
