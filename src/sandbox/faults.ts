// Trouble on demand: which requests go wrong and how, from settings or from a header of the request itself.

import { roll } from './random.ts';

export type FaultKind =
  | 'rate-limit'
  | 'concurrency'
  | 'server-error'
  | 'reset'
  | 'slow'
  | 'garbage'
  | 'cut'
  | 'unauthorized'
  | 'hang';

export interface FaultSettings {
  /** Share of the requests, 0 to 1. */
  rate: number;
  kinds: readonly FaultKind[];
  seed: number;
  /** How long 'slow' waits. */
  slowMs: number;
}

export const faultKinds: readonly FaultKind[] = [
  'rate-limit',
  'concurrency',
  'server-error',
  'reset',
  'slow',
  'garbage',
  'cut',
];

/** Those that only come when they are named: nobody gets past the one, and the other never ends. */
const namedKinds: readonly FaultKind[] = [...faultKinds, 'unauthorized', 'hang'];

export interface Fault {
  kind: FaultKind;
  ms: number;
  /** Chooses among the forms a kind can take. */
  variant: number;
}

export interface Faults {
  set: (settings: Partial<FaultSettings> | null) => void;
  /** The fault for the next request, if it is to have one. */
  next: (header: string | undefined) => Fault | undefined;
}

const quiet: FaultSettings = { rate: 0, kinds: faultKinds, seed: 1, slowMs: 2000 };

export function createFaults(initial?: Partial<FaultSettings>): Faults {
  let settings = checkFaults({ ...quiet, ...initial });
  let drawn = 0;
  return {
    set(change) {
      settings = change === null ? quiet : checkFaults({ ...settings, ...change });
      drawn = 0;
    },
    next(header) {
      if (header === undefined && settings.rate === 0) return undefined;
      const n = drawn++;
      if (header !== undefined) return readFault(header, n, settings.slowMs);
      if (roll(settings.seed, 901, n) >= settings.rate) return undefined;
      const kind = settings.kinds[Math.floor(roll(settings.seed, 902, n) * settings.kinds.length)];
      return kind && { kind, ms: settings.slowMs, variant: Math.floor(roll(settings.seed, 903, n) * 12) };
    },
  };
}

/** Also for settings that came as JSON from outside. */
export function checkFaults(settings: FaultSettings): FaultSettings {
  const { rate, kinds, seed, slowMs } = settings;
  if (typeof rate !== 'number' || !(rate >= 0 && rate <= 1))
    throw new TypeError('faults.rate must be a number from 0 to 1');
  if (!Array.isArray(kinds) || !kinds.every((kind) => namedKinds.includes(kind))) {
    throw new TypeError(`faults.kinds must be of: ${namedKinds.join(', ')}`);
  }
  if (!Number.isInteger(seed)) throw new TypeError('faults.seed must be a whole number');
  if (typeof slowMs !== 'number' || !(slowMs >= 0 && slowMs <= 600_000))
    throw new TypeError('faults.slowMs must be 0 to 600000');
  return { rate, kinds, seed, slowMs };
}

/** `slow;ms=500`, `server-error;variant=2`; an unknown kind is no fault. */
function readFault(header: string, n: number, slowMs: number): Fault | undefined {
  const [name = '', ...rest] = header.split(';').map((part) => part.trim());
  const kind = namedKinds.find((known) => known === name);
  if (!kind) return undefined;
  const numbers = new Map(rest.map((part) => [part.split('=')[0]?.trim(), Number(part.split('=')[1])]));
  const ms = numbers.get('ms') ?? slowMs;
  const variant = numbers.get('variant') ?? n;
  return {
    kind,
    ms: ms >= 0 && ms <= 600_000 ? ms : slowMs,
    variant: Number.isInteger(variant) ? Math.abs(variant) : n,
  };
}
