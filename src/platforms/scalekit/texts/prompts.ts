// Procedures for frequent work on a Scalekit environment.

import { writeProcedure } from '../../../core/procedure.ts';
import { use } from '../../../core/show-call.ts';
import { atEnvironment } from '../completions.ts';

type Input = Readonly<Record<string, string>>;

const orgId = (id: string | undefined) => id || 'org_…';

export function writeCannotSignIn({ environmentId, organizationId, email = '' }: Input): string {
  const at = atEnvironment(environmentId);
  const organization = { ...at, organizationId: orgId(organizationId) };
  return writeProcedure({
    task: 'Somebody cannot sign in through Scalekit. Find out why, and help with the smallest change that does.',
    given: { environmentId, organizationId, email },
    steps: [
      `${use('list_environment_users', { ...at, query: email })}: who they are. Nobody: they were never let in; ask the administrator whether they should be.`,
      `${use('get_environment_user', { ...at, userId: 'usr_…' })}: whether they belong to the organization. PENDING_INVITE or INVITE_EXPIRED: ${use('resend_organization_invitation', { ...organization, userId: 'usr_…', dryRun: true })}.`,
      `${use('list_authentication_requests', { ...at, email })}: what came of their tries, and by which connection. Others at the same connection fail as well: it is the connection, not the person.`,
      `${use('list_organization_connections', organization)}: whether the connection is enabled, configured to its end (COMPLETED), and has the domain of their address.`,
      `${use('get_environment_connection', { ...at, connectionId: 'conn_…' })}: issuer and client id, to be compared with what the organization’s administrator sees at their identity provider.`,
      `${use('list_organization_directories', organization)}: where people come from a directory, when it was last synchronized.`,
      'Say what was wrong, what was changed, how it is undone, and what the person should do now.',
    ],
    stop: [
      'it is not certain who asks',
      'a connection would have to be changed that others sign in with: the organization’s administrator decides that',
      'an expired client secret or certificate is the cause: a person sets a new one (generate_admin_portal_link)',
    ],
  });
}

export function writeOnboardOrganization({ environmentId, name = '' }: Input): string {
  const at = atEnvironment(environmentId);
  const organization = { ...at, organizationId: 'org_…' };
  return writeProcedure({
    task: 'A new customer comes. Make their organization, and let their own administrator set up how their people sign in.',
    given: { environmentId, name },
    steps: [
      `${use('list_organizations', { ...at, query: name })}: whether they are there already.`,
      `${use('create_organization', { ...at, organizationName: name, dryRun: true })}, with your own id for them as externalId.`,
      `${use('update_organization_settings', { ...organization, features: [{ name: 'sso', enabled: true }], dryRun: true })}, where they have single sign-on; dir_sync where they have a directory.`,
      `${use('create_organization_user', { ...organization, email: 'their administrator', role: 'admin', dryRun: true })}. The roles: ${use('list_environment_roles', at)}.`,
      `${use('generate_admin_portal_link', organization)}: the link goes to you as a file, for their administrator alone.`,
      `Later: ${use('list_organization_connections', organization)}: whether what they set up is COMPLETED; ${use('enable_environment_connection', { ...at, connectionId: 'conn_…', dryRun: true })}.`,
    ],
    stop: [
      'an organization of that name, or with one of their domains, is there already',
      'nobody knows who their administrator is',
    ],
  });
}

export function writeLetIn({ environmentId, organizationId, email = '', role }: Input): string {
  const at = atEnvironment(environmentId);
  const organization = { ...at, organizationId: orgId(organizationId) };
  const roles = role ? { role } : {};
  return writeProcedure({
    task: 'Somebody should get into an organization, with no more rights than they need.',
    given: { environmentId, organizationId, email, role },
    steps: [
      `${use('get_organization_details', organization)}: which organization it is; say its name and ask whether it is the right one.`,
      `${use('list_environment_roles', at)}: what each role permits. Propose the smallest that does.`,
      `${use('list_environment_users', { ...at, query: email })}: whether they are there already.`,
      `New: ${use('create_organization_user', { ...organization, email, ...roles, dryRun: true })}. There already: ${use('add_organization_user', { ...organization, userId: 'usr_…', ...(role && { roles: [role] }), dryRun: true })}.`,
      'Say what was done and how it is undone.',
    ],
    stop: [
      'the address is not of a domain of the organization',
      'the role is that of whoever creates an organization: it permits everything there',
    ],
  });
}
