// More tools than a provider takes in one request (OpenAI: 128): the model sees those that fit the question best, and finds
// the others by words.

import { plain, shortened } from '../core/plain.ts';
import { asObject } from '../core/settings.ts';
import { finder, type OfferedTool } from './offered-tool.ts';

const mostFound = 20;

export interface Selection {
  /** What is offered for a question; all of it where that is not too many. */
  readonly offer: (tools: readonly OfferedTool[], question: string) => readonly OfferedTool[];
  /** Answers a call of `find_tools`: what is found is offered from then on. */
  readonly find: (tools: readonly OfferedTool[], input: unknown) => string;
  /** What was called stays offered. */
  readonly used: (name: string) => void;
}

export function createSelection(most: number): Selection {
  // The other half is for what the next question is about.
  const half = Math.floor(most / 2);
  /** Newest first. */
  let kept: readonly string[] = [];
  const keep = (names: readonly string[]) => {
    kept = [...new Set([...names, ...kept])].slice(0, half);
  };
  return {
    offer(tools, question) {
      if (tools.length <= most) return tools;
      const known = new Map(tools.map((tool) => [tool.name, tool]));
      const first = kept.flatMap((name) => known.get(name) ?? []);
      const chosen = new Set([...first, ...rank(tools, question).map(({ tool }) => tool)].slice(0, most - 1));
      // In the server's order, so that the same tools are the same request.
      return [...tools.filter((tool) => chosen.has(tool)), finderTool(tools.length)];
    },
    find(tools, input) {
      const words = asObject(input)?.words;
      const ranked = rank(tools, typeof words === 'string' ? words : '').filter(({ score }) => score > 0);
      const found = ranked.slice(0, Math.min(mostFound, half)).map(({ tool }) => tool);
      if (found.length === 0) return 'No tool has these words in its name or description. Try others, in English.';
      keep(found.map(({ name }) => name));
      const lines = found.map(({ name, tool }) => `${name}: ${shortened(plain(tool.description ?? ''), 300)}`);
      return `These can be called now:\n${lines.join('\n')}`;
    },
    used: (name) => keep([name]),
  };
}

function finderTool(count: number): OfferedTool {
  return {
    name: finder,
    tool: {
      name: finder,
      description: `There are ${count} tools, more than you see. This finds others by words of their names and descriptions, such as "deactivate application"; they can be called afterwards.`,
      inputSchema: { type: 'object', properties: { words: { type: 'string' } }, required: ['words'] },
      annotations: { readOnlyHint: true },
    },
  };
}

/** Best first; equals stay in their order. */
function rank(tools: readonly OfferedTool[], text: string): readonly { tool: OfferedTool; score: number }[] {
  const words = new Set(
    text
      .toLowerCase()
      .match(/[a-z0-9]{3,}/g)
      ?.map(stem),
  );
  return tools.map((tool) => ({ tool, score: scoreOf(tool, words) })).sort((a, b) => b.score - a.score);
}

function scoreOf({ tool }: OfferedTool, words: ReadonlySet<string>): number {
  const name = new Set(
    tool.name
      .toLowerCase()
      .split(/[^a-z0-9]+/)
      .map(stem),
  );
  const says = new Set(
    tool.description
      ?.toLowerCase()
      .match(/[a-z0-9]{3,}/g)
      ?.map(stem),
  );
  let score = 0;
  for (const word of words) score += name.has(word) ? 3 : says.has(word) ? 1 : 0;
  return score;
}

/** Near enough: users → user, policies → policy, locked → lock. */
function stem(word: string): string {
  return word.replace(/ies$/, 'y').replace(/(?<=\w{3})(?:s|ed|ing)$/, '');
}
