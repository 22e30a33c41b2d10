// The company's customers and their people. In production the first organization is the company itself.

import { namePools } from '../../company/names.ts';
import { hash, pick, roll } from '../../random.ts';
import { rolesOf } from '../environment.ts';
import type { Membership, Organization, Role, User } from './records.ts';
import type { SeedContext } from './state.ts';

const first = ['Aldermoor', 'Brightwater', 'Castlegate', 'Dunmore', 'Eastfold', 'Fenwick', 'Greyfriars', 'Harrowgate'];
const second = ['Foods', 'Textiles', 'Pharma', 'Instruments', 'Brewing', 'Ceramics', 'Optics', 'Seeds'];

const salts = { people: 1, given: 2, family: 3, pool: 4, role: 5, joined: 6, seen: 7 } as const;

/** Which customer has a part in a story. */
export const customers = {
  /** Cannot sign in: its identity provider's certificate has expired. */
  failingSso: 'Castlegate Pharma',
  /** Began to set up single sign-on and never finished. */
  draftSso: 'Brightwater Textiles',
  /** Its directory has sent nothing for days. */
  staleDirectory: 'Dunmore Instruments',
  /** Invited its finance head, who never came. */
  expiredInvite: 'Aldermoor Foods',
  healthy: 'Eastfold Brewing',
} as const;

export function seedOrganizations(context: SeedContext): void {
  if (context.isProduction) seedCompany(context);
  for (let n = 0; n < (context.isProduction ? first.length * second.length : 6); n++) seedCustomer(context, n);
}

function seedCompany({ state, daysAgo }: SeedContext): void {
  const { organizationId, roster } = state.oauth;
  const organization = addOrganization({ state, daysAgo }, organizationId, 'Larkspur Logistics', 'larkspur', 410);
  for (const member of roster.members) {
    const joined = daysAgo(Math.min(member.hiredDaysAgo, 409));
    const roles = rolesOf(member.teams).flatMap((name) => state.roles.get(name) ?? []);
    addUser(state, {
      id: member.id,
      email: member.login,
      given: member.given,
      family: member.family,
      joined,
      membership: { ...activeMembership(organization, roles, joined), provisioning_method: 'jit_using_sso' },
      externalId: `lark-${member.n + 1}`,
    });
  }
}

function seedCustomer({ state, seed, daysAgo, isProduction }: SeedContext, n: number): void {
  // Taken crosswise, so that neighbours in the list do not share a word.
  const name = `${first[n % first.length]} ${second[(n + Math.floor(n / first.length)) % second.length]}`;
  const slug = name.toLowerCase().replace(' ', '-');
  const age = 380 - Math.floor((n * 370) / 64);
  const organization = addOrganization(
    { state, daysAgo },
    state.newId('org'),
    isProduction ? name : `${name} (test)`,
    slug,
    age,
  );
  organization.external_id = `cust-${1000 + n}`;
  organization.metadata = { plan: pick(['standard', 'freight', 'enterprise'], seed, salts.people, n) };
  const count = isProduction ? 3 + (hash(seed, salts.people, n) % 14) : 2;
  for (let i = 0; i < count; i++) {
    const key = n * 100 + i;
    const pool = pick(namePools, seed, salts.pool, key);
    const given = pick(pool.given, seed, salts.given, key);
    const family = pick(pool.family, seed, salts.family, key);
    const joined = daysAgo(Math.max(1, Math.floor(age * roll(seed, salts.joined, key))));
    const role =
      i === 0 ? 'admin' : pick(['member', 'member', 'dispatcher', 'billing', 'claims_agent'], seed, salts.role, key);
    addUser(state, {
      id: state.newId('usr'),
      email: `${given}.${family}.${i}@${slug}.example`.toLowerCase(),
      given,
      family,
      joined,
      membership: activeMembership(organization, [state.roles.get(role) as Role], joined),
      seen: daysAgo(Math.floor(roll(seed, salts.seen, key) * 40)),
    });
  }
  if (name === customers.expiredInvite) inviteInVain({ state, daysAgo }, organization, slug);
}

function inviteInVain(
  { state, daysAgo }: Pick<SeedContext, 'state' | 'daysAgo'>,
  { id, display_name }: Organization,
  slug: string,
) {
  const invitation = (status: Membership['membership_status'], invited: number, ends: number): Membership => ({
    organization_id: id,
    name: display_name,
    display_name,
    membership_status: status,
    roles: [summaryOf(state.roles.get('billing') as Role)],
    metadata: {},
    provisioning_method: 'invitation',
    created_at: daysAgo(invited),
    inviter_email: [...state.users.values()].find((user) => user.memberships[0]?.organization_id === id)?.email ?? '',
    expires_at: daysAgo(ends),
  });
  const people = [
    { given: 'Odette', family: 'Fairbairn', membership: invitation('INVITE_EXPIRED', 41, 11) },
    { given: 'Rufus', family: 'Nygaard', membership: invitation('PENDING_INVITE', 3, -27) },
  ];
  for (const { given, family, membership } of people)
    addUser(state, {
      id: state.newId('usr'),
      email: `${given}.${family}@${slug}.example`.toLowerCase(),
      given,
      family,
      joined: membership.created_at,
      membership,
    });
}

export function summaryOf({ id, name, display_name }: Role): Membership['roles'][number] {
  return { id, name, display_name };
}

function activeMembership({ id, display_name }: Organization, roles: readonly Role[], joined: string): Membership {
  return {
    organization_id: id,
    name: display_name,
    display_name,
    membership_status: 'ACTIVE',
    roles: roles.map(summaryOf),
    metadata: {},
    provisioning_method: 'invitation',
    created_at: joined,
    join_time: joined,
    accepted_at: joined,
  };
}

function addOrganization(
  { state, daysAgo }: Pick<SeedContext, 'state' | 'daysAgo'>,
  id: string,
  name: string,
  slug: string,
  age: number,
): Organization {
  const organization: Organization = {
    id,
    create_time: daysAgo(age),
    update_time: daysAgo(Math.floor(age / 3)),
    display_name: name,
    region_code: 'EU',
    slug,
    metadata: {},
    settings: {
      features: [
        { name: 'sso', enabled: false },
        { name: 'dir_sync', enabled: false },
      ],
    },
  };
  state.organizations.set(id, organization);
  return organization;
}

interface NewUser {
  id: string;
  email: string;
  given: string;
  family: string;
  joined: string;
  membership: Membership;
  externalId?: string;
  seen?: string;
}

function addUser(state: SeedContext['state'], given: NewUser): User {
  const user: User = {
    id: given.id,
    environment_id: state.record.id,
    create_time: given.joined,
    update_time: given.joined,
    email: given.email,
    ...(given.externalId !== undefined && { external_id: given.externalId }),
    memberships: [given.membership],
    user_profile: {
      ...emptyProfile(state.newId('usp')),
      given_name: given.given,
      family_name: given.family,
      first_name: given.given,
      last_name: given.family,
      name: `${given.given} ${given.family}`,
      email_verified: given.membership.membership_status === 'ACTIVE',
    },
    metadata: {},
    ...(given.seen !== undefined && { last_login_time: given.seen }),
  };
  state.users.set(user.id, user);
  return user;
}

export function emptyProfile(id: string): User['user_profile'] {
  return {
    id,
    given_name: '',
    family_name: '',
    first_name: '',
    last_name: '',
    name: '',
    locale: 'en',
    email_verified: false,
    phone_number: '',
    phone_number_verified: false,
    preferred_username: '',
    picture: '',
    gender: '',
    groups: [],
    metadata: {},
    custom_attributes: {},
  };
}
