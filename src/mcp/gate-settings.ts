// Settings of what callers may use, and of what a person is asked about.

import { z } from 'zod';
import { defineSettings } from '../core/settings.ts';

const names = z.array(z.string().min(1));

export const gateSettings = defineSettings({
  toolsets: {
    schema: names,
    description:
      'Areas that are switched on, such as okta.users,okta.logs; a platform’s name or all means all of its. Default: all. oci.api is on only where it is named.',
    env: ['CASTELLAN_TOOLSETS'],
    flag: 'toolsets',
  },
  tools: {
    schema: names,
    description: 'Tools that are switched on by name, in addition to toolsets; alone, only these.',
    env: ['CASTELLAN_TOOLS'],
    flag: 'tools',
  },
  excludeTools: {
    schema: names,
    description: 'Tools that are switched off, whatever else is said.',
    env: ['CASTELLAN_EXCLUDE_TOOLS'],
    flag: 'exclude-tools',
    default: [],
  },
  readOnly: {
    schema: z.boolean(),
    description: 'Only tools that read; nothing can be changed.',
    env: ['CASTELLAN_READ_ONLY'],
    flag: 'read-only',
    default: false,
  },
  confirm: {
    schema: z.enum(['destroy', 'write']),
    description:
      'What a person is asked about first: destroy (what takes something away, gives rights, or changes who gets in and as whom), or write (every change).',
    env: ['CASTELLAN_CONFIRM'],
    flag: 'confirm',
    default: 'destroy',
  },
});
