// The Scalekit platform: its tools, and how a connection to one tenant is opened.

import { createRateBudget } from '../../core/budget.ts';
import { createOnce } from '../../core/once.ts';
import { createPrivacy } from '../../core/privacy.ts';
import { whyReadOnly } from '../../core/safety.ts';
import type { Values } from '../../core/settings.ts';
import type { Platform, Tenant } from '../../core/tool.ts';
import { type CallScope, type Credential, createUpstream, type TenantDependencies } from '../../core/upstream.ts';
import type { Vault } from '../../stores/vault.ts';
import { createScalekitChecks } from './checks.ts';
import { createScalekitClient, type ScalekitClient } from './client.ts';
import {
  type CredentialKind,
  createCallerCredential,
  createClientCredential,
  createPersonCredential,
  createTokenCredential,
} from './credential.ts';
import { scalekitDialect } from './dialect.ts';
import { openDocs } from './docs.ts';
import { docsResources } from './docs-resources.ts';
import { personServerOf } from './person-server.ts';
import { scalekitPeople } from './privacy.ts';
import { scalekitPrompts } from './prompts.ts';
import { scalekitResources } from './resources.ts';
import { adviseReach, reachOf } from './scopes.ts';
import type { scalekitSettings } from './settings.ts';
import { toolsets } from './toolsets.ts';

export const scalekit: Platform = {
  name: 'scalekit',
  title: 'Scalekit',
  instructions: [
    'An environment holds organizations (customers), their users and their single sign-on connections.',
    'Links that let somebody in are never shown to you: they are handed to the person.',
  ].join(' '),
  toolsets,
  resources: [...docsResources, ...scalekitResources],
  prompts: scalekitPrompts,
  areas: ['wks', 'env', 'org', 'docs'],
};

const maxBodyBytes = 8 * 1024 * 1024;
const attemptTimeoutMs = 12_000;
const keepDomainsMs = 600_000;

export interface ScalekitDependencies extends TenantDependencies {
  /** Where sign-ins of people are kept. */
  readonly vault?: Vault | undefined;
}

/** Settings that were checked: address and a credential are there. */
export type ScalekitTenantSettings = Values<typeof scalekitSettings>;

export function openScalekitTenant(
  name: string,
  settings: ScalekitTenantSettings,
  deps: ScalekitDependencies,
): Tenant<ScalekitClient> {
  const { environmentUrl, workspaceUrl, docsUrl } = settings;
  const address = workspaceUrl ?? environmentUrl;
  if (address === undefined) throw new TypeError('a Scalekit tenant needs an address');
  const { fetch, now, userAgent } = deps;
  const origin = new URL(address);
  const { kind, credential } = openCredential(name, settings, deps);
  const isWorkspace = workspaceUrl !== undefined;
  const upstream = createUpstream({
    origin,
    fetch,
    credential,
    dialect: scalekitDialect,
    budget: createRateBudget({ now, shared: deps.shared, scope: `rate:scalekit:${origin.host}:` }),
    userAgent,
    now,
    random: deps.random,
    concurrency: settings.concurrency,
    attemptTimeoutMs,
    maxBodyBytes,
    ...(deps.onAttempt && { onAttempt: deps.onAttempt }),
  });
  const docs = docsUrl === undefined ? undefined : openDocs(docsUrl, { fetch, now, userAgent });
  const connection = {
    upstream,
    tenant: name,
    privacy: createPrivacy(settings, scalekitPeople),
    environmentId: settings.environmentId,
    domains: isWorkspace ? createDomains(now) : undefined,
    origin: isWorkspace ? undefined : origin.origin,
    docs,
    turns: new Map<string, Promise<unknown>>(),
  };
  const reach = reachOf(kind, docs !== undefined);
  return {
    name,
    ...(kind === 'caller' && { actsAs: 'caller' as const }),
    readOnly: whyReadOnly(settings),
    knownScopes: () => reach,
    scopeAdvice: adviseReach,
    connect: (scope: CallScope) => createScalekitClient(connection, scope),
    checks: createScalekitChecks({ upstream, origin, kind, now }),
  };
}

/** Addresses of environments, looked up anew now and then: an environment can get a domain of its own. */
function createDomains(now: () => number): ReturnType<typeof createOnce<string>> {
  let once = createOnce<string>(() => true);
  let since = now();
  return (id, ask) => {
    if (now() - since > keepDomainsMs) {
      once = createOnce(() => true);
      since = now();
    }
    return once(id, ask);
  };
}

function openCredential(
  tenant: string,
  settings: ScalekitTenantSettings,
  deps: ScalekitDependencies,
): { readonly kind: CredentialKind; readonly credential: Credential } {
  const { fetch, now, userAgent, vault } = deps;
  const { environmentUrl, accessToken, clientId, clientSecret, exchangeUrl, exchangeAudience } = settings;
  if (settings.workspaceUrl !== undefined && accessToken)
    return { kind: 'token', credential: createTokenCredential(accessToken) };
  const person = personServerOf(tenant, settings);
  if (person && !vault) throw new TypeError('a person’s sign-in needs a vault');
  if (person && vault)
    return { kind: 'person', credential: createPersonCredential({ ...person, tenant, vault, fetch, now, userAgent }) };
  if (clientId === undefined || !clientSecret) throw new TypeError('client credentials are missing');
  const options = { clientId, clientSecret, fetch, now, userAgent };
  if (exchangeUrl !== undefined)
    return { kind: 'caller', credential: createCallerCredential(exchangeUrl, exchangeAudience, options) };
  if (environmentUrl === undefined) throw new TypeError('environmentUrl is missing');
  return { kind: 'environment', credential: createClientCredential(new URL(environmentUrl), options) };
}
