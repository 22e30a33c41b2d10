// The public key of the simulated service app, from a file as people have it: PEM or a JSON Web Key.

import { createPublicKey, type JsonWebKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Fault } from '../core/settings.ts';

export const serviceKeyFlag = {
  type: 'string',
  description: 'Public key of the simulated service app (PEM or JSON Web Key), to try OAuth with your private key.',
  valueHint: 'file',
} as const;

const pemHint = 'Write the public half into a file: openssl pkey -in key.pem -pubout -out key.pub.pem';

export function readServiceKey(file: string | undefined): { readonly key?: JsonWebKey; readonly fault?: Fault } {
  if (file === undefined) return {};
  const fault = (problem: string, todo = pemHint) => ({ fault: { where: `--service-key ${file}`, problem, todo } });
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    return fault(`cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown reason'})`);
  }
  // Node would quietly take the public half out of it.
  if (/PRIVATE KEY-----/.test(text)) return fault('is a private key; nobody but its owner needs that');
  const jwk = readJwk(text);
  if (jwk && 'd' in jwk)
    return fault(
      'is a private key; nobody but its owner needs that',
      'Leave out its member d and the others that are secret.',
    );
  try {
    const key = createPublicKey(jwk ? { key: jwk, format: 'jwk' } : text);
    if (key.asymmetricKeyType !== 'rsa' && key.asymmetricKeyType !== 'ec')
      return fault(
        `is of a kind that Okta does not take (${key.asymmetricKeyType})`,
        'Make an RSA or an EC P-256 key.',
      );
    return { key: { ...key.export({ format: 'jwk' }), ...(typeof jwk?.kid === 'string' && { kid: jwk.kid }) } };
  } catch {
    return fault('is neither a public key in PEM nor a JSON Web Key');
  }
}

function readJwk(text: string): JsonWebKey | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as JsonWebKey) : undefined;
  } catch {
    return undefined;
  }
}
