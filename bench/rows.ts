// What a measurement comes to: ours, the reference, their ratio, and whether that is what we promise.

export interface Row {
  readonly what: string;
  readonly unit: string;
  readonly ours: number;
  readonly reference?: number;
  readonly ratio?: number;
  /** What `ratio` (or `ours`, where there is no reference) must be; absent for what is only told. */
  readonly target?: Target;
}

export interface Target {
  readonly of: 'ratio' | 'ours' | 'difference';
  readonly least?: number;
  readonly most?: number;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2;
}

/** Measurements taken in turns. The ratio is the median of the turns' own: a neighbour's noise falls on both. */
export function compare(what: string, unit: string, turns: readonly (readonly [ours: number, reference: number])[]) {
  return {
    what,
    unit,
    ours: median(turns.map(([ours]) => ours)),
    reference: median(turns.map(([, reference]) => reference)),
    ratio: median(turns.map(([ours, reference]) => ours / reference)),
  };
}

export function judge(row: Row): boolean | undefined {
  if (!row.target) return undefined;
  const { of, least = Number.NEGATIVE_INFINITY, most = Number.POSITIVE_INFINITY } = row.target;
  const value = of === 'ratio' ? row.ratio : of === 'ours' ? row.ours : row.ours - (row.reference ?? Number.NaN);
  return value !== undefined && value >= least && value <= most;
}

export function writeTable(rows: readonly Row[]): string {
  const cells = rows.map((row) => [
    row.what,
    `${figure(row.ours)} ${row.unit}`,
    row.reference === undefined ? '' : figure(row.reference),
    row.target?.of === 'difference'
      ? `+${figure(row.ours - (row.reference ?? 0))}`
      : row.ratio === undefined
        ? ''
        : `${figure(row.ratio)} ×`,
    describe(row.target),
    { true: 'yes', false: 'NO', undefined: '' }[String(judge(row))] ?? '',
  ]);
  const all = [['', 'ours', 'reference', 'ratio', 'target', 'pass'], ...cells];
  const widths = all[0]?.map((_, column) => Math.max(...all.map((line) => line[column]?.length ?? 0))) ?? [];
  const pad = (cell: string, column: number) =>
    column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0);
  return all.map((line) => line.map(pad).join('  ').trimEnd()).join('\n');
}

function describe(target: Target | undefined): string {
  if (!target) return '';
  const bound = target.least === undefined ? `≤ ${target.most}` : `≥ ${target.least}`;
  return target.of === 'ratio' ? `${bound} ×` : target.of === 'difference' ? `+${bound.slice(2)} at most` : bound;
}

function figure(value: number): string {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}
