// What goes in and out of the simulated Okta, and how it writes times.

export { type Answer as OktaAnswer, type Call as OktaCall, empty, json } from '../answer.ts';

const days = new Map<number, string>();
const two = Array.from({ length: 60 }, (_, n) => String(n).padStart(2, '0'));

/** Okta's times are in whole seconds. A page of users has over a thousand of them, so each day is written once. */
export function toTime(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  const day = Math.floor(seconds / 86_400);
  const rest = seconds - day * 86_400;
  let date = days.get(day);
  if (date === undefined) {
    date = new Date(day * 86_400_000).toISOString().slice(0, 10);
    days.set(day, date);
  }
  return `${date}T${two[Math.floor(rest / 3600)]}:${two[Math.floor(rest / 60) % 60]}:${two[rest % 60]}.000Z`;
}
