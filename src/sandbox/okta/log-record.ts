// The System Log as it is kept: small records in the order they happened; the full events are written when somebody reads.

import type { Place } from '../company/places.ts';
import type { EventType } from './event-kinds.ts';

export interface LogClient {
  ip: string;
  agent: Agent;
  geo: Pick<Place, 'city' | 'state' | 'country' | 'zip' | 'lat' | 'lon' | 'isp'> & { asn: number };
  zone: string;
}

export interface Agent {
  raw: string;
  os: string;
  browser: string;
  device: 'Computer' | 'Mobile' | 'Unknown';
}

export type LogTarget =
  | { kind: 'user'; n: number }
  | { kind: 'group'; n: number }
  | { kind: 'app'; n: number }
  | { kind: 'other'; type: string; id: string; name: string };

export type Result = 'SUCCESS' | 'FAILURE' | 'ALLOW' | 'DENY' | 'CHALLENGE';

export interface LogRecord {
  seq: number;
  at: number;
  type: EventType;
  /** Ordinal of the person; the system itself where absent. */
  actor?: number;
  /** Ordinal of the application, where one acted by itself. */
  actorApp?: number;
  client?: LogClient;
  result: Result;
  reason?: string;
  targets: readonly LogTarget[];
  debug?: Readonly<Record<string, string>>;
  risk?: { level: 'LOW' | 'MEDIUM' | 'HIGH'; reasons: readonly string[]; behaviors: readonly string[] };
  /** Events of one sign-in share it. */
  session?: number;
}

/** Who did it: a person or an application. */
export type LogActor = Pick<LogRecord, 'actor' | 'actorApp'>;

export type NewRecord = Omit<LogRecord, 'seq'>;

export interface SystemLog {
  records: LogRecord[];
  next: number;
}

export function createLog(history: NewRecord[]): SystemLog {
  history.sort((a, b) => a.at - b.at);
  return { records: history.map((record, seq) => ({ ...record, seq })), next: history.length };
}

export function append(log: SystemLog, record: NewRecord): void {
  // The order of the log is the order of its times, also when a test's clock is set back.
  const at = Math.max(record.at, log.records.at(-1)?.at ?? 0);
  log.records.push({ ...record, at, seq: log.next++ });
}

/** Index of the first record at or after a time. */
export function indexAt(log: SystemLog, at: number): number {
  let low = 0;
  let high = log.records.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((log.records[middle]?.at ?? 0) < at) low = middle + 1;
    else high = middle;
  }
  return low;
}
