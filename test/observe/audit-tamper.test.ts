// Whatever is done to an audit log without its key is found: bytes, lines, files.

import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { verifyAuditLog } from '../../src/observe/audit-verify.ts';
import { long, report } from '../trials/castellan.ts';
import { copyOf, coveredFiles, faultsOf, filled, linesOf, segmentsOf } from './audit-support.ts';

/** The long form reads the log some ten thousand times. */
vi.setConfig({ testTimeout: 240_000 });

const seed = 20_261_121;
const records = 60;
let folder: string;
let original: ReadonlyMap<string, Buffer>;

beforeAll(async () => {
  folder = copyOf(await filled(records, { segmentBytes: 5_000 }));
  original = new Map(coveredFiles(folder).map((name) => [name, readFileSync(join(folder, name))]));
  expect(await verifyAuditLog(folder)).toMatchObject({ ok: true, count: records, notes: [] });
  expect(segmentsOf(folder).length).toBeGreaterThanOrEqual(4);
});

function restore(): void {
  for (const name of coveredFiles(folder)) rmSync(join(folder, name));
  for (const [name, bytes] of original) writeFileSync(join(folder, name), bytes);
}

/** All lines of all files, with the file that each stands in. */
function allLines(): { readonly file: string; readonly line: string }[] {
  return segmentsOf(folder).flatMap((file) => linesOf(folder, file).map((line) => ({ file, line })));
}

function writeLines(lines: readonly { readonly file: string; readonly line: string }[]): void {
  for (const file of segmentsOf(folder)) {
    const own = lines.filter((each) => each.file === file);
    writeFileSync(join(folder, file), own.map(({ line }) => `${line}\n`).join(''));
  }
}

const which = fc.nat({ max: records - 1 });

async function alwaysFound<T>(what: fc.Arbitrary<T>, tamper: (how: T) => boolean | undefined, runs: number) {
  let tried = 0;
  await fc.assert(
    fc.asyncProperty(what, async (how) => {
      try {
        // Something that changes nothing is no try.
        if (tamper(how) === false) return true;
        tried++;
        return (await faultsOf(folder)).length > 0;
      } finally {
        restore();
      }
    }),
    { seed, numRuns: runs },
  );
  return tried;
}

describe('every kind of tampering is found', () => {
  test('any byte of any file, any other value', async () => {
    const tries = long ? 1_500 : 300;
    const files = [...original.keys()];
    const total = [...original.values()].reduce((sum, { length }) => sum + length, 0);
    const edit = fc.record({ at: fc.nat({ max: total - 1 }), value: fc.nat({ max: 255 }) });
    const tried = await alwaysFound(
      edit,
      ({ at, value }) => {
        let rest = at;
        const file = files.find((name) => {
          const size = original.get(name)?.length ?? 0;
          if (rest < size) return true;
          rest -= size;
          return false;
        });
        const bytes = Buffer.from(original.get(file ?? '') ?? '');
        if (bytes[rest] === value) return false;
        bytes[rest] = value;
        writeFileSync(join(folder, file ?? ''), bytes);
        return true;
      },
      tries,
    );
    expect(tried).toBeGreaterThan(tries * 0.9);
    if (long) expect(tried).toBeGreaterThanOrEqual(1_000);
    report('Audit log: edits of one byte', { tried, found: tried });
  });

  test('each newline, each byte of the head and of the last record, without exception', async () => {
    const last = segmentsOf(folder).at(-1) ?? '';
    const bytes = original.get(last) ?? Buffer.alloc(0);
    const places = [...bytes.keys()].filter((at) => bytes[at] === 0x0a || at > bytes.lastIndexOf(0x0a, -2));
    const edits = [
      ...places.map((at) => [last, at] as const),
      ...[...(original.get('head.json') ?? []).keys()].map((at) => ['head.json', at] as const),
    ];
    for (const [file, at] of edits.filter((_, place) => long || place % 7 === 0 || place === places.length - 1)) {
      for (const value of [0x0a, 0x20, 0x00]) {
        const changed = Buffer.from(original.get(file) ?? '');
        if (changed[at] === value) continue;
        changed[at] = value;
        writeFileSync(join(folder, file), changed);
        expect(await faultsOf(folder), `${file} ${at} ${value}`).not.toEqual([]);
      }
      restore();
    }
  });

  test('a run of bytes put in, taken out, or written over', async () => {
    const how = fc.record({
      file: fc.nat(),
      at: fc.nat(),
      length: fc.nat({ max: 400 }),
      bytes: fc.uint8Array({ maxLength: 50 }),
    });
    await alwaysFound(
      how,
      ({ file, at, length, bytes }) => {
        const names = [...original.keys()];
        const name = names[file % names.length] ?? '';
        const before = original.get(name) ?? Buffer.alloc(0);
        const from = at % (before.length + 1);
        const after = Buffer.concat([before.subarray(0, from), bytes, before.subarray(from + length)]);
        if (after.equals(before)) return false;
        // Beyond the end, the beginning of a record is what a killed writer leaves; nothing that was recorded is touched.
        if (
          name === names.at(-2) &&
          after.subarray(0, before.length).equals(before) &&
          after.length < before.length + 10
        )
          return false;
        writeFileSync(join(folder, name), after);
        return true;
      },
      long ? 1_000 : 150,
    );
  });

  test('one to many lines removed: first, middle, last', async () => {
    await alwaysFound(
      fc.tuple(which, fc.integer({ min: 1, max: records })),
      ([at, count]) => {
        const lines = allLines();
        lines.splice(at, count);
        writeLines(lines);
        return true;
      },
      long ? 500 : 80,
    );
  });

  test('two lines swapped, a line moved, a line repeated, within files and across', async () => {
    const move = fc.record({ kind: fc.constantFrom('swap', 'move', 'repeat'), from: which, to: which });
    await alwaysFound(
      move,
      ({ kind, from, to }) => {
        const lines = allLines();
        const [a, b] = [lines[from], lines[to]];
        if (!a || !b || (from === to && kind !== 'repeat')) return false;
        if (kind === 'swap')
          [lines[from], lines[to]] = [
            { ...b, file: a.file },
            { ...a, file: b.file },
          ];
        if (kind === 'move') lines.splice(from, 1);
        if (kind !== 'swap') lines.splice(to, 0, { ...a, file: b.file });
        // A line that only went over the edge of its file stands where it stood.
        writeLines(lines);
        return [...original].some(([name, bytes]) => !readFileSync(join(folder, name)).equals(bytes));
      },
      long ? 500 : 120,
    );
  });

  test('the end cut off at any byte', async () => {
    const last = segmentsOf(folder).at(-1) ?? '';
    const size = original.get(last)?.length ?? 0;
    await alwaysFound(
      fc.nat({ max: size - 1 }),
      (left) => {
        writeFileSync(join(folder, last), original.get(last)?.subarray(0, left) ?? '');
        return true;
      },
      long ? 500 : 80,
    );
  });

  test('any file removed, renamed or put in the place of another', async () => {
    const names = [...original.keys()];
    for (const name of names) {
      rmSync(join(folder, name));
      expect(await faultsOf(folder), `without ${name}`).not.toEqual([]);
      restore();
      for (const other of ['audit-000099.jsonl', 'audit-1.jsonl', 'old.jsonl', ...names]) {
        if (other === name) continue;
        renameSync(join(folder, name), join(folder, other));
        expect(await faultsOf(folder), `${name} as ${other}`).not.toEqual([]);
        rmSync(join(folder, other));
        restore();
      }
    }
    for (const name of [...names, 'audit.key']) {
      const copy = copyOf(folder);
      for (const gone of ['head.json', ...segmentsOf(copy), 'audit.key']) if (gone !== name) rmSync(join(copy, gone));
      expect(await faultsOf(copy), `nothing but ${name}`).not.toEqual([]);
    }
  });

  test('lines of another log, or written by hand, at the end or in between', async () => {
    const other = await filled(records, { segmentBytes: 5_000 });
    const foreign = segmentsOf(other).flatMap((file) => linesOf(other, file));
    const forged = JSON.stringify({ ...JSON.parse(foreign[0] ?? ''), seq: records + 1, event: 'done' });
    await alwaysFound(
      fc.record({ at: fc.nat({ max: records }), line: fc.constantFrom(...foreign, forged, '', '{}', 'null', '[]') }),
      ({ at, line }) => {
        const lines = allLines();
        lines.splice(at, 0, { file: (lines[at] ?? lines[at - 1])?.file ?? '', line });
        writeLines(lines);
        return true;
      },
      long ? 500 : 100,
    );
  });

  test('the key changed or replaced', async () => {
    const path = join(folder, 'audit.key');
    const key = readFileSync(path, 'utf8');
    for (const other of ['', key.trim(), key.toUpperCase(), `${key}\n`, `${'0'.repeat(64)}\n`]) {
      writeFileSync(path, other);
      expect(await faultsOf(folder), other).not.toEqual([]);
    }
    writeFileSync(path, key);
    expect(await faultsOf(folder)).toEqual([]);
  });
});

describe('the fault is named where it is', () => {
  const place = 33;

  test('a changed record: its file, line and number, and it alone', async () => {
    const lines = allLines();
    const changed = lines[place];
    if (!changed) throw new Error('no such line');
    const line = lines.slice(0, place + 1).filter(({ file }) => file === changed.file).length;
    for (const text of [changed.line.replace('suspend', 'restore'), changed.line.slice(0, -5), 'gone']) {
      lines[place] = { file: changed.file, line: text };
      writeLines(lines);
      expect(await faultsOf(folder)).toMatchObject([{ kind: 'changed', file: changed.file, line, record: place + 1 }]);
      restore();
    }
  });

  test('removed records: the one that stands after the gap, and how many', async () => {
    const lines = allLines();
    const [gone] = lines.splice(place, 1);
    writeLines(lines);
    const says = 'a record is missing before it';
    expect(await faultsOf(folder)).toMatchObject([{ kind: 'order', file: gone?.file, record: place + 2, says }]);
    restore();
  });

  test('a changed record does not hide what was removed behind it', async () => {
    const lines = allLines();
    const changed = lines[place];
    if (changed) lines[place] = { file: changed.file, line: 'gone' };
    lines.splice(place + 1, 3);
    writeLines(lines);
    expect(await faultsOf(folder)).toMatchObject([
      { kind: 'changed', record: place + 1 },
      { kind: 'order', record: place + 5 },
    ]);
    restore();
  });

  test('the end: which records are missing', async () => {
    const lines = allLines();
    const last = lines.splice(-2);
    writeLines(lines);
    expect(await faultsOf(folder)).toMatchObject([{ kind: 'missing', file: last[0]?.file, record: records - 1 }]);
    restore();
  });

  test('a removed file: its name', async () => {
    const name = segmentsOf(folder)[1] ?? '';
    rmSync(join(folder, name));
    expect((await faultsOf(folder))[0]).toMatchObject({ kind: 'missing', file: name });
    restore();
  });

  test('no log at all is not a good log', async () => {
    expect(await faultsOf(`${folder}-nowhere`)).toMatchObject([{ kind: 'missing' }]);
  });
});
