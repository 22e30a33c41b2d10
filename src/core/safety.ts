// Settings that every platform's tenants have: what may happen to one, and what an assistant may learn of its people.

import { z } from 'zod';
import { defineSettings } from './settings.ts';

const fieldNames = z.array(z.string().min(1).max(320));

/**
 * @param prefix of the environment names: `OKTA`
 * @param noun what a tenant is on the platform: `organization`
 * @param examples fields of people there: one to mask, one to drop
 */
export function defineSafety(prefix: string, noun: string, examples: readonly [string, string]) {
  return defineSettings({
    readOnly: {
      schema: z.boolean(),
      description: `true: nothing can be changed in this ${noun}; false: changes are open even where it is marked production.`,
      env: [`${prefix}_READ_ONLY`],
      forbids: true,
    },
    production: {
      schema: z.boolean(),
      description: `Marks the ${noun} as production: it is read-only then, unless readOnly is set to false.`,
      env: [`${prefix}_PRODUCTION`],
      forbids: true,
      default: false,
    },
    maskFields: {
      schema: fieldNames,
      description: `Profile fields, such as ${examples[0]}, whose values are shown as [hidden] to assistants.`,
      env: [`${prefix}_MASK_FIELDS`],
      forbids: true,
      default: [],
    },
    dropFields: {
      schema: fieldNames,
      description: `Profile fields, such as ${examples[1]}, that assistants do not see at all.`,
      env: [`${prefix}_DROP_FIELDS`],
      forbids: true,
      default: [],
    },
  });
}

/** Why nothing may be changed in a tenant, in half a sentence; undefined where changes are open. */
export function whyReadOnly(settings: {
  readonly readOnly: boolean | undefined;
  readonly production: boolean;
}): string | undefined {
  if (settings.readOnly === true) return 'its setting readOnly says so';
  const shut = settings.production && settings.readOnly !== false;
  return shut ? 'it is marked production, and readOnly was not set to false' : undefined;
}
