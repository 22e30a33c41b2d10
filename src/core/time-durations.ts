// How long a time words say, such as '2 hours', 'a day and a half' or '7d', and where they put it: ago, ahead or back from now.

import type { Duration } from './calendar.ts';
import { DAY, HOUR, refuseTime } from './zone.ts';

const TEENS =
  'one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen';
const TENS = 'twenty thirty forty fifty sixty seventy eighty ninety';
const NUMBERS = new Map([
  ...TEENS.split(' ').map((word, i) => [word, i + 1] as const),
  ...TENS.split(' ').map((word, i) => [word, 20 + 10 * i] as const),
]);
export const any = (words: string) => `(?:${words.replaceAll(' ', '|')})`;
/** The longer of two that begin alike stands first. */
export const LONG_UNIT =
  '(?:seconds?|secs?|minutes?|mins?|hours?|hrs?|days?|weeks?|fortnights?|months?|mos?|quarters?|years?)';
const COUNT = `(?:${any(TENS)}(?:[- ]${any(TEENS)})?|${any(TEENS)})`;
export const WORD_NUMBER = `(?:half an?|(?:a )?couple(?: of)?|(?:a )?few|an?|${COUNT})`;
const HALVED = `(?:\\d+|${COUNT}) and a half ${LONG_UNIT}|(?:\\d+|an?|${COUNT}) ${LONG_UNIT} and a half`;
const AMOUNT = `(?:${HALVED}|\\d+(?:\\.\\d+)? ?(?:${LONG_UNIT}|[smhdwy])|${WORD_NUMBER} ${LONG_UNIT})`;
const BARE = /^(?:\d+(?:\.\d+)?(?:mo|[smhdwy]))+$/;

/** '2 hours ago', 'in 3 days', 'past 24 hours', 'last hour', 'now-7d', '24h'; with a note where it can be read otherwise. */
export function hearRelative(said: string): { duration: Duration; sign: 1 | -1; note?: string } | undefined {
  if (BARE.test(said)) {
    const duration = readDuration(said);
    return duration && { duration, sign: -1, note: `${said} read as ${said} ago` };
  }
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

/** How long words say, such as 'an hour and a half' or '1 day and 2 hours'; undefined for any others. */
export function readDuration(words: string): Duration | undefined {
  if (!new RegExp(`^${AMOUNT}(?:(?: and | )?${AMOUNT})*$`).test(words)) return undefined;
  const sum: Duration = { months: 0, days: 0, ms: 0 };
  for (const [amount] of words.matchAll(new RegExp(AMOUNT, 'g'))) {
    const whole = amount.replace(' and a half', '');
    const [, number = '', unit = ''] = /^(.*?) ?([a-z]+)$/.exec(whole) ?? [];
    const n = (/^\d/.test(number) ? Number(number) : wordNumber(number)) + (whole === amount ? 0 : 0.5);
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
  if (words.includes('couple')) return 2;
  if (words.includes('few')) return 3;
  if (words === 'a' || words === 'an') return 1;
  return words.split(/[- ]/).reduce((sum, word) => sum + (NUMBERS.get(word) ?? 0), 0);
}

export function quote(text: string): string {
  return `'${text.trim()}'`;
}
