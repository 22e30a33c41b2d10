// A large catalogue: the real tools, and copies of them under other names.

import type { AnyTool } from '../src/core/tool.ts';

export const catalogSize = 150;

export function padTools(tools: readonly AnyTool[], size = catalogSize): AnyTool[] {
  return Array.from({ length: size }, (_, place) => {
    const { aliases, ...tool } = tools[place % tools.length] as AnyTool;
    const copy = Math.floor(place / tools.length);
    if (copy > 0) return { ...tool, name: `${tool.name}_${copy + 1}` };
    return aliases ? { ...tool, aliases } : tool;
  });
}
