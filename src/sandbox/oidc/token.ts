// The token endpoint of a simulated provider: codes once, refresh tokens replaced at each use, a client's own tokens.

import { type Answer, type Call, json } from '../answer.ts';
import { authenticateClient } from './client-auth.ts';
import { digest, signJwt } from './jwt.ts';
import { dropEnded, randomText } from './kept.ts';
import { type Parameters, readParameters, requireParameter, splitScopes } from './parameters.ts';
import { noStore, OidcProblem } from './problem.ts';
import type { Authorization, OidcClient, OidcGrant, Provider, Writing } from './provider.ts';

const grantTypes: readonly string[] = ['authorization_code', 'refresh_token', 'client_credentials'];

/** @throws OidcProblem */
export async function answerToken(provider: Provider, call: Call): Promise<Answer> {
  const form = readParameters(call);
  const type = requireParameter(form, 'grant_type');
  const client = await authenticateClient(provider, call, form);
  if (!grantTypes.includes(type)) throw new OidcProblem('unsupported_grant_type', `There is no grant type '${type}'.`);
  if (!client.grants.includes(type))
    throw new OidcProblem('unauthorized_client', `The client may not use the grant type '${type}'.`);
  const at = { base: call.url.origin, client };
  if (type === 'client_credentials') return json(issueTokens(provider, at, giveOwn(provider, client, form)), noStore);
  if (type === 'authorization_code') {
    const grant = takeCode(provider, client, form);
    return json(issueTokens(provider, at, grant, provider.givesRefresh(client, grant)), noStore);
  }
  const { grant, scopes } = takeRefresh(provider, client, form);
  return json(issueTokens(provider, at, { ...grant, scopes }, true, grant), noStore);
}

function giveOwn(provider: Provider, client: OidcClient, form: Parameters): OidcGrant {
  if (client.secret === undefined) throw new OidcProblem('unauthorized_client', 'A public client has no own tokens.');
  const rights = provider.decideRights(client, form, 'client');
  const nobody = { personId: undefined, authTime: undefined, sessionId: undefined, nonce: undefined };
  return { ...rights, ...nobody, clientId: client.id, revoked: false };
}

/** RFC 6749 §4.1.3, RFC 7636 §4.6. A code that comes twice was stolen once: what it gave ends (RFC 6749 §4.1.2). */
function takeCode({ memory, now }: Provider, client: OidcClient, form: Parameters): OidcGrant {
  const found = memory.codes.get(requireParameter(form, 'code'));
  const refused = new OidcProblem('invalid_grant', 'The authorization code is invalid or has expired.');
  if (!found?.grant || found.client.id !== client.id) throw refused;
  if (found.used) {
    found.grant.revoked = true;
    throw refused;
  }
  if (found.expires <= now()) throw refused;
  found.used = true;
  // A provider that lets the address be left out at this step still holds one that is given against the first.
  if ((form.get('redirect_uri') ?? found.redirectUri) !== found.redirectUri)
    throw new OidcProblem('invalid_grant', 'The redirect_uri is not the one of the authorization request.');
  checkVerifier(found, form.get('code_verifier'));
  return found.grant;
}

function checkVerifier({ challenge }: Authorization, verifier: string | undefined): void {
  if (!challenge) {
    // RFC 9700 §4.8.2: a verifier without a challenge is a downgraded request.
    if (verifier !== undefined) throw new OidcProblem('invalid_grant', 'There was no code_challenge.');
    return;
  }
  const proof = challenge.method === 'S256' ? digest(verifier ?? '') : verifier;
  if (verifier === undefined || proof !== challenge.value)
    throw new OidcProblem('invalid_grant', 'PKCE verification failed.');
}

/** Each refresh token once; one that comes again ends everything that was issued on its grant (RFC 9700 §4.14.2). */
function takeRefresh({ memory, now, personById }: Provider, client: OidcClient, form: Parameters) {
  const token = memory.refresh.get(requireParameter(form, 'refresh_token'));
  const refused = new OidcProblem('invalid_grant', 'The refresh token is invalid or has expired.');
  if (!token || token.grant.clientId !== client.id) throw refused;
  if (token.revoked) token.grant.revoked = true;
  const person = personById(token.grant.personId ?? '');
  if (token.revoked || token.grant.revoked || token.expires <= now() || !person || person.isLocked) throw refused;
  const asked = splitScopes(form.get('scope'));
  // RFC 6749 §6: less, never more.
  if (asked.some((scope) => !token.grant.scopes.includes(scope)))
    throw new OidcProblem('invalid_scope', 'The refresh token does not give these scopes.');
  token.revoked = true;
  return { grant: token.grant, scopes: asked.length > 0 ? asked : token.grant.scopes };
}

export function issueTokens(
  provider: Provider,
  { base, client }: { base: string; client: OidcClient },
  grant: OidcGrant,
  withRefresh = false,
  kept: OidcGrant = grant,
): Record<string, unknown> {
  const { lives, memory, now, keys, personById } = provider;
  const issued = Math.floor(now() / 1000);
  const writing: Writing = {
    base,
    client,
    grant,
    issued,
    person: grant.personId === undefined ? undefined : personById(grant.personId),
  };
  const access = writeAccess(provider, writing, kept);
  const response: Record<string, unknown> = {
    access_token: access,
    token_type: 'Bearer',
    expires_in: lives.access,
    ...(provider.tellsScopes && { scope: grant.scopes.join(' ') }),
  };
  if (withRefresh) {
    const refresh = randomText(48);
    dropEnded(memory.refresh, now());
    memory.refresh.set(refresh, {
      grant: kept,
      scopes: kept.scopes,
      expires: now() + lives.refresh * 1000,
      revoked: false,
      claims: {},
    });
    response.refresh_token = refresh;
  }
  if (writing.person && grant.scopes.includes('openid')) {
    const claims = {
      ...provider.idClaims(writing),
      ...(grant.nonce !== undefined && { nonce: grant.nonce }),
      // OpenID Connect Core §3.1.3.6: the left half of the hash.
      at_hash: Buffer.from(digest(access), 'base64url').subarray(0, 16).toString('base64url'),
    };
    response.id_token = signJwt(claims, keys.current());
  }
  return response;
}

/** `kept` is the grant that the token ends with; `over` stands in the place of claims that would be. */
export function writeAccess(
  { accessClaims, keys, lives, memory, now }: Provider,
  writing: Writing,
  kept: OidcGrant = writing.grant,
  over: Readonly<Record<string, unknown>> = {},
): string {
  const { issued } = writing;
  const claims = { iat: issued, exp: issued + lives.access, ...accessClaims(writing), ...over };
  const text = signJwt(claims, keys.current());
  const expires = Number(claims.exp) * 1000;
  dropEnded(memory.access, now());
  memory.access.set(text, {
    grant: kept,
    scopes: writing.grant.scopes,
    expires,
    revoked: false,
    claims: { ...claims },
  });
  return text;
}
