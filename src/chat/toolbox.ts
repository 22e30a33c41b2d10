// The server's tools as a model may call them: who is asked first, and what comes back.

import { type Client, SdkError, SdkErrorCode, type Tool } from '@modelcontextprotocol/client';
import { plain, shortened } from '../core/plain.ts';
import { asObject } from '../core/settings.ts';
import { nameTools, type OfferedTool } from './offered-tool.ts';
import { type ReadResultOptions, readResult } from './result.ts';

/** What a person says to the first use of a tool; `reads`: to it, and to all that say that they only read. */
export type Permission = 'no' | 'once' | 'always' | 'reads';

export interface ToolQuestion {
  readonly tool: string;
  readonly title: string | undefined;
  readonly input: unknown;
  /** The server says that it takes something away, or does not say that it does not. */
  readonly destructive: boolean;
  /** It says that it only reads, which a server that is not trusted may say of anything. */
  readonly reads: boolean;
}

export interface ToolboxOptions extends ReadResultOptions {
  readonly client: Pick<Client, 'listTools' | 'callTool'>;
  /**
   * Whether it counts that a tool says it only reads (MCP 2026-07-28, Tools: annotations are untrusted unless the server is
   * trusted).
   */
  readonly trusted: boolean;
  /** Without a person to ask, what changes something is refused, or allowed by whoever started the chat. */
  readonly permit: ((question: ToolQuestion, signal: AbortSignal) => Promise<Permission>) | 'refuse' | 'allow';
  readonly now: () => number;
}

export interface ToolAnswer {
  readonly ok: boolean;
  readonly shown: string;
  readonly whole: string;
  readonly summary: string;
  readonly cut: number;
  readonly ms: number;
}

export interface Toolbox {
  /** Asks the server for its tools, where it has not been asked since they changed. */
  readonly load: (signal: AbortSignal) => Promise<readonly OfferedTool[]>;
  /** The tools are other ones from now on. */
  readonly changed: () => void;
  /** Never throws: what goes wrong is an answer, too. */
  readonly run: (
    name: string,
    input: unknown,
    signal: AbortSignal,
    progress?: (text: string) => void,
  ) => Promise<ToolAnswer>;
}

const refusedChange =
  'Not called: it changes something, and there is nobody at a terminal to ask. Tell the person what would have been done.';
const refusedReading =
  'Not called: only the server itself says that it changes nothing, and there is nobody at a terminal to ask. Tell the person that --trust-annotations takes its word.';

/** A person may think about what the server asks; Ctrl-C ends it before. */
const patienceMs = 20 * 60_000;

export function createToolbox({ client, trusted, permit, now, ...reading }: ToolboxOptions): Toolbox {
  let offered: readonly OfferedTool[] | undefined;
  const allowed = new Set<string>();
  let readsAllowed = trusted;
  let asking: Promise<unknown> = Promise.resolve();

  async function load(signal: AbortSignal): Promise<readonly OfferedTool[]> {
    if (offered) return offered;
    const { tools } = await client.listTools(undefined, { signal });
    const listed = nameTools(tools);
    offered = listed;
    return listed;
  }

  async function mayRun(tool: Tool, input: unknown, signal: AbortSignal): Promise<true | string> {
    const reads = tool.annotations?.readOnlyHint === true;
    // What was agreed to is this tool as it was then: a server may put another one under its name.
    const definition = JSON.stringify(tool);
    const isAllowed = () => (reads && readsAllowed) || allowed.has(definition);
    if (permit === 'allow' || isAllowed()) return true;
    if (permit === 'refuse') return reads ? refusedReading : refusedChange;
    const destructive = tool.annotations?.destructiveHint !== false;
    const question = { tool: tool.name, title: tool.title, input, destructive, reads };
    // One after the other: what was said of one call may be said of the next one.
    const turn = asking.then(() => (isAllowed() ? 'always' : permit(question, signal)));
    asking = turn.catch(() => {});
    const said = await turn;
    if (said === 'always') allowed.add(definition);
    if (said === 'reads' && reads) readsAllowed = true;
    return said === 'no' ? 'Not called: the person said no. Do not try another way; ask them what they want.' : true;
  }

  async function call(
    tool: Tool,
    input: Record<string, unknown>,
    signal: AbortSignal,
    progress?: (text: string) => void,
  ) {
    const result = await client.callTool(
      { name: tool.name, arguments: input },
      {
        signal,
        timeout: patienceMs,
        onprogress: ({ progress: done, total, message }) =>
          progress?.(plain(message ?? `${done}${total === undefined ? '' : ` of ${total}`}`)),
      },
    );
    return readResult(result, reading);
  }

  return {
    load,
    changed() {
      offered = undefined;
    },
    async run(name, input, signal, progress) {
      // What a person thinks is no time of the tool's.
      let called: number | undefined;
      const refuse = (text: string): ToolAnswer => {
        const summary = shortened(text.split(/\.(?: |$)/)[0] ?? text, 300);
        return { ok: false, shown: text, whole: text, summary, cut: 0, ms: called === undefined ? 0 : now() - called };
      };
      try {
        const found = (await load(signal)).find((each) => each.name === name);
        if (!found) return refuse('Not called: there is no such tool.');
        const given = asObject(input);
        if (!given) return refuse('Not called: its arguments are no JSON object.');
        const may = await mayRun(found.tool, given, signal);
        if (signal.aborted) return refuse('Not called: the person stopped it.');
        if (may !== true) return refuse(may);
        called = now();
        const read = await call(found.tool, given, signal, progress);
        return { ...read, ms: now() - called };
      } catch (error) {
        if (signal.aborted) return refuse('Stopped: the person stopped it. It may or may not have been done.');
        if (isGone(error))
          return refuse(
            'Failed: the server has ended; /exit and start the chat again. Nothing can be called any more.',
          );
        const says = error instanceof Error ? error.message : String(error);
        const text = `Failed: ${shortened(plain(says), 1_000)}`;
        return { ...refuse(text), summary: shortened(text, 300) };
      }
    },
  };
}

/** The connection is over, and nothing opens it again. */
function isGone(error: unknown): boolean {
  const over: readonly unknown[] = [SdkErrorCode.ConnectionClosed, SdkErrorCode.NotConnected];
  if (error instanceof SdkError) return over.includes(error.code);
  // So do transports that were closed.
  return error instanceof Error && error.message === 'Not connected';
}
