// A tool of a server under a name that every provider takes.

import type { Tool } from '@modelcontextprotocol/client';

export interface OfferedTool {
  /** Letters, digits, `_` and `-`, at most 64. */
  readonly name: string;
  readonly tool: Tool;
}

/** The chat's own tool, by which others are found: none of a server has this name. */
export const finder = 'find_tools';

export function nameTools(tools: readonly Tool[]): readonly OfferedTool[] {
  const taken = new Set([finder]);
  return tools.map((tool) => {
    const base = tool.name.replace(/[^\w-]/g, '_').slice(0, 64) || 'tool';
    let name = base;
    for (let count = 2; taken.has(name); count++) name = `${base.slice(0, 60)}_${count}`;
    taken.add(name);
    return { name, tool };
  });
}
