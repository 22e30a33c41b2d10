// Who holds which application roles: by grants to themselves, and to groups that they are in.

import { type Complex, isComplex, type Resource, textAt } from './resource.ts';
import type { Store } from './store.ts';

/** Holders of everybody's: a grant to it is one to each person of the domain. */
export const everybody = 'AllUsersId';

export interface Holding {
  grant: Resource;
  role: Resource;
  type: 'direct' | 'indirect';
}

export function granteeOf(grant: Resource): { id: string; type: string } {
  const grantee = isComplex(grant.grantee) ? grant.grantee : ({} as Complex);
  return { id: textAt(grantee, 'value') ?? '', type: textAt(grantee, 'type') ?? '' };
}

/** The id of the application role that a grant is for; undefined where it is for the application itself. */
export function roleIdOf(grant: Resource): string | undefined {
  const entitlement = isComplex(grant.entitlement) ? grant.entitlement : undefined;
  return entitlement && entitlement.attributeName === 'appRoles' ? textAt(entitlement, 'attributeValue') : undefined;
}

export function appIdOf(grant: Resource): string | undefined {
  return isComplex(grant.app) ? textAt(grant.app, 'value') : undefined;
}

export function grantsTo(store: Store, id: string): readonly Resource[] {
  return [...store.all('Grants')].filter((grant) => granteeOf(grant).id === id);
}

/** Roles of a person, a group or an application. */
export function holdingsOf(store: Store, id: string, isPerson = true): readonly Holding[] {
  const groups = isPerson ? [...store.groupsOf(id), everybody] : [];
  const found = (grantee: string, type: 'direct' | 'indirect') =>
    grantsTo(store, grantee).flatMap((grant): Holding[] => {
      const role = store.get('AppRoles', roleIdOf(grant) ?? '');
      return role ? [{ grant, role, type }] : [];
    });
  return [...found(id, 'direct'), ...groups.flatMap((group) => found(group, 'indirect'))];
}

/** The roles in the domain itself ("Identity Domain Administrator", …) by their names. */
export function domainRolesOf(store: Store, id: string, isPerson = true): readonly string[] {
  return holdingsOf(store, id, isPerson).flatMap(({ role }) =>
    isComplex(role.app) && role.app.value === domainAppId ? [textAt(role, 'displayName') ?? ''] : [],
  );
}

/** The application that the domain itself is; its roles are those of administrators. */
export const domainAppId = 'IDCSAppId';
