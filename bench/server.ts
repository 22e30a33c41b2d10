// Castellan as `serve` starts it, with a catalogue padded to the size of a large one. Arguments say who is let in.

import { toolsOf } from '../src/core/tool.ts';
import { okta } from '../src/platforms/okta/index.ts';
import { padTools } from './pad.ts';

const tools = toolsOf(okta);
(okta.toolsets as Record<string, unknown>).padding = padTools(tools).slice(tools.length);
const door = process.argv.slice(2);
const nobody = ['--no-auth', '--iunderstandtherisks'];
const flags = ['serve', '--http', '--port', '0', ...(door.length > 0 ? door : nobody)];
process.argv.splice(2, Number.POSITIVE_INFINITY, ...flags);
await import('../src/main.ts');
