// What people write as a time, understood as one instant: ISO 8601, epoch numbers, and English words in a time zone.

import { dayOf } from './calendar.ts';
import { hearWords, isKnownWord } from './time-words.ts';
import { checkInstant, HOUR, isAbbreviation, openZone, refuseTime, showClock } from './zone.ts';

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

const ZONE = /^(.*) (z|(?:utc|gmt)[+-]\d{1,2}(?::?\d\d)?|[+-]\d\d:?\d\d|[a-z_]+(?:\/[a-z0-9_+-]+)+)$/;
const ISO = /^(\d{4})(-?)(\d\d)\2(\d\d)(?:[t ](\d\d):?(\d\d)(?::?(\d\d)(?:\.(\d{1,9}))?)?)?(z|[+-]\d\d(?::?\d\d)?)?$/;

/** ISO 8601 in UTC, with milliseconds and `Z`. */
export function formatTime(epochMs: number): string {
  return new Date(epochMs).toISOString();
}

/** ISO 8601 on the zone's clock, with its offset: `2026-11-17T09:00:00.000+01:00`. Throws `invalid_input` for an unknown zone. */
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
 * millisecond; weeks start on Monday (ISO 8601); a bare weekday, date, month or quarter is the most recent one; months and
 * days are counted on the zone's calendar, hours as elapsed time. Throws `invalid_input` for what is not understood whole.
 */
export async function parseTime(text: string, ctx: TimeContext): Promise<HeardTime> {
  if (text.length > 200) throw refuseTime('A time may be 200 characters long at most.');
  if (/[\p{Cc}\p{Cf}\p{Cs}]/u.test(text)) throw refuseTime('A time may not contain control characters.');
  const given = text
    .toLowerCase()
    .replace(/(?<=:\d\d),(?=\d)/, '.')
    .replaceAll(',', ' ')
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/ ?!+$/, '')
    .replace(/(?<!\b[ap]\.m) ?\.$/, '');
  if (given === '') throw refuseTime('The time is empty.');
  const [, zoned, zoneSaid] = ZONE.exec(given) ?? splitAbbreviation(given) ?? [];
  const said = zoned ?? given;
  const iso = ISO.exec(said);
  const zoneText = zoneSaid ?? iso?.[9];
  if (zoneSaid !== undefined && iso?.[9] !== undefined) throw refuseTime('Two time zones were given.');
  const zone = openZone(zoneText === undefined ? ctx.timeZone : spellZone(zoneText));

  const heard = hearEpoch(given) ?? (iso ? zone.at(hearIso(iso)) : await hearWords(said, ctx.now, zone));
  if (heard === undefined) throw refuseTime(sayWhatIsUnknown(said));
  checkInstant(heard.at);
  const wall = zone.wallOf(heard.at);
  const day = new Date(wall).toLocaleDateString('en-US', { weekday: 'long', timeZone: 'UTC' });
  const date = new Date(wall).toISOString().slice(0, 10);
  const notes = [heard.note, zoneText && noteZone(zone.name, wall - heard.at)].filter(Boolean).join('; ');
  return { at: heard.at, heardAs: `${day} ${date} ${showClock(wall)} ${zone.name}${notes && ` (${notes})`}` };
}

/** The text and the zone at its end; undefined without one. */
function splitAbbreviation(given: string): [string, string, string] | undefined {
  const [, rest = '', zone = ''] = /^(.*) ([a-z]{3,4}|[a-z]{3}\d[a-z]{3})$/.exec(given) ?? [];
  return isAbbreviation(zone) ? [given, rest, zone] : undefined;
}

/** What the clock of an abbreviated zone is, as some stand for a fixed offset and others change with daylight saving. */
function noteZone(name: string, offset: number): string | undefined {
  if (!isAbbreviation(name) || name === 'UTC' || name === 'GMT') return undefined;
  const clock = new Date(Math.abs(offset)).toISOString().slice(11, 16);
  return `${name} is UTC${offset < 0 ? '-' : '+'}${clock} then`;
}

/** Seconds have nine or ten digits, milliseconds twelve or thirteen: 1973 at the earliest, so that no date looks like one. */
function hearEpoch(said: string): { at: number; note?: string } | undefined {
  if (/^\d{9,10}(?:\.\d{1,9})?$/.test(said)) return { at: Math.floor(Number(said) * 1000) };
  return /^\d{12,13}$/.test(said) ? { at: Number(said) } : undefined;
}

function hearIso([
  ,
  year,
  ,
  month,
  day,
  hour = '0',
  minute = '0',
  second = '0',
  fraction = '0',
]: RegExpExecArray): number {
  const start = dayOf(Number(year), Number(month), Number(day));
  // The midnight at a day's end (ISO 8601 §4.2.3, in its edition of 2004 and again since 2022).
  const isEnd = hour === '24' && ![minute, second, fraction].some(Number);
  if ((Number(hour) > 23 && !isEnd) || Number(minute) > 59 || Number(second) > 59)
    throw refuseTime(`There is no ${hour}:${minute}:${second} on the clock.`);
  // Digits past the millisecond are cut, not rounded, so that an instant never lands in the next second.
  return (
    start +
    Number(hour) * HOUR +
    Number(minute) * 60_000 +
    Number(second) * 1000 +
    Number(fraction.padEnd(3, '0').slice(0, 3))
  );
}

/** As `Intl` knows it: `Z` and `GMT` are UTC, `+0200`, `+02`, `GMT+02:00` and `UTC+2` are `+02:00`. */
function spellZone(zone: string): string {
  const offset = /^(?:utc|gmt)?([+-])(\d{1,2}):?(\d\d)?$/.exec(zone);
  if (offset !== null) return `${offset[1]}${offset[2]?.padStart(2, '0')}:${offset[3] ?? '00'}`;
  if (zone === 'z' || zone === 'gmt') return 'UTC';
  return isAbbreviation(zone) ? zone.toUpperCase() : zone;
}

function sayWhatIsUnknown(said: string): string {
  const strange = said.split(' ').filter((word) => !isKnownWord(word));
  if (strange.length > 0) return `Not understood as a time: ${strange.map((word) => `'${word}'`).join(', ')}.`;
  return `Not understood as one time, though its words are known: '${said}'.`;
}
