// The SCIM API of a domain, with what the domain begins with.

import type { Provider } from '../../oidc/provider.ts';
import { makeUuid } from '../../random.ts';
import type { OciDomain } from '../domain.ts';
import type { SessionTokens } from '../session-tokens.ts';
import { createScimApi, type ScimApi, type ScimMutation } from './api.ts';
import { createDomainState, type DomainState } from './domain-state.ts';
import type { Resource } from './resource.ts';
import { plantAccess } from './seed/access.ts';
import { plantApps } from './seed/apps.ts';
import { plantCredentials } from './seed/credentials.ts';
import { castOf, plantPeople } from './seed/people.ts';
import { plantSettings } from './seed/settings.ts';
import { createStore, type Store } from './store.ts';
import { createWhoAsks } from './who.ts';

export interface Scim extends DomainState {
  api: ScimApi;
  /** For the services that show the same people. */
  store: Store;
}

export interface ScimOptions {
  domain: OciDomain;
  provider: Provider;
  tokens: SessionTokens;
  seed: number;
  now: () => number;
  /** Each change, when it is made. */
  tell: (mutation: ScimMutation) => void;
}

const salts = { fresh: 650 } as const;

export function openScim({ domain, provider, tokens, seed, now, tell }: ScimOptions): Scim {
  let made = 0;
  const store = createStore(() => makeUuid(seed, salts.fresh, made++).replaceAll('-', ''), {
    ApiKeys: domain.apiKeys as unknown as Map<string, Resource>,
    IdentityPropagationTrusts: domain.trusts as unknown as Map<string, Resource>,
  });
  const soil = { domain, store, seed, now: now() };
  const stories = castOf(domain.roster);
  plantPeople(soil, stories);
  plantApps(soil, stories);
  plantAccess(soil);
  plantSettings(soil);
  plantCredentials(soil, stories);
  const whoAsks = createWhoAsks({ domain, provider, tokens, store, now });
  return { api: createScimApi(domain, store, whoAsks, now, tell), store, ...createDomainState(soil, now) };
}
