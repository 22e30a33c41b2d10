// castellan tools: what an assistant would see.

import { defineCommand } from 'citty';
import type { Connected } from '../chat/connect.ts';
import { withoutUnseen } from '../core/plain.ts';
import { gateSettings } from '../mcp/gate-settings.ts';
import { connectInProcess } from './connect.ts';
import { flagsOf, loadFor, sandboxFlags } from './flags.ts';
import { openChecked } from './open.ts';
import { paint, print } from './output.ts';
import { tellFailure } from './person.ts';
import { openAt } from './remote.ts';
import { wrap } from './table.ts';

const args = {
  server: {
    type: 'positional',
    description: 'Address of an MCP server, in the place of Castellan itself.',
    required: false,
  },
  json: { type: 'boolean', description: 'As JSON, with schemas: the answer to tools/list.', default: false },
  // The simulated organization has the tools of a real one, so nothing is simulated for a list of them.
  ...sandboxFlags,
  ...flagsOf(gateSettings),
} as const;

export default defineCommand({
  args,
  async run({ args: given, rawArgs }) {
    const connected = await openClient(given, rawArgs).catch(tellFailure);
    if (!connected) return;
    const { tools } = withoutUnseen(await connected.client.listTools());
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
      const first = tools[0]?.name ?? 'TOOL';
      const how = given.server === undefined ? `${first} --sandbox` : `${given.server} ${first}`;
      print(`\n${tools.length} tools. Try one: castellan call ${how}`);
    }
    await connected.close();
  },
});

type Given = Readonly<Record<string, unknown>> & { readonly server?: string | undefined };

/** Castellan in this process, or a server elsewhere. */
async function openClient(given: Given, rawArgs: readonly string[]): Promise<Pick<Connected, 'client' | 'close'>> {
  const { server } = given;
  if (server !== undefined) {
    const own = Object.keys({ ...sandboxFlags, ...flagsOf(gateSettings) }).filter((flag) => flag !== 'config');
    return openAt(server, given, rawArgs, args, own);
  }
  const { config, shown } = loadFor(rawArgs, given, args);
  const app = await openChecked({ config, shown, writeLog: (line) => void process.stderr.write(line) });
  const client = await connectInProcess(app.factory);
  const close = async () => {
    await client.close();
    await app.close();
  };
  return { client, close };
}
