// castellan tools: what an assistant would see.

import { defineCommand } from 'citty';
import { gateSettings } from '../mcp/gate-settings.ts';
import { connectInProcess } from './connect.ts';
import { flagsOf, loadFor, sandboxFlags } from './flags.ts';
import { openChecked } from './open.ts';
import { paint, print } from './output.ts';
import { wrap } from './table.ts';

const args = {
  json: { type: 'boolean', description: 'As JSON, with schemas: the answer to tools/list.', default: false },
  // The simulated organization has the tools of a real one, so nothing is simulated for a list of them.
  ...sandboxFlags,
  ...flagsOf(gateSettings),
} as const;

export default defineCommand({
  args,
  async run({ args: given, rawArgs }) {
    const { config, shown } = loadFor(rawArgs, given, args);
    const app = await openChecked({ config, shown, writeLog: (line) => void process.stderr.write(line) });
    const client = await connectInProcess(app.factory);
    const { tools } = await client.listTools();
    if (given.json) print(JSON.stringify({ tools }, null, 2));
    else {
      for (const tool of tools) {
        print(paint('bold', tool.name));
        print(wrap(tool.description ?? '', 2));
        const required = new Set(tool.inputSchema.required ?? []);
        const parameters = Object.keys(tool.inputSchema.properties ?? {});
        // Wrapped before it is painted: what paints has no width.
        const takes = wrap(`takes ${parameters.join(', ')}`, 2).replace(/\w+/g, (word) =>
          required.has(word) ? paint('underline', word) : word,
        );
        if (parameters.length > 0) print(takes.replace('takes', paint('dim', 'takes')));
      }
      print(`\n${tools.length} tools. Try one: castellan call ${tools[0]?.name ?? 'TOOL'} --sandbox`);
    }
    await client.close();
    await app.close();
  },
});
