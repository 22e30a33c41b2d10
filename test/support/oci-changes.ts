// Cases of OCI's changing tools, and the state that they are about, by the domain's own view.

import type { ChangeCase } from './changes.ts';
import type { OciTenancy } from './oci.ts';

/** As `ChangeCase`; `reads` are paths below /admin/v1, with their queries. */
export type OciCase = ChangeCase<OciTenancy>;

type Json = Record<string, unknown>;

/** The domain's own. */
const bookkeeping = new Set([
  'meta',
  'schemas',
  '$ref',
  'idcsCreatedBy',
  'idcsLastModifiedBy',
  'idcsLastUpgradedInRelease',
  'startIndex',
  'itemsPerPage',
  'groupMembershipLastModified',
  'dateAdded',
]);
/** Lists of addresses, which previews tell by what each is for. */
const addresses = new Set(['emails', 'phoneNumbers']);

/** The resources themselves, without what the domain writes down of each. */
export async function readOciState(tenancy: OciTenancy, paths: readonly string[]): Promise<unknown[]> {
  return Promise.all(paths.map(async (path) => plainOf(await tenancy.read(path))));
}

function plainOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plainOf);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, inner]) => {
      const empty = inner === null || (Array.isArray(inner) && inner.length === 0);
      if (bookkeeping.has(name) || empty) return [];
      return [[name, addresses.has(name) && Array.isArray(inner) ? byUse(inner) : plainOf(inner)]];
    }),
  );
}

function byUse(entries: readonly Json[]): Json {
  return Object.fromEntries(
    entries.map(({ value, type, primary }) => [primary === true ? 'primary' : String(type), value]),
  );
}

let made = 0;

/** Somebody new, so that no case meets what another one left behind. */
export async function aUser(tenancy: OciTenancy, more: Json = {}): Promise<{ readonly id: string } & Json> {
  made += 1;
  const email = `newcomer.${made}@larkspur.example`;
  const user = await tenancy.write('POST', 'Users', {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
    userName: email,
    name: { givenName: 'Nora', familyName: `Newcomer ${made}` },
    displayName: `Nora Newcomer ${made}`,
    emails: [
      { value: email, type: 'work', primary: true },
      { value: `nora.${made}@mail.example`, type: 'recovery' },
    ],
    active: true,
    ...more,
  });
  return user as { readonly id: string } & Json;
}
