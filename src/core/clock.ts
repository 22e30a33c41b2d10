// This machine's clock held against the time that an answer bears.

import type { CheckResult } from './tool.ts';

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

/** The same for `doctor`. @param whose as in "Okta" */
export function checkClock(date: string | null, now: number, whose: string): CheckResult {
  const off = now - Date.parse(date ?? '');
  if (Number.isNaN(off)) return { ok: true, says: `not compared: ${whose} did not tell its time` };
  const fault = clockFault(date, now, whose);
  if (fault === undefined)
    return { ok: true, says: `this machine’s clock agrees with ${whose}’s (${Math.round(off / 1000)} s)` };
  return {
    ok: false,
    says: fault,
    todo: 'Tokens, signatures and log windows depend on it: synchronise the clock (NTP).',
  };
}
