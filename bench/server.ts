// Castellan as `serve` starts it, with a catalogue padded to the size of a large one.

import { okta } from '../src/platforms/okta/index.ts';
import { padTools } from './pad.ts';

const tools = okta.tools as unknown[];
tools.push(...padTools(okta.tools).slice(tools.length));
process.argv.splice(
  2,
  Number.POSITIVE_INFINITY,
  'serve',
  '--http',
  '--port',
  '0',
  '--no-auth',
  '--iunderstandtherisks',
);
await import('../src/main.ts');
