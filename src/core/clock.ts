// This machine's clock held against the time that an answer bears.

/** Beyond this a proof or an assertion may be refused for its time, milliseconds. */
const toleranceMs = 30_000;

/** How far this machine's clock is off, by the time that an answer bears (RFC 9110 §6.6.1); undefined where it is right. */
export function clockFault(date: string | null, now: number, whose: string): string | undefined {
  const off = now - Date.parse(date ?? '');
  if (Number.isNaN(off) || Math.abs(off) <= toleranceMs) return undefined;
  const seconds = Math.round(Math.abs(off) / 1000);
  const span = seconds < 180 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
  return `This machine’s clock is ${span} ${off > 0 ? 'ahead of' : 'behind'} ${whose}’s: let the system synchronise it (NTP).`;
}
