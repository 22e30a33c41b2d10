// The OCI platform: its tools, and how a connection to one tenancy and its identity domain is opened.

import { createRateBudget } from '../../core/budget.ts';
import { createPrivacy } from '../../core/privacy.ts';
import { protectedChecks } from '../../core/protected.ts';
import { whyReadOnly } from '../../core/safety.ts';
import type { Secret } from '../../core/secret.ts';
import type { Values } from '../../core/settings.ts';
import type { Platform, Tenant } from '../../core/tool.ts';
import { type CallScope, createUpstream, type TenantDependencies, type Upstream } from '../../core/upstream.ts';
import { createCallerChecks } from './caller-checks.ts';
import { createCallerCredential } from './caller-credential.ts';
import { createOciChecks } from './checks.ts';
import type { Connection, OciClient } from './client.ts';
import { createOciClient } from './connect.ts';
import { createApiKeyCredential, type OciCredential } from './credential.ts';
import { ociDialect } from './dialect.ts';
import { createDomainFinder } from './domain-finder.ts';
import { createGuard } from './guard.ts';
import { originOf, realmOf } from './hosts.ts';
import { ociPeople } from './privacy.ts';
import { createProfileCredential } from './profile.ts';
import { ociPrompts } from './prompts.ts';
import { createProtected } from './protected.ts';
import { ociResources } from './resources.ts';
import type { ociSettings } from './settings.ts';
import { toolsets } from './toolsets.ts';

export const oci: Platform = {
  name: 'oci',
  title: 'OCI IAM',
  instructions: [
    'An identity domain holds users, groups and applications (ids of the domain); the tenancy holds compartments and policies (OCIDs).',
    'get_oci_caller tells whom requests are made as.',
  ].join(' '),
  toolsets,
  resources: ociResources,
  prompts: ociPrompts,
  optIn: ['api'],
  withheld: {
    get_token:
      'A token is never shown to an assistant, for whoever reads the conversation could act as its owner. Castellan signs requests itself; get_oci_token_claims tells what the token says.',
  },
};

const maxBodyBytes = 16 * 1024 * 1024;
const attemptTimeoutMs = 12_000;
/** Services of regions that a tenant may be connected to at once. */
const maxUpstreams = 64;

/** Settings that were checked: address and a credential are there. */
export type OciTenantSettings = Values<typeof ociSettings>;

export function openOciTenant(name: string, settings: OciTenantSettings, deps: TenantDependencies): Tenant<OciClient> {
  const { endpoints } = settings;
  const domain = domainOf(settings);
  const exchange = exchangeOf(settings, domain);
  const credential = exchange
    ? createCallerCredential({ ...deps, ...exchange, region: settings.region })
    : openCredential(settings, deps);
  const upstreamAt = openUpstreams(settings, credential, deps);
  const serviceOrigin: Connection['serviceOrigin'] = async (service, given, scope) => {
    const { tenancy, region: home } = await credential.identity(scope);
    const region = given ?? home;
    const own = Object.hasOwn(endpoints, region) ? endpoints[region] : undefined;
    return own === undefined ? originOf(service, region, realmOf(tenancy)) : new URL(own);
  };
  const connection: Connection = {
    tenant: name,
    privacy: createPrivacy(settings, ociPeople),
    upstreamAt,
    domainOrigin: domain ? async () => domain : createDomainFinder({ upstreamAt, serviceOrigin, ...credential }),
    serviceOrigin,
    identity: credential.identity,
    claims: credential.claims,
    turns: new Map<string, Promise<unknown>>(),
  };
  const protects = createProtected(settings);
  const connect = (scope: CallScope) => createOciClient(connection, scope);
  return {
    name,
    ...(credential.kind === 'caller' && { actsAs: 'caller' as const }),
    readOnly: whyReadOnly(settings),
    guard: createGuard({
      protects,
      clientIds: settings.exchangeClientId === undefined ? [] : [settings.exchangeClientId],
    }),
    connect,
    // Without a caller nothing can be asked in a caller's name.
    checks: exchange
      ? createCallerChecks({ ...deps, ...exchange, guid: settings.domainGuid })
      : [...createOciChecks(connection, deps), ...protectedChecks(protects, connect, deps.now)],
  };
}

function domainOf({ domainUrl, domainGuid }: OciTenantSettings): URL | undefined {
  if (domainUrl !== undefined) return new URL(domainUrl);
  return domainGuid === undefined ? undefined : new URL(`https://${domainGuid}.identity.oraclecloud.com`);
}

/** What requests to an origin go through: limits and breakers are an origin's own. Those used longest ago are let go. */
function openUpstreams(
  settings: OciTenantSettings,
  credential: OciCredential,
  deps: TenantDependencies,
): (origin: URL) => Upstream {
  const open = new Map<string, Upstream>();
  return (origin) => {
    const known = open.get(origin.origin);
    const upstream =
      known ??
      createUpstream({
        origin,
        fetch: deps.fetch,
        credential: credential.prove,
        dialect: ociDialect,
        budget: createRateBudget({ now: deps.now, shared: deps.shared, scope: `rate:oci:${origin.host}:` }),
        userAgent: deps.userAgent,
        now: deps.now,
        random: deps.random,
        concurrency: settings.concurrency,
        attemptTimeoutMs,
        maxBodyBytes,
        ...(deps.onAttempt && { onAttempt: deps.onAttempt }),
      });
    open.delete(origin.origin);
    for (const [oldest] of open) if (open.size >= maxUpstreams) open.delete(oldest);
    open.set(origin.origin, upstream);
    return upstream;
  };
}

interface Exchange {
  readonly domain: URL;
  readonly clientId: string;
  readonly clientSecret: Secret;
}

/** Where callers act with their own rights: where and as which application their tokens are exchanged. */
function exchangeOf(
  { exchangeClientId: clientId, exchangeClientSecret: clientSecret }: OciTenantSettings,
  domain: URL | undefined,
): Exchange | undefined {
  return clientId !== undefined && clientSecret && domain ? { domain, clientId, clientSecret } : undefined;
}

function openCredential(settings: OciTenantSettings, { now }: TenantDependencies): OciCredential {
  const { profile, configFile: file, region, passphrase, tenancy, user, fingerprint, privateKey } = settings;
  if (profile !== undefined) return createProfileCredential({ file, profile, region, passphrase, now });
  if (!tenancy || !user || !fingerprint || !privateKey || !region)
    throw new TypeError('an OCI tenant needs a credential');
  return createApiKeyCredential({ tenancy, user, fingerprint, privateKey, passphrase, region }, now);
}
