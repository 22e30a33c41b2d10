// Castellan as `serve` starts it, with a catalogue padded to the size of a large one.

import { toolsOf } from '../src/core/tool.ts';
import { okta } from '../src/platforms/okta/index.ts';
import { padTools } from './pad.ts';

const tools = toolsOf(okta);
(okta.toolsets as Record<string, unknown>).padding = padTools(tools).slice(tools.length);
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
