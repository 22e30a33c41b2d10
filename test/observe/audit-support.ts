// Audit logs to try things on: filled, copied, read back.

import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { type AuditEntry, type AuditLogOptions, openAuditLog } from '../../src/observe/audit-log.ts';
import { type AuditFault, verifyAuditLog } from '../../src/observe/audit-verify.ts';

const base = mkdtempSync(join(tmpdir(), 'castellan-audit-'));
let made = 0;

afterAll(() => rmSync(base, { recursive: true, force: true }));

/** A folder that does not exist yet. */
export function freshFolder(): string {
  return join(base, String(++made), 'audit');
}

export function copyOf(folder: string): string {
  const copy = freshFolder();
  cpSync(folder, copy, { recursive: true });
  return copy;
}

export const noon = Date.UTC(2026, 10, 21, 12);

export function entry(place: number, more: Partial<AuditEntry> = {}): AuditEntry {
  return {
    event: 'asked',
    call: `call-${place}`,
    tool: 'suspend_okta_user',
    access: 'write',
    caller: 'local',
    tenant: 'acme',
    targets: [`user:00u${place}`],
    ...more,
  };
}

/** A log of so many records, closed. Segments of `segmentBytes` make several files. */
export async function filled(count: number, options: Partial<AuditLogOptions> = {}): Promise<string> {
  const folder = options.folder ?? freshFolder();
  const log = openAuditLog({ now: () => noon, ...options, folder });
  for (let place = 1; place <= count; place++) await log.append(entry(place), 'process');
  await log.close();
  return folder;
}

/** The segments and the head: everything that `verify` answers for, the key apart. */
export function coveredFiles(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => /\.jsonl?$/.test(name))
    .sort();
}

export function segmentsOf(folder: string): string[] {
  return coveredFiles(folder).filter((name) => name.endsWith('.jsonl'));
}

export function linesOf(folder: string, file: string): string[] {
  return readFileSync(join(folder, file), 'utf8').split('\n').slice(0, -1);
}

/** Numbers of the records that stand in the log, in their order. */
export function numbersOf(folder: string): number[] {
  return segmentsOf(folder).flatMap((file) => linesOf(folder, file).map((line) => JSON.parse(line).seq as number));
}

export async function faultsOf(folder: string): Promise<readonly AuditFault[]> {
  const { ok, faults } = await verifyAuditLog(folder);
  if (ok !== (faults.length === 0)) throw new Error('the verdict contradicts its faults');
  return faults;
}
