// A client that proves with its private key who it is (RFC 7523 §2.2, OpenID Connect Core §9: private_key_jwt).

import type { ClientAuth } from 'oauth4webapi';
import { readPrivateKey, toSigningKey } from './private-key.ts';
import type { Library } from './server.ts';

/** Okta allows an hour; nothing needs more than this, seconds. */
const assertionSeconds = 120;

/** @param tokenEndpoint the audience, as Okta wants it */
export function authenticateByKey(
  privateKey: string,
  keyId: string | undefined,
  tokenEndpoint: string,
): (library: Library) => ClientAuth {
  const key = readPrivateKey(privateKey);
  const kid = keyId ?? key.kid;
  const signingKey = { key: toSigningKey(key), ...(kid !== undefined && { kid }) };
  return (library) =>
    library.PrivateKeyJwt(signingKey, {
      [library.modifyAssertion](_header, claims) {
        claims.aud = tokenEndpoint;
        claims.exp = Number(claims.iat) + assertionSeconds;
      },
    });
}
