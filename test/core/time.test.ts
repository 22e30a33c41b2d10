// Times as people write them: each phrase with the instant it must mean, and properties checked against Intl's own rendering.

import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { CastellanError } from '../../src/core/errors.ts';
import { checkTimeZone, formatLocalTime, formatTime, parseTime } from '../../src/core/time.ts';

const TUESDAY = Date.parse('2026-11-17T09:30:12.345Z');
const ZONES = ['UTC', 'America/New_York', 'Europe/Berlin', 'Asia/Kolkata', 'Australia/Lord_Howe', '+05:45'];
const DAY = 86_400_000;

const hear = async (text: string, timeZone = 'Europe/Berlin', now = TUESDAY) =>
  formatTime((await parseTime(text, { now, timeZone })).at);

/** What a clock in the zone shows, as `2026-11-17 09:00:00`: Intl's reading, independent of the code under test. */
const clock = (at: number, timeZone: string) => new Date(at).toLocaleString('sv-SE', { timeZone });
/** Calendar arithmetic on the date alone. */
const addDays = (date: string, days: number) =>
  new Date(Date.parse(`${date}T00:00:00Z`) + days * DAY).toISOString().slice(0, 10);

const refusal = async (text: string, timeZone = 'UTC'): Promise<CastellanError> => {
  const thrown = await parseTime(text, { now: TUESDAY, timeZone }).then(
    (heard) => `${text} was heard as ${heard.heardAs}`,
    (error: unknown) => error,
  );
  expect(thrown).toBeInstanceOf(CastellanError);
  expect((thrown as CastellanError).code).toBe('invalid_input');
  return thrown as CastellanError;
};

describe('parseTime understands, in Europe/Berlin on Tuesday 2026-11-17 at 10:30', () => {
  it.each([
    ['now', '2026-11-17T09:30:12.345Z'],
    ['2 hours ago', '2026-11-17T07:30:12.345Z'],
    ['An hour ago', '2026-11-17T08:30:12.345Z'],
    ['half an hour ago', '2026-11-17T09:00:12.345Z'],
    ['1.5 hours ago', '2026-11-17T08:00:12.345Z'],
    ['1 day and 2 hours ago', '2026-11-16T07:30:12.345Z'],
    ['1h30m ago', '2026-11-17T08:00:12.345Z'],
    ['now-24h', '2026-11-16T09:30:12.345Z'],
    ['-2h', '2026-11-17T07:30:12.345Z'],
    ['in 3 days', '2026-11-20T09:30:12.345Z'],
    ['past 24 hours', '2026-11-16T09:30:12.345Z'],
    ['last 7 days', '2026-11-10T09:30:12.345Z'],
    ['in the last week', '2026-11-10T09:30:12.345Z'],
    ['last hour', '2026-11-17T08:30:12.345Z'],
    ['three days ago', '2026-11-14T09:30:12.345Z'],
    ['two weeks ago', '2026-11-03T09:30:12.345Z'],
    ['twenty-four hours ago', '2026-11-16T09:30:12.345Z'],
    ['90 days ago', '2026-08-19T08:30:12.345Z'], // the same clock time, in summer
    ['a month ago', '2026-10-17T08:30:12.345Z'],
    ['today', '2026-11-16T23:00:00.000Z'],
    ['yesterday', '2026-11-15T23:00:00.000Z'],
    ['since yesterday', '2026-11-15T23:00:00.000Z'],
    ['yesterday at 17:00', '2026-11-16T16:00:00.000Z'],
    ['9am yesterday', '2026-11-16T08:00:00.000Z'],
    ['two days ago at 17:00', '2026-11-15T16:00:00.000Z'],
    ['noon', '2026-11-17T11:00:00.000Z'],
    ['midnight', '2026-11-16T23:00:00.000Z'],
    ['12am', '2026-11-16T23:00:00.000Z'],
    ['this morning', '2026-11-17T05:00:00.000Z'],
    ['last night', '2026-11-16T19:00:00.000Z'],
    ['last night at 2am', '2026-11-17T01:00:00.000Z'],
    ['7:30 in the evening', '2026-11-17T18:30:00.000Z'],
    ['Monday', '2026-11-15T23:00:00.000Z'],
    ['Tuesday', '2026-11-09T23:00:00.000Z'],
    ['last Tuesday', '2026-11-09T23:00:00.000Z'],
    ['last Tuesday 9am', '2026-11-10T08:00:00.000Z'],
    ['next Friday', '2026-11-19T23:00:00.000Z'],
    ['this Friday', '2026-11-19T23:00:00.000Z'],
    ['Tuesday of last week', '2026-11-09T23:00:00.000Z'],
    ['beginning of this month', '2026-10-31T23:00:00.000Z'],
    ['start of last week', '2026-11-08T23:00:00.000Z'],
    ['start of the week', '2026-11-15T23:00:00.000Z'],
    ['end of yesterday', '2026-11-16T22:59:59.999Z'],
    ['first day of last month', '2026-09-30T22:00:00.000Z'],
    ['last day of last month', '2026-10-30T23:00:00.000Z'],
    ['the 3rd of last month', '2026-10-02T22:00:00.000Z'],
    ['beginning of the year', '2025-12-31T23:00:00.000Z'],
    ['last month', '2026-09-30T22:00:00.000Z'],
    ['last quarter', '2026-06-30T22:00:00.000Z'],
    ['start of Q3', '2026-06-30T22:00:00.000Z'],
    ['end of Q3', '2026-09-30T21:59:59.999Z'],
    ['Q4 2025', '2025-09-30T22:00:00.000Z'],
    ['November', '2026-10-31T23:00:00.000Z'],
    ['last November', '2025-10-31T23:00:00.000Z'],
    ['December', '2025-11-30T23:00:00.000Z'],
    ['Nov 3', '2026-11-02T23:00:00.000Z'],
    ['Nov 18', '2025-11-17T23:00:00.000Z'], // the most recent one, not tomorrow
    ['Feb 29', '2024-02-28T23:00:00.000Z'],
    ['3 November 2026 14:30', '2026-11-03T13:30:00.000Z'],
    ['Nov 3rd, 2026 at 2:30pm', '2026-11-03T13:30:00.000Z'],
    ['Tue Nov 17 09:00:00 2026', '2026-11-17T08:00:00.000Z'],
    ['Tue, 17 Nov 2026 09:00:00 GMT', '2026-11-17T09:00:00.000Z'],
    ['11/03/2026', '2026-11-02T23:00:00.000Z'],
    ['2026-11-03', '2026-11-02T23:00:00.000Z'],
    ['2026-11-03 14:30', '2026-11-03T13:30:00.000Z'],
    ['2026-11-03 at 2pm', '2026-11-03T13:00:00.000Z'],
    ['2026-11-03T14:30:00.123456Z', '2026-11-03T14:30:00.123Z'],
    ['2026-11-03T14:30+02:00', '2026-11-03T12:30:00.000Z'],
    ['20261103T143000Z', '2026-11-03T14:30:00.000Z'],
    ['2026-11-03 14:30 UTC', '2026-11-03T14:30:00.000Z'],
    ['yesterday 17:00 America/New_York', '2026-11-16T22:00:00.000Z'],
    ['an hour and a half ago', '2026-11-17T08:00:12.345Z'],
    ['1 hour and a half ago', '2026-11-17T08:00:12.345Z'],
    ['2 and a half hours ago', '2026-11-17T07:00:12.345Z'],
    ['two and a half hours ago', '2026-11-17T07:00:12.345Z'],
    ['a year and a half ago', '2025-05-17T08:30:12.345Z'],
    ['couple of days ago', '2026-11-15T09:30:12.345Z'],
    ['a couple days ago', '2026-11-15T09:30:12.345Z'],
    ['a few hours ago', '2026-11-17T06:30:12.345Z'],
    ['past few days', '2026-11-14T09:30:12.345Z'],
    ['24h', '2026-11-16T09:30:12.345Z'],
    ['7d', '2026-11-10T09:30:12.345Z'],
    ['30m', '2026-11-17T09:00:12.345Z'],
    ['3 mo ago', '2026-08-17T08:30:12.345Z'],
    ['just now', '2026-11-17T09:30:12.345Z'],
    ['last weekend', '2026-11-13T23:00:00.000Z'],
    ['end of last weekend', '2026-11-15T22:59:59.999Z'],
    ['week before last', '2026-11-01T23:00:00.000Z'],
    ['last week Tuesday', '2026-11-09T23:00:00.000Z'],
    ['Tuesday last week', '2026-11-09T23:00:00.000Z'],
    ['last week Tuesday 9am', '2026-11-10T08:00:00.000Z'],
    ['two weeks ago monday', '2026-11-01T23:00:00.000Z'],
    ['Monday 2 weeks ago at 9am', '2026-11-02T08:00:00.000Z'],
    ['in January', '2025-12-31T23:00:00.000Z'],
    ['in January 2025', '2024-12-31T23:00:00.000Z'],
    ['in Q3', '2026-06-30T22:00:00.000Z'],
    ['this time yesterday', '2026-11-16T09:30:12.345Z'],
    ['yesterday at this time', '2026-11-16T09:30:12.345Z'],
    ['this time last month', '2026-10-17T08:30:12.345Z'], // the same clock time, in summer
    ["9 o'clock yesterday", '2026-11-16T08:00:00.000Z'],
    ['yesterday at 9 o’clock', '2026-11-16T08:00:00.000Z'],
    ['9 in the morning', '2026-11-17T08:00:00.000Z'],
    ['9 in the morning yesterday', '2026-11-16T08:00:00.000Z'],
    ['Monday 7 in the evening', '2026-11-16T18:00:00.000Z'],
    ['Nov 9 in the morning', '2026-11-09T05:00:00.000Z'],
    ['beginning of the hour', '2026-11-17T09:00:00.000Z'],
    ['end of last hour', '2026-11-17T08:59:59.999Z'],
    ['end of day yesterday', '2026-11-16T22:59:59.999Z'],
    ['yesterday end of day', '2026-11-16T22:59:59.999Z'],
    ['start of day before yesterday', '2026-11-14T23:00:00.000Z'],
    ['03.11.2026', '2026-11-02T23:00:00.000Z'],
    ['3.11.2026 14:30', '2026-11-03T13:30:00.000Z'],
    ['yesterday.', '2026-11-15T23:00:00.000Z'],
    ['2 hours ago!', '2026-11-17T07:30:12.345Z'],
    ['yesterday at 5 p.m.', '2026-11-16T16:00:00.000Z'],
    ['2026-11-03T24:00:00Z', '2026-11-04T00:00:00.000Z'],
    ['yesterday 9am GMT+2', '2026-11-16T07:00:00.000Z'],
    ['yesterday 9am UTC-05:30', '2026-11-16T14:30:00.000Z'],
    ['yesterday 9am EST', '2026-11-16T14:00:00.000Z'],
    ['yesterday 9am pst', '2026-11-16T17:00:00.000Z'],
    ['2026-11-03 14:30 CET', '2026-11-03T13:30:00.000Z'],
    ['Tuesday 9am', '2026-11-17T08:00:00.000Z'], // past already, so today
    ['Tuesday 11am', '2026-11-10T10:00:00.000Z'],
    ['last Tuesday 9am.', '2026-11-10T08:00:00.000Z'],
    ['1763370000', '2025-11-17T09:00:00.000Z'],
    ['1763370000.5', '2025-11-17T09:00:00.500Z'],
    ['1763370000123', '2025-11-17T09:00:00.123Z'],
  ])('%j as %s', async (text, instant) => {
    expect(await hear(text)).toBe(instant);
  });
});

describe('parseTime says how it understood', () => {
  it.each([
    ['last Tuesday 9am', 'Tuesday 2026-11-10 09:00 Europe/Berlin'],
    ['11/03/2026', 'Tuesday 2026-11-03 00:00 Europe/Berlin (11/03/2026 read month first)'],
    ['03.11.2026', 'Tuesday 2026-11-03 00:00 Europe/Berlin (03.11.2026 read day first)'],
    ['a few hours ago', 'Tuesday 2026-11-17 07:30:12 Europe/Berlin (a few read as 3)'],
    ['24h', 'Monday 2026-11-16 10:30:12 Europe/Berlin (24h read as 24h ago)'],
    ['Tuesday 9am', 'Tuesday 2026-11-17 09:00 Europe/Berlin (Tuesday read as today)'],
    ['yesterday 9am est', 'Monday 2026-11-16 09:00 EST (EST is UTC-05:00 then)'],
    ['July 1 9am PST', 'Wednesday 2026-07-01 09:00 PST (PST is UTC-07:00 then)'],
    ['9am GMT+2', 'Tuesday 2026-11-17 09:00 +02:00'],
    ['2026-11-03T14:30:05+02:00', 'Tuesday 2026-11-03 14:30:05 +02:00'],
    ['2026-03-29 02:30', 'Sunday 2026-03-29 03:30 Europe/Berlin (02:30 is skipped that day, as clocks go forward)'],
    ['2026-10-25 02:30', 'Sunday 2026-10-25 02:30 Europe/Berlin (the first 02:30 of two, as clocks go back)'],
  ])('%j: %s', async (text, heardAs) => {
    expect((await parseTime(text, { now: TUESDAY, timeZone: 'europe/berlin' })).heardAs).toBe(heardAs);
  });
});

it('parseTime hears a weekday with a time that is past on that weekday as today', async () => {
  const ctx = { now: Date.parse('2026-11-18T15:30:00Z'), timeZone: 'UTC' };
  expect(await parseTime('wednesday 9am', ctx)).toEqual({
    at: Date.parse('2026-11-18T09:00:00Z'),
    heardAs: 'Wednesday 2026-11-18 09:00 UTC (Wednesday read as today)',
  });
});

it.each(['today', 'start of today'])('parseTime notes that the zone skips midnight: %s', async (text) => {
  const ctx = { now: Date.parse('2018-11-04T15:00:00Z'), timeZone: 'America/Sao_Paulo' };
  expect(await parseTime(text, ctx)).toEqual({
    at: Date.parse('2018-11-04T03:00:00Z'),
    heardAs: 'Sunday 2018-11-04 01:00 America/Sao_Paulo (00:00 is skipped that day, as clocks go forward)',
  });
});

describe('parseTime refuses', () => {
  it.each([
    ['', 'empty'],
    ['   ', 'empty'],
    ['banana', "'banana'"],
    ['yesterday banana', "'banana'"],
    ['Nov 3 2026 banana', "'banana'"],
    ['tomorrowish', "'tomorrowish'"],
    ['tomorrowish Nov 3', "'tomorrowish'"],
    ['last Blursday', "'blursday'"],
    ['5 potatoes ago', "'potatoes'"],
    ['not yesterday', "'not'"],
    ['until yesterday', "'until'"],
    ['yesterday to today', "'to'"],
    ['few', 'few'],
    ['yesterday a few', 'yesterday a few'],
    ['a month and a half ago', 'no fixed length'],
    ['half an hour and a half ago', 'half an hour and a half ago'],
    ['weekend', 'weekend'],
    ['last weekend 9am', 'last weekend 9am'],
    ['day before last', 'day before last'],
    ['two days ago Monday', 'two days ago monday'],
    ['in yesterday', 'in yesterday'],
    ['in Jan 5', 'in jan 5'],
    ['in January 9am', 'in january 9am'],
    ['this time', 'this time'],
    ['this time 2 hours ago', 'this time 2 hours ago'],
    ['this time last week banana', "'banana'"],
    ["25 o'clock", 'not a time of day'],
    ["9:30 o'clock", "9:30 o'clock"],
    ['9 in the morning 9am', 'Two times of day'],
    ['9 in the evening in the morning', '9 in the evening in the morning'],
    ['end of day last week', 'end of day last week'],
    ['end of day banana', "'banana'"],
    ['24h banana', "'banana'"],
    ['just yesterday', 'just yesterday'],
    ['31.2.2026', 'no day 31 of month 2'],
    ['3.11.26', '3.11.26'],
    ['3.11.', '3.11'],
    ['!', 'empty'],
    ['yesterday?', "'yesterday?'"],
    ['2026-11-03T24:00:01Z', 'no 24:00:01'],
    ['2026-11-03T24:30Z', 'no 24:30'],
    ['yesterday 9am IST', 'IST is not the name of one time zone'],
    ['yesterday 9am CST', 'CST is not the name of one time zone'],
    ['yesterday 9am BST', 'BST is not the name of one time zone'],
    ['yesterday 9am EDT', 'EDT is not the name of one time zone'],
    ['2026-11-03T14:30Z EST', 'Two time zones'],
    ['yesterday UTC+25', 'Unknown time zone'],
    ['EST', "'est'"],
    ['before yesterday', 'before yesterday'],
    ['2 weeks after Nov 3', '2 weeks after nov 3'],
    ['2 weeks after Nov 3 2026', '2 weeks after nov 3 2026'],
    ['Nov 3 - Nov 5', 'nov 3 - nov 5'],
    ['yesterday yesterday', 'yesterday yesterday'],
    ['Nov 3 last year', 'nov 3 last year'],
    ['last November 2025', 'last november 2025'],
    ['Nov 3 26', 'nov 3 26'],
    ['3 Nov 2569 BE', 'be'],
    ['1,000 hours ago', '1 000 hours ago'],
    ['9', "'9'"],
    ['5 minutes', '5 minutes'],
    ['2 hours ago at 17:00', '2 hours ago at 17:00'],
    ['last week 9am', 'last week 9am'],
    ['yesterday 5pm 6pm', "'5pm'"],
    ['yesterday at 25:00', 'not a time of day'],
    ['9pm this morning', 'not a time of day'],
    ['0.5 months ago', 'no fixed length'],
    ['31st of February 2026', '31st of february 2026'],
    ['31st of this month', 'no such day'],
    ['Mon Nov 17 2026', 'is a Tuesday'],
    ['2026-13-45', 'no day 45 of month 13'],
    ['2026-02-30', 'no day 30 of month 2'],
    ['13/11/2026', 'no day 11 of month 13'],
    ['2026-11-03T25:00', 'no 25:00'],
    ['2026-11-03T14:30Z UTC', 'Two time zones'],
    ['yesterday Mars/Olympus', 'Unknown time zone'],
    ['2026-11-03T14:30+99:00', 'Unknown time zone'],
    ['1969-12-31', '1970 to 2100'],
    ['2101-01-01', '1970 to 2100'],
    ['99999999999 years ago', '1970 to 2100'],
    [`${'9'.repeat(180)} days ago`, '1970 to 2100'],
    [`yesterday${' '.repeat(200)}`, '200 characters'],
    ['yesterday\nbanana', 'control characters'],
    ['yester\u200bday', 'control characters'],
  ])('%j, saying %j', async (text, says) => {
    const error = await refusal(text);
    expect(`${error.message}`.toLowerCase()).toContain(says.toLowerCase());
    expect(error.hint).toMatch(/2 hours ago|Europe\/Berlin/);
  });

  it('an unknown zone of the context', async () => {
    expect((await refusal('now', 'Berlin')).hint).toContain('Europe/Berlin');
  });

  it('whatever else is not understood, with no other error than a CastellanError', async () => {
    const words =
      'last few couple weeks ago weekend time same just 24h in EST IST GMT+2 . ! 3.11.2026 mo and a next this 3 half an of the day week Monday Nov 2026 11/03 9am at noon ago in since start end q3 Z -05:00 banana 31st night - :'.split(
        ' ',
      );
    const phrase = fc.array(fc.constantFrom(...words), { maxLength: 6 }).map((list) => list.join(' '));
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(phrase, fc.string({ unit: 'binary' })),
        fc.constantFrom(...ZONES),
        async (text, zone) => {
          const result = await parseTime(text, { now: TUESDAY, timeZone: zone }).catch((error: unknown) => error);
          if (result instanceof CastellanError) expect(result.code).toBe('invalid_input');
          else expect(result).toEqual({ at: expect.any(Number), heardAs: expect.any(String) });
          if (text.includes('banana')) expect(result).toBeInstanceOf(CastellanError);
        },
      ),
      { numRuns: 1500 },
    );
  });
});

describe('parseTime keeps to the clock of the zone through changes of daylight saving', () => {
  const instants = fc.integer({ min: Date.UTC(1999, 0), max: Date.UTC(2040, 0) });
  const zones = fc.constantFrom(...ZONES);

  it('days: a day back or forth starts at 00:00 of the neighbouring date', async () => {
    await fc.assert(
      fc.asyncProperty(instants, zones, async (now, timeZone) => {
        const today = clock(now, timeZone).slice(0, 10);
        for (const [text, days] of [
          ['yesterday', -1],
          ['today', 0],
          ['tomorrow', 1],
          ['day before yesterday', -2],
        ] as const) {
          const { at } = await parseTime(text, { now, timeZone });
          expect(clock(at, timeZone)).toBe(`${addDays(today, days)} 00:00:00`);
        }
        const end = (await parseTime('end of today', { now, timeZone })).at;
        expect([clock(end, timeZone), end % 1000]).toEqual([`${today} 23:59:59`, 999]);
      }),
    );
  });

  it('days ago: the same clock time, or moved by the gap where clocks skip it', async () => {
    await fc.assert(
      fc.asyncProperty(instants, zones, fc.integer({ min: 1, max: 400 }), async (now, timeZone, days) => {
        const { at, heardAs } = await parseTime(`${days} days ago`, { now, timeZone });
        const shown = clock(now, timeZone);
        if (heardAs.includes('skipped'))
          expect(clock(at, timeZone) > `${addDays(shown, -days)}${shown.slice(10)}`).toBe(true);
        else expect(clock(at, timeZone)).toBe(`${addDays(shown.slice(0, 10), -days)}${shown.slice(10)}`);
      }),
    );
  });

  it('hours ago: elapsed time, whatever the clocks do', async () => {
    await fc.assert(
      fc.asyncProperty(instants, zones, fc.integer({ min: 1, max: 5000 }), async (now, timeZone, hours) => {
        expect((await parseTime(`past ${hours} hours`, { now, timeZone })).at).toBe(now - hours * 3_600_000);
      }),
    );
  });

  it('weekdays: 17:00 on the most recent such day before today', async () => {
    const names = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
    await fc.assert(
      fc.asyncProperty(instants, zones, fc.nat({ max: 6 }), async (now, timeZone, weekday) => {
        const { at } = await parseTime(`last ${names[weekday]} at 17:00`, { now, timeZone });
        const [today, found] = [clock(now, timeZone).slice(0, 10), clock(at, timeZone)];
        expect(found.slice(10)).toBe(' 17:00:00');
        expect(new Date(found.slice(0, 10)).getUTCDay()).toBe(weekday);
        const back = (Date.parse(today) - Date.parse(found.slice(0, 10))) / DAY;
        expect(back >= 1 && back <= 7).toBe(true);
      }),
    );
  });

  it('a bare weekday with a time: the most recent such moment, today included', async () => {
    const names = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
    await fc.assert(
      fc.asyncProperty(instants, zones, fc.nat({ max: 6 }), async (now, timeZone, weekday) => {
        const { at, heardAs } = await parseTime(`${names[weekday]} 17:00`, { now, timeZone });
        const found = clock(at, timeZone);
        expect(found.slice(10)).toBe(' 17:00:00');
        expect(new Date(found.slice(0, 10)).getUTCDay()).toBe(weekday);
        expect(found <= clock(now, timeZone)).toBe(true);
        expect(addDays(found.slice(0, 10), 7) >= clock(now, timeZone).slice(0, 10)).toBe(true);
        expect(heardAs.includes('read as today')).toBe(found.slice(0, 10) === clock(now, timeZone).slice(0, 10));
      }),
    );
  });

  it('this time on another day: the same clock time, or moved by the gap where clocks skip it', async () => {
    await fc.assert(
      fc.asyncProperty(instants, zones, async (now, timeZone) => {
        const { at, heardAs } = await parseTime('this time yesterday', { now, timeZone });
        const shown = clock(now, timeZone);
        if (!heardAs.includes('skipped'))
          expect(clock(at, timeZone)).toBe(`${addDays(shown.slice(0, 10), -1)}${shown.slice(10)}`);
      }),
    );
  });

  it('periods: the start and the last millisecond meet, at 00:00 of the right date', async () => {
    await fc.assert(
      fc.asyncProperty(
        instants,
        zones,
        fc.constantFrom('week', 'month', 'quarter', 'year'),
        async (now, timeZone, unit) => {
          const ctx = { now, timeZone };
          const start = (await parseTime(`start of this ${unit}`, ctx)).at;
          expect((await parseTime(`end of last ${unit}`, ctx)).at).toBe(start - 1);
          const shown = clock(start, timeZone);
          expect(shown.slice(10)).toBe(' 00:00:00');
          const rule = { week: /./, month: /-01 /, quarter: /-(01|04|07|10)-01 /, year: /-01-01 / }[unit] ?? /$^/;
          expect(shown).toMatch(rule);
          if (unit === 'week') expect(new Date(shown.slice(0, 10)).getUTCDay()).toBe(1);
          expect(start <= now && now <= (await parseTime(`end of this ${unit}`, ctx)).at).toBe(true);
        },
      ),
    );
  });

  it.each([
    ['2026-03-08 02:30', 'America/New_York', '2026-03-08T07:30:00.000Z'],
    ['2026-11-01 01:30', 'America/New_York', '2026-11-01T05:30:00.000Z'],
    ['2026-03-29 02:30', 'Europe/Berlin', '2026-03-29T01:30:00.000Z'],
    ['2026-10-25 02:30', 'Europe/Berlin', '2026-10-25T00:30:00.000Z'],
    ['2026-10-04 02:10', 'Australia/Lord_Howe', '2026-10-03T15:40:00.000Z'], // a gap of half an hour
    ['2026-04-05 01:45', 'Australia/Lord_Howe', '2026-04-04T14:45:00.000Z'],
    ['2026-06-01 00:00', 'Asia/Kolkata', '2026-05-31T18:30:00.000Z'],
    ['2018-11-04', 'America/Sao_Paulo', '2018-11-04T03:00:00.000Z'], // a day that starts at 01:00
    ['2011-12-30 12:00', 'Pacific/Apia', '2011-12-30T22:00:00.000Z'], // a day that Samoa skipped
  ])('%s in %s is %s', async (text, zone, instant) => {
    expect(await hear(text, zone)).toBe(instant);
  });

  it('a text is heard again from its own heardAs', async () => {
    await fc.assert(
      fc.asyncProperty(instants, zones, async (now, timeZone) => {
        const first = await parseTime('now', { now: now - (now % 1000), timeZone });
        const again = await parseTime(first.heardAs, { now: TUESDAY, timeZone: 'UTC' });
        expect(clock(again.at, timeZone)).toBe(clock(first.at, timeZone));
      }),
    );
  });
});

describe('parseTime does not depend on the zone of the host', () => {
  const own = process.env.TZ;
  afterEach(() => {
    if (own === undefined) delete process.env.TZ;
    else process.env.TZ = own;
  });

  it.each(['America/New_York', 'Pacific/Apia', 'Asia/Kolkata'])('%s', async (host) => {
    process.env.TZ = host;
    expect(await hear('8 March 2026 02:30')).toBe('2026-03-08T01:30:00.000Z');
    expect(await hear('yesterday')).toBe('2026-11-15T23:00:00.000Z');
    expect(await hear('30 Dec 2011')).toBe('2011-12-29T23:00:00.000Z');
  });
});

describe('checkTimeZone', () => {
  it.each(['UTC', 'utc', 'EST', 'CET', 'Europe/Berlin', 'europe/berlin', 'Asia/Kolkata', '+02:00', '-09:30'])(
    'accepts %s',
    (zone) => {
      expect(() => checkTimeZone(zone)).not.toThrow();
    },
  );
  it.each(['', 'IST', 'cst', 'EDT', 'Berlin', 'Mars/Olympus', '+99:00', 'Europe/Berlin; x'])(
    'refuses %j with a hint',
    (zone) => {
      expect(() => checkTimeZone(zone)).toThrow(
        expect.objectContaining({ code: 'invalid_input', hint: expect.any(String) }),
      );
    },
  );
});

describe('formatLocalTime', () => {
  it.each([
    ['Europe/Berlin', '2026-11-17T10:30:12.345+01:00'],
    ['America/New_York', '2026-11-17T04:30:12.345-05:00'],
    ['UTC', '2026-11-17T09:30:12.345+00:00'],
    ['Asia/Kolkata', '2026-11-17T15:00:12.345+05:30'],
  ])('shows the clock of %s with its offset', (zone, text) => {
    expect(formatLocalTime(TUESDAY, zone)).toBe(text);
  });
});
