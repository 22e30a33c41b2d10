// A record of the audit log: what it says, and how it is written.

/** One step of one call. Ids and digests only: no names, no values, no tokens. */
export interface AuditEntry {
  readonly event: 'asked' | 'approved' | 'refused' | 'started' | 'done' | 'failed' | 'unknown';
  /** Id of the call, the same in all its records. */
  readonly call: string;
  readonly tool: string;
  readonly access: 'read' | 'write' | 'destroy';
  readonly caller: string;
  /** Set where the platform saw the caller, not Castellan's own credential. */
  readonly as?: 'caller' | undefined;
  readonly tenant?: string | undefined;
  /** Digest of the input. */
  readonly input?: string | undefined;
  /** Digest of the previewed change. */
  readonly plan?: string | undefined;
  /** Such as `user:00u…`. */
  readonly targets?: readonly string[] | undefined;
  /** The upstream's own ids of its requests. */
  readonly requestIds?: readonly string[] | undefined;
  readonly confirmation?: string | undefined;
  readonly by?: string | undefined;
  /** Error code, or why it was refused. */
  readonly code?: string | undefined;
  readonly dryRun?: boolean | undefined;
}

/** `code` of a change that ended as `done` because all was already as it should be: nothing was changed. */
export const nothingToDo = 'nothing_to_do';

/** An entry as it stands in the log. `lost` is the log's own: numbers that a power cut took before they were on the disk. */
export interface AuditRecord extends Omit<AuditEntry, 'event'> {
  /** From 1, without gaps except before `lost`. */
  readonly seq: number;
  /** ISO 8601 UTC, milliseconds. */
  readonly at: string;
  readonly event: AuditEntry['event'] | 'lost';
  /** `hash` of the record before; zeros for the first. */
  readonly prev: string;
  /** HMAC-SHA-256 of the line's bytes before it, hexadecimal. */
  readonly hash: string;
}

/** The order of fields is part of the form: the same entry is the same bytes. */
const fields = [
  ...(['event', 'call', 'tool', 'access', 'caller', 'as', 'tenant', 'input', 'plan', 'targets', 'requestIds'] as const),
  ...(['confirmation', 'by', 'code', 'dryRun'] as const),
] as const;

/** The part of a line that is known before its place in the chain. */
export function writeBody(at: number, entry: Omit<AuditRecord, 'seq' | 'at' | 'prev' | 'hash'>): string {
  let body = `"at":"${new Date(at).toISOString()}"`;
  for (const field of fields) {
    const value = entry[field];
    if (value !== undefined) body += `,"${field}":${JSON.stringify(value)}`;
  }
  return body;
}
