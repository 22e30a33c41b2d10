// Which scopes an OCI identity domain gives: OpenID Connect's, an application's written behind its audience, and its own.

import type { Member } from '../company/roster.ts';
import { type Parameters, splitScopes } from '../oidc/parameters.ts';
import { OidcProblem } from '../oidc/problem.ts';
import type { OidcClient, OidcGrant, Rights } from '../oidc/provider.ts';
import type { OciDomain, OciResource } from './domain.ts';

export const openidScopes: readonly string[] = [
  ...['openid', 'profile', 'offline_access', 'email', 'address', 'phone'],
  ...['groups', 'get_groups', 'approles', 'get_approles'],
];

/** All that the roles of client and person give, whatever that is. */
const myScopes = 'urn:opc:idm:__myscopes__';

/** What an administrator's token says in its place; the choice among the domain's many is made here. */
const administratorScopes = [
  'urn:opc:idm:t.security.client',
  'urn:opc:idm:t.user',
  'urn:opc:idm:t.group',
  'urn:opc:idm:t.app',
];
const ownScopes = ['urn:opc:idm:t.user.me'];

/** Names of the domain itself, at which its interface takes tokens. */
export function audienceOf({ tenant }: OciDomain): readonly string[] {
  return [`https://${tenant}.identity.oraclecloud.com`, `urn:opc:lbaas:logicalguid=${tenant}`];
}

/** @throws OidcProblem invalid_scope */
export function decideOciRights(
  domain: OciDomain,
  client: OidcClient,
  given: Parameters,
  by: 'person' | 'client',
): Rights {
  const scopes = splitScopes(given.get('scope'));
  const refuse = (scope: string) =>
    new OidcProblem('invalid_scope', `The scope '${scope}' is not allowed for the client.`);
  if (scopes.length === 0) throw new OidcProblem('invalid_scope', 'The request must name a scope.');
  const found = new Set<OciResource>();
  for (const scope of scopes) {
    const resource = findResource(domain, scope);
    if (resource) found.add(resource);
    else if (by === 'client' ? scope !== myScopes : !isOfDomain(scope)) throw refuse(scope);
  }
  // Each token is for one audience.
  if (found.size > 1 || (found.size > 0 && scopes.includes(myScopes))) throw refuse(scopes[1] ?? '');
  if (scopes.includes('offline_access') && !client.grants.includes('refresh_token')) throw refuse('offline_access');
  const [resource] = found;
  return { scopes, audience: resource ? [resource.audience] : audienceOf(domain) };
}

function isOfDomain(scope: string): boolean {
  return openidScopes.includes(scope) || scope === myScopes || ownScopes.includes(scope);
}

function findResource({ resources }: OciDomain, scope: string): OciResource | undefined {
  return resources.find(({ audience, scopes }) => scopes.some((name) => audience + name === scope));
}

/** As a token says them: an application's without its audience. */
export function writeScopes(domain: OciDomain, { scopes, clientId }: OidcGrant, member: Member | undefined): string {
  const roles = domain.rolesOf(member?.id ?? clientId);
  const written = scopes.flatMap((scope) => {
    if (scope === myScopes) return roles.length > 0 ? administratorScopes : ownScopes;
    const resource = findResource(domain, scope);
    return resource ? scope.slice(resource.audience.length) : scope;
  });
  return written.join(' ');
}

/** Roles of the domain itself that a person holds. */
export function rolesOf(domain: OciDomain, { id }: Pick<Member, 'id'>): readonly string[] {
  return domain.rolesOf(id);
}

export function isAdministrator(domain: OciDomain, member: Pick<Member, 'id'>): boolean {
  return rolesOf(domain, member).includes('Identity Domain Administrator');
}
