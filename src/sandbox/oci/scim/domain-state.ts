// What the rest of the simulated domain asks of its resources and does to them: roles, applications that sign people in, settings.

import type { OciApp, OciDomain } from '../domain.ts';
import { appKind } from './kinds/apps.ts';
import { settingKind } from './kinds/settings.ts';
import { userKind, userState } from './kinds/users.ts';
import { isComplex, isList, type Resource, setAt, textAt } from './resource.ts';
import { domainRolesOf, holdingsOf } from './role-holding.ts';
import { plantResourceApp } from './seed/apps.ts';
import type { Soil } from './seed/plant.ts';
import { syncPerson } from './sign-in-state.ts';
import type { Store } from './store.ts';

export interface DomainState {
  /** @throws TypeError for somebody whom the domain does not have */
  setLocked: (login: string, isLocked: boolean) => void;
  setPublicKeysOpen: (isOpen: boolean) => void;
  setRedirectUris: (uris: readonly string[], logoutUris: readonly string[]) => void;
  addResource: (audience: string, scopes: readonly string[]) => void;
}

/** Also lets the domain know who holds which roles, and which of its applications may ask for tokens. */
export function createDomainState(soil: Soil, now: () => number): DomainState {
  const { domain, store } = soil;
  domain.rolesOf = (id) => rolesOf(store, id);
  domain.appRolesOf = (personId) =>
    holdingsOf(store, personId).map(({ role }) => ({
      id: role.id,
      name: textAt(role, 'displayName') ?? '',
      appId: isComplex(role.app) ? (textAt(role.app, 'value') ?? '') : '',
    }));
  domain.findClient = (id) => findClient(domain, store, id);
  const change = (path: string, before: Resource, changes: (after: Resource) => void): Resource => {
    const after = structuredClone(before) as Resource;
    changes(after);
    store.put(path, after);
    return after;
  };
  return {
    setLocked(login, isLocked) {
      const before = store.find(userKind.path, ({ userName }) => userName === login);
      if (!before) throw new TypeError(`sandbox: there is no '${login}'`);
      const locked = isLocked ? { on: true, reason: 0, lockDate: new Date(now()).toISOString() } : { on: false };
      const after = change(userKind.path, before, (user) => setAt(user, `${userState}:locked`, locked));
      syncPerson(domain, store, after, before);
    },
    setPublicKeysOpen(isOpen) {
      domain.publishesKeys = isOpen;
      for (const settings of [...store.all(settingKind.path)])
        change(settingKind.path, settings, (after) => {
          after.signingCertPublicAccess = isOpen;
        });
    },
    setRedirectUris(uris, logoutUris) {
      domain.app.redirectUris = uris;
      domain.app.logoutUris = logoutUris;
      const app = store.find(appKind.path, ({ name }) => name === domain.app.id);
      if (!app) return;
      change(appKind.path, app, (after) => {
        after.redirectUris = uris;
        after.postLogoutRedirectUris = logoutUris;
      });
    },
    addResource(audience, scopes) {
      domain.resources.push({ audience, scopes });
      plantResourceApp(soil, `Resource ${audience}`, { audience, scopes });
    },
  };
}

function rolesOf(store: Store, id: string): readonly string[] {
  if (store.get(userKind.path, id)) return domainRolesOf(store, id);
  const app = store.find(appKind.path, ({ name }) => name === id);
  return app ? domainRolesOf(store, app.id, false) : [];
}

/** An application by its client id: one that is deactivated signs nobody in, and is given no tokens. */
function findClient(domain: OciDomain, store: Store, id: string): OciApp | undefined {
  const app = store.find(appKind.path, ({ name }) => name === id);
  if (app?.active !== true || app.isOAuthClient !== true) return undefined;
  const known = [domain.app, domain.exchangeApp].find((each) => each.id === id);
  if (known) return known;
  const texts = (name: string) => {
    const value = app[name];
    return isList(value) ? value.map(String) : [];
  };
  return {
    id,
    name: textAt(app, 'displayName') ?? id,
    secret: textAt(app, 'clientSecret') ?? '',
    grants: texts('allowedGrants'),
    redirectUris: texts('redirectUris'),
    logoutUris: texts('postLogoutRedirectUris'),
    asksConsent: false,
    roles: rolesOf(store, id),
  };
}
