// What happens in a conversation, for a person: the answer as it comes, a line for each call and each result, what it cost.

import { plain } from '../core/plain.ts';
import { asObject } from '../core/settings.ts';
import type { ChatEvent, Cost, Ending, ToolCallEvent, ToolResultEvent } from './events.ts';
import { createTextWriter, fitLine, type Style, wrapText } from './terminal-text.ts';

/** Where lines go: they are held back while a question stands open. */
export interface Screen {
  readonly write: (text: string) => void;
  /** A line that is gone when the next thing is written; nothing where lines cannot be taken back. */
  readonly status: (text: string | undefined) => void;
  /** Undefined where there is no terminal. */
  readonly width: () => number | undefined;
  readonly paint: (style: Style, text: string) => string;
}

export interface ViewOptions {
  readonly screen: Screen;
  /** Where the answer goes, where it is not the same. */
  readonly answer?: Screen;
  readonly debug: () => boolean;
  readonly now: () => number;
  /** How a limit is raised, for messages. */
  readonly limits: { readonly steps: number; readonly tokens: number };
}

export function createView({ screen, answer = screen, debug, now, limits }: ViewOptions): (event: ChatEvent) => void {
  const { paint } = screen;
  const writer = createTextWriter(answer);
  const open = new Map<string, ToolCallEvent & { readonly begun: number }>();
  let several = false;
  let last: 'nothing' | 'text' | 'calls' | 'end' = 'nothing';
  let timer: NodeJS.Timeout | undefined;
  let waitingFor = '';
  let since = 0;

  const line = (text: string) => screen.write(`${text}\n`);
  const columns = () => (screen.width() ?? 120) - 1;
  const say = (style: Style, text: string, indent = '') => line(paint(style, wrapText(text, screen.width(), indent)));
  /** An empty line between what was called and what is said. */
  const gap = (kind: typeof last) => {
    // An answer that goes elsewhere leaves no gap here.
    const here = kind !== 'text' && last !== 'text';
    if (last !== kind && last !== 'nothing' && (here || answer === screen)) line('');
    last = kind;
  };

  function showWaiting(text: string | undefined): void {
    clearInterval(timer);
    timer = undefined;
    screen.status(undefined);
    if (text === undefined) return;
    if (text !== waitingFor) since = now();
    waitingFor = text;
    const show = () => {
      const seconds = Math.floor((now() - since) / 1000);
      screen.status(fitLine(`… ${waitingFor}${seconds > 0 ? ` ${seconds} s` : ''}`, columns()));
    };
    show();
    timer = setInterval(show, 1000);
    timer.unref();
  }

  function showCall(event: ToolCallEvent): void {
    gap('calls');
    if (open.size > 0) several = true;
    open.set(event.id, { ...event, begun: now() });
    const name = plain(event.name);
    if (debug()) {
      line(`${paint('cyan', '→')} ${paint('bold', name)}`);
      line(wrapText(safeLines(JSON.stringify(event.arguments, null, 2) ?? ''), screen.width(), '    '));
    } else {
      const given = fitLine(describeArguments(event.arguments), Math.max(8, columns() - name.length - 3));
      line(`${paint('cyan', '→')} ${paint('bold', fitLine(name, columns() - 2))} ${paint('dim', given)}`.trimEnd());
    }
  }

  function showResult({ id, name, ok, ms, summary, cut }: ToolResultEvent): void {
    open.delete(id);
    const sign = ok ? paint('green', '✓') : paint('red', '✗');
    const time = ` ${seconds(ms)}`;
    const says = several ? `${plain(name)}: ${summary}` : summary;
    line(`  ${sign} ${fitLine(says, Math.max(8, columns() - 4 - time.length))}${paint('dim', time)}`);
    if (cut > 0) say('dim', `${count(cut)} characters more are in /last; the model was not shown them.`, '    ');
    if (open.size === 0) several = false;
    showWaiting(open.size > 0 ? describeOpen() : undefined);
  }

  function describeOpen(): string {
    const names = [...open.values()].map(({ name }) => plain(name));
    return names.length > 1 ? `${names.length} calls` : (names[0] ?? '');
  }

  function showUsage(ending: Ending, cost: Cost): void {
    showWaiting(undefined);
    gap('end');
    if (ending === 'stopped') say('yellow', 'Stopped.');
    if (ending === 'steps')
      say('yellow', `Stopped after ${limits.steps} requests to the model (--max-steps). Say “go on” to go on.`);
    if (ending === 'tokens')
      say(
        'yellow',
        `Stopped: it has cost more than ${count(limits.tokens)} tokens (--max-tokens). Say “go on” to go on.`,
      );
    say('dim', describeCost(cost));
    last = 'nothing';
  }

  return (event) => {
    if (event.type === 'thinking') return showWaiting('thinking');
    if (event.type === 'progress') return showWaiting(`${describeOpen()} ${event.text}`);
    if (event.type !== 'tool_result') showWaiting(undefined);
    if (event.type === 'text') {
      gap('text');
      writer.add(event.text);
    } else if (event.type === 'text_end') writer.end();
    else if (event.type === 'tool_call') {
      showCall(event);
      showWaiting(describeOpen());
    } else if (event.type === 'tool_result') showResult(event);
    else if (event.type === 'wait') {
      say('yellow', `${event.why} Asking again in ${Math.ceil(event.ms / 1000)} s.`);
      showWaiting('waiting');
    } else if (event.type === 'note') say('yellow', event.text);
    else if (event.type === 'error') {
      gap('end');
      say('red', event.message);
      line(wrapText(event.hint, screen.width()));
    } else if (event.type === 'exchange') {
      const { method, address, sent, status, ms } = event.exchange;
      if (debug()) say('dim', `${method} ${address} (${count(sent)} bytes): ${status} in ${seconds(ms)}`);
    } else if (event.type === 'usage') showUsage(event.ending, event.cost);
  };
}

export function describeCost({ steps, inputTokens, outputTokens, estimated, ms }: Cost): string {
  const about = estimated ? 'about ' : '';
  const requests = `${steps} ${steps === 1 ? 'request' : 'requests'}`;
  return `${requests}, ${about}${count(inputTokens + outputTokens)} tokens (${count(inputTokens)} in, ${count(outputTokens)} out), ${seconds(ms)}`;
}

/** `name=value`, as on the command line. */
function describeArguments(given: unknown): string {
  const entries = Object.entries(asObject(given) ?? {});
  return entries
    .map(([name, value]) => plain(`${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`))
    .join(' ');
}

/** Text of somebody else in several lines, each of them plain. */
export function safeLines(text: string): string {
  return text
    .split('\n')
    .map((each) => `${/^ */.exec(each)?.[0] ?? ''}${plain(each.trim())}`)
    .join('\n');
}

export function count(value: number): string {
  return value.toLocaleString('en-US');
}

function seconds(ms: number): string {
  return ms < 10_000 ? `${(ms / 1000).toFixed(1)} s` : `${Math.round(ms / 1000)} s`;
}
