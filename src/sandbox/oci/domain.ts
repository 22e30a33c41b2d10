// An OCI identity domain of the company: its names and ids, its people and groups, its applications.

import { createHash } from 'node:crypto';
import type { Member, Roster } from '../company/roster.ts';
import { createRoster } from '../company/roster.ts';
import type { OidcClient } from '../oidc/provider.ts';
import { makeUuid } from '../random.ts';

/** The same for every domain there is, with the stroke at its end. */
export const ociIssuer = 'https://identity.oraclecloud.com/';

/** A resource application: an audience, and the scopes that are written behind it. */
export interface OciResource {
  audience: string;
  scopes: readonly string[];
}

/** A confidential application. */
export interface OciApp extends OidcClient {
  secret: string;
  /** Application roles in the domain, which give its own tokens their scopes. */
  roles: readonly string[];
}

/** An identity propagation trust, with its attributes as the domain's API names them: whose tokens may be exchanged, by whom. */
export interface OciTrust {
  id: string;
  name: string;
  description?: string;
  type: 'JWT' | 'SAML' | 'SPNEGO' | 'AWS' | 'X509';
  issuer: string;
  active: boolean;
  /** Where the issuer's keys are; or the certificate itself. The domain knows its own. */
  publicKeyEndpoint?: string;
  publicCertificate?: string;
  /** Ids of the applications that may exchange. */
  oauthClients: string[];
  /** A claim, and values of which it must have one. */
  clientClaimName?: string;
  clientClaimValues?: string[];
  subjectType: 'User' | 'App' | 'Resource';
  /** Default 'sub'. */
  subjectClaimName?: string;
  /** Attribute of the user that the claim is compared with; default 'userName'. */
  subjectMappingAttribute?: string;
  allowImpersonation: boolean;
  clockSkewSeconds?: number;
}

/** Somebody's key for signing requests. */
export interface OciApiKey {
  id: string;
  /** MD5 of the public key in DER, as pairs of hex digits. */
  fingerprint: string;
  /** PEM. */
  key: string;
  description?: string;
  /** Id of the person. */
  user: { value: string };
  /** Epoch milliseconds; of a key that was made by the domain's API it stands in `meta`. */
  created?: number;
  meta?: { created: string };
}

export interface OciDomain {
  /** "idcs-…", the tenant name that stands in tokens. */
  tenant: string;
  name: string;
  region: string;
  domainId: string;
  tenancyId: string;
  roster: Roster;
  app: OciApp;
  /** The application that may exchange people's tokens. */
  exchangeApp: OciApp;
  resources: OciResource[];
  /** By id; the domain's API changes them, and token exchange and signatures heed them. */
  trusts: Map<string, OciTrust>;
  apiKeys: Map<string, OciApiKey>;
  /** Names of the administrator roles that a person or an application holds in the domain, by their id. */
  rolesOf: (id: string) => readonly string[];
  /** Application roles that a person holds, by grants to themselves and to their groups. */
  appRolesOf: (personId: string) => readonly { id: string; name: string; appId: string }[];
  /** An application that is active and may ask for tokens, by its client id. */
  findClient: (id: string) => OciApp | undefined;
  /** "Configure client access" in the domain's settings: whether anybody may read the signing certificate. */
  publishesKeys: boolean;
  /** What newer domains publish besides: PKCE, and the metadata of RFC 8414. */
  hasNewerMetadata: boolean;
}

export const exchangeGrant = 'urn:ietf:params:oauth:grant-type:token-exchange';

const salts = { user: 611, app: 612, secret: 613, tenant: 614, trust: 615 } as const;

const hex = (seed: number, salt: number, n: number) => makeUuid(seed, salt, n).replaceAll('-', '');

/** An OCID: what for, where, and sixty letters and digits. */
export function makeOcid(kind: string, key: string, region = ''): string {
  const digest = createHash('sha256').update(`${kind} ${key}`).digest();
  const letters = Array.from({ length: 56 }, (_, i) => ((digest[i % 32] ?? 0) + i * 7) % 32);
  return `ocid1.${kind}.oc1.${region}.aaaa${letters.map((n) => 'abcdefghijklmnopqrstuvwxyz234567'[n]).join('')}`;
}

export function makeOciDomain(users: number, seed: number): OciDomain {
  const tenant = `idcs-${hex(seed, salts.tenant, 0)}`;
  const exchangeApp = makeExchangeApp(seed);
  const trust = makeTrust(exchangeApp, seed);
  return {
    tenant,
    name: 'Larkspur',
    region: 'eu-amsterdam-1',
    domainId: makeOcid('domain', tenant),
    tenancyId: makeOcid('tenancy', `${seed}`),
    roster: createRoster(users, seed, (n) => hex(seed, salts.user, n)),
    app: {
      id: hex(seed, salts.app, 0),
      name: 'Castellan',
      secret: `idcscs-${makeUuid(seed, salts.secret, 0)}`,
      grants: ['authorization_code', 'refresh_token', 'client_credentials'],
      redirectUris: ['http://127.0.0.1:3000/oauth/callback', 'http://localhost:3000/oauth/callback'],
      logoutUris: ['http://127.0.0.1:3000/', 'http://localhost:3000/'],
      asksConsent: false,
      roles: ['Identity Domain Administrator'],
    },
    exchangeApp,
    resources: [
      {
        audience: 'https://castellan.larkspur.example/mcp/',
        scopes: ['castellan:read', 'castellan:write', 'castellan:destroy', 'oci:read', 'oci:write', 'oci:destroy'],
      },
    ],
    trusts: new Map([[trust.id, trust]]),
    apiKeys: new Map(),
    rolesOf: () => [],
    appRolesOf: () => [],
    findClient: () => undefined,
    publishesKeys: false,
    hasNewerMetadata: false,
  };
}

function makeExchangeApp(seed: number): OciApp {
  return {
    id: hex(seed, salts.app, 1),
    name: 'Castellan Token Exchange',
    secret: `idcscs-${makeUuid(seed, salts.secret, 1)}`,
    grants: ['client_credentials', exchangeGrant],
    redirectUris: [],
    logoutUris: [],
    asksConsent: false,
    roles: [],
  };
}

/** For the domain's own tokens, as `oci identity-domains identity-propagation-trust create` sets it up. */
function makeTrust({ id }: OciApp, seed: number): OciTrust {
  return {
    id: hex(seed, salts.trust, 0),
    name: 'For Token Exchange',
    type: 'JWT',
    issuer: ociIssuer,
    active: true,
    oauthClients: [id],
    clientClaimName: 'iss',
    clientClaimValues: [ociIssuer],
    subjectType: 'User',
    subjectClaimName: 'sub',
    subjectMappingAttribute: 'userName',
    allowImpersonation: false,
  };
}

const membersByOcid = new WeakMap<Roster, Map<string, Member>>();

/** By the user's OCID, which everything outside the domain knows them by. */
export function findMember({ roster }: OciDomain, ocid: string): Member | undefined {
  const known = membersByOcid.get(roster) ?? new Map<string, Member>();
  membersByOcid.set(roster, known);
  if (!known.has(ocid)) for (const member of roster.members) known.set(makeOcid('user', member.id), member);
  const found = known.get(ocid);
  return found && roster.byId(found.id);
}

export function groupIdOf(name: string): string {
  return createHash('sha256').update(`group ${name}`).digest('hex').slice(0, 32);
}
