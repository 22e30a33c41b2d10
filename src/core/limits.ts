// Bounds on what is read from a stranger, checked on bytes before anything is parsed.

/** A request of ours never needs more; a larger one is refused before it costs anything. */
export const maxMessageBytes = 1024 * 1024;
export const maxNesting = 64;

const quote = 0x22;
const backslash = 0x5c;

/**
 * Whether JSON text nests arrays and objects deeper than `max`. One pass over the bytes, no allocation; text that is
 * not JSON gets an answer too, and its parser will say the rest.
 */
export function nestsTooDeep(bytes: Uint8Array, max = maxNesting): boolean {
  let depth = 0;
  let inString = false;
  for (let place = 0; place < bytes.length; place++) {
    const byte = bytes[place];
    if (inString) {
      if (byte === backslash) place++;
      else if (byte === quote) inString = false;
    } else if (byte === quote) inString = true;
    // { and [ differ from } and ] by two each: 0x7b 0x5b, 0x7d 0x5d.
    else if (byte === 0x7b || byte === 0x5b) {
      if (++depth > max) return true;
    } else if (byte === 0x7d || byte === 0x5d) depth--;
  }
  return false;
}
