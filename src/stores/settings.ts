// Settings of the store.

import { z } from 'zod';
import { defineSettings } from '../core/settings.ts';

export const storeSettings = defineSettings({
  store: {
    schema: z.string().min(1),
    description:
      'Where state is kept: "memory", or the path of an SQLite file. By default a file in the user’s data folder.',
    env: ['CASTELLAN_STORE'],
    flag: 'store',
  },
});
