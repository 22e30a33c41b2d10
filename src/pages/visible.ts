// Text that somebody else wrote, on a page: what cannot be seen is shown, and what is too long is cut.

import { shortened } from '../core/plain.ts';

/** Control and format characters (direction, zero width), private use, and whatever else is drawn as nothing. */
const unseen = /(?![\n\t])[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]/gu;

/** Line breaks stay; characters that hide or turn others around are told by their numbers, as ⟨U+202E⟩. */
export function visible(text: string, most = 20_000): string {
  const told = text
    .replace(/\r\n/g, '\n')
    .replace(unseen, (char) => `⟨U+${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}⟩`);
  return shortened(told, most);
}

/** The same on one line: names, addresses, ids. */
export function visibleLine(text: string, most = 200): string {
  return visible(text.replace(/\s+/gu, ' ').trim(), most);
}
