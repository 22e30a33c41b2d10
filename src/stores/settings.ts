// Settings of the store.

import { z } from 'zod';
import { Secret } from '../core/secret.ts';
import { type CheckTogether, defineSettings, type Settings } from '../core/settings.ts';
import { findNameProblem, hasPassword, showStoreName } from './names.ts';

export const storeSettings = defineSettings({
  store: {
    schema: z
      .string()
      .min(1)
      .superRefine((name, { addIssue }) => {
        const message = findNameProblem(name);
        if (message !== undefined) addIssue({ code: 'custom', message });
      }),
    description:
      'Where state is kept: "memory", the path of an SQLite file, or a Redis that several machines share (redis://user:password@host:6379/0, with TLS rediss://). By default a file in the user’s data folder.',
    env: ['CASTELLAN_STORE'],
    place: true,
    flag: 'store',
    secret: true,
    shown: showStoreName,
  },
  keyring: {
    schema: z.boolean(),
    description:
      'Whether what people sign in with on this machine is sealed with a key from its keyring (Keychain, Credential Manager, Secret Service), where there is one. Otherwise it is in files that only their owner can read.',
    env: ['CASTELLAN_KEYRING'],
    default: true,
  },
  sealKeys: {
    schema: z.string().refine((text) => text.split(',').every((key) => key.trim().length >= 32), {
      error: 'must be keys of at least 32 characters each, with commas between them',
    }),
    description:
      'Keys that seal questions to people, 32 characters or more each; several with commas, the newest first. All machines that answer for one another need the same. By default one is made and kept in the data folder; with Redis, and over HTTP in a container, they must be set. Make one with: openssl rand -base64 32',
    env: ['CASTELLAN_SEAL_KEYS'],
    secret: true,
  },
});

/** A flag is no place for a password: it stands in the list of processes. */
export const checkStore: CheckTogether<Settings> = ({ values, whereOf }) => {
  const where = whereOf('store');
  if (!where.startsWith('--') || !(values.store instanceof Secret) || !hasPassword(values.store.reveal())) return [];
  const problem = 'holds a password, which everybody on this machine can see in the list of processes';
  return [{ where, problem, todo: 'Set CASTELLAN_STORE in its place.' }];
};
