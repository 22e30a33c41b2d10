#!/usr/bin/env node
// Starts Castellan with whichever Node is there, or says what is missing. Plain JavaScript that every Node can read.

import { existsSync } from 'node:fs';
import module from 'node:module';

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 18)) {
  process.stderr.write(
    `Castellan needs Node 22.18 or newer; this is ${process.versions.node}.\n` +
      'Install a current Node (https://nodejs.org), or in a checkout of the source run it through npm:\n' +
      '  npm run castellan -- ' +
      process.argv.slice(2).join(' ') +
      '\n',
  );
  process.exit(2);
}
const built = new URL('../dist/main.js', import.meta.url);
const source = new URL('../src/main.ts', import.meta.url);
module.enableCompileCache?.();
// A checkout runs its source, so that an old build is never mistaken for it.
await import(existsSync(source) ? source.href : built.href);
