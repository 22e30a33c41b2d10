// The fuse box: the only place where things are created and joined.

import { join } from 'node:path';
import type { Config } from './config.ts';
import type { Platform, Tenant } from './core/tool.ts';
import type { Connected } from './mcp/catalog.ts';
import { createMcp, type Mcp } from './mcp/server.ts';
import { createLog, type Log } from './observe/log.ts';
import { type Metrics, noMetrics } from './observe/metrics.ts';
import { okta, openOktaTenant } from './platforms/okta/index.ts';
import type { Sandbox, SandboxOptions } from './sandbox/index.ts';
import { openStore } from './stores/open.ts';
import type { Store } from './stores/store.ts';
import { createVault } from './stores/vault.ts';
import { version } from './version.ts';

/** Every platform that Castellan knows. */
export const platforms: readonly Platform[] = [okta];

export interface App extends Mcp {
  readonly connected: readonly Connected[];
  readonly log: Log;
  readonly store: Store;
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

/** Where state is kept: `memory` or a path. */
export function storeNameOf(config: Config, simulated: boolean): string {
  return config.state.store ?? (simulated ? 'memory' : join(config.dataFolder, 'castellan.db'));
}

export async function openApp(options: AppOptions): Promise<App> {
  const { config } = options;
  const now = Date.now;
  const metrics = options.metrics ?? noMetrics;
  const log = createLog({ level: config.log.logLevel, format: config.log.logFormat, write: options.writeLog });
  const store = openStore(storeNameOf(config, options.sandbox !== undefined), now);
  const sandbox = options.sandbox && (await (await import('./sandbox/index.ts')).openSandbox(options.sandbox));

  const vault = createVault({ folder: join(config.dataFolder, 'credentials'), say: (text) => log.warn({}, text) });

  const tenants = new Map<string, Tenant>();
  const open = (name: string, settings: Config['tenants'][number]['settings']) => {
    const tenant = openOktaTenant(name, settings, {
      fetch,
      now,
      random: Math.random,
      userAgent: `castellan/${version}`,
      shared: store,
      store,
      vault,
      onAttempt: ({ status, ms }) => metrics.observeAttempt({ tenant: name, status, seconds: ms / 1000 }),
    });
    tenants.set(name, tenant);
  };
  if (sandbox) {
    const { Secret } = await import('./core/secret.ts');
    open('sandbox', { orgUrl: sandbox.okta.url, apiToken: new Secret(sandbox.okta.token), concurrency: 15 });
  } else {
    for (const { name, settings } of config.tenants) open(name, settings);
  }

  const connected: Connected[] = [{ platform: okta, tenants }];
  const mcp = createMcp({
    connected,
    version,
    log,
    observe: metrics.observeCall,
    now,
    callTimeoutMs: config.calls.timeout * 1000,
    concurrency: config.calls.concurrency,
  });
  return {
    ...mcp,
    connected,
    log,
    store,
    sandbox,
    async close() {
      try {
        await sandbox?.close();
      } finally {
        await store.close();
      }
    },
  };
}
