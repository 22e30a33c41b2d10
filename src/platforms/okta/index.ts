// The Okta platform: its tools, and how a connection to one organization is opened.

import { createRateBudget } from '../../core/budget.ts';
import { createPrivacy } from '../../core/privacy.ts';
import { protectedChecks } from '../../core/protected.ts';
import { whyReadOnly } from '../../core/safety.ts';
import type { Values } from '../../core/settings.ts';
import type { Platform, Tenant } from '../../core/tool.ts';
import { type CallScope, createUpstream, type TenantDependencies } from '../../core/upstream.ts';
import { openCallerCredential } from './caller-credential.ts';
import { callerChecks, createOktaChecks } from './checks.ts';
import { createOktaClient, type OktaClient } from './client.ts';
import { type CredentialDependencies, dialectFor, openOktaCredential, scopeAdvice } from './credential.ts';
import { createGuard } from './guard.ts';
import { oktaPeople } from './privacy.ts';
import { oktaPrompts } from './prompts.ts';
import { createProtected } from './protected.ts';
import { oktaResources } from './resources.ts';
import { covers } from './scopes.ts';
import type { oktaSettings } from './settings.ts';
import { toolsets } from './toolsets.ts';

export const okta: Platform = {
  name: 'okta',
  title: 'Okta',
  instructions: [
    'A user can be named by Okta id or login; groups, applications and policies by the id that a list tool gives.',
    'search and filter expressions look like: profile.department eq "Sales" and status eq "ACTIVE".',
    'To learn why somebody cannot sign in: get_okta_user for the status, get_okta_event_logs with user_id for the reason.',
  ].join(' '),
  toolsets,
  resources: oktaResources,
  prompts: oktaPrompts,
  covers,
};

/** A System Log page of 1,000 large events is about 5 MB; nothing that we read is larger. */
const maxBodyBytes = 32 * 1024 * 1024;
const attemptTimeoutMs = 12_000;

export type OktaDependencies = TenantDependencies & CredentialDependencies;

/** Settings that were checked: address and a credential are there. */
export type OktaTenantSettings = Values<typeof oktaSettings>;

export function openOktaTenant(name: string, settings: OktaTenantSettings, deps: OktaDependencies): Tenant<OktaClient> {
  const { orgUrl } = settings;
  if (orgUrl === undefined) throw new TypeError('an Okta tenant needs orgUrl');
  const origin = new URL(orgUrl);
  const asCaller = settings.actAs === 'caller';
  const credential = asCaller ? openCallerCredential(settings, deps) : openOktaCredential(name, settings, deps);
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
  const connection = { upstream, origin, tenant: name, privacy: createPrivacy(settings, oktaPeople), credential };
  const protects = createProtected(settings);
  const guard = createGuard({ protects, clientId: credential.clientId, kind: credential.kind });
  const connect = (scope: CallScope) =>
    createOktaClient(
      credential.forCaller ? { ...connection, credential: credential.forCaller(scope.caller) } : connection,
      scope,
    );
  return {
    name,
    ...(asCaller && { actsAs: 'caller' as const }),
    readOnly: whyReadOnly(settings),
    guard,
    ...(credential.kind !== 'ssws' &&
      !asCaller && {
        knownScopes: credential.knownScopes,
        learnScopes: credential.scopes,
        scopeAdvice: (missing: readonly string[]) => scopeAdvice(missing, credential, name),
      }),
    connect,
    // Without a caller nothing can be asked in a caller's name.
    checks: asCaller
      ? callerChecks(origin, settings, deps)
      : [...createOktaChecks(upstream, origin, deps.now, credential), ...protectedChecks(protects, connect, deps.now)],
  };
}
