// Values for arguments of prompts and resources, found with the tools that read: their limits, scopes and privacy hold.

import type { Complete } from '../../core/offering.ts';
import { nameUser } from './views.ts';

type Row = Readonly<Record<string, unknown>>;

/** The protocol takes no more. */
const most = 100;

/** Logins, or ids where a login is not shown. Okta finds by the start of a name or address; nobody where one is hidden. */
export const completeUsers: Complete = {
  tool: 'list_okta_users',
  input: (typed) => ({ query: typed, max_results: most }),
  values: (output) =>
    rowsOf(output, 'users').map(({ id, login }) => nameUser({ id: String(id), login: String(login) })),
};

export const completeGroups = groupsBy('name');
export const completeGroupIds = groupsBy('id');
export const completeApps = appsBy('label');
export const completeAppIds = appsBy('id');
export const completePolicies = policiesBy('name');
export const completePolicyIds = policiesBy('id');
export const completeZones = zonesBy('name');
export const completeZoneIds = zonesBy('id');

export const completeEventTypes: Complete = async (typed) => {
  const { listEventTypes } = await import('./event-types.ts');
  const ids = listEventTypes().map(({ id }) => id);
  const starting = ids.filter((id) => id.startsWith(typed));
  return [...starting, ...ids.filter((id) => !id.startsWith(typed) && id.includes(typed))];
};

export function completeWords(words: readonly string[]): Complete {
  return async (typed) => words.filter((word) => word.toLowerCase().startsWith(typed.toLowerCase()));
}

/** Ids are found by what people know: the start of the name. */
function groupsBy(field: 'name' | 'id'): Complete {
  return {
    tool: 'list_okta_groups',
    input: (typed) => ({ query: typed, max_results: most }),
    values: (output) => rowsOf(output, 'groups').map((group) => String(group[field])),
  };
}

function appsBy(field: 'label' | 'id'): Complete {
  return {
    tool: 'list_okta_applications',
    input: (typed) => ({ q: typed, limit: most }),
    values: (output) => rowsOf(output, 'applications').map((app) => String(app[field])),
  };
}

function policiesBy(field: 'name' | 'id'): Complete {
  return {
    tool: 'list_okta_policies',
    input: (typed, { type = 'ACCESS_POLICY' }) => ({ type, query: typed, max_results: most }),
    values: (output) => rowsOf(output, 'policies').map((policy) => String(policy[field])),
  };
}

/** Okta finds no zones by name, and has few. */
function zonesBy(field: 'name' | 'id'): Complete {
  return {
    tool: 'list_okta_network_zones',
    input: () => ({ max_results: 1_000 }),
    values: (output, typed) =>
      rowsOf(output, 'zones')
        .filter(({ name }) => String(name).toLowerCase().startsWith(typed.toLowerCase()))
        .map((zone) => String(zone[field])),
  };
}

function rowsOf(output: Row, list: string): readonly Row[] {
  const rows = output[list];
  return Array.isArray(rows) ? (rows as readonly Row[]) : [];
}
