// Settings of the audit log.

import { z } from 'zod';
import { defineSettings } from '../core/settings.ts';

export const auditSettings = defineSettings({
  auditFolder: {
    schema: z.string().min(1),
    description: 'Where the audit log is kept. By default the folder "audit" in the user’s data folder.',
    env: ['CASTELLAN_AUDIT'],
    place: true,
    flag: 'audit-folder',
  },
});
