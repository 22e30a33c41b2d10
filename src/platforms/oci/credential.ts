// How requests to OCI prove their right: each is signed, with an API key of a user or with the key of a session.

import { createPrivateKey, type KeyObject } from 'node:crypto';
import { CastellanError } from '../../core/errors.ts';
import type { Secret } from '../../core/secret.ts';
import type { CallScope, Credential } from '../../core/upstream.ts';
import type { OciClaims, OciIdentity } from './client.ts';
import { type SigningKey, signRequest } from './signer.ts';

export interface OciCredential {
  readonly kind: 'caller' | 'profile' | 'api_key';
  readonly prove: Credential;
  /** Whom the requests of a call are made as. */
  readonly identity: (scope: Pick<CallScope, 'caller' | 'signal'>) => Promise<OciIdentity>;
  readonly claims: (scope: Pick<CallScope, 'caller' | 'signal'>) => Promise<OciClaims>;
}

export interface ApiKey {
  readonly tenancy: string;
  readonly user: string;
  readonly fingerprint: string;
  readonly privateKey: Secret;
  readonly passphrase: Secret | undefined;
  readonly region: string;
}

export function createApiKeyCredential(apiKey: ApiKey, now: () => number): OciCredential {
  const { tenancy, user, fingerprint, region, privateKey, passphrase } = apiKey;
  const where = {
    what: 'The API key',
    todo: 'Check privateKey (OCI_CLI_KEY_CONTENT) and passphrase (OCI_CLI_PASSPHRASE).',
  };
  let signing: SigningKey | undefined;
  return {
    kind: 'api_key',
    prove: async ({ method, url, body }) => {
      // Not before it is needed: reading a key takes part of a start, and more with a passphrase.
      signing ??= { keyId: `${tenancy}/${user}/${fingerprint}`, key: readKey(privateKey, passphrase, where) };
      return signRequest({ method, url, body, now: now() }, signing);
    },
    identity: async () => ({ tenancy, user, region, kind: 'api_key' }),
    claims: async () => ({}),
  };
}

/** @throws CastellanError `bad_configuration` for what is no key, or one that the passphrase does not open */
export function readKey(
  pem: Secret,
  passphrase: Secret | undefined,
  { what, todo }: { readonly what: string; readonly todo: string },
): KeyObject {
  try {
    const key = createPrivateKey({
      key: pem.reveal(),
      ...(passphrase !== undefined && { passphrase: passphrase.reveal() }),
    });
    if (key.asymmetricKeyType === 'rsa') return key;
  } catch {
    // What OpenSSL says of a key is no help, and could hold some of it.
  }
  throw new CastellanError({
    code: 'bad_configuration',
    message: `${what} cannot be read: it is no RSA key in PEM, or its passphrase is missing or wrong.`,
    hint: todo,
  });
}
