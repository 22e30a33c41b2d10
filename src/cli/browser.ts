// Opening a page in the person's browser, with the system's own opener and no shell in between.

import { spawn } from 'node:child_process';

const openers: Readonly<Partial<Record<NodeJS.Platform, readonly [string, ...string[]]>>> = {
  darwin: ['open'],
  // `start` is a word of the shell, which would take the & of an address for its own.
  win32: ['rundll32', 'url.dll,FileProtocolHandler'],
};

/** Tries; the address is on the screen as well, so a failure needs no words. */
export function openBrowser(url: string): void {
  const [command, ...args] = openers[process.platform] ?? ['xdg-open'];
  const child = spawn(command, [...args, url], { stdio: 'ignore', detached: true });
  child.on('error', () => {});
  child.unref();
}
