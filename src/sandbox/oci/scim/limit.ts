// Rate limits by the type of the domain (docs.oracle.com "API Rate Limits", "Other APIs"): so many a second and so many a minute.

const figures = {
  Free: [20, 150],
  OracleApps: [50, 1500],
  AppsPremium: [55, 1750],
  Premium: [90, 5000],
  ExternalUser: [80, 4000],
} as const;

export type DomainType = keyof typeof figures;

export interface Limit {
  /** undefined: there is none. */
  set: (type: DomainType | undefined) => void;
  /** Whether one more request is within it. */
  take: () => boolean;
}

export function createLimit(now: () => number): Limit {
  let figure: readonly [number, number] | undefined;
  const windows = [
    { length: 1000, start: 0, used: 0 },
    { length: 60_000, start: 0, used: 0 },
  ];
  return {
    set(type) {
      figure = type && figures[type];
      for (const window of windows) window.start = window.used = 0;
    },
    take() {
      if (!figure) return true;
      const at = now();
      for (const window of windows) {
        if (at - window.start < window.length) continue;
        window.start = at;
        window.used = 0;
      }
      if (windows.some(({ used }, index) => used >= (figure?.[index] ?? 0))) return false;
      for (const window of windows) window.used++;
      return true;
    },
  };
}
