// Days, weeks, months, quarters and years on a zone's clock, without regard to any zone: the arithmetic of the calendar.

import { DAY, refuseTime, type Wall } from './zone.ts';

export type Unit = 'day' | 'week' | 'month' | 'quarter' | 'year';

/** A unit of the calendar from `start` up to, not including, `end`. */
export interface Span {
  readonly start: Wall;
  readonly end: Wall;
  readonly unit: Unit;
  /** How it could have been read otherwise. */
  readonly note?: string;
}

/** Whole months and days, which follow the calendar, and elapsed milliseconds, which do not. */
export interface Duration {
  months: number;
  days: number;
  ms: number;
}

/** The start of a day by its numbers. Throws `invalid_input` when the calendar has no such day. */
export function dayOf(year: number, month: number, day: number): Wall {
  const start = Date.UTC(year, month - 1, day);
  const date = new Date(start);
  if (date.getUTCFullYear() !== year || date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day)
    throw refuseTime(
      `The calendar has no day ${day} of month ${month} in ${year} (dates are year-month-day, month/day/year or day.month.year).`,
    );
  return start;
}

/** The day of a year, or without a year the most recent such day that does not lie after `latest`. */
export function datedDay(year: number | undefined, month: number, day: number, latest: Wall): Wall {
  if (year !== undefined) return dayOf(year, month, day);
  const last = new Date(latest).getUTCFullYear();
  for (let candidate = last; candidate > last - 9; candidate -= 1) {
    const start = Date.UTC(candidate, month - 1, day);
    if (start <= latest && new Date(start).getUTCMonth() === month - 1) return start;
  }
  return dayOf(last, month, day);
}

/** Whole months and days on the calendar; a day that the month does not have becomes its last. */
export function moveWall(wall: Wall, { months, days }: Duration, sign: 1 | -1): Wall {
  const date = new Date(wall);
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth() + sign * months];
  const day = Math.min(date.getUTCDate(), new Date(Date.UTC(year, month + 1, 0)).getUTCDate());
  return Date.UTC(year, month, day) + (wall - startOf(wall, 'day')) + sign * days * DAY;
}

/** The start of the unit in which `wall` lies; weeks start on Monday (ISO 8601). */
export function startOf(wall: Wall, unit: Unit): Wall {
  const date = new Date(wall);
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()];
  if (unit === 'year') return Date.UTC(year, 0);
  if (unit === 'quarter') return Date.UTC(year, month - (month % 3));
  if (unit === 'month') return Date.UTC(year, month);
  const day = Date.UTC(year, month, date.getUTCDate());
  return unit === 'day' ? day : day - ((date.getUTCDay() + 6) % 7) * DAY;
}

/** The unit that begins at `start`, moved by `steps` units. */
export function spanOf(start: Wall, unit: Unit, steps = 0): Span {
  const months = unit === 'year' ? 12 : unit === 'quarter' ? 3 : unit === 'month' ? 1 : 0;
  const days = unit === 'week' ? 7 : unit === 'day' ? 1 : 0;
  const move = (n: number) => moveWall(start, { months: n * months, days: n * days, ms: 0 }, 1);
  return { start: move(steps), end: move(steps + 1), unit };
}
