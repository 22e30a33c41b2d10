// What becomes of a simulated provider's tokens: asked about (RFC 7662), ended (RFC 7009), and shown to learn whose they are.

import { type Answer, type Call, json } from '../answer.ts';
import { authenticateClient } from './client-auth.ts';
import { readParameters, requireParameter } from './parameters.ts';
import { invalidClient, noStore } from './problem.ts';
import type { IssuedToken, OidcClient, Provider } from './provider.ts';

/** A token that still holds. */
export function findLive({ memory, now, personById }: Provider, text: string): IssuedToken | undefined {
  const token = memory.access.get(text);
  if (!token || token.revoked || token.grant.revoked || token.expires <= now()) return undefined;
  const { personId } = token.grant;
  return personId === undefined || personById(personId) ? token : undefined;
}

export function readBearer(call: Call): string | undefined {
  return /^bearer +(\S+) *$/i.exec(call.headers.authorization ?? '')?.[1];
}

/** @throws OidcProblem */
async function authenticateWithSecret(provider: Provider, call: Call): Promise<OidcClient> {
  const client = await authenticateClient(provider, call, readParameters(call));
  if (client.secret === undefined) throw invalidClient('Client authentication failed: a public client may not ask.');
  return client;
}

/** @throws OidcProblem */
export async function answerIntrospect(provider: Provider, call: Call): Promise<Answer> {
  await authenticateWithSecret(provider, call);
  const token = findLive(provider, requireParameter(readParameters(call), 'token'));
  return json(token ? { active: true, ...token.claims, token_type: 'Bearer' } : { active: false }, noStore);
}

/** A refresh token takes all that was issued on its grant along; what is not known or another's is passed over in silence. */
export async function answerRevoke(provider: Provider, call: Call): Promise<Answer> {
  const { memory } = provider;
  const client = await authenticateWithSecret(provider, call);
  const text = requireParameter(readParameters(call), 'token');
  const access = memory.access.get(text);
  if (access?.grant.clientId === client.id) access.revoked = true;
  const refresh = memory.refresh.get(text);
  if (refresh?.grant.clientId === client.id) refresh.grant.revoked = true;
  return { status: 200, headers: noStore, body: '' };
}

/** OpenID Connect Core §5.3. */
export function answerUserInfo(provider: Provider, call: Call): Answer {
  const token = findLive(provider, readBearer(call) ?? '');
  const person = token && provider.personById(token.grant.personId ?? '');
  if (!person || !token.scopes.includes('openid')) {
    const error = token ? 'insufficient_scope' : 'invalid_token';
    const headers = { ...noStore, 'www-authenticate': `Bearer error="${error}"` };
    return json({ error, error_description: 'The token gives no profile.' }, headers, token ? 403 : 401);
  }
  return json(provider.personClaims(person, token.scopes), noStore);
}
