// Text that somebody else wrote, as text that hides nothing.

/** Control, format (zero-width, direction), private-use and everything else that is drawn as nothing (fillers, tags, variation selectors). */
const unseen = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Default_Ignorable_Code_Point}\u2800]/gu;
const unseenButLines = /(?![\n\t])[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Default_Ignorable_Code_Point}\u2800]/gu;

/** One line without invisible characters. */
export function plain(text: string): string {
  // Most text is plain already, and asking so costs a fifth of making it so.
  if (/^[!-~]*(?: [!-~]+)*$/.test(text)) return text;
  return text.replace(/[\s\p{Zl}\p{Zp}]+/gu, ' ').replace(unseen, '');
}

/** Longer than any name or login that Okta takes: what is agreed to is shown whole. */
const longestQuoted = 320;

/** A name in a sentence: on one line, cut, and without the marks that would end it. */
export function quoted(name: string, most = longestQuoted): string {
  return `“${shortened(plain(name).replace(/[“”„‟]/g, '"'), most)}”`;
}

/** At most so many UTF-16 units, never half a character; says when something is missing. */
export function shortened(line: string, most: number): string {
  if (line.length <= most) return line;
  return `${line.slice(0, most).replace(/[\uD800-\uDBFF]$/, '')}… (${line.length} characters)`;
}

/** A deep copy of plain JSON whose texts hide nothing; tabs stay, and line breaks of every kind as such. */
export function withoutUnseen<T>(value: T): T {
  return clean(value) as T;
}

function clean(value: unknown): unknown {
  if (typeof value === 'string') {
    return /^[\n\t -~]*$/.test(value) ? value : value.replace(/[\p{Zl}\p{Zp}]/gu, '\n').replace(unseenButLines, '');
  }
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(clean);
  const result: Record<string, unknown> = {};
  for (const given in value) {
    const name = /^[ -~]*$/.test(given) ? given : plain(given);
    const safe = clean((value as Record<string, unknown>)[given]);
    if (name !== '__proto__') result[name] = safe;
    else Object.defineProperty(result, name, { value: safe, enumerable: true, configurable: true, writable: true });
  }
  return result;
}
