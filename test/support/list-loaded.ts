// A process of its own that calls a tool and writes the addresses of all modules that were loaded for it.

import { registerHooks } from 'node:module';

const loaded = new Set<string>();
registerHooks({
  load(url, context, next) {
    loaded.add(url);
    return next(url, context);
  },
});

const { openApp } = await import('../../src/app.ts');
const { loadConfig } = await import('../../src/config.ts');
const { connectInProcess } = await import('../../src/cli/connect.ts');
const { config } = loadConfig({ store: 'memory', 'log-level': 'silent' }, { folder: '/' });
const app = await openApp({ config, writeLog: () => {} });
const client = await connectInProcess(app.factory);
await client.callTool({ name: 'list_okta_users', arguments: {} });
await client.close();
await app.close();
process.stdout.write(JSON.stringify([...loaded]));
