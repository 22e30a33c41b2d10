// User principal session tokens (UPST): short-lived, and bound to a key of whoever asked for them. Claims as in tokens that
// `oci session authenticate` writes; Oracle publishes no list of them.

import { createPublicKey, type JsonWebKey, type KeyObject, randomUUID } from 'node:crypto';
import type { Member } from '../company/roster.ts';
import { type Claims, isSignedBy, readJwt, signJwt } from '../oidc/jwt.ts';
import { createKeyRing } from '../oidc/keys.ts';
import { findMember, makeOcid, type OciDomain } from './domain.ts';

const issuer = 'authService.oracle.com';

/** Seconds: docs.oracle.com "Exchanging a JSON Web Token for a UPST", and the CLI's `session refresh`. */
const longestLife = 3600;
export const longestSession = 86_400;

export interface SessionToken {
  member: Member;
  key: KeyObject;
  claims: Claims;
}

export interface SessionTokens {
  /** A token for this key; `session`: how many seconds it can be refreshed for, none to begin with. */
  issue: (member: Member, publicKey: KeyObject, session?: number) => string;
  /** What a token says that holds; undefined for any other. */
  read: (token: string) => SessionToken | undefined;
  /** The same session with a new life; undefined where it may not go on. */
  refresh: (token: string) => string | undefined;
  /** Seconds, an hour at most. @throws TypeError */
  setLife: (seconds: number) => void;
}

export function createSessionTokens(domain: OciDomain, now: () => number): SessionTokens {
  const keys = createKeyRing((n) => `asw_${domain.region}_${n}`);
  let life = longestLife;
  const seconds = () => Math.floor(now() / 1000);

  function write(member: Member, jwk: JsonWebKey, sessionEnds: number, issued: number): string {
    const claims = {
      iss: issuer,
      sub: makeOcid('user', member.id),
      aud: 'oci',
      ptype: 'user',
      ttype: 'scrt',
      tenant: domain.tenancyId,
      // A text, not an object.
      jwk: JSON.stringify({ ...jwk, alg: 'RS256', use: 'sig' }),
      iat: issued,
      exp: Math.min(issued + life, sessionEnds),
      sess_exp: sessionEnds,
      jti: randomUUID(),
    };
    return signJwt(claims, keys.current());
  }

  function read(token: string): SessionToken | undefined {
    const jwt = readJwt(token);
    const signer = jwt && keys.published().find((key) => 'kid' in key && key.kid === jwt.header.kid);
    if (!jwt || !signer || !isSignedBy(jwt, signer as Claims)) return undefined;
    const { claims } = jwt;
    if (claims.iss !== issuer || claims.tenant !== domain.tenancyId || Number(claims.exp) <= seconds())
      return undefined;
    const member = findMember(domain, String(claims.sub));
    const key = createPublicKey({ key: JSON.parse(String(claims.jwk)) as JsonWebKey, format: 'jwk' });
    return member && { member, key, claims };
  }

  return {
    issue(member, publicKey, session = life) {
      const issued = seconds();
      return write(member, publicKey.export({ format: 'jwk' }), issued + session, issued);
    },
    read,
    refresh(token) {
      const found = read(token);
      const ends = Number(found?.claims.sess_exp);
      if (!found || ends <= seconds()) return undefined;
      return write(found.member, found.key.export({ format: 'jwk' }), ends, seconds());
    },
    setLife(given) {
      if (!(given >= 1 && given <= longestLife))
        throw new TypeError(`sandbox: session tokens live 1 to ${longestLife} seconds`);
      life = Math.floor(given);
    },
  };
}
