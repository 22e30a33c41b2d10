// The Okta platform: its tools, and how a connection to one organization is opened.

import { createRateBudget, type SharedMemory } from '../../core/budget.ts';
import type { Values } from '../../core/settings.ts';
import type { Platform, Tenant } from '../../core/tool.ts';
import { createUpstream, type UpstreamOptions } from '../../core/upstream.ts';
import { createOktaChecks } from './checks.ts';
import { createOktaClient, type OktaClient } from './client.ts';
import { type CredentialDependencies, dialectFor, openOktaCredential, scopeAdvice } from './credential.ts';
import { createGuard } from './guard.ts';
import { createPrivacy } from './privacy.ts';
import { oktaPrompts } from './prompts.ts';
import { oktaResources } from './resources.ts';
import type { oktaSettings } from './settings.ts';
import { appAssignmentTools } from './tools/app-assignments.ts';
import { appChangeTools } from './tools/app-changes.ts';
import { appGroupAssignmentTools } from './tools/app-group-assignments.ts';
import { appTools } from './tools/apps.ts';
import { authorizationServerPolicyTools } from './tools/authorization-server-policies.ts';
import { authorizationServerTools } from './tools/authorization-servers.ts';
import { deviceTools } from './tools/devices.ts';
import { eventTypeTools } from './tools/event-types.ts';
import { grantTools } from './tools/grants.ts';
import { groupChangeTools } from './tools/group-changes.ts';
import { groupMemberTools } from './tools/group-members.ts';
import { groupRuleTools } from './tools/group-rules.ts';
import { groupTools } from './tools/groups.ts';
import { logTools } from './tools/logs.ts';
import { networkZoneChangeTools } from './tools/network-zone-changes.ts';
import { networkZoneTools } from './tools/network-zones.ts';
import { orgTools } from './tools/org.ts';
import { policyTools } from './tools/policies.ts';
import { policyChangeTools } from './tools/policy-changes.ts';
import { policyRuleChangeTools } from './tools/policy-rule-changes.ts';
import { roleTools } from './tools/roles.ts';
import { createScopeTools } from './tools/scope-status.ts';
import { timeTools } from './tools/time.ts';
import { userChangeTools } from './tools/user-changes.ts';
import { userFactorTools } from './tools/user-factors.ts';
import { userLifecycleTools } from './tools/user-lifecycle.ts';
import { userPasswordTools } from './tools/user-passwords.ts';
import { userSessionTools } from './tools/user-sessions.ts';
import { userTools } from './tools/users.ts';

export const okta: Platform = {
  name: 'okta',
  title: 'Okta',
  instructions: [
    'A user can be named by Okta id or login; groups, applications and policies by the id that a list tool gives.',
    'search and filter expressions look like: profile.department eq "Sales" and status eq "ACTIVE".',
    'To learn why somebody cannot sign in: get_okta_user for the status, get_okta_event_logs with user_id for the reason.',
  ].join(' '),
  toolsets: {
    users: [
      ...userTools,
      ...userFactorTools,
      ...userChangeTools,
      ...userLifecycleTools,
      ...userPasswordTools,
      ...userSessionTools,
      ...grantTools,
    ],
    groups: [...groupTools, ...groupChangeTools, ...groupMemberTools, ...groupRuleTools],
    apps: [...appTools, ...appChangeTools, ...appAssignmentTools, ...appGroupAssignmentTools],
    policies: [...policyTools, ...policyChangeTools, ...policyRuleChangeTools],
    network_zones: [...networkZoneTools, ...networkZoneChangeTools],
    roles: roleTools,
    devices: deviceTools,
    authorization_servers: [...authorizationServerTools, ...authorizationServerPolicyTools],
    organization: [...orgTools, ...createScopeTools(() => okta)],
    logs: [...logTools, ...eventTypeTools],
    time: timeTools,
  },
  resources: oktaResources,
  prompts: oktaPrompts,
  // Okta takes a resource's manage scope where it wants its read scope (developer.okta.com/docs/api/oauth2).
  covers: (granted, needed) => granted.has(needed) || granted.has(needed.replace(/\.read$/, '.manage')),
};

/** A System Log page of 1,000 large events is about 5 MB; nothing that we read is larger. */
const maxBodyBytes = 32 * 1024 * 1024;
const attemptTimeoutMs = 12_000;

export interface OktaDependencies extends CredentialDependencies {
  readonly random: () => number;
  readonly shared?: SharedMemory;
  readonly onAttempt?: UpstreamOptions['onAttempt'];
}

/** Settings that were checked: address and a credential are there. */
export type OktaTenantSettings = Values<typeof oktaSettings>;

export function openOktaTenant(name: string, settings: OktaTenantSettings, deps: OktaDependencies): Tenant<OktaClient> {
  const { orgUrl } = settings;
  if (orgUrl === undefined) throw new TypeError('an Okta tenant needs orgUrl');
  const origin = new URL(orgUrl);
  const credential = openOktaCredential(name, settings, deps);
  const upstream = createUpstream({
    origin,
    fetch: deps.fetch,
    credential: credential.prove,
    dialect: dialectFor(credential, name),
    budget: createRateBudget({ now: deps.now, shared: deps.shared, scope: `rate:okta:${origin.host}:` }),
    userAgent: deps.userAgent,
    now: deps.now,
    random: deps.random,
    concurrency: settings.concurrency,
    attemptTimeoutMs,
    maxBodyBytes,
    ...(deps.onAttempt && { onAttempt: deps.onAttempt }),
  });
  const connection = { upstream, origin, tenant: name, privacy: createPrivacy(settings), credential };
  const guard = createGuard({ ...settings, clientId: credential.clientId, kind: credential.kind });
  return {
    name,
    readOnly: whyReadOnly(settings),
    guard,
    ...(credential.kind !== 'ssws' && {
      knownScopes: credential.knownScopes,
      learnScopes: credential.scopes,
      scopeAdvice: (missing: readonly string[]) => scopeAdvice(missing, credential, name),
    }),
    connect: (scope) => createOktaClient(connection, scope),
    checks: createOktaChecks(upstream, origin, deps.now, credential),
  };
}

function whyReadOnly({ readOnly, production }: OktaTenantSettings): string | undefined {
  if (readOnly === true) return 'its setting readOnly says so';
  return production && readOnly !== false ? 'it is marked production, and readOnly was not set to false' : undefined;
}
