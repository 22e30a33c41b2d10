// What a change in the domain means to those who sign in: who can, under which name, and with which groups in their tokens.

import type { OciDomain } from '../domain.ts';
import { isComplex, type Resource, textAt, valueAt } from './resource.ts';
import type { Store } from './store.ts';

const userState = 'urn:ietf:params:scim:schemas:oracle:idcs:extension:userState:User';

function canSignIn(user: Resource): boolean {
  const locked = valueAt(user, `${userState}:locked`);
  return user.active === true && !(isComplex(locked) && locked.on === true);
}

export function syncPerson({ roster }: OciDomain, store: Store, user: Resource, before?: Resource): void {
  const name = isComplex(user.name) ? user.name : {};
  const login = textAt(user, 'userName') ?? '';
  const changes = {
    login,
    given: textAt(name, 'givenName') ?? '',
    family: textAt(name, 'familyName') ?? '',
    isLocked: !canSignIn(user),
    teams: teamsOf(store, user.id),
  };
  if (before ?? roster.byId(user.id)) roster.update(user.id, changes);
  else roster.add({ id: user.id, ...changes });
}

export function syncTeams({ roster }: OciDomain, store: Store, userIds: Iterable<string>): void {
  for (const id of userIds) if (roster.byId(id)) roster.update(id, { teams: teamsOf(store, id) });
}

function teamsOf(store: Store, userId: string): readonly string[] {
  return store.groupsOf(userId).flatMap((id) => textAt(store.get('Groups', id) ?? { id }, 'displayName') ?? []);
}
