// castellan call: one tool, no model needed.

import { defineCommand } from 'citty';
import { openApp, platforms } from '../app.ts';
import type { Fault } from '../core/settings.ts';
import { callSettings } from '../mcp/settings.ts';
import { observeSettings } from '../observe/settings.ts';
import { storeSettings } from '../stores/settings.ts';
import { connectInProcess } from './connect.ts';
import { flagsOf, loadFor, missingTenant, sandboxFlags, sandboxOptions } from './flags.ts';
import { print, tell, throwFaults } from './output.ts';

const args = {
  tool: { type: 'positional', description: 'Name of the tool, such as list_okta_users.', required: true },
  values: { type: 'positional', description: 'Parameters as key=value; a value may be JSON.', required: false },
  input: { type: 'string', description: 'All parameters as one JSON object.', valueHint: 'JSON' },
  json: { type: 'boolean', description: 'Print the structured answer as JSON.', default: false },
  ...sandboxFlags,
  ...flagsOf(callSettings, observeSettings, storeSettings),
} as const;

export default defineCommand({
  args,
  async run({ args: given, rawArgs }) {
    const sandbox = sandboxOptions(given);
    const faults: Fault[] = [...sandbox.faults];
    const input = readInput(given.input, given._.slice(1), faults);
    const { config } = loadFor(rawArgs, given, args, (loaded) => [
      ...faults,
      ...(isLocal(given.tool) ? [] : missingTenant(loaded, sandbox.options !== undefined)),
    ]);
    const app = await openApp({
      config,
      sandbox: sandbox.options,
      writeLog: (line) => void process.stderr.write(line),
    });
    const client = await connectInProcess(app.factory);
    try {
      const { tools } = await client.listTools();
      const schema = tools.find(({ name }) => name === given.tool)?.inputSchema.properties ?? {};
      const result = await client.callTool(
        { name: given.tool, arguments: typed(input, schema) },
        {
          timeout: config.calls.timeout * 1000 + 5_000,
          onprogress: ({ progress, total }) => tell(`… ${progress}${total === undefined ? '' : ` of ${total}`}`),
        },
      );
      const text = result.content.map((part) => (part.type === 'text' ? part.text : `[${part.type}]`)).join('\n');
      if (result.isError) {
        tell(text);
        process.exitCode = 1;
      } else print(given.json ? JSON.stringify(result.structuredContent, null, 2) : text);
    } catch (error) {
      // A tool that does not exist is refused by the protocol itself.
      const problem = error instanceof Error ? error.message.replace(/^.*?: /, '') : String(error);
      throwFaults([{ where: given.tool, problem: 'was not called', todo: problem }]);
    } finally {
      await client.close();
      await app.close();
    }
  },
});

/** A tool that asks no organization works without one. */
function isLocal(name: string): boolean {
  return platforms.some(({ tools }) => tools.some((tool) => tool.name === name && tool.local));
}

function readInput(json: string | undefined, pairs: readonly string[], faults: Fault[]): Record<string, unknown> {
  const input: Record<string, unknown> = {};
  if (json !== undefined) {
    try {
      const parsed: unknown = JSON.parse(json);
      if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) throw new Error('not an object');
      Object.assign(input, parsed);
    } catch {
      faults.push({ where: '--input', problem: 'is not a JSON object', todo: `Write --input '{"user_id": "…"}'.` });
    }
  }
  for (const pair of pairs) {
    const cut = pair.indexOf('=');
    if (cut > 0) input[pair.slice(0, cut)] = pair.slice(cut + 1);
    else
      faults.push({
        where: pair,
        problem: 'is not key=value',
        todo: 'Write each parameter as key=value, in quotes where it has spaces.',
      });
  }
  return input;
}

/** Text from the command line as what the tool's schema says it is. */
function typed(input: Record<string, unknown>, schema: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(input).map(([name, value]) => {
      const type = (schema[name] as { type?: string } | undefined)?.type;
      if (typeof value !== 'string' || type === undefined || type === 'string') return [name, value];
      try {
        return [name, JSON.parse(value)];
      } catch {
        return [name, value];
      }
    }),
  );
}
