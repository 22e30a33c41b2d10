// Given to Node with --import: writes the addresses of all modules of the process to the file that LOADED names, at its end.

import { writeFileSync } from 'node:fs';
import { registerHooks } from 'node:module';

const loaded = new Set();
registerHooks({
  load(url, context, next) {
    loaded.add(url);
    return next(url, context);
  },
});
process.on('exit', () => writeFileSync(process.env.LOADED, JSON.stringify([...loaded])));
