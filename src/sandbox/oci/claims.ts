// What the tokens of an OCI identity domain say. The names are those of published examples (docs.oracle.com, "Access Token" and
// "Identity Token"; tokens in Oracle's tutorials); `gtp`, `opc` and `primTenant` are as seen there, and explained nowhere.

import { randomUUID } from 'node:crypto';
import { places } from '../company/places.ts';
import type { Member } from '../company/roster.ts';
import type { Claims } from '../oidc/jwt.ts';
import type { Writing } from '../oidc/provider.ts';
import { groupIdOf, makeOcid, type OciDomain, ociIssuer } from './domain.ts';
import { writeScopes } from './rights.ts';

const sessionLife = 8 * 3600;

const newId = () => randomUUID().replaceAll('-', '');

function describeDomain({ domainId, name, region, tenancyId, tenant }: OciDomain): Claims {
  return {
    iss: ociIssuer,
    tenant,
    client_tenantname: tenant,
    ca_ocid: tenancyId,
    ca_name: 'larkspur',
    domain: name,
    domain_id: domainId,
    domain_home: region,
    region_name: `${region.replace(/-\d+$/, '')}-idcs-1`,
  };
}

/** Of a person's tokens of both kinds. `sub` is the user name, which can change; `user_id` is for good. */
function describeUser({ tenant }: OciDomain, member: Member, { grant }: Writing): Claims {
  return {
    sub: member.login,
    sub_mappingattr: 'userName',
    user_id: member.id,
    user_ocid: makeOcid('user', member.id),
    user_displayname: `${member.given} ${member.family}`,
    user_tenantname: tenant,
    user_lang: 'en',
    user_locale: 'en',
    user_tz: places[member.place]?.timezone ?? 'UTC',
    idp_name: 'UserNamePassword',
    idp_guid: 'UserNamePassword',
    idp_type: 'LOCAL',
    amr: ['USERNAME_PASSWORD'],
    sid: grant.sessionId,
    // A custom claim for tokens of both kinds, as an administrator sets up with the value $user.groups.*.display.
    groups: member.teams,
  };
}

function describeClient({ client, base }: Writing): Claims {
  return {
    client_id: client.id,
    client_guid: client.id,
    client_name: client.name,
    client_ocid: makeOcid('domainapp', client.id),
    tenant_iss: base,
  };
}

export function writeAccessClaims(domain: OciDomain, writing: Writing, member: Member | undefined): Claims {
  const { grant, client } = writing;
  return {
    ...describeDomain(domain),
    ...describeClient(writing),
    ...(member ? describeUser(domain, member, writing) : { sub: client.id, sub_mappingattr: 'userName' }),
    'user.tenant.name': domain.tenant,
    sub_type: member ? 'user' : 'client',
    tok_type: 'AT',
    gtp: member ? 'azc' : 'cc',
    opc: false,
    primTenant: false,
    jti: newId(),
    scope: writeScopes(domain, grant, member),
    aud: grant.audience.length === 1 ? grant.audience[0] : grant.audience,
  };
}

export function writeIdClaims(domain: OciDomain, writing: Writing, member: Member | undefined): Claims {
  const { client, grant, issued } = writing;
  const ends = (grant.authTime ?? issued) + sessionLife;
  return {
    ...describeDomain(domain),
    ...(member && describeUser(domain, member, writing)),
    client_id: client.id,
    client_ocid: makeOcid('domainapp', client.id),
    tok_type: 'IT',
    jti: newId(),
    // The domain itself takes an ID token as an assertion, and is named for that.
    aud: [ociIssuer, client.id],
    azp: client.id,
    iat: issued,
    exp: Math.max(ends, issued + 3600),
    auth_time: grant.authTime,
    session_exp: ends,
    authn_strength: '2',
  };
}

export function describeMember(domain: OciDomain, member: Member, scopes: readonly string[]): Claims {
  return {
    sub: member.login,
    ...(scopes.includes('profile') && {
      name: `${member.given} ${member.family}`,
      given_name: member.given,
      family_name: member.family,
      preferred_username: member.login,
      birthdate: '',
      gender: '',
      website: '',
      updated_at: 1_750_000_000,
    }),
    ...(scopes.includes('email') && { email: member.login, email_verified: true }),
    ...(['groups', 'get_groups'].some((scope) => scopes.includes(scope)) && {
      groups: member.teams.map((name) => ({ name, id: groupIdOf(name) })),
    }),
    ...(['approles', 'get_approles'].some((scope) => scopes.includes(scope)) && {
      appRoles: domain.appRolesOf(member.id),
    }),
  };
}
