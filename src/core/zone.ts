// A time zone's own clock: from an instant to what the clock shows, and back across the changes of daylight saving.

import { CastellanError } from './errors.ts';

/** A time on a zone's clock, as the epoch milliseconds at which a clock in UTC would show the same. */
export type Wall = number;

export interface Zone {
  readonly name: string;
  readonly wallOf: (epochMs: number) => Wall;
  /**
   * The instant at which the clock shows `wall`: the first of two when clocks go back, moved ahead by the gap when they go
   * forward (RFC 5545 §3.3.5); `note` says so. Throws `invalid_input` outside the years 1970–2100.
   */
  readonly at: (wall: Wall) => { readonly at: number; readonly note?: string };
}

export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;
const LATEST = Date.UTC(2101, 0, 1) - 1;
const HINT =
  "Write for instance '2 hours ago', 'yesterday at 17:00', 'start of last week', 'last Tuesday 9am' or " +
  "'2026-11-03T14:30:00Z'; a zone may follow as UTC, Europe/Berlin or +02:00.";

/** Those that Intl knows, of the IANA data, and that mean one zone to everybody. */
const ABBREVIATIONS = new Set('UTC GMT EST MST HST PST CET EET WET MET JST EST5EDT CST6CDT MST7MDT PST8PDT'.split(' '));
/** Those that mean several zones, of which Intl picks one, or that Intl does not know; each with what may be meant. */
const UNCLEAR = new Map([
  ['ACT', 'Australia/Darwin or America/Rio_Branco'],
  ['AET', 'Australia/Sydney or Australia/Brisbane'],
  ['ART', 'America/Argentina/Buenos_Aires or Africa/Cairo'],
  ['AST', 'America/Halifax, Asia/Riyadh or America/Anchorage'],
  ['BST', 'Europe/London or Asia/Dhaka'],
  ['CST', 'America/Chicago, Asia/Shanghai or America/Havana'],
  ['ECT', 'America/Guayaquil or Europe/Paris'],
  ['IST', 'Asia/Kolkata, Europe/Dublin or Asia/Jerusalem'],
  ['NST', 'America/St_Johns or Pacific/Auckland'],
  ['SST', 'Pacific/Pago_Pago, Pacific/Guadalcanal or Asia/Singapore'],
  ['AEDT', 'Australia/Sydney'],
  ['AEST', 'Australia/Sydney or Australia/Brisbane'],
  ['AKST', 'America/Anchorage'],
  ['AKDT', 'America/Anchorage'],
  ['ADT', 'America/Halifax'],
  ['CDT', 'America/Chicago or America/Havana'],
  ['CEST', 'Europe/Berlin'],
  ['EDT', 'America/New_York'],
  ['EEST', 'Europe/Athens'],
  ['HKT', 'Asia/Hong_Kong'],
  ['KST', 'Asia/Seoul'],
  ['MDT', 'America/Denver'],
  ['MSK', 'Europe/Moscow'],
  ['NZDT', 'Pacific/Auckland'],
  ['NZST', 'Pacific/Auckland'],
  ['PDT', 'America/Los_Angeles'],
  ['SGT', 'Asia/Singapore'],
  ['WEST', 'Europe/Lisbon'],
]);

/** Whether a word, in any case, is the abbreviation of a zone's name; `openZone` refuses the unclear ones. */
export function isAbbreviation(word: string): boolean {
  const upper = word.toUpperCase();
  return ABBREVIATIONS.has(upper) || UNCLEAR.has(upper);
}

/** The refusal of a time that is not understood, with examples of what is. */
export function refuseTime(message: string): CastellanError {
  return new CastellanError({ code: 'invalid_input', message, hint: HINT });
}

/** Throws `invalid_input` for an instant outside the years 1970–2100. */
export function checkInstant(epochMs: number): void {
  if (!(epochMs >= 0 && epochMs <= LATEST)) throw refuseTime('That time is outside the years 1970 to 2100.');
}

/**
 * A zone by its IANA name in any case, `UTC`, or an offset such as `+02:00`. Throws `invalid_input` for an unknown one and for an
 * abbreviation that could mean several.
 */
export function openZone(given: string): Zone {
  const opened = zones.get(given);
  if (opened) return opened;
  const zone = makeZone(given);
  // Callers choose the names, so what is kept is bounded; a formatter costs a tenth of a millisecond to make.
  if (zones.size >= 100) zones.clear();
  zones.set(given, zone);
  return zone;
}

const zones = new Map<string, Zone>();

function makeZone(given: string): Zone {
  const unclear = UNCLEAR.get(given.toUpperCase());
  if (unclear !== undefined)
    throw new CastellanError({
      code: 'invalid_input',
      message: `${given.toUpperCase()} is not the name of one time zone.`,
      hint: `Write ${unclear}, or an offset such as +02:00; in general an IANA name such as Europe/Berlin.`,
    });
  const format = openFormat(given);
  const known = format.resolvedOptions().timeZone;
  const wallOf = (epochMs: number): Wall => {
    if (known === 'UTC') return epochMs;
    const parts = new Map(format.formatToParts(epochMs).map((part) => [part.type, Number(part.value)]));
    const get = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? Number.NaN;
    const seconds = Date.UTC(get('year'), get('month') - 1, get('day'), get('hour'), get('minute'), get('second'));
    return seconds + (((epochMs % 1000) + 1000) % 1000);
  };
  const at = (wall: Wall) => {
    if (!(wall >= -DAY && wall <= LATEST + DAY)) checkInstant(Number.NaN);
    const before = wall - (wallOf(wall - DAY) - (wall - DAY));
    const after = wall - (wallOf(wall + DAY) - (wall + DAY));
    const fits = [before, after].filter((instant) => wallOf(instant) === wall);
    if (fits.length === 0) return { at: before, note: `${showClock(wall)} is skipped that day, as clocks go forward` };
    if (before !== after && fits.length === 2)
      return { at: Math.min(before, after), note: `the first ${showClock(wall)} of two, as clocks go back` };
    return { at: fits[0] ?? before };
  };
  // Intl renames some zones (Asia/Kolkata becomes Asia/Calcutta): its spelling is taken only where it differs by case alone.
  return { name: known.toLowerCase() === given.toLowerCase() ? known : given, wallOf, at };
}

function openFormat(zone: string): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      calendar: 'gregory',
      numberingSystem: 'latn',
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  } catch (cause) {
    const end = `/${zone.trim().toLowerCase().replaceAll(' ', '_')}`;
    const near = Intl.supportedValuesOf('timeZone').find((name) => name.toLowerCase().endsWith(end));
    throw new CastellanError({
      code: 'invalid_input',
      message: `Unknown time zone: ${JSON.stringify(zone.slice(0, 60))}.`,
      hint: near
        ? `Perhaps ${near}.`
        : 'Give an IANA name such as Europe/Berlin or America/New_York, UTC, or an offset such as +02:00.',
      cause,
    });
  }
}

/** `09:00`, with seconds where there are any. */
export function showClock(wall: Wall): string {
  const iso = new Date(wall).toISOString();
  return iso.slice(17, 19) === '00' ? iso.slice(11, 16) : iso.slice(11, 19);
}
