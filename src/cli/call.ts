// castellan call: one tool, no model needed.

import { type CallToolResult, ProtocolError } from '@modelcontextprotocol/client';
import { defineCommand } from 'citty';
import { platforms } from '../app.ts';
import type { Ask, Connected } from '../chat/connect.ts';
import { unmarkData } from '../core/mark.ts';
import { plain, withoutUnseen } from '../core/plain.ts';
import type { Fault } from '../core/settings.ts';
import { type AnyTool, toolsOf } from '../core/tool.ts';
import { gateSettings } from '../mcp/gate-settings.ts';
import { callSettings } from '../mcp/settings.ts';
import { auditSettings } from '../observe/audit-settings.ts';
import { observeSettings } from '../observe/settings.ts';
import { storeSettings } from '../stores/settings.ts';
import { askLine } from './ask.ts';
import { openBrowser } from './browser.ts';
import { readInput, typed } from './call-input.ts';
import { connectInProcess, type Person } from './connect.ts';
import { flagsOf, loadFor, missingTenant, sandboxFlags, sandboxOptions } from './flags.ts';
import { openChecked } from './open.ts';
import { print, tell, throwFaults } from './output.ts';
import { tellFailure } from './person.ts';
import { isAddress, openAt } from './remote.ts';

const args = {
  tool: {
    type: 'positional',
    description:
      'Name of the tool, such as list_okta_users; before it the address of another MCP server, if it is there.',
    required: true,
  },
  values: { type: 'positional', description: 'Parameters as key=value; a value may be JSON.', required: false },
  input: { type: 'string', description: 'All parameters as one JSON object.', valueHint: 'JSON' },
  json: { type: 'boolean', description: 'Print the structured answer as JSON.', default: false },
  ...sandboxFlags,
  ...flagsOf(callSettings, gateSettings, observeSettings, auditSettings, storeSettings),
} as const;

export default defineCommand({
  args,
  async run({ args: given, rawArgs }) {
    const away = isAddress(given.tool) ? given.tool : undefined;
    const [name = '', ...pairs] = away === undefined ? given._ : given._.slice(1);
    const sandbox = sandboxOptions(given);
    const faults: Fault[] = [...sandbox.faults];
    const input = readInput(given.input, pairs, faults);
    if (name === '')
      faults.push({ where: 'tool', problem: 'is missing', todo: `Name one; castellan tools ${away} lists them.` });
    const asks = process.stdin.isTTY && process.stderr.isTTY;
    const open = away === undefined ? openOwn : openAway;
    const opened = await open({ given, rawArgs, faults, asks }).catch(tellFailure);
    if (!opened) return;
    const { client, close, timeoutMs } = opened;
    const tool = away === undefined ? findTool(name) : undefined;
    try {
      const { tools } = await client.listTools();
      const schema = tools.find((each) => each.name === (tool?.name ?? name))?.inputSchema.properties ?? {};
      const result = await client.callTool(
        { name, arguments: typed(input, schema, tool?.parameterAliases ?? {}) },
        {
          timeout: timeoutMs + (asks ? thinkingMs : 5_000),
          onprogress: ({ progress, total }) => tell(`… ${progress}${total === undefined ? '' : ` of ${total}`}`),
        },
      );
      showResult(result, given.json);
    } catch (error) {
      // A tool that does not exist is refused by the protocol itself; anything else is no wrong use.
      if (!(error instanceof ProtocolError)) return tellFailure(error);
      const problem = plain(error.message.replace(/^.*?: /, ''));
      throwFaults([{ where: name, problem: 'was not called', todo: problem }]);
    } finally {
      await close();
    }
  },
});

interface Opening {
  readonly given: Readonly<Record<string, unknown>> & { readonly tool: string };
  readonly rawArgs: readonly string[];
  readonly faults: readonly Fault[];
  /** Whether somebody sits here. */
  readonly asks: boolean;
}

type Opened = Pick<Connected, 'client' | 'close'> & { readonly timeoutMs: number };

async function openOwn({ given, rawArgs, faults, asks }: Opening): Promise<Opened> {
  const sandbox = sandboxOptions(given).options;
  const { config, shown } = loadFor(rawArgs, given, args, (loaded) => [
    ...faults,
    ...(findTool(given.tool)?.local ? [] : missingTenant(loaded, sandbox !== undefined)),
  ]);
  const app = await openChecked({ config, shown, sandbox, writeLog: (line) => void process.stderr.write(line) });
  const client = await connectInProcess(app.factory, asks ? askPerson : undefined);
  const close = async () => {
    await client.close();
    await app.close();
  };
  return { client, close, timeoutMs: config.calls.timeout * 1000 };
}

async function openAway({ given, rawArgs, faults, asks }: Opening): Promise<Opened> {
  const settings = [gateSettings, observeSettings, auditSettings, storeSettings];
  const own = Object.keys({ ...sandboxFlags, ...flagsOf(...settings) }).filter((flag) => flag !== 'config');
  const ask = asks ? askSimply : undefined;
  const connected = await openAt(given.tool, given, rawArgs, args, own, { ask, faults });
  return { ...connected, timeoutMs: Number(given.timeout ?? callSettings.timeout.default) * 1000 };
}

function showResult(result: CallToolResult, asJson: boolean): void {
  const { structuredContent, content } = withoutUnseen(result);
  const text = content.map((part) => (part.type === 'text' ? unmarkData(part.text) : `[${part.type}]`)).join('\n');
  if (result.isError) {
    tell(text);
    process.exitCode = 1;
    return;
  }
  // What waits for a person is not done, and a script must see that.
  if ((structuredContent as { approve?: string } | undefined)?.approve !== undefined) process.exitCode = 1;
  print(asJson ? JSON.stringify(structuredContent ?? { content }, null, 2) : text);
}

/** How long a person may think. */
const thinkingMs = 10 * 60_000;

/** What another server asks, where yes or no is an answer to it. */
const askSimply: Ask = async (question) => {
  if ('url' in question && question.mode === 'url') {
    const url = URL.canParse(question.url) ? new URL(question.url) : undefined;
    if (!url || !/^https?:$/.test(url.protocol)) return { action: 'decline' };
    tell(`\n${plain(question.message)}\n\n  ${url.href}\n`);
    if (!(await saysYes(`Type yes to open it, at ${url.host}: `))) return { action: 'decline' };
    openBrowser(url.href);
    return { action: 'accept' };
  }
  const { properties = {} } = 'requestedSchema' in question ? question.requestedSchema : {};
  const [field, ...more] = Object.entries(properties);
  if (more.length > 0 || (field && field[1].type !== 'boolean')) {
    tell(`\nThe server asks for more than a yes or no, so nothing was said to it: ${plain(question.message)}\n`);
    return { action: 'decline' };
  }
  tell(`\n${withoutUnseen(question.message)}\n`);
  if (!(await saysYes('Type yes to do it: '))) return { action: 'decline' };
  return { action: 'accept', content: field ? { [field[0]]: true } : {} };
};

async function saysYes(question: string): Promise<boolean> {
  return (await askLine(question, process.stderr)).trim().toLowerCase() === 'yes';
}

async function askPerson(question: string): ReturnType<Person> {
  tell(`\n${question}\n`);
  return (await saysYes('Type yes to do it: ')) ? 'accept' : 'decline';
}

/** By its name or one of its aliases. */
function findTool(name: string): AnyTool | undefined {
  return platforms.flatMap(toolsOf).find((tool) => tool.name === name || Object.hasOwn(tool.aliases ?? {}, name));
}
