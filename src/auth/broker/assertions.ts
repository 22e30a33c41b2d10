// Identity assertions (ID-JAG, draft-ietf-oauth-identity-assertion-authz-grant): an organization's identity provider says that
// one person may use Castellan through one client, and so decides without a browser. Signed, short-lived, taken once.

import { hash } from 'node:crypto';
import { decodeJwt, type JWTPayload, type JWTVerifyGetKey, errors as jose, jwtVerify } from 'jose';
import { errors } from 'oidc-provider';
import { type Allowance, allowanceOf } from '../../core/caller.ts';
import { CastellanError } from '../../core/errors.ts';
import type { Store } from '../../stores/store.ts';
import { fetchJson, IssuerUnavailable } from '../addresses.ts';
import { sameResource, subjectOf, TokenRefused } from '../claims.ts';
import { createDiscovery } from '../discovery.ts';
import { createKeys } from '../keys.ts';
import type { People } from '../people.ts';
import type { AssertionIssuer } from './settings.ts';
import { foreignId, isReserved } from './subjects.ts';

export const jwtBearer = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
export const assertionProfile = 'urn:ietf:params:oauth:grant-profile:id-jag';

/** The identity provider at which people sign in themselves, as its tokens tell it. */
export interface SignInPlace {
  readonly issuer: string;
  /** The claims of which one names a person for good. */
  readonly subjectClaims: readonly string[];
  /** Its own name, where several share an issuer. */
  readonly tenant: string | undefined;
}

export interface AssertionOptions {
  readonly issuers: readonly AssertionIssuer[];
  readonly signInAt: SignInPlace | undefined;
  /** Our own: the audience. */
  readonly issuer: string;
  /** Address of the MCP endpoint. */
  readonly resource: string;
  readonly people: Pick<People, 'known'>;
  readonly store: Pick<Store, 'add'>;
  readonly fetch: typeof fetch;
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly onStale: (error: unknown) => void;
}

export interface Vouched {
  readonly subject: string;
  readonly allowance: Allowance;
  /** What the assertion is limited to, where it says so. */
  readonly scope: string | undefined;
}

interface Bearer {
  readonly id: string;
  readonly isPublic: boolean;
}

/** Asymmetric ones only (RFC 8725 §3.1). */
const algorithms = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
];
const skewSeconds = 30;
const maxLifeSeconds = 600;
const maxLength = 16 * 1024;
/** Audience and resource together, so that none for another server is taken (enterprise-managed authorization §7.6). */
const required = ['iss', 'sub', 'aud', 'exp', 'iat', 'jti', 'client_id', 'resource'];

export function createAssertions(options: AssertionOptions) {
  const { issuers, signInAt, issuer: ours, resource, people, store, now } = options;
  const keysOf = new Map(issuers.map((issuer) => [issuer, openKeys(issuer, options)]));

  /** @throws what the client is answered with (RFC 7523 §3.1) */
  return async (assertion: unknown, bearer: Bearer): Promise<Vouched> => {
    if (typeof assertion !== 'string' || assertion === '' || assertion.length > maxLength)
      throw new errors.InvalidRequest('assertion is missing or too long');
    const issuer = issuers.find(({ issuer: name }) => name === issuerOf(assertion));
    const keys = issuer && keysOf.get(issuer);
    if (!issuer || !keys) return refuse('it is of an issuer that is not trusted here');
    checkBearer(bearer, issuer);
    const claims = await verify(assertion, issuer, keys);
    const { sub = '', jti = '', exp = 0, iat = 0 } = claims;
    const audiences = [claims.aud ?? []].flat();
    // A slash at the end is what URL parsers add to an origin.
    if (audiences.length !== 1 || ![ours, `${ours}/`].includes(audiences[0] ?? ''))
      refuse('it is for another audience');
    if (claims.client_id !== bearer.id) refuse('it is for another client');
    if (typeof claims.resource !== 'string' || !sameResource(claims.resource, resource))
      refuse('it is for another resource');
    for (const [name, value] of Object.entries(issuer.claims))
      if (claims[name] !== value) refuse(`its ${name} is missing or wrong`);
    if (exp - iat > maxLifeSeconds) refuse(`it lives longer than ${maxLifeSeconds} seconds`);
    // It would have to be proven that a key is the client's (RFC 7800), and nobody asks for that here.
    if (claims.cnf !== undefined) refuse('it is bound to a key');
    const named = nameOf(claims, issuer);
    if (sub === '' || jti === '' || named === undefined) return refuse('it names nobody');
    const { scope } = claims;
    if (scope !== undefined && typeof scope !== 'string') return refuse('its scope is no text');

    const isOwn = namesAlike(issuer, signInAt);
    if (isOwn && isReserved(named)) refuse('it names nobody');
    const subject = isOwn ? named : foreignId(issuer.issuer, named);
    // What people may do when they sign in and say so on a page, nobody gets who was not told of it by name.
    const allowance = await allowanceFor(issuer, claims, isOwn && scope !== undefined ? subject : undefined);
    // Last, so that what is refused is not used up. Clocks differ.
    const lifeMs = Math.max(1, exp + 2 * skewSeconds - now() / 1000) * 1000;
    if (!(await store.add(`oauth:assertion:${hash('sha256', `${issuer.issuer} ${jti}`, 'base64url')}`, '1', lifeMs)))
      refuse('it was used before');
    return { subject, allowance, scope };
  };

  async function verify(assertion: string, { issuer }: AssertionIssuer, keys: JWTVerifyGetKey): Promise<JWTPayload> {
    try {
      const { payload } = await jwtVerify(assertion, keys, {
        issuer,
        typ: 'oauth-id-jag+jwt',
        algorithms,
        requiredClaims: required,
        clockTolerance: skewSeconds,
        maxTokenAge: maxLifeSeconds,
        currentDate: new Date(now()),
      });
      return payload;
    } catch (error) {
      if (error instanceof IssuerUnavailable)
        throw new CastellanError({
          code: 'platform_unavailable',
          message: 'The issuer of the assertion cannot be asked for its keys at the moment.',
          retry: { again: true, afterMs: 5_000 },
          detail: error.message,
        });
      if (error instanceof jose.JOSEError) return refuse(reasonOf(error));
      throw error;
    }
  }

  /** What the operator lets the issuer's people do, and for those who sign in here as well what they may do then. */
  async function allowanceFor(issuer: AssertionIssuer, claims: JWTPayload, personId: string | undefined) {
    const groups = [claims[issuer.groupsClaim] ?? []].flat().filter((group) => typeof group === 'string');
    const known = personId === undefined ? undefined : await people.known(personId);
    return allowanceOf([
      ...issuer.scopes,
      ...groups.flatMap((group) => (Object.hasOwn(issuer.groupMap, group) ? (issuer.groupMap[group] ?? []) : [])),
      ...(known?.allowance.scopes ?? []),
    ]);
  }
}

/** Whether a name in its assertions is that of the person who signs in under it: by the same claim, of the same tenant. */
function namesAlike({ issuer, subjectClaim, claims }: AssertionIssuer, place: SignInPlace | undefined): boolean {
  if (issuer !== place?.issuer || !place.subjectClaims.includes(subjectClaim)) return false;
  return place.tenant === undefined || Object.values(claims).includes(place.tenant);
}

function openKeys({ issuer, jwksUri }: AssertionIssuer, { fetch, now, onStale }: AssertionOptions): JWTVerifyGetKey {
  const discover = createDiscovery(issuer, fetch, now);
  const fetchKeys = async () => fetchJson(fetch, jwksUri ?? (await discover(['jwks_uri'])));
  return createKeys({ fetchKeys, now, onStale });
}

/** As somebody is called who signs in: an address that names a person is digested. */
function nameOf(claims: JWTPayload, { subjectClaim }: AssertionIssuer): string | undefined {
  try {
    return subjectOf(claims, { subjectClaims: [subjectClaim], machineOnly: undefined });
  } catch (error) {
    if (error instanceof TokenRefused) return undefined;
    throw error;
  }
}

function issuerOf(assertion: string): unknown {
  try {
    return decodeJwt(assertion).iss;
  } catch {
    return refuse('it is no signed token');
  }
}

/** Anybody can call themselves what a client without a secret is called: an operator must have meant it. */
function checkBearer({ id, isPublic }: Bearer, { clients }: AssertionIssuer): void {
  const listed = clients?.includes(id);
  if (clients ? !listed : isPublic)
    throw new errors.UnauthorizedClient('the client may not bring assertions of this issuer');
}

function reasonOf(error: jose.JOSEError): string {
  if (error instanceof jose.JWTExpired) return 'it has expired';
  if (error instanceof jose.JWTClaimValidationFailed) return `its ${error.claim} is missing or wrong`;
  return 'its signature is not valid';
}

function refuse(why: string): never {
  const error = new errors.InvalidGrant(why);
  error.error_description = `the assertion is not taken: ${why}`;
  throw error;
}
