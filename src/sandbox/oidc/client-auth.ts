// Who asks at the token endpoint of a simulated provider: a secret by HTTP Basic or in the body, or a public client's id.

import type { Call } from '../answer.ts';
import { digest } from './jwt.ts';
import type { Parameters } from './parameters.ts';
import { invalidClient, OidcProblem } from './problem.ts';
import type { OidcClient, Provider } from './provider.ts';

/** RFC 6749 §2.3.1. @throws OidcProblem invalid_client */
export async function authenticateClient(provider: Provider, call: Call, form: Parameters): Promise<OidcClient> {
  const basic = readBasic(call.headers.authorization);
  if (basic && form.has('client_secret'))
    throw new OidcProblem('invalid_request', 'The client proves itself in one way only.');
  const [id, secret] = basic ?? [form.get('client_id'), form.get('client_secret')];
  if (id === undefined) throw invalidClient('Client authentication failed: there is no client_id.');
  const client = await provider.findClient(id);
  if (!client || (form.get('client_id') ?? id) !== id) throw invalidClient('Client authentication failed.');
  if (client.secret === undefined) {
    if (secret !== undefined) throw invalidClient('Client authentication failed: the client has no secret.');
    return client;
  }
  if (digest(secret ?? '') !== digest(client.secret)) throw invalidClient('Client authentication failed.');
  return client;
}

/** Id and secret, each form-encoded; undefined where there is no such header. */
function readBasic(header: string | undefined): readonly [string, string] | undefined {
  const encoded = /^basic +(\S+) *$/i.exec(header ?? '')?.[1];
  if (encoded === undefined) return undefined;
  const [, id = '', secret = ''] = /^([^:]*):(.*)$/s.exec(Buffer.from(encoded, 'base64').toString('utf8')) ?? [];
  return [decodePart(id), decodePart(secret)];
}

function decodePart(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}
