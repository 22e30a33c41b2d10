// English words for a time, such as 'last Tuesday 9am' or 'start of last week', as an instant. Understood whole or not at all.
//
// Relative words are computed on the zone's own clock. chrono-node only reads calendar dates with a month's name: for the rest
// it would compute in the host's zone with one fixed offset, fill gaps with noon, and skip words that it does not know.

import { datedDay, dayOf, moveWall, type Span, spanOf, startOf, type Unit } from './calendar.ts';
import { any, hearRelative, LONG_UNIT, quote, readDuration, WORD_NUMBER } from './time-durations.ts';
import { CLOCK, timeOfDay } from './time-of-day.ts';
import { DAY, HOUR, refuseTime, type Wall, type Zone } from './zone.ts';

const MONTHS = 'january february march april may june july august september october november december'.split(' ');
const WEEKDAYS = 'Sunday Monday Tuesday Wednesday Thursday Friday Saturday'.split(' ');
const MONTH = `(${any(MONTHS.map((m) => m.slice(0, 3)).join(' '))}|${any(MONTHS.join(' '))}|sept)\\.?`;
const WEEKDAY_NAME = `(?:${any('mon tue tues wed weds thu thur thurs fri sat sun')}|${any(WEEKDAYS.join(' ').toLowerCase())})`;
const WEEKDAY = `(${WEEKDAY_NAME})`;
const PERIOD = /^(last|previous|this|current|next) (?:calendar )?(day|week|month|quarter|year)$/;
/** Not two digits, nor leading zeros, which `Date.UTC` takes for years of the twentieth century. */
const YEAR = /^(?:19|20|21)\d\d$/;
const KNOWN = new RegExp(
  `^(?:${MONTH}|${WEEKDAY}|${LONG_UNIT}|${WORD_NUMBER}|morning|afternoon|evening|night|tonight|noon|midday|midnight|now|today|` +
    'yesterday|tomorrow|ago|back|before|after|in|on|at|of|the|and|since|from|past|last|previous|this|current|next|start|' +
    "beginning|end|first|half|couple|am|pm|just|same|time|weekend|o['’]?clock|q[1-4]|\\d{1,2}(?:am|pm|st|nd|rd|th)|" +
    '[-+]?[\\d.]+[smhdwy]?|[\\d:/.-]+)$',
);
const WEEK_THEN_DAY = new RegExp(`^((?:last|this|next) week|.+ weeks? ago) (?:on )?${WEEKDAY}$`);
const WEEKS_AGO = new RegExp(`^${WEEKDAY} (.+ weeks?) ago$`);
/** '9 in the morning yesterday', and a bare hour before a part of the day: not the 9 of 'Nov 9 in the morning'. */
const LEADING_HOUR = /^(?:at )?(\d{1,2}(?::\d\d)?) (in the (?:morning|afternoon|evening)|at night) (?:on )?(.+)$/;
const HOUR_IN_PART = new RegExp(
  `(?<=^|(?:at|yesterday|today|tomorrow|ago|${WEEKDAY_NAME}) )(\\d{1,2}) (?=(?:in the (?:morning|afternoon|evening)|at night)$)`,
);

/** Whether a single word is part of what is understood; for messages only. */
export function isKnownWord(word: string): boolean {
  return KNOWN.test(word);
}

/**
 * The instant (epoch milliseconds) that lower-case words with single spaces mean in a zone, with a note where they can be read
 * otherwise; undefined when they are not understood. Throws `invalid_input` where it can say what is wrong with them.
 */
export async function hearWords(said: string, now: number, zone: Zone): Promise<Heard | undefined> {
  const text = said.replace(/^(?:since|from|as of|starting|on) /, '');
  if (/^(?:right |just )?now$/.test(text)) return { at: now };
  const relative = hearRelative(text);
  const heard =
    relative === undefined
      ? ((await hearEdge(text, now, zone)) ?? (await hearSameTime(text, now, zone)) ?? (await hearDay(text, now, zone)))
      : shift(now, relative, zone);
  if (heard === undefined || !/\bfew\b/.test(text)) return heard;
  return { at: heard.at, note: joinNotes('a few read as 3', heard.note) };
}

interface Heard {
  readonly at: number;
  readonly note?: string | undefined;
}

/** 'start of last week', 'end of day yesterday', 'beginning of the hour'. */
async function hearEdge(text: string, now: number, zone: Zone): Promise<Heard | undefined> {
  const said = text.replace(/^(.+) (start|beginning|end) of (?:the )?day$/, '$2 of day $1');
  const [, edge, named] = /^(?:the )?(start|beginning|end) of (?:the )?(.+)$/.exec(said) ?? [];
  if (named === undefined) return undefined;
  const wall = zone.wallOf(now);
  const short = /^(?:(last|previous|this|current|next) )?(hour|minute)$/.exec(named);
  if (short !== null) {
    // Elapsed, so that the hour that clocks show twice keeps its own start.
    const length = short[2] === 'hour' ? HOUR : HOUR / 60;
    const start = now - (wall % length) + step(short[1]) * length;
    return { at: edge === 'end' ? start + length - 1 : start };
  }
  const day = /^day (?:of |on )?(?!before |after )(.+)$/.exec(named)?.[1];
  const period = day ?? named.replace(/^(?=(?:day|week|month|quarter|year)$)/, 'this ');
  const span = await findSpan(period, startOf(wall, 'day'), wall);
  if (span === undefined || (day !== undefined && span.unit !== 'day')) return undefined;
  if (edge === 'end') return { at: zone.at(span.end).at - 1, note: span.note };
  const start = zone.at(span.start);
  return { at: start.at, note: joinNotes(span.note, start.note) };
}

/** 'this time yesterday', 'same time last week'. */
async function hearSameTime(text: string, now: number, zone: Zone): Promise<Heard | undefined> {
  const [, before, after] =
    /^(?:at )?(?:this|(?:the )?same) time (?:on )?(.+)$|^(.+?) (?:at )?(?:this|(?:the )?same) time$/.exec(text) ?? [];
  const said = before ?? after;
  if (said === undefined) return undefined;
  const wall = zone.wallOf(now);
  const today = startOf(wall, 'day');
  const period = /^(last|next) (week|month|year)$/.exec(said);
  const months = period?.[2] === 'month' ? 1 : period?.[2] === 'year' ? 12 : 0;
  if (period !== null) return zone.at(moveWall(wall, { months, days: months ? 0 : 7, ms: 0 }, step(period[1]) || 1));
  const span = await findSpan(said, today, today);
  return span?.unit === 'day' ? zone.at(span.start + (wall - today)) : undefined;
}

/** A day or longer period, perhaps with a time of day. */
async function hearDay(text: string, now: number, zone: Zone): Promise<Heard | undefined> {
  const today = startOf(zone.wallOf(now), 'day');
  const clear = text
    .replace(/(?<![:\d])(\d{1,2}) ?o['’]?clock(?= |$)/, '$1:00')
    .replace(LEADING_HOUR, '$3 at $1 $2')
    .replace(HOUR_IN_PART, '$1:00 ');
  const clocks = [...clear.matchAll(CLOCK)].filter((m) => (m[1] !== undefined || m[3] !== undefined || m[5]) ?? m[6]);
  if (clocks.length > 1)
    throw refuseTime(`Two times of day were given: ${clocks.map((m) => quote(m[0])).join(' and ')}.`);
  const clock = clocks[0];
  let rest = clear.replace('tonight', 'this night');
  if (clock !== undefined) rest = rest.replace(clock[0], ' ').replace(/ +/g, ' ').trim();
  const part = /(?:^|^(.*?) )(?:in the |at )?(morning|afternoon|evening|night)$/.exec(rest);
  if (part !== null) {
    rest = part[1] ?? '';
    if (rest === 'this') rest = 'today';
    if (rest === 'last' && (part[2] === 'night' || part[2] === 'evening')) rest = 'yesterday';
  }
  const timed = clock !== undefined || part !== null;
  // A clock alone is today's; a part of a day alone is not a time.
  if (rest === '' && clock !== undefined) rest = 'today';
  rest = rest.replace(/^on /, '');
  const time = timeOfDay(clock, part?.[2]);
  const daysAgo = timed ? /^(.+) ago$/.exec(rest)?.[1] : undefined;
  const ago = daysAgo === undefined ? undefined : readDuration(daysAgo);
  if (ago?.ms === 0) return zone.at(startOf(moveWall(today, ago, -1), 'day') + time);
  const span = await findSpan(rest, today, zone.wallOf(now) - time, timed);
  if (span === undefined || (timed && span.unit !== 'day')) return undefined;
  const heard = zone.at(span.start + time);
  return { at: heard.at, note: joinNotes(span.note, heard.note) };
}

function shift(now: number, { duration, sign, note }: NonNullable<ReturnType<typeof hearRelative>>, zone: Zone): Heard {
  const moved = duration.months || duration.days ? zone.at(moveWall(zone.wallOf(now), duration, sign)) : { at: now };
  return { at: moved.at + sign * duration.ms, note: joinNotes(note, duration.ms ? undefined : moved.note) };
}

/**
 * A named day or longer period. A date without a year starts at `latest` at the latest; so does a bare weekday that is `timed`,
 * which may then be today.
 */
async function findSpan(said: string, today: Wall, latest: Wall, timed = false): Promise<Span | undefined> {
  const near = ['day before yesterday', 'yesterday', 'today', 'tomorrow', 'day after tomorrow'].indexOf(
    said.replace(/^the /, ''),
  );
  if (near >= 0) return spanOf(today + (near - 2) * DAY, 'day');

  const period = PERIOD.exec(said);
  if (period?.[2] !== undefined) return spanOf(startOf(today, period[2] as Unit), period[2] as Unit, step(period[1]));

  const beforeLast = /^(?:the )?(week|month|quarter|year) before last$/.exec(said)?.[1] as Unit | undefined;
  if (beforeLast !== undefined) return spanOf(startOf(today, beforeLast), beforeLast, -2);
  const weekend = /^(last|this|next) weekend$/.exec(said)?.[1];
  if (weekend !== undefined) {
    const start = startOf(today, 'week') + (step(weekend) * 7 + 5) * DAY;
    return { start, end: start + 2 * DAY, unit: 'week' };
  }

  const turned = said.replace(WEEK_THEN_DAY, '$2 $1');
  const [, dayOfWeek, weeks] = WEEKS_AGO.exec(turned) ?? [];
  const back = weeks === undefined ? undefined : readDuration(weeks);
  if (dayOfWeek !== undefined && back !== undefined) {
    if (back.months || back.ms || back.days % 7) return undefined;
    return spanOf(startOf(today, 'week') + (((weekdayNumber(dayOfWeek) + 6) % 7) - back.days) * DAY, 'day');
  }
  const weekday =
    new RegExp(`^(?:(last|previous|this|next) )?${WEEKDAY}$`).exec(said) ??
    new RegExp(`^()${WEEKDAY} (?:of )?(last|this|next) week$`).exec(turned);
  if (weekday?.[2] !== undefined) {
    const target = weekdayNumber(weekday[2]);
    const day = new Date(today).getUTCDay();
    const week = weekday[3] ?? (weekday[1] === 'this' ? 'this' : undefined);
    if (week !== undefined) return spanOf(startOf(today, 'week') + (step(week) * 7 + ((target + 6) % 7)) * DAY, 'day');
    if (timed && weekday[1] === undefined && target === day && today <= latest)
      return { ...spanOf(today, 'day'), note: `${WEEKDAYS[target]} read as today` };
    if (weekday[1] === 'next') return spanOf(today + (((target - day + 13) % 7) + 1) * DAY, 'day');
    return spanOf(today - (((day - target + 13) % 7) + 1) * DAY, 'day');
  }

  const nth = /^(?:the )?(?:(first|last) day|(first|\d{1,2}(?:st|nd|rd|th))(?: day)?) of (?:the )?(.+)$/.exec(said);
  if (nth?.[3] !== undefined && !(nth[2] && new RegExp(`^${MONTH}(?: |$)`).test(nth[3]))) {
    const whole = await findSpan(nth[3].replace(/^(?=(?:week|month|quarter|year)$)/, 'this '), today, latest);
    if (whole === undefined || whole.unit === 'day') return undefined;
    const day =
      nth[1] === 'last' ? whole.end - DAY : whole.start + (Number.parseInt(nth[2] ?? '1', 10) || 1) * DAY - DAY;
    if (day < whole.start || day >= whole.end) throw refuseTime(`${quote(nth[3])} has no such day: ${quote(said)}.`);
    return spanOf(day, 'day');
  }

  const quarter = /^q([1-4])(?:(?: of)? (.+))?$/.exec(said) ?? /^()(\d{4})[ -]?q([1-4])$/.exec(said);
  if (quarter !== null) return inYear(3 * Number(quarter[3] ?? quarter[1]) - 3, quarter[2], 'quarter', today);
  const month = new RegExp(`^(?:(last|this|next) )?${MONTH}(?:(?: of)? (.+))?$`).exec(said);
  if (month?.[2] !== undefined) {
    const which = month[1];
    const index = MONTHS.findIndex((name) => name.startsWith((month[2] ?? '').slice(0, 3)));
    const found = inYear(index, month[3] ?? (which === 'this' ? 'this year' : undefined), 'month', today, which);
    if (found !== undefined) return found;
  }
  const inside = /^in (.+)$/.exec(said)?.[1];
  if (inside !== undefined) {
    const found = await findSpan(inside, today, latest);
    return found && /^(?:month|quarter|year)$/.test(found.unit) && !/^(?:in|the|this|last|next) /.test(inside)
      ? found
      : undefined;
  }
  if (YEAR.test(said)) return spanOf(Date.UTC(Number(said), 0), 'year');
  const yearMonth = /^((?:19|20|21)\d\d)-(0[1-9]|1[0-2])$/.exec(said);
  if (yearMonth !== null) return spanOf(Date.UTC(Number(yearMonth[1]), Number(yearMonth[2]) - 1), 'month');
  return readDate(said, latest);
}

/** A month or quarter of the year said, or else the most recent one that has begun ('last' and 'next': not the current one). */
function inYear(
  month: number,
  yearSaid: string | undefined,
  unit: Unit,
  today: Wall,
  which?: string,
): Span | undefined {
  const thisYear = new Date(today).getUTCFullYear();
  const period = PERIOD.exec(yearSaid ?? '');
  if (period?.[2] === 'year' && (which ?? 'this') === 'this')
    return spanOf(Date.UTC(thisYear + step(period[1]), month), unit);
  if (yearSaid !== undefined)
    return YEAR.test(yearSaid) && which === undefined ? spanOf(Date.UTC(Number(yearSaid), month), unit) : undefined;
  const start = Date.UTC(thisYear, month);
  const current = startOf(today, unit);
  if (which === 'next') return spanOf(start > current ? start : Date.UTC(thisYear + 1, month), unit);
  return spanOf(
    start < current || (start === current && which !== 'last') ? start : Date.UTC(thisYear - 1, month),
    unit,
  );
}

/** A calendar date: ISO 8601, numbers with slashes, or with the month's name; a weekday before it must be the right one. */
async function readDate(said: string, latest: Wall): Promise<Span | undefined> {
  const named = new RegExp(`^${WEEKDAY}\\.? (.+)$`).exec(said);
  const date = (named?.[2] ?? said).replace(/^the /, '');
  const iso = /^(\d{4})([-/])(\d{1,2})\2(\d{1,2})$/.exec(date);
  const slashed = /^(\d{1,2})\/(\d{1,2})(?:\/(\d{4}))?$/.exec(date);
  const dotted = /^(\d{1,2})\.(\d{1,2})\.(\d{4})$/.exec(date);
  let start: Wall | undefined;
  if (dotted !== null) start = dayOf(Number(dotted[3]), Number(dotted[2]), Number(dotted[1]));
  else if (iso !== null) start = dayOf(Number(iso[1]), Number(iso[3]), Number(iso[4]));
  else if (slashed !== null)
    start = datedDay(slashed[3] ? Number(slashed[3]) : undefined, Number(slashed[1]), Number(slashed[2]), latest);
  else if (new RegExp(`(?<![a-z])${MONTH}(?![a-z])`).test(date)) start = await readMonthName(date, latest);
  if (start === undefined) return undefined;
  const weekday = new Date(start).getUTCDay();
  if (named?.[1] !== undefined && weekdayNumber(named[1]) !== weekday)
    throw refuseTime(
      `${new Date(start).toISOString().slice(0, 10)} is a ${WEEKDAYS[weekday]}, not what ${quote(said)} says.`,
    );
  const note = slashed ? `${slashed[0]} read month first` : dotted ? `${dotted[0]} read day first` : undefined;
  return { ...spanOf(start, 'day'), ...(note && { note }) };
}

async function readMonthName(date: string, latest: Wall): Promise<Wall | undefined> {
  const { strict } = await import('chrono-node/en');
  // A leap year as the reference, so that 29 February is not dropped; nothing that chrono implies from it is used.
  const [found] = strict.parse(date, { instant: new Date(Date.UTC(2024, 5, 15, 12)), timezone: 0 });
  if (found === undefined || found.text.length !== date.length || found.end || found.tags().has('result/relativeDate'))
    return undefined;
  const start = found.start;
  const [year, month, day] = [start.get('year'), start.get('month'), start.get('day')];
  if (!start.isCertain('month') || !start.isCertain('day') || start.isCertain('hour') || start.isCertain('weekday'))
    return undefined;
  const dated = start.isCertain('year');
  // Refuses years of two digits and of other calendars, which chrono converts without a word.
  if (year === null || month === null || day === null || (dated && !date.includes(String(year)))) return undefined;
  return datedDay(dated ? year : undefined, month, day, latest);
}

function step(word: string | undefined): -1 | 0 | 1 {
  return word === 'last' || word === 'previous' ? -1 : word === 'next' ? 1 : 0;
}

function weekdayNumber(name: string): number {
  return WEEKDAYS.findIndex((day) => day.toLowerCase().startsWith(name.slice(0, 3)));
}

function joinNotes(...notes: (string | undefined)[]): string | undefined {
  return notes.filter((note) => note !== undefined).join('; ') || undefined;
}
