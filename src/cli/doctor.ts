// castellan doctor: is everything right, and if not, what to do.

import { randomUUID } from 'node:crypto';
import { defineCommand } from 'citty';
import { openApp, storeNameOf } from '../app.ts';
import { loadConfig } from '../config.ts';
import { CastellanError } from '../core/errors.ts';
import { plain } from '../core/plain.ts';
import type { CheckResult } from '../core/tool.ts';
import { showStoreName } from '../stores/names.ts';
import type { Store } from '../stores/store.ts';
import { version } from '../version.ts';
import { checkFlags, flagsOf, missingTenant, sandboxFlags, sandboxOptions } from './flags.ts';
import { describeFaults, paint, print, tell, throwFaults } from './output.ts';

const args = { ...sandboxFlags, ...flagsOf() } as const;
const checkTimeoutMs = 15_000;

export default defineCommand({
  args,
  async run({ args: given, rawArgs }) {
    const sandbox = sandboxOptions(given);
    throwFaults([...checkFlags(rawArgs, args), ...sandbox.faults]);
    const { config, shown, faults, file } = loadConfig(given as Record<string, string | boolean | undefined>, {
      tenants: !given.sandbox,
    });

    print(`Castellan ${version} on Node ${process.versions.node}`);
    print(`Configuration file: ${file ?? 'none'}`);
    print(`\n${paint('bold', 'Settings')}`);
    const width = Math.max(...shown.map(({ name }) => name.length));
    for (const { name, value, origin } of shown)
      print(`  ${plain(name).padEnd(width)}  ${plain(value) || '-'}  ${paint('dim', `(${plain(origin)})`)}`);
    const wrong = [...faults, ...missingTenant(config, sandbox.options !== undefined)];
    if (wrong.length > 0) {
      tell(`\n${describeFaults(wrong)}`);
      process.exitCode = 2;
      return;
    }

    const app = await openApp({
      config,
      sandbox: sandbox.options,
      writeLog: (line) => void process.stderr.write(line),
    });
    print(`\n${paint('bold', 'Checks')}`);
    let failures = 0;
    const report = (name: string, { ok, says, todo }: CheckResult) => {
      if (!ok) failures++;
      print(`  ${ok ? paint('green', '✓') : paint('red', '✗')} ${name}: ${plain(says)}`);
      if (!ok && todo) print(`      ${plain(todo)}`);
    };
    report('store', await checkStore(app.store, showStoreName(storeNameOf(config, given.sandbox))));
    for (const { tenants } of app.connected) {
      for (const tenant of tenants.values()) {
        for (const check of tenant.checks)
          report(`${tenant.name} ${check.name}`, await check.run(AbortSignal.timeout(checkTimeoutMs)));
      }
    }
    print(
      failures === 0 ? '\nAll is well.' : `\n${failures} of these ${failures === 1 ? 'needs' : 'need'} your attention.`,
    );
    process.exitCode = failures === 0 ? 0 : 1;
    await app.close();
  },
});

async function checkStore(store: Store, where: string): Promise<CheckResult> {
  // Its own at each run: others may be looking at the same store just now.
  const key = `doctor:${randomUUID()}`;
  try {
    await store.set(key, 'here', 10_000);
    const read = await store.take(key);
    if (read !== 'here') {
      const todo = `Look at ${where}; another program may be changing it.`;
      return { ok: false, says: 'did not give back what was written', todo };
    }
    const weakness = await store.weakness?.();
    if (weakness !== undefined) return { ok: false, says: weakness };
    return { ok: true, says: `can be written and read (${where})` };
  } catch (error) {
    if (error instanceof CastellanError) return { ok: false, says: `${where}: ${error.message}`, todo: error.hint };
    const says = error instanceof Error ? error.message : String(error);
    return { ok: false, says, todo: `Make ${where} writable, or set CASTELLAN_STORE to memory or another path.` };
  }
}
