// What differs between two texts, line by line, with secrets left out: a file of a client holds more than ours.

export interface DiffLine {
  /** Line in the text after the change; for one that is gone, before. */
  readonly line: number;
  readonly sign: '+' | '-';
  readonly text: string;
}

/** The fewest lines that are gone and that are new (longest common subsequence between what is the same at both ends). */
export function diffLines(before: string, after: string): readonly DiffLine[] {
  const [old, young] = [linesOf(before), linesOf(after)];
  let head = 0;
  while (head < old.length && head < young.length && old[head] === young[head]) head++;
  let tail = 0;
  while (tail < old.length - head && tail < young.length - head && old.at(-1 - tail) === young.at(-1 - tail)) tail++;
  const gone = old.slice(head, old.length - tail);
  const come = young.slice(head, young.length - tail);
  const lengths = commonLengths(gone, come);
  const result: DiffLine[] = [];
  let [a, b] = [0, 0];
  while (a < gone.length || b < come.length) {
    if (a < gone.length && b < come.length && gone[a] === come[b]) [a, b] = [a + 1, b + 1];
    else if (a < gone.length && (b >= come.length || at(lengths, a + 1, b) >= at(lengths, a, b + 1)))
      result.push({ line: head + ++a, sign: '-', text: gone[a - 1] ?? '' });
    else result.push({ line: head + ++b, sign: '+', text: come[b - 1] ?? '' });
  }
  return result.map((each) => ({ ...each, text: withoutSecrets(each.text) }));
}

function commonLengths(gone: readonly string[], come: readonly string[]): readonly (readonly number[])[] {
  const lengths: number[][] = Array.from({ length: gone.length + 1 }, () => new Array<number>(come.length + 1).fill(0));
  for (let a = gone.length - 1; a >= 0; a--) {
    for (let b = come.length - 1; b >= 0; b--) {
      const longer =
        gone[a] === come[b] ? at(lengths, a + 1, b + 1) + 1 : Math.max(at(lengths, a + 1, b), at(lengths, a, b + 1));
      (lengths[a] as number[])[b] = longer;
    }
  }
  return lengths;
}

function at(lengths: readonly (readonly number[])[], a: number, b: number): number {
  return lengths[a]?.[b] ?? 0;
}

function linesOf(text: string): readonly string[] {
  return text === '' ? [] : text.replace(/\r?\n$/, '').split(/\r?\n/);
}

const secretValue =
  /((?:token|secret|password|passwd|key|authorization|credential)\w*["']?\s*[:=]\s*)("(?:[^"\\]|\\.)*"|'[^']*')/gi;

function withoutSecrets(line: string): string {
  return line.replace(secretValue, (whole, name: string, value: string) =>
    /^["']?(?:Bearer )?\$(\w+|\{[^}]*\})["']?$/.test(value) || value.length <= 2 ? whole : `${name}"[secret]"`,
  );
}
