// Text that somebody else wrote, as one line that hides nothing.

/** One line, without control, format (zero-width, direction) and private-use characters. */
export function plain(text: string): string {
  // Most text is plain already, and asking so costs a fifth of making it so.
  if (/^[!-~]*(?: [!-~]+)*$/.test(text)) return text;
  return text.replace(/[\s\p{Zl}\p{Zp}]+/gu, ' ').replace(/[\p{Cc}\p{Cf}\p{Co}\p{Cs}]/gu, '');
}
