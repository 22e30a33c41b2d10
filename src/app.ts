// The fuse box: the only place where things are created and joined.

import { join } from 'node:path';
import { type Config, type PlatformName, type TenantValues, tenantKinds } from './config.ts';
import type { Secret } from './core/secret.ts';
import type { Platform, Tenant } from './core/tool.ts';
import { type Approvals, createApprovals } from './mcp/approvals.ts';
import { auditCalls } from './mcp/audit.ts';
import type { Connected } from './mcp/catalog.ts';
import { createConfirm } from './mcp/confirm.ts';
import { createMcp, type Mcp } from './mcp/server.ts';
import { type CallLog, openCallLog } from './observe/audit-calls.ts';
import { openAuditLog } from './observe/audit-log.ts';
import { createLog, type Log } from './observe/log.ts';
import { type Metrics, noMetrics } from './observe/metrics.ts';
import { oci, openOciTenant } from './platforms/oci/index.ts';
import { type OktaDependencies, okta, openOktaTenant } from './platforms/okta/index.ts';
import { openScalekitTenant, type ScalekitDependencies, scalekit } from './platforms/scalekit/index.ts';
import type { Sandbox, SandboxOptions } from './sandbox/index.ts';
import { handOverByFile } from './stores/hand-over.ts';
import { isRedis } from './stores/names.ts';
import { openStore } from './stores/open.ts';
import { openSeal, type Seal } from './stores/seal.ts';
import { sealStore } from './stores/seal-store.ts';
import type { Store } from './stores/store.ts';
import { createVault } from './stores/vault.ts';
import { version } from './version.ts';

/** A platform, and what opens a tenant of it. */
interface Entry<P extends PlatformName> {
  readonly platform: Platform;
  readonly open: (name: string, settings: TenantValues<P>, deps: OktaDependencies & ScalekitDependencies) => Tenant;
  /** Where the simulated tenant is, and what opens it. */
  readonly simulate: (sandbox: Sandbox, secret: (text: string) => Secret) => Promise<Partial<TenantValues<P>>>;
}

/** Whose API key the simulated tenancy is used with. */
const simulatedAdministrator = 'helena.brandt@larkspur.example';

const entries: { readonly [P in PlatformName]: Entry<P> } = {
  okta: {
    platform: okta,
    open: openOktaTenant,
    simulate: async (sandbox, secret) => ({ orgUrl: sandbox.okta.url, apiToken: secret(sandbox.okta.token) }),
  },
  scalekit: {
    platform: scalekit,
    open: openScalekitTenant,
    async simulate(sandbox, secret) {
      const { url, client, production } = await sandbox.scalekit();
      const credential = { clientId: client.id, clientSecret: secret(client.secret) };
      return { environmentUrl: url, environmentId: production.id, ...credential };
    },
  },
  oci: {
    platform: oci,
    open: openOciTenant,
    async simulate(sandbox, secret) {
      const { url, services, apiKeyOf } = await sandbox.oci();
      const { privateKey, ...apiKey } = apiKeyOf(simulatedAdministrator);
      return { domainUrl: url, endpoints: services, ...apiKey, privateKey: secret(privateKey) };
    },
  },
};

/** Every platform that Castellan knows. */
export const platforms: readonly Platform[] = Object.values(entries).map(({ platform }) => platform);

export const platformNames: readonly string[] = platforms.map(({ name }) => name);

/** What a caller's allowance can be about: a platform, or an area of one. */
export const allowanceNames: readonly string[] = platforms.flatMap(({ name, areas = [] }) => [
  name,
  ...areas.map((area) => `${name}.${area}`),
]);

export interface App extends Mcp {
  readonly connected: readonly Connected[];
  readonly log: Log;
  readonly store: Store;
  readonly approvals: Approvals;
  readonly calls: CallLog;
  /** From then on assistants tell people to decide there, too; the address of the console's approvals. */
  readonly decideAt: (address: string) => void;
  readonly seal: Seal;
  /** Where sessions over HTTP are kept. */
  readonly sessions: {
    readonly store: Store;
    readonly seal: Pick<Seal, 'keys'> | undefined;
    /** Whether other processes can have part in it. */
    readonly shared: boolean;
  };
  /** The simulated tenants, where the app runs on them. */
  readonly sandbox: Sandbox | undefined;
  readonly close: () => Promise<void>;
}

export interface AppOptions {
  readonly config: Config;
  /** Run on simulated tenants instead of the configured ones. */
  readonly sandbox?: SandboxOptions | undefined;
  readonly metrics?: Metrics;
  readonly writeLog: (line: string) => void;
}

/** Where state is kept: `memory`, a path or an address, which may hold a password. */
export function storeNameOf(config: Config, simulated: boolean): string {
  return config.state.store?.reveal() ?? (simulated ? 'memory' : join(config.dataFolder, 'castellan.db'));
}

/**
 * Where it is kept what people were asked and what they said: a person decides in another process, so it is never only in
 * this one's memory.
 */
export function lastingStoreNameOf(config: Config): string {
  const store = config.state.store?.reveal();
  return store === undefined || store === 'memory' ? join(config.dataFolder, 'castellan.db') : store;
}

export function auditFolderOf(config: Config): string {
  return config.audit.auditFolder ?? join(config.dataFolder, 'audit');
}

export async function openApp(options: AppOptions): Promise<App> {
  const { config } = options;
  const now = Date.now;
  const metrics = options.metrics ?? noMetrics;
  const log = createLog({ level: config.log.logLevel, format: config.log.logFormat, write: options.writeLog });
  const storeName = storeNameOf(config, options.sandbox !== undefined);
  const store = openStore(storeName, now, (text) => log.warn({}, text));
  const sandbox = options.sandbox && (await (await import('./sandbox/index.ts')).openSandbox(options.sandbox));

  const seal = openSeal({ keys: config.state.sealKeys, folder: config.dataFolder });
  const storeKeys = () => seal.keys('store');
  const sealed = sealStore(store, storeKeys);

  const vault = createVault({
    folder: join(config.dataFolder, 'credentials'),
    say: (text) => log.warn({}, text),
    keyring: config.state.keyring,
  });

  const connected = platforms.map((platform) => ({ platform, tenants: new Map<string, Tenant>() }));
  function open<P extends PlatformName>(name: string, platform: P, settings: TenantValues<P>): void {
    const tenant = entries[platform].open(name, settings, {
      fetch,
      now,
      random: Math.random,
      userAgent: `castellan/${version}`,
      shared: store,
      store: sealed,
      vault,
      onAttempt: ({ status, ms }) => metrics.observeAttempt({ tenant: name, status, seconds: ms / 1000 }),
    });
    connected.find((each) => each.platform.name === platform)?.tenants.set(name, tenant);
  }
  if (sandbox) {
    const { Secret } = await import('./core/secret.ts');
    const { loadDefaults } = await import('./core/settings.ts');
    const simulate = async <P extends PlatformName>(platform: P) => {
      const defaults = loadDefaults(tenantKinds[platform].settings);
      const tenant = await entries[platform].simulate(sandbox, (text) => new Secret(text));
      const settings = { ...defaults, ...config.simulated[platform], ...tenant } as TenantValues<P>;
      open(platform === 'okta' ? 'sandbox' : platform, platform, settings);
    };
    for (const { name } of platforms) await simulate(name as PlatformName);
  } else {
    for (const { name, platform, settings } of config.tenants) open(name, platform, settings);
  }

  // What is sent within sessions need not outlive a power cut, and is too much to wait for the disk each time.
  const passing = storeName === 'memory' || isRedis(storeName) ? store : openStore(storeName, now, undefined, 'mostly');
  const lasting = lastingStoreNameOf(config) === storeName ? store : openStore(lastingStoreNameOf(config), now);
  const audit = openAuditLog({ folder: auditFolderOf(config), now });
  const approvals = createApprovals(sealStore(lasting, storeKeys), now);
  let decideAt: string | undefined;
  const confirm = createConfirm({
    seal,
    store: lasting,
    approvals,
    ask: config.tools.confirm,
    howToApprove: (code) =>
      decideAt === undefined
        ? `run this in a terminal: castellan approve ${code}`
        : `decide at ${decideAt}/${code}, or run this in a terminal of the server: castellan approve ${code}`,
    now,
  });
  const handover = join(config.dataFolder, 'handover');
  const mcp = createMcp({
    connected,
    version,
    log,
    observe: metrics.observeCall,
    now,
    callTimeoutMs: config.calls.timeout * 1000,
    concurrency: config.calls.concurrency,
    limits: config.tools,
    audit: auditCalls(audit, seal.digest),
    health: { store: () => store.get('health'), approvals: () => lasting.get('health') },
    changes: { confirm, handOver: (what, text) => handOverByFile(handover, now(), what, text) },
  });
  return {
    ...mcp,
    connected,
    log,
    store,
    approvals,
    calls: openCallLog(auditFolderOf(config)),
    decideAt(address) {
      decideAt = address;
    },
    seal,
    sessions: { store: passing, seal: storeName === 'memory' ? undefined : seal, shared: storeName !== 'memory' },
    sandbox,
    async close() {
      // Each is closed whatever becomes of the others; what went wrong is told then.
      const stores = new Set([store, lasting, passing]);
      const parts = [sandbox, audit, ...stores].map(async (part) => part?.close());
      for (const closed of await Promise.allSettled(parts)) if (closed.status === 'rejected') throw closed.reason;
    },
  };
}
