// What doctor looks at on this machine: versions, where state and the audit log are kept, and the keys that seal it.

import { randomUUID } from 'node:crypto';
import { access, constants, mkdir } from 'node:fs/promises';
import { auditFolderOf, storeNameOf } from '../app.ts';
import { type Config, inContainer } from '../config.ts';
import { CastellanError } from '../core/errors.ts';
import type { Check, CheckResult } from '../core/tool.ts';
import { isRedis, showStoreName } from '../stores/names.ts';
import type { Store } from '../stores/store.ts';
import { version } from '../version.ts';

export function machineChecks(config: Config, store: Store, isSandbox: boolean): readonly Check[] {
  const name = storeNameOf(config, isSandbox);
  return [
    { name: 'versions', run: async () => ({ ok: true, says: versions }) },
    { name: 'store', run: () => checkStore(store, showStoreName(name)) },
    { name: 'seal keys', run: async () => checkSealKeys(config, isRedis(name)) },
    { name: 'audit log', run: () => checkAuditFolder(auditFolderOf(config)) },
  ];
}

const versions = `Castellan ${version}, Node ${process.versions.node}; MCP 2026-07-28 and the revisions of 2025`;

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

/** Without it nothing is done. */
async function checkAuditFolder(folder: string): Promise<CheckResult> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await access(folder, constants.W_OK | constants.R_OK);
    return { ok: true, says: `can be written (${folder}); castellan audit verify tells whether it is whole` };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason';
    const todo = `Make ${folder} a folder that you may write, or set CASTELLAN_AUDIT to another.`;
    return { ok: false, says: `cannot be written (${code}), so nothing will be done`, todo };
  }
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
