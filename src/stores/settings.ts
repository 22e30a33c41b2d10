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
  sealKeys: {
    schema: z.string().refine((text) => text.split(',').every((key) => key.trim().length >= 32), {
      error: 'must be keys of at least 32 characters each, with commas between them',
    }),
    description:
      'Keys that seal questions to people, 32 characters or more each; several with commas, the newest first. All machines that answer for one another need the same. By default one is made and kept in the data folder.',
    env: ['CASTELLAN_SEAL_KEYS'],
    secret: true,
  },
});
