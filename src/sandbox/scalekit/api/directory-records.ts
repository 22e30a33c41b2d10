// A customer's own directory, as it has been sent to the environment.

import type * as words from './words.ts';

export interface DirectoryGroup {
  id: string;
  display_name: string;
  total_users: number;
  updated_at: string;
}

export interface DirectoryUser {
  id: string;
  email: string;
  preferred_username: string;
  given_name: string;
  family_name: string;
  updated_at: string;
  emails: string[];
  groupIds: string[];
}

export interface Directory {
  id: string;
  organization_id: string;
  users: DirectoryUser[];
  groups: DirectoryGroup[];
  /** As the API shows it. */
  record: {
    id: string;
    name: string;
    directory_type: 'SCIM' | 'LDAP' | 'POLL';
    organization_id: string;
    enabled: boolean;
    directory_provider: words.Word<typeof words.directoryProviders>;
    last_synced_at: string;
    directory_endpoint: string;
    total_users: number;
    total_groups: number;
    secrets: Record<string, string>[];
    stats: { total_users: number; total_groups: number; user_updated_at: string; group_updated_at: string };
    role_assignments: { assignments: { group_id: string; role_name: string; role_id: string }[] };
    attribute_mappings: { attributes: { key: string; map_to: string }[] };
    status: string;
    email: string;
    groups_tracked: string;
  };
}
