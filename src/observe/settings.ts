// Settings of logs and metrics.

import { z } from 'zod';
import { defineSettings } from '../core/settings.ts';

export const observeSettings = defineSettings({
  logLevel: {
    schema: z.enum(['debug', 'info', 'warn', 'error', 'silent']),
    description: 'How much is written to the log on stderr: debug, info, warn, error or silent.',
    env: ['CASTELLAN_LOG_LEVEL'],
    flag: 'log-level',
    default: 'info',
  },
  logFormat: {
    schema: z.enum(['json', 'text']),
    description: 'Form of a log line: json (one object a line) or text (for people).',
    env: ['CASTELLAN_LOG_FORMAT'],
    flag: 'log-format',
    default: 'json',
  },
});
