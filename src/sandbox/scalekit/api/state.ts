// What one environment keeps.

import type { ScalekitEnvironment } from '../environment.ts';
import type { Account } from './account-records.ts';
import type { Connection, ConnectionTest } from './connection-records.ts';
import type { Directory } from './directory-records.ts';
import type * as record from './records.ts';
import type { ResourceAbout } from './resource-records.ts';

export interface EnvironmentState {
  record: record.EnvironmentRecord;
  /** The same environment as an authorization server. */
  oauth: ScalekitEnvironment;
  organizations: Map<string, record.Organization>;
  users: Map<string, record.User>;
  /** By name. */
  roles: Map<string, record.Role>;
  organizationRoles: Map<string, Map<string, record.Role>>;
  permissions: Map<string, record.Permission>;
  scopes: Map<string, record.Scope>;
  clients: Map<string, record.ApiClient>;
  connections: Map<string, Connection>;
  /** By the ids of connection and test. */
  connectionTests: Map<string, ConnectionTest>;
  domains: Map<string, record.Domain>;
  directories: Map<string, Directory>;
  accounts: Map<string, Account>;
  /** The latest first. */
  log: record.AuthRequest[];
  /** What the API says of an MCP server beyond what its authorization server knows. */
  resources: Map<string, ResourceAbout>;
  portalLinks: Map<string, record.PortalLink[]>;
  sessionPolicies: Map<string, record.SessionPolicy>;
  seats: Map<string, number>;
  /** How often somebody was sent an invitation again, by the ids of organization and user. */
  reminders: Map<string, number>;
  newId: (prefix: string) => string;
}

export interface SeedContext {
  state: EnvironmentState;
  seed: number;
  now: number;
  isProduction: boolean;
  /** RFC 3339. */
  daysAgo: (days: number) => string;
}
