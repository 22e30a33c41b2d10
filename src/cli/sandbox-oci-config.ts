// castellan sandbox --oci-config: files with which Oracle's own command line and SDKs call the simulated tenancy.

import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Fault } from '../core/settings.ts';
import type { SandboxOci } from '../sandbox/index.ts';
import { configMark, makeConfigFiles } from '../sandbox/oci/config-file.ts';
import { print } from './output.ts';
import { sandboxPerson } from './sandbox-person.ts';

export const ociConfigFlag = {
  type: 'string',
  description:
    'With --platform oci: folder into which a configuration file with keys is written, for Oracle’s own command line and SDKs.',
  valueHint: 'folder',
} as const;

/** The faults of the flag; a configuration file that somebody else wrote is not written over. */
export async function checkOciConfig(folder: string | undefined, platform: string): Promise<Fault[]> {
  const where = '--oci-config';
  if (folder === undefined) return [];
  if (platform !== 'oci')
    return [{ where, problem: 'goes with --platform oci', todo: 'Add --platform oci, or leave it out.' }];
  const file = join(resolve(folder), 'config');
  const written = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (written === undefined || written.startsWith(configMark)) return [];
  return [{ where, problem: `would write over ${file}, which is not of a sandbox`, todo: 'Give another folder.' }];
}

export async function writeOciConfig(oci: SandboxOci, given: string): Promise<void> {
  const folder = resolve(given);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  for (const { name, text } of makeConfigFiles(oci, sandboxPerson, folder)) {
    const path = join(folder, name);
    await writeFile(path, text, { mode: 0o600 });
    // One that was there already keeps its own mode otherwise.
    await chmod(path, 0o600);
  }
  print();
  print(`Keys of ${sandboxPerson} are in ${folder}: profile DEFAULT has an API key, SESSION a session of an hour.`);
  print(`  export OCI_CLI_CONFIG_FILE=${join(folder, 'config')}`);
}
