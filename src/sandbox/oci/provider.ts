// How people sign in at an OCI identity domain, and what for: the domain as an OpenID Connect provider.

import { randomUUID } from 'node:crypto';
import { createKeyRing } from '../oidc/keys.ts';
import { createMemory, type OidcPerson, type Provider } from '../oidc/provider.ts';
import { describeMember, writeAccessClaims, writeIdClaims } from './claims.ts';
import type { OciDomain } from './domain.ts';
import { decideOciRights } from './rights.ts';

/** What the page says, that refresh tokens are replaced, and how long things last: Oracle publishes none of it. */
export function createOciProvider(domain: OciDomain, now: () => number): Provider {
  const { roster } = domain;
  const memberOf = (person: OidcPerson | undefined) => person && roster.byId(person.id);
  return {
    now,
    memory: createMemory(),
    keys: createKeyRing((n) => (n === 0 ? 'SIGNING_KEY' : `SIGNING_KEY_${n}`)),
    words: {
      title: 'Oracle Cloud: sign in to Larkspur',
      login: 'User Name',
      missing: 'Enter your user name and password.',
      wrong: 'You entered an incorrect username or password.',
      locked: 'Your account is locked. Contact your system administrator.',
    },
    suggestions: roster.suggestions,
    signInPath: '/ui/v1/signin',
    cookie: 'ORA_OCIS_SESSION',
    challengeMethods: ['S256', 'plain'],
    lives: { code: 60, access: 3600, refresh: 7 * 86_400, session: 8 * 3600 },
    errorDetails: () => ({ ecid: randomUUID().replaceAll('-', '') }),
    findPerson: (login) => roster.byLogin(login),
    personById: (id) => roster.byId(id),
    findClient: async (id) => domain.findClient(id),
    decideRights: (client, given, by) => decideOciRights(domain, client, given, by),
    tellsScopes: false,
    givesRefresh: (_, { scopes }) => scopes.includes('offline_access'),
    accessClaims: (writing) => writeAccessClaims(domain, writing, memberOf(writing.person)),
    idClaims: (writing) => writeIdClaims(domain, writing, memberOf(writing.person)),
    personClaims(person, scopes) {
      const member = memberOf(person);
      return member ? describeMember(domain, member, scopes) : {};
    },
  };
}
