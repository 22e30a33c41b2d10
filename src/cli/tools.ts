// castellan tools: what an assistant would see.

import { defineCommand } from 'citty';
import { openApp } from '../app.ts';
import { connectInProcess } from './connect.ts';
import { flagsOf, loadFor } from './flags.ts';
import { paint, print } from './output.ts';

const args = {
  json: { type: 'boolean', description: 'As JSON, with schemas: the answer to tools/list.', default: false },
  ...flagsOf(),
} as const;

export default defineCommand({
  args,
  async run({ args: given, rawArgs }) {
    const { config } = loadFor(rawArgs, given, args);
    const app = await openApp({ config, writeLog: (line) => void process.stderr.write(line) });
    const client = await connectInProcess(app.factory);
    const { tools } = await client.listTools();
    if (given.json) print(JSON.stringify({ tools }, null, 2));
    else {
      for (const tool of tools) {
        print(paint('bold', tool.name));
        print(`  ${tool.description ?? ''}`);
        const required = new Set(tool.inputSchema.required ?? []);
        const parameters = Object.keys(tool.inputSchema.properties ?? {}).map((name) =>
          required.has(name) ? paint('underline', name) : name,
        );
        if (parameters.length > 0) print(`  ${paint('dim', 'takes')} ${parameters.join(', ')}`);
      }
      print(`\n${tools.length} tools. Try one: castellan call ${tools[0]?.name ?? 'TOOL'} --sandbox`);
    }
    await client.close();
    await app.close();
  },
});
