// A real terminal for tests: Debian's tmux, with a server of its own that nobody else's sessions are on.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';

let missing: boolean | undefined;

/** True, with one visible line, where there is no tmux; with CI=true that is a failure. */
export function lacksTmux(): boolean {
  if (missing !== undefined) return missing;
  missing = spawnSync('tmux', ['-V']).status !== 0;
  if (!missing) return false;
  if (process.env.CI === 'true') throw new Error('there is no tmux; apt-get install tmux');
  process.stderr.write('skipped: there is no tmux (apt-get install tmux)\n');
  return true;
}

export interface TestTerminal {
  /** Where the command was started, and its home. */
  readonly folder: string;
  /** What stands on it, lines without the spaces at their ends. */
  readonly screen: () => string;
  /** All that was ever written and is not on the screen any more, and the screen. */
  readonly all: () => string;
  /** Waits for a text on the screen, or for what was found there. */
  readonly sees: (text: string | RegExp) => Promise<void>;
  readonly type: (text: string) => void;
  /** Names of tmux: Enter, Down, Escape, C-c … */
  readonly press: (...keys: readonly string[]) => void;
  readonly resize: (columns: number, rows: number) => void;
  readonly close: () => void;
}

export interface TerminalOptions {
  readonly columns: number;
  readonly rows: number;
  readonly env: Readonly<Record<string, string>>;
}

/** @param command with its arguments; when it ends, `[ended STATUS]` stands on the screen */
export function openTestTerminal(command: readonly string[], { columns, rows, env }: TerminalOptions): TestTerminal {
  const folder = mkdtempSync(join(tmpdir(), 'castellan-tmux-'));
  const run = (...args: string[]) => {
    const { status, stdout, stderr } = spawnSync('tmux', ['-S', join(folder, 'socket'), '-f', '/dev/null', ...args], {
      encoding: 'utf8',
      env: { PATH: process.env.PATH, HOME: folder, LC_ALL: 'C.UTF-8' },
    });
    if (status !== 0) throw new Error(`tmux ${args[0]}: ${stderr}`);
    return stdout;
  };
  const quoted = (word: string) => `'${word.replaceAll("'", "'\\''")}'`;
  const own = { PATH: process.env.PATH ?? '', HOME: folder, TERM: 'screen-256color', LC_ALL: 'C.UTF-8', ...env };
  const variables = Object.entries(own).map(([name, value]) => quoted(`${name}=${value}`));
  const line = ['env', '-i', ...variables, ...command.map(quoted)].join(' ');
  const size = ['-x', String(columns), '-y', String(rows)];
  run('new-session', '-d', '-s', 't', ...size, `cd ${quoted(folder)}; ${line}; echo "[ended $?]"; sleep 600`);
  run('set-option', '-t', 't', 'window-size', 'manual');
  run('resize-window', '-t', 't', ...size);
  const trimmed = (text: string) => text.replace(/[ \t]+$/gm, '').trimEnd();
  const screen = () => trimmed(run('capture-pane', '-p', '-t', 't'));
  return {
    folder,
    screen,
    all: () => trimmed(run('capture-pane', '-p', '-S', '-', '-t', 't')),
    sees: (text) =>
      expect
        .poll(screen, { timeout: 30_000, interval: 50 })
        .toMatch(text instanceof RegExp ? text : new RegExp(text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'))),
    type: (text) => void run('send-keys', '-t', 't', '-l', text),
    press: (...keys) => {
      for (const key of keys) run('send-keys', '-t', 't', key);
    },
    resize: (to, high) => void run('resize-window', '-t', 't', '-x', String(to), '-y', String(high)),
    close() {
      run('kill-server');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
