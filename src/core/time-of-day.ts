// A time of day in words, such as '9:30pm', 'noon' or '7 in the evening', as milliseconds since midnight.

import { quote } from './time-durations.ts';
import { HOUR, refuseTime } from './zone.ts';

/** Default hour, and the hours [from, to) that may be said with it; a night reaches into the next day. */
const PARTS: Record<string, readonly [number, number, number]> = {
  morning: [6, 0, 12],
  afternoon: [12, 12, 18],
  evening: [18, 17, 24],
  night: [20, 18, 30],
};

/** Also finds bare numbers, for the caller to leave out. */
export const CLOCK =
  /(?<=^| )(at )?(?:(\d{1,2})(?::(\d\d)(?::(\d\d))?)? ?(am|pm|a\.m\.|p\.m\.)?|(noon|midday|midnight))(?= |$)/g;

/** Milliseconds since midnight; with a part of the day, the reading that falls into it ('7 in the evening' is 19:00). */
export function timeOfDay(clock: RegExpMatchArray | undefined, part: string | undefined): number {
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
