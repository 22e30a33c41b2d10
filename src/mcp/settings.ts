// Settings of tool calls.

import { z } from 'zod';
import { defineSettings } from '../core/settings.ts';

export const callSettings = defineSettings({
  timeout: {
    schema: z.number().int().min(1).max(600),
    description: 'Seconds that one tool call may take, 1 to 600.',
    env: ['CASTELLAN_CALL_TIMEOUT'],
    flag: 'timeout',
    default: 30,
  },
  concurrency: {
    schema: z.number().int().min(1).max(1000),
    description: 'Tool calls that may run at once; further ones wait their turn, 1 to 1000.',
    env: ['CASTELLAN_CALL_CONCURRENCY'],
    flag: 'concurrency',
    default: 64,
  },
});
