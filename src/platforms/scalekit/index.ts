// The Scalekit platform: its tools, and how a connection to one tenant is opened.

import { createRateBudget, type SharedMemory } from '../../core/budget.ts';
import { createPrivacy } from '../../core/privacy.ts';
import { whyReadOnly } from '../../core/safety.ts';
import type { Values } from '../../core/settings.ts';
import type { Platform, Tenant } from '../../core/tool.ts';
import { type CallScope, createUpstream, type UpstreamOptions } from '../../core/upstream.ts';
import { createScalekitClient, type ScalekitClient } from './client.ts';
import { createClientCredential } from './credential.ts';
import { scalekitDialect } from './dialect.ts';
import { scalekitPeople } from './privacy.ts';
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
};

const maxBodyBytes = 8 * 1024 * 1024;
const attemptTimeoutMs = 12_000;

export interface ScalekitDependencies {
  readonly fetch: UpstreamOptions['fetch'];
  readonly now: () => number;
  readonly random: () => number;
  readonly userAgent: string;
  readonly shared?: SharedMemory;
  readonly onAttempt?: UpstreamOptions['onAttempt'];
}

/** Settings that were checked: address and a credential are there. */
export type ScalekitTenantSettings = Values<typeof scalekitSettings>;

export function openScalekitTenant(
  name: string,
  settings: ScalekitTenantSettings,
  deps: ScalekitDependencies,
): Tenant<ScalekitClient> {
  const { environmentUrl, clientId, clientSecret, environmentId } = settings;
  if (environmentUrl === undefined || clientId === undefined || !clientSecret)
    throw new TypeError('a Scalekit tenant needs environmentUrl, clientId and clientSecret');
  const { fetch, now, userAgent } = deps;
  const origin = new URL(environmentUrl);
  const upstream = createUpstream({
    origin,
    fetch,
    credential: createClientCredential({ origin, clientId, clientSecret, fetch, now, userAgent }),
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
  const connection = { upstream, tenant: name, privacy: createPrivacy(settings, scalekitPeople), environmentId };
  return {
    name,
    readOnly: whyReadOnly(settings),
    connect: (scope: CallScope) => createScalekitClient(connection, scope),
    checks: [],
  };
}
