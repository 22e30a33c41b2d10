// Calls in the audit log, the newest first: one entry for each, whatever number of records it has.

import { type AuditPlace, type PlacedRecord, readAuditBack, readAuditOn } from './audit-back.ts';
import type { AuditRecord } from './audit-entry.ts';

export interface RecordedCall extends Pick<AuditRecord, 'call' | 'tool' | 'access' | 'caller' | 'tenant' | 'dryRun'> {
  /** Of its newest record. */
  readonly at: string;
  readonly event: AuditRecord['event'];
  readonly code: string | undefined;
  readonly by: string | undefined;
  readonly requestIds: readonly string[];
  /** Whether its records are what was written. */
  readonly sound: boolean;
  /** Of its newest record. */
  readonly place: AuditPlace;
}

export interface CallsPage {
  readonly calls: readonly RecordedCall[];
  /** Where older ones begin, if there can be any. */
  readonly older: AuditPlace | undefined;
}

export interface CallsQuestion {
  /** Only this caller's. */
  readonly caller?: string | undefined;
  readonly before?: AuditPlace | undefined;
  readonly most: number;
}

export interface CallLog {
  readonly list: (question: CallsQuestion) => Promise<CallsPage>;
  /** The records of one call, the oldest first. It is looked for around a place, or at the end of the log. */
  readonly show: (call: string, near?: AuditPlace) => Promise<readonly PlacedRecord[]>;
}

/** A page is answered soon however large the log is: what is older is on the next one. */
const budgetBytes = 32 * 1024 * 1024;
/** The records of a call stand this near to one another: a call takes no longer than a minute or so. */
const nearBytes = 1024 * 1024;

export function openCallLog(folder: string): CallLog {
  return {
    async list({ caller, before, most }) {
      // Calls that ended on the page before have records on this one.
      const told = before ? new Set((await readAuditOn(folder, before, nearBytes)).map(({ call }) => call)) : undefined;
      const found = new Map<string, RecordedCall>();
      const older = await readAuditBack(folder, {
        holding: caller === undefined ? undefined : `"caller":${JSON.stringify(caller)}`,
        before,
        budget: budgetBytes,
        visit(read) {
          const { record } = read;
          if ((caller !== undefined && record.caller !== caller) || told?.has(record.call)) return true;
          const key = record.event === 'lost' ? `lost ${record.seq}` : record.call;
          found.set(key, merge(found.get(key), read));
          return found.size < most;
        },
      });
      return { calls: [...found.values()], older };
    },

    async show(call, near) {
      const found: PlacedRecord[] = [];
      await readAuditBack(folder, {
        holding: `"call":${JSON.stringify(call)}`,
        before: near && { ...near, offset: near.offset + nearBytes },
        budget: near ? 2 * nearBytes : budgetBytes,
        visit(read) {
          if (read.record.call === call) found.unshift(read);
          return true;
        },
      });
      return found;
    },
  };
}

/** Records come the newest first: what a later one said stands. */
function merge(later: RecordedCall | undefined, { record, sound, place }: PlacedRecord): RecordedCall {
  const { call, tool, access, caller, tenant, dryRun, at, event, code, by, requestIds = [] } = record;
  if (!later) return { call, tool, access, caller, tenant, dryRun, at, event, code, by, requestIds, sound, place };
  const ids = [...new Set([...requestIds, ...later.requestIds])];
  return { ...later, by: later.by ?? by, requestIds: ids, sound: later.sound && sound };
}
