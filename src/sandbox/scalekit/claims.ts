// What the tokens of a Scalekit environment say (docs.scalekit.com, "Access token claims" and "ID token claims"). That a scope
// stands in `scope` as well as in the list `scopes` is an assumption: there are verifiers in use for either.

import { randomInt } from 'node:crypto';
import type { Member } from '../company/roster.ts';
import type { Claims } from '../oidc/jwt.ts';
import type { Writing } from '../oidc/provider.ts';
import { rolesOf, type ScalekitEnvironment } from './environment.ts';

const newId = (prefix: string) => `${prefix}_${randomInt(1e9, 1e10)}${randomInt(1e8, 1e9)}`;

/** The issuer is the environment, also of tokens for an MCP server, whose authorization server has another name. */
export function writeAccessClaims(
  { organizationId }: ScalekitEnvironment,
  { base, grant, client, issued }: Writing,
  member: Member | undefined,
): Claims {
  return {
    iss: base,
    aud: grant.audience,
    client_id: client.id,
    sub: member?.id ?? client.id,
    jti: newId('tkn'),
    nbf: issued,
    scope: grant.scopes.join(' '),
    scopes: grant.scopes,
    ...(member && { oid: organizationId, sid: `ses_${grant.sessionId}`, roles: rolesOf(member.teams) }),
  };
}

export function writeIdClaims(
  { organizationId, connectionId }: ScalekitEnvironment,
  { base, client, grant, issued }: Writing,
  member: Member | undefined,
): Claims {
  return {
    ...(member && describeMember(member, grant.scopes)),
    iss: base,
    aud: [client.id],
    azp: client.id,
    amr: [connectionId],
    oid: organizationId,
    sid: `ses_${grant.sessionId}`,
    auth_time: grant.authTime,
    iat: issued,
    exp: issued + 3600,
  };
}

export function describeMember(member: Member, scopes: readonly string[]): Claims {
  return {
    sub: member.id,
    ...(scopes.includes('profile') && {
      name: `${member.given} ${member.family}`,
      given_name: member.given,
      family_name: member.family,
      preferred_username: member.login,
      // Which groups the organization's directory has sent along.
      groups: member.teams,
    }),
    ...(scopes.includes('email') && { email: member.login, email_verified: true }),
  };
}
