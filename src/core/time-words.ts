// English words for a time, such as 'last Tuesday 9am' or 'start of last week', as an instant. Understood whole or not at all.
//
// Relative words are computed on the zone's own clock. chrono-node only reads calendar dates with a month's name: for the rest
// it would compute in the host's zone with one fixed offset, fill gaps with noon, and skip words that it does not know.

import { type Duration, datedDay, dayOf, moveWall, type Span, spanOf, startOf, type Unit } from './calendar.ts';
import { DAY, HOUR, refuseTime, type Wall, type Zone } from './zone.ts';

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
const PERIOD = /^(last|previous|this|current|next) (?:calendar )?(day|week|month|quarter|year)$/;
/** Not two digits, nor leading zeros, which `Date.UTC` takes for years of the twentieth century. */
const YEAR = /^(?:19|20|21)\d\d$/;
const KNOWN = new RegExp(
  `^(?:${MONTH}|${WEEKDAY}|${LONG_UNIT}|${WORD_NUMBER}|morning|afternoon|evening|night|tonight|noon|midday|midnight|now|today|` +
    'yesterday|tomorrow|ago|back|before|after|in|on|at|of|the|and|since|from|past|last|previous|this|current|next|start|' +
    'beginning|end|first|half|couple|am|pm|q[1-4]|\\d{1,2}(?:am|pm|st|nd|rd|th)|[-+]?[\\d.]+[smhdwy]?|[\\d:/.-]+)$',
);
const CLOCK =
  /(?<=^| )(at )?(?:(\d{1,2})(?::(\d\d)(?::(\d\d))?)? ?(am|pm|a\.m\.|p\.m\.)?|(noon|midday|midnight))(?= |$)/g;

/** Whether a single word is part of what is understood; for messages only. */
export function isKnownWord(word: string): boolean {
  return KNOWN.test(word);
}

/**
 * The instant (epoch milliseconds) that lower-case words with single spaces mean in a zone, with a note where they can be read
 * otherwise; undefined when they are not understood. Throws `invalid_input` where it can say what is wrong with them.
 */
export async function hearWords(
  said: string,
  now: number,
  zone: Zone,
): Promise<{ at: number; note?: string | undefined } | undefined> {
  const text = said.replace(/^(?:since|from|as of|starting|on) /, '');
  if (text === 'now' || text === 'right now') return { at: now };
  const relative = hearRelative(text);
  if (relative !== undefined) return { at: shift(now, relative.duration, relative.sign, zone) };

  const today = startOf(zone.wallOf(now), 'day');
  const edge = /^(?:the )?(start|beginning|end) of (?:the )?(.+)$/.exec(text);
  if (edge?.[2] !== undefined) {
    const span = await findSpan(
      edge[2].replace(/^(?=(?:day|week|month|quarter|year)$)/, 'this '),
      today,
      zone.wallOf(now),
    );
    if (span === undefined) return undefined;
    if (edge[1] === 'end') return { at: zone.at(span.end).at - 1, note: span.note };
    return { ...zone.at(span.start), note: span.note };
  }

  const clocks = [...text.matchAll(CLOCK)].filter((m) => (m[1] !== undefined || m[3] !== undefined || m[5]) ?? m[6]);
  if (clocks.length > 1)
    throw refuseTime(`Two times of day were given: ${clocks.map((m) => quote(m[0])).join(' and ')}.`);
  const clock = clocks[0];
  let rest = text.replace('tonight', 'this night');
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
  const one =
    past?.[1] || past?.[2] === 'past'
      ? /^(?:second|minute|hour|day|week|month|quarter|year)$/
      : /^(?:second|minute|hour)$/;
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
    if (!Number.isInteger(months)) throw refuseTime(`${quote(amount)} has no fixed length.`);
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

/** A named day or longer period. A date without a year starts at `latest` at the latest. */
async function findSpan(said: string, today: Wall, latest: Wall): Promise<Span | undefined> {
  const near = ['day before yesterday', 'yesterday', 'today', 'tomorrow', 'day after tomorrow'].indexOf(
    said.replace(/^the /, ''),
  );
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
  let start: Wall | undefined;
  if (iso !== null) start = dayOf(Number(iso[1]), Number(iso[3]), Number(iso[4]));
  else if (slashed !== null)
    start = datedDay(slashed[3] ? Number(slashed[3]) : undefined, Number(slashed[1]), Number(slashed[2]), latest);
  else if (new RegExp(`(?<![a-z])${MONTH}(?![a-z])`).test(date)) start = await readMonthName(date, latest);
  if (start === undefined) return undefined;
  const weekday = new Date(start).getUTCDay();
  if (named?.[1] !== undefined && weekdayNumber(named[1]) !== weekday)
    throw refuseTime(
      `${new Date(start).toISOString().slice(0, 10)} is a ${WEEKDAYS[weekday]}, not what ${quote(said)} says.`,
    );
  return { ...spanOf(start, 'day'), ...(slashed && { note: `${slashed[0]} read month first` }) };
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

/** Milliseconds since midnight; with a part of the day, the reading that falls into it ('7 in the evening' is 19:00). */
function timeOfDay(clock: RegExpMatchArray | undefined, part: string | undefined): number {
  const [usual, from, to] = PARTS[part ?? ''] ?? [0, 0, 24];
  if (clock === undefined) return usual * HOUR;
  const [text, , hourSaid = '', minute = '0', second = '0', half, word] = clock;
  const hour = word === undefined ? Number(hourSaid) : word === 'midnight' ? 0 : 12;
  const wrong = refuseTime(`${quote(text.trim())} is not a time of day${part ? ` in the ${part}` : ''}.`);
  if (hour > 23 || Number(minute) > 59 || Number(second) > 59 || (half && (hour < 1 || hour > 12))) throw wrong;
  const rest = Number(minute) * 60_000 + Number(second) * 1000;
  let hours = [hour];
  if (half) hours = [(hour % 12) + (half.startsWith('p') ? 12 : 0)];
  else if (part && word === undefined && hour <= 12) hours = [hour % 12, (hour % 12) + 12];
  const times = [...hours, ...hours.map((h) => h + 24)].map((h) => h * HOUR + rest);
  const time = times.find((ms) => ms >= from * HOUR && ms < to * HOUR);
  if (time === undefined) throw wrong;
  return time;
}

function shift(now: number, duration: Duration, sign: 1 | -1, zone: Zone): number {
  const moved = duration.months || duration.days ? zone.at(moveWall(zone.wallOf(now), duration, sign)).at : now;
  return moved + sign * duration.ms;
}

function step(word: string | undefined): -1 | 0 | 1 {
  return word === 'last' || word === 'previous' ? -1 : word === 'next' ? 1 : 0;
}

function weekdayNumber(name: string): number {
  return WEEKDAYS.findIndex((day) => day.toLowerCase().startsWith(name.slice(0, 3)));
}

function quote(text: string): string {
  return `'${text.trim()}'`;
}
