// castellan doctor: is everything right, and if not, what to do.

import { randomUUID } from 'node:crypto';
import { defineCommand } from 'citty';
import { openApp, storeNameOf } from '../app.ts';
import { type Config, inContainer, loadConfig } from '../config.ts';
import { CastellanError } from '../core/errors.ts';
import { plain } from '../core/plain.ts';
import type { CheckResult } from '../core/tool.ts';
import { isRedis, showStoreName } from '../stores/names.ts';
import type { Store } from '../stores/store.ts';
import { version } from '../version.ts';
import { checkTimeoutMs, frontDoorChecks } from './door-checks.ts';
import { checkFlags, flagsOf, missingTenant, sandboxFlags, sandboxOptions } from './flags.ts';
import { describeFaults, paint, print, tell, throwFaults } from './output.ts';

const args = { ...sandboxFlags, ...flagsOf() } as const;

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
    const report = (name: string, { ok, says, todo, unchecked }: CheckResult) => {
      if (!ok) failures++;
      const right = unchecked ? paint('yellow', '•') : paint('green', '✓');
      print(`  ${ok ? right : paint('red', '✗')} ${name}: ${plain(says)}`);
      if (!ok && todo) print(`      ${plain(todo)}`);
    };
    report('store', await checkStore(app.store, showStoreName(storeNameOf(config, given.sandbox))));
    report('seal keys', checkSealKeys(config, isRedis(storeNameOf(config, given.sandbox))));
    for (const check of await frontDoorChecks(config))
      report(check.name, await check.run(AbortSignal.timeout(checkTimeoutMs)));
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

function checkSealKeys({ state, auth, dataFolder }: Config, shared: boolean): CheckResult {
  const count =
    state.sealKeys
      ?.reveal()
      .split(',')
      .filter((key) => key.trim() !== '').length ?? 0;
  if (count > 0)
    return { ok: true, says: count === 1 ? 'one is configured' : `${count} are configured, the first seals` };
  const todo = 'Set CASTELLAN_SEAL_KEYS; make a key with: openssl rand -base64 32';
  if (shared) return { ok: false, says: 'none is configured, and others share this store', todo };
  if (auth.publicUrl !== undefined && inContainer())
    return { ok: false, says: 'none is configured, and one that is made in this container is gone with it', todo };
  return { ok: true, says: `one is kept in ${dataFolder}` };
}

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
    const about = await store.about?.();
    if (!about) return { ok: true, says: `can be written and read (${where})` };
    return { ok: true, says: `can be written and read (${where}); ${about.says}`, unchecked: !about.lasting };
  } catch (error) {
    if (error instanceof CastellanError) return { ok: false, says: `${where}: ${error.message}`, todo: error.hint };
    const says = error instanceof Error ? error.message : String(error);
    return { ok: false, says, todo: `Make ${where} writable, or set CASTELLAN_STORE to memory or another path.` };
  }
}
