// castellan call: one tool, no model needed.

import { ProtocolError } from '@modelcontextprotocol/client';
import { defineCommand } from 'citty';
import { platforms } from '../app.ts';
import type { Fault } from '../core/settings.ts';
import { type AnyTool, toolsOf } from '../core/tool.ts';
import { gateSettings } from '../mcp/gate-settings.ts';
import { unmarkData } from '../mcp/mark.ts';
import { callSettings } from '../mcp/settings.ts';
import { auditSettings } from '../observe/audit-settings.ts';
import { observeSettings } from '../observe/settings.ts';
import { storeSettings } from '../stores/settings.ts';
import { askLine } from './ask.ts';
import { connectInProcess, type Person } from './connect.ts';
import { flagsOf, loadFor, missingTenant, sandboxFlags, sandboxOptions } from './flags.ts';
import { openChecked } from './open.ts';
import { print, tell, throwFaults } from './output.ts';

const args = {
  tool: { type: 'positional', description: 'Name of the tool, such as list_okta_users.', required: true },
  values: { type: 'positional', description: 'Parameters as key=value; a value may be JSON.', required: false },
  input: { type: 'string', description: 'All parameters as one JSON object.', valueHint: 'JSON' },
  json: { type: 'boolean', description: 'Print the structured answer as JSON.', default: false },
  ...sandboxFlags,
  ...flagsOf(callSettings, gateSettings, observeSettings, auditSettings, storeSettings),
} as const;

export default defineCommand({
  args,
  async run({ args: given, rawArgs }) {
    const sandbox = sandboxOptions(given);
    const faults: Fault[] = [...sandbox.faults];
    const input = readInput(given.input, given._.slice(1), faults);
    const { config, shown } = loadFor(rawArgs, given, args, (loaded) => [
      ...faults,
      ...(findTool(given.tool)?.local ? [] : missingTenant(loaded, sandbox.options !== undefined)),
    ]);
    const app = await openChecked({
      config,
      shown,
      sandbox: sandbox.options,
      writeLog: (line) => void process.stderr.write(line),
    });
    const person = process.stdin.isTTY && process.stderr.isTTY ? askPerson : undefined;
    const client = await connectInProcess(app.factory, person);
    try {
      const { tools } = await client.listTools();
      const tool = findTool(given.tool);
      const schema = tools.find(({ name }) => name === tool?.name)?.inputSchema.properties ?? {};
      const result = await client.callTool(
        { name: given.tool, arguments: typed(input, schema, tool?.parameterAliases ?? {}) },
        {
          timeout: config.calls.timeout * 1000 + (person ? thinkingMs : 5_000),
          onprogress: ({ progress, total }) => tell(`… ${progress}${total === undefined ? '' : ` of ${total}`}`),
        },
      );
      const text = result.content
        .map((part) => (part.type === 'text' ? unmarkData(part.text) : `[${part.type}]`))
        .join('\n');
      if (result.isError) {
        tell(text);
        process.exitCode = 1;
      } else {
        // What waits for a person is not done, and a script must see that.
        if ((result.structuredContent as { approve?: string } | undefined)?.approve !== undefined) process.exitCode = 1;
        print(given.json ? JSON.stringify(result.structuredContent, null, 2) : text);
      }
    } catch (error) {
      // A tool that does not exist is refused by the protocol itself; anything else is no wrong use.
      if (!(error instanceof ProtocolError)) throw error;
      const problem = error.message.replace(/^.*?: /, '');
      throwFaults([{ where: given.tool, problem: 'was not called', todo: problem }]);
    } finally {
      await client.close();
      await app.close();
    }
  },
});

/** How long a person may think. */
const thinkingMs = 10 * 60_000;

async function askPerson(question: string): ReturnType<Person> {
  tell(`\n${question}\n`);
  const answer = (await askLine('Type yes to do it: ', process.stderr)).trim().toLowerCase();
  return answer === 'yes' ? 'accept' : 'decline';
}

/** By its name or one of its aliases. */
function findTool(name: string): AnyTool | undefined {
  return platforms.flatMap(toolsOf).find((tool) => tool.name === name || Object.hasOwn(tool.aliases ?? {}, name));
}

function readInput(json: string | undefined, pairs: readonly string[], faults: Fault[]): Record<string, unknown> {
  // Without a prototype, so that a parameter called __proto__ is one that does not exist.
  const input: Record<string, unknown> = Object.create(null);
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
    const name = pair.slice(0, cut);
    if (cut > 0 && name in input) faults.push({ where: name, problem: 'is given twice', todo: 'Give it once.' });
    else if (cut > 0) input[name] = pair.slice(cut + 1);
    else
      faults.push({
        where: pair,
        problem: 'is not key=value',
        todo: 'Write each parameter as key=value, in quotes where it has spaces.',
      });
  }
  return input;
}

/** Text from the command line as what the tool's schema says it is, by the parameter's own name or another one. */
function typed(
  input: Record<string, unknown>,
  schema: Record<string, unknown>,
  aliases: Readonly<Record<string, string>>,
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(input).map(([name, value]) => {
      const own = Object.hasOwn(schema, name) || !Object.hasOwn(aliases, name) ? name : (aliases[name] ?? name);
      const type = Object.hasOwn(schema, own) ? (schema[own] as { type?: string }).type : undefined;
      if (typeof value !== 'string' || type === undefined || type === 'string') return [name, value];
      try {
        return [name, JSON.parse(value)];
      } catch {
        return [name, value];
      }
    }),
  );
}
