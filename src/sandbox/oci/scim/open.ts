// The SCIM API of a domain, with what the domain begins with.

import type { Provider } from '../../oidc/provider.ts';
import { makeUuid } from '../../random.ts';
import type { OciDomain } from '../domain.ts';
import type { SessionTokens } from '../session-tokens.ts';
import { createScimApi, type ScimApi } from './api.ts';
import { userKind, userState } from './kinds/users.ts';
import { type Resource, setAt } from './resource.ts';
import { domainRolesOf } from './role-holding.ts';
import { plantApps } from './seed/apps.ts';
import { castOf, plantPeople } from './seed/people.ts';
import { syncPerson } from './sign-in-state.ts';
import { createStore, type Store } from './store.ts';
import { createWhoAsks } from './who.ts';

export interface Scim {
  api: ScimApi;
  store: Store;
  /** Names of the roles in the domain itself that somebody holds, a person or (by the client id) an application. */
  rolesOf: (id: string) => readonly string[];
  /** @throws TypeError for somebody whom the domain does not have */
  setLocked: (login: string, isLocked: boolean) => void;
}

const salts = { fresh: 650 } as const;

export interface ScimOptions {
  domain: OciDomain;
  provider: Provider;
  tokens: SessionTokens;
  seed: number;
  now: () => number;
}

export function openScim({ domain, provider, tokens, seed, now }: ScimOptions): Scim {
  let made = 0;
  const store = createStore(() => makeUuid(seed, salts.fresh, made++).replaceAll('-', ''), {
    ApiKeys: domain.apiKeys as unknown as Map<string, Resource>,
    IdentityPropagationTrusts: domain.trusts as unknown as Map<string, Resource>,
  });
  const soil = { domain, store, seed, now: now() };
  const stories = castOf(domain.roster);
  plantPeople(soil, stories);
  plantApps(soil, stories);
  return {
    api: createScimApi(domain, store, createWhoAsks({ domain, provider, tokens, store, now }), now),
    store,
    rolesOf(id) {
      if (store.get('Users', id)) return domainRolesOf(store, id);
      const app = store.find('Apps', ({ name }) => name === id);
      return app ? domainRolesOf(store, app.id, false) : [];
    },
    setLocked(login, isLocked) {
      const before = store.find(userKind.path, ({ userName }) => userName === login);
      if (!before) throw new TypeError(`sandbox: there is no '${login}'`);
      const after = structuredClone(before) as Resource;
      setAt(
        after,
        `${userState}:locked`,
        isLocked ? { on: true, reason: 0, lockDate: new Date(now()).toISOString() } : { on: false },
      );
      store.put(userKind.path, after);
      syncPerson(domain, store, after, before);
    },
  };
}
