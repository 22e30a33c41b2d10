// Two tools that ask no tenant: what time it is, and which instant people's words for a time mean.

import { z } from 'zod';
import { checkTimeZone, formatLocalTime, formatTime, parseTime } from '../../../core/time.ts';
import { type AnyTool, defineTools } from '../../../core/tool.ts';
import { HOUR } from '../../../core/zone.ts';

const tool = defineTools<never>();
const timeZone = z.string().max(64).default('UTC').describe('IANA zone, or offset such as +02:00');

const weekdays = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];

export const timeTools: readonly AnyTool[] = [
  tool({
    name: 'get_current_time',
    title: 'Current time',
    description: 'Current time, or hours from it, for since/until and date filters.',
    access: 'read',
    scopes: [],
    local: true,
    everywhere: true,
    input: () =>
      z.strictObject({
        buffer_hours: z.int().min(-8760).max(8760).default(0).describe('Hours added to now; negative for the past'),
        time_zone: timeZone,
      }),
    output: () =>
      z.object({
        time: z.string().describe('UTC'),
        local: z.string().describe('ISO'),
        time_zone: z.string().describe('Zone'),
        epoch: z.number().describe('Seconds'),
        weekday: z.string().describe('Local'),
      }),
    run: async (input, ctx) => {
      checkTimeZone(input.time_zone);
      const at = ctx.now() + input.buffer_hours * HOUR;
      const local = formatLocalTime(at, input.time_zone);
      const weekday = weekdays[new Date(`${local.slice(0, 10)}T00:00Z`).getUTCDay()] ?? '';
      return { time: formatTime(at), local, time_zone: input.time_zone, epoch: Math.floor(at / 1000), weekday };
    },
  }),

  tool({
    name: 'parse_relative_time',
    title: 'Words to a time',
    description:
      "Turns words such as 'last Tuesday 9am' or '90 days ago' into the UTC time that log and date filters need.",
    access: 'read',
    scopes: [],
    local: true,
    everywhere: true,
    input: () =>
      z.strictObject({
        time_expression: z.string().max(200).describe('English words, ISO 8601 or epoch'),
        time_zone: timeZone,
      }),
    output: () =>
      z.object({
        time: z.string().describe('UTC'),
        heard_as: z.string().describe('How it was understood'),
        time_zone: z.string().describe('Zone'),
      }),
    run: async (input, ctx) => {
      const { at, heardAs } = await parseTime(input.time_expression, { now: ctx.now(), timeZone: input.time_zone });
      return { time: formatTime(at), heard_as: heardAs, time_zone: input.time_zone };
    },
  }),
];
