// What the default authorization server has for MCP servers: scopes, a claim of groups, and rules that let everybody read and administrators change.

import { makeId } from '../random.ts';
import type { AuthPolicy, AuthRule, AuthScope, AuthServerRecord } from './authorization-server-seed.ts';
import type { GroupRecord } from './group-seed.ts';
import { exchangeGrant } from './oauth/clients.ts';

const plans: readonly (readonly [name: string, displayName: string, description: string])[] = [
  ['okta:read', 'See the Okta organization', 'Users, groups, applications, policies and the System Log'],
  ['okta:write', 'Change the Okta organization', 'Create and change what is in the organization'],
  ['okta:destroy', 'Take away in the Okta organization', 'Deactivate and delete what is in the organization'],
  ['castellan:read', 'See the MCP server', 'How it is set up, and what it was asked'],
  ['castellan:write', 'Change the MCP server', 'Decide what waits for approval'],
  ['castellan:destroy', 'Take away in the MCP server', 'Withdraw what others were allowed'],
];

const reading = ['okta:read', 'castellan:read'];

export interface McpClients {
  gateway: string;
  native: string;
  api: string;
}

interface McpSeed {
  clients: McpClients;
  groups: readonly GroupRecord[];
  seed: number;
}

/** Adds to the servers of the company, in their order, what MCP servers need of them. */
export function addMcpAccess(servers: readonly AuthServerRecord[], to: McpSeed): AuthServerRecord[] {
  return servers.map((server) => (server.id === 'default' ? addToDefault(server, to) : addToOther(server, to)));
}

/** Ids of their own, so that those of everything else stay what they were. */
function createIds(seed: number, start: number): (prefix: string) => string {
  let made = start;
  return (prefix) => makeId(prefix, seed, made++);
}

function addToDefault(server: AuthServerRecord, { clients, groups, seed }: McpSeed): AuthServerRecord {
  const id = createIds(seed, 700);
  const scopes = plans.map(
    ([name, displayName, description]): AuthScope => ({
      id: id('scp'),
      name,
      displayName,
      description,
      system: false,
      default: false,
      consent: 'IMPLICIT',
      metadataPublish: 'ALL_CLIENTS',
    }),
  );
  const standard = server.scopes.map(({ name }) => name);
  const own = scopes.map(({ name }) => name);
  const administrators = groups.filter(({ name }) => name === 'Okta Administrators').map((group) => group.id);
  const rule = (name: string, more: Partial<AuthRule>): AuthRule => ({
    id: id('0pr'),
    name,
    system: false,
    grantTypes: ['authorization_code', exchangeGrant],
    scopes: [...standard, ...reading],
    groups: ['EVERYONE'],
    accessTokenMinutes: 60,
    ...more,
  });
  const policy: AuthPolicy = {
    id: id('00p'),
    name: 'MCP',
    description: 'Assistants that act for people',
    system: false,
    clients: [clients.gateway, clients.native, clients.api],
    rules: [
      rule('Administrators', { groups: administrators, scopes: [...standard, ...own], accessTokenMinutes: 30 }),
      rule('Everybody', {}),
      rule('Machines', { grantTypes: ['client_credentials'], scopes: reading, accessTokenMinutes: 10 }),
    ],
  };
  return {
    ...server,
    scopes: [...server.scopes, ...scopes],
    claims: [
      ...server.claims,
      {
        id: id('ocl'),
        name: 'groups',
        claimType: 'RESOURCE',
        valueType: 'GROUPS',
        value: 'Okta Administrators',
        groupFilter: 'STARTS_WITH',
        system: false,
        alwaysIncludeInToken: true,
        scopes: reading,
      },
      {
        id: id('ocl'),
        name: 'groups',
        claimType: 'IDENTITY',
        valueType: 'GROUPS',
        value: 'Okta Administrators',
        groupFilter: 'STARTS_WITH',
        system: false,
        alwaysIncludeInToken: true,
        scopes: [],
      },
    ],
    // Okta's own rule is for any scope, and would give everybody what the policy before it keeps for administrators.
    policies: [policy, ...server.policies.map((given) => narrow(given, standard))],
  };
}

function narrow(policy: AuthPolicy, scopes: readonly string[]): AuthPolicy {
  return { ...policy, rules: policy.rules.map((rule) => ({ ...rule, scopes })) };
}

/** Where a token of the default server can be exchanged for one that opens the company's own interfaces. */
function addToOther(server: AuthServerRecord, { clients, seed }: McpSeed): AuthServerRecord {
  const id = createIds(seed, 800);
  const policy: AuthPolicy = {
    id: id('00p'),
    name: 'MCP',
    description: 'Assistants that act for people',
    system: false,
    clients: [clients.api],
    rules: [
      {
        id: id('0pr'),
        name: 'In the place of people',
        system: false,
        grantTypes: [exchangeGrant],
        scopes: ['shipments:read'],
        groups: ['EVERYONE'],
        accessTokenMinutes: 5,
      },
    ],
  };
  return { ...server, policies: [...server.policies, policy] };
}
