// Credentials of people, made when somebody asks for them: a key for the API, and a session as `oci session authenticate` leaves it.

import { createHash, generateKeyPairSync, type KeyObject } from 'node:crypto';
import type { Member } from '../company/roster.ts';
import { makeOcid, type OciDomain } from './domain.ts';
import { longestSession, type SessionTokens } from './session-tokens.ts';

/** What a profile of an OCI config file has. */
export interface OciApiKeyProfile {
  tenancy: string;
  user: string;
  fingerprint: string;
  /** PEM. */
  privateKey: string;
  region: string;
}

export interface OciSessionProfile {
  tenancy: string;
  token: string;
  fingerprint: string;
  /** PEM. */
  privateKey: string;
  region: string;
}

export interface OciCredentials {
  /** The same key every time. @throws TypeError for somebody whom the company does not have */
  apiKeyOf: (login: string) => OciApiKeyProfile;
  /** Another key and session every time. @throws TypeError for somebody whom the company does not have */
  sessionOf: (login: string) => OciSessionProfile;
}

export function createCredentials(domain: OciDomain, tokens: SessionTokens, now: () => number): OciCredentials {
  const made = new Map<string, OciApiKeyProfile>();
  const { tenancyId: tenancy, region } = domain;

  function findMember(login: string): Member {
    const found = domain.roster.byLogin(login);
    if (!found) throw new TypeError(`sandbox: there is no '${login}'`);
    return found;
  }

  return {
    apiKeyOf(login) {
      const member = findMember(login);
      const known = made.get(member.id);
      if (known) return known;
      const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
      const fingerprint = fingerprintOf(publicKey);
      const id = createHash('sha256').update(fingerprint).digest('hex').slice(0, 32);
      const key = publicKey.export({ format: 'pem', type: 'spki' }).toString();
      domain.apiKeys.set(id, { id, fingerprint, key, user: { value: member.id }, created: now() });
      const user = makeOcid('user', member.id);
      const profile = { tenancy, user, fingerprint, privateKey: writePrivateKey(privateKey), region };
      made.set(member.id, profile);
      return profile;
    },
    sessionOf(login) {
      const member = findMember(login);
      const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
      return {
        tenancy,
        token: tokens.issue(member, publicKey, longestSession),
        fingerprint: fingerprintOf(publicKey),
        privateKey: writePrivateKey(privateKey),
        region,
      };
    },
  };
}

const writePrivateKey = (key: KeyObject) => key.export({ format: 'pem', type: 'pkcs8' }).toString();

/** docs.oracle.com "How to Get the Key's Fingerprint": MD5 of the public key in DER. */
export function fingerprintOf(publicKey: KeyObject): string {
  const digest = createHash('md5')
    .update(publicKey.export({ format: 'der', type: 'spki' }))
    .digest('hex');
  return digest.replace(/..(?!$)/g, '$&:');
}
