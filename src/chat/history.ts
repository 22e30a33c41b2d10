// What was typed in earlier chats, in a file that only this user reads.

import { appendFileSync, chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

export interface History {
  /** Newest first. */
  readonly lines: () => readonly string[];
  readonly add: (line: string) => void;
}

const most = 500;

/** @param path undefined where nothing is to be kept */
export function openHistory(path: string | undefined): History {
  let lines = path === undefined ? [] : read(path);
  return {
    lines: () => lines,
    add(given) {
      // As in a shell: what begins with a space is nobody's business.
      const line = given.replace(/\s+/g, ' ').trimEnd();
      if (line === '' || line.startsWith(' ') || lines[0] === line) return;
      lines = [line, ...lines].slice(0, most);
      if (path === undefined) return;
      try {
        appendFileSync(path, `${line}\n`, { mode: 0o600 });
      } catch {
        // A chat goes on without what was typed in it.
      }
    },
  };
}

function read(path: string): string[] {
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    const lines = readFileSync(path, 'utf8').split('\n').filter(Boolean);
    chmodSync(path, 0o600);
    if (lines.length > 2 * most) writeFileSync(path, `${lines.slice(-most).join('\n')}\n`, { mode: 0o600 });
    return lines.slice(-most).reverse();
  } catch {
    return [];
  }
}
