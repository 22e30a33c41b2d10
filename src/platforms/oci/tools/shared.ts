// What several areas of OCI tools say the same way.

import { z } from 'zod';
import { CastellanError } from '../../../core/errors.ts';

/** Ids of an identity domain: 32 hexadecimal digits mostly; those of what a domain is made with are words. */
export function domainId(what: string) {
  return z
    .string()
    .regex(/^[\w-]{1,64}$/, { error: 'is no id of the identity domain, such as 3f0e6b…' })
    .describe(`${what} id in the identity domain, not its OCID`);
}

export function ocid(type: string, what: string) {
  return z
    .string()
    .regex(new RegExp(`^ocid1\\.${type}\\.[\\w.-]{1,200}$`), { error: `is no OCID such as ocid1.${type}.oc1..aaaa…` })
    .describe(`${what}, ocid1.${type}…`);
}

export const userId = domainId('User');
export const groupId = domainId('Group');
export const appId = domainId('Application');
export const compartmentId = z
  .string()
  .regex(/^ocid1\.(compartment|tenancy)\.[\w.-]{1,200}$/, { error: 'is no OCID of a compartment or tenancy' })
  .describe('Compartment OCID; the tenancy’s is its root');

/** Names that assistants know from other servers. */
export const listAliases = {
  limit: 'max_results',
  count: 'max_results',
  page: 'cursor',
  pageToken: 'cursor',
};

/** How SCIM names another resource: `{ value, display, ocid, $ref }`. */
export const referenceEntity = z.looseObject({
  value: z.string(),
  display: z.string().nullish(),
  ocid: z.string().nullish(),
  type: z.string().nullish(),
});

export const referenceView = z.object({ id: z.string(), name: z.string().optional() });

export function viewReference({ value, display }: z.output<typeof referenceEntity>): z.output<typeof referenceView> {
  return { id: value, ...present({ name: display }) };
}

/** Optional fields of a view: those that OCI gave. */
export function present<T extends Record<string, unknown>>(fields: T): { [K in keyof T]?: NonNullable<T[K]> } {
  const given = Object.entries(fields).filter(
    ([, value]) =>
      value !== undefined && value !== null && value !== '' && !(Array.isArray(value) && value.length === 0),
  );
  return Object.fromEntries(given) as { [K in keyof T]?: NonNullable<T[K]> };
}

export function wrong(message: string, hint: string): CastellanError {
  return new CastellanError({ code: 'invalid_input', message, hint });
}

/** For the undo of what does not exist yet. */
export const itsId = '(its id, once it is made)';
