// What makes one simulated provider differ from another, and what each of them remembers.

import type { Claims } from './jwt.ts';
import type { KeyRing } from './keys.ts';
import type { Parameters } from './parameters.ts';
import type { Suggestion } from './sign-in-form.ts';

export interface OidcPerson {
  id: string;
  login: string;
  /** Somebody who is locked knows the password and cannot sign in. */
  isLocked: boolean;
}

export interface OidcClient {
  id: string;
  name: string;
  /** Absent: a public client. */
  secret?: string;
  grants: readonly string[];
  redirectUris: readonly string[];
  /** Where signing out may lead to. */
  logoutUris: readonly string[];
  /** Whether people are shown what it asks for, and agree to it. */
  asksConsent: boolean;
}

/** What a person or the client itself is given, and where it is good. */
export interface Rights {
  scopes: readonly string[];
  audience: readonly string[];
}

/** Whatever was issued on it ends with it. */
export interface OidcGrant extends Rights {
  clientId: string;
  /** Absent: the client's own. */
  personId: string | undefined;
  /** Epoch seconds at which the person signed in. */
  authTime: number | undefined;
  sessionId: string | undefined;
  nonce: string | undefined;
  revoked: boolean;
}

/** An authorize request, first while the person signs in, then as a code. */
export interface Authorization {
  client: OidcClient;
  rights: Rights;
  redirectUri: string;
  state: string | undefined;
  nonce: string | undefined;
  challenge: { value: string; method: string } | undefined;
  expires: number;
  grant?: OidcGrant;
  used?: boolean;
}

export interface IssuedToken {
  grant: OidcGrant;
  /** Those of the grant, or fewer. */
  scopes: readonly string[];
  expires: number;
  revoked: boolean;
  /** Of an access token: what it says. */
  claims: Claims;
}

export interface Session {
  id: string;
  personId: string;
  /** Epoch seconds. */
  authTime: number;
  expires: number;
}

export interface Memory {
  /** By the id in the sign-in form. */
  waiting: Map<string, Authorization>;
  codes: Map<string, Authorization>;
  access: Map<string, IssuedToken>;
  refresh: Map<string, IssuedToken>;
  /** By the value of the cookie. */
  sessions: Map<string, Session>;
}

export function createMemory(): Memory {
  return { waiting: new Map(), codes: new Map(), access: new Map(), refresh: new Map(), sessions: new Map() };
}

/** Of a token that is being written. */
export interface Writing {
  /** Address under which the provider was called. */
  base: string;
  grant: OidcGrant;
  client: OidcClient;
  person: OidcPerson | undefined;
  /** Epoch seconds. */
  issued: number;
}

export interface Provider {
  now: () => number;
  memory: Memory;
  keys: KeyRing;
  /** Its own words on the pages. */
  words: { title: string; login: string; missing: string; wrong: string; locked: string };
  suggestions: readonly Suggestion[];
  /** Path of the sign-in form, and name of the session's cookie. */
  signInPath: string;
  cookie: string;
  /** RFC 7636 §4.3: the methods that are taken. A public client must use one. */
  challengeMethods: readonly string[];
  /** Seconds. */
  lives: { code: number; access: number; refresh: number; session: number };
  /** What stands in errors besides the error. */
  errorDetails: () => Record<string, unknown>;
  findPerson: (login: string) => OidcPerson | undefined;
  personById: (id: string) => OidcPerson | undefined;
  /** A client by its id, or the document at it. @throws OidcProblem where the document will not do */
  findClient: (id: string) => Promise<OidcClient | undefined>;
  /** @throws OidcProblem for what there is not, or not for this client */
  decideRights: (client: OidcClient, given: Parameters, by: 'person' | 'client') => Rights;
  /** What is left of them for this person; all of them where it is absent. */
  narrowRights?: (rights: Rights, person: OidcPerson) => Rights;
  /** Whether answers with tokens say the scopes too. */
  tellsScopes: boolean;
  givesRefresh: (client: OidcClient, rights: Rights) => boolean;
  accessClaims: (writing: Writing) => Claims;
  idClaims: (writing: Writing) => Claims;
  personClaims: (person: OidcPerson, scopes: readonly string[]) => Claims;
}
