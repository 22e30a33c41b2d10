// Directories that customers send their people from; one has sent nothing for days.

import { pick } from '../../random.ts';
import type { Directory, DirectoryGroup } from './directory-records.ts';
import { customers } from './organization-seed.ts';
import type { Organization } from './records.ts';
import type { SeedContext } from './state.ts';
import type { directoryProviders, Word } from './words.ts';

const groupNames = ['Everyone', 'Logistics', 'Finance', 'Warehouse'] as const;

interface Place {
  name: string;
  provider: Word<typeof directoryProviders>;
  /** Of the last that was heard from it. */
  daysAgo: number;
  enabled: boolean;
}

const places: readonly Place[] = [
  { name: customers.healthy, provider: 'MICROSOFT_AD', daysAgo: 0.02, enabled: true },
  { name: customers.staleDirectory, provider: 'OKTA', daysAgo: 9, enabled: true },
  { name: customers.failingSso, provider: 'JUMPCLOUD', daysAgo: 1, enabled: true },
  { name: 'Harrowgate Seeds', provider: 'GOOGLE', daysAgo: 88, enabled: false },
];

export function seedDirectories(context: SeedContext): void {
  if (!context.isProduction) return;
  const organizations = [...context.state.organizations.values()];
  const own = organizations[0] as Organization;
  const ownPlace: Place = { name: own.display_name, provider: 'OKTA', daysAgo: 0.01, enabled: true };
  for (const place of [ownPlace, ...places]) {
    const organization = organizations.find(({ display_name }) => display_name === place.name);
    if (organization) addDirectory(context, organization, place);
  }
}

function addDirectory({ state, seed, daysAgo }: SeedContext, organization: Organization, place: Place): void {
  const { provider, enabled } = place;
  const synced = daysAgo(place.daysAgo);
  const id = state.newId('dir');
  const groups = groupNames.map(
    (name): DirectoryGroup => ({
      id: state.newId('dirgroup'),
      display_name: name,
      total_users: 0,
      updated_at: synced,
    }),
  );
  const people = [...state.users.values()].filter(({ memberships }) =>
    memberships.some(({ organization_id }) => organization_id === organization.id),
  );
  const users = people.map(({ email, user_profile: profile }, n) => {
    const team = pick(groups.slice(1), seed, 810, n);
    const of = groups.filter((group) => group === groups[0] || group === team);
    for (const group of of) group.total_users++;
    return {
      id: state.newId('diruser'),
      email,
      preferred_username: email.split('@')[0] ?? '',
      given_name: profile.given_name,
      family_name: profile.family_name,
      updated_at: synced,
      emails: [email],
      groupIds: of.map((group) => group.id),
    };
  });
  const role = state.roles.get('dispatcher');
  const directory: Directory = {
    id,
    organization_id: organization.id,
    users,
    groups,
    record: {
      id,
      name: `${organization.display_name} people`,
      directory_type: provider === 'GOOGLE' ? 'POLL' : 'SCIM',
      organization_id: organization.id,
      enabled,
      directory_provider: provider,
      last_synced_at: synced,
      directory_endpoint: `http://${state.record.domain}/api/v1/directories/${id}/scim/v2`,
      total_users: users.length,
      total_groups: groups.length,
      secrets: [
        {
          id: state.newId('dirsec'),
          create_time: daysAgo(200),
          secret_suffix: 'k3Vd',
          status: 'ACTIVE',
          // The same day on which the stale one fell silent.
          expire_time: daysAgo(place.name === customers.staleDirectory ? place.daysAgo : -165),
          last_used_time: synced,
          directory_id: id,
        },
      ],
      stats: {
        total_users: users.length,
        total_groups: groups.length,
        user_updated_at: synced,
        group_updated_at: synced,
      },
      role_assignments: {
        assignments: role ? [{ group_id: groups[1]?.id ?? '', role_name: role.name, role_id: role.id }] : [],
      },
      attribute_mappings: { attributes: [{ key: 'userName', map_to: 'email' }] },
      status: 'COMPLETED',
      email: '',
      groups_tracked: 'ALL',
    },
  };
  state.directories.set(id, directory);
  const feature = organization.settings.features.find(({ name }) => name === 'dir_sync');
  if (feature) feature.enabled = enabled;
}
