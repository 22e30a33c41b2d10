// Who asks for something other than a tool, and how a tool is called for them: through every step of a call.

import type { CallToolResult, ServerContext } from '@modelcontextprotocol/server';
import type { Caller } from '../core/caller.ts';
import type { Catalog } from './catalog.ts';
import type { Dispatch } from './dispatch.ts';
import type { Narrowing } from './gate.ts';

export interface Requester {
  readonly caller: Caller;
  readonly narrowing: Narrowing;
  readonly mcp: ServerContext;
}

/** Calls a tool that reads. `timeoutMs` ends it earlier than the deadline of all calls. */
export type CallFor = (
  requester: Requester,
  tool: string,
  args: Record<string, unknown>,
  timeoutMs?: number,
) => Promise<CallToolResult>;

export function createCallFor(catalog: Catalog, dispatch: Dispatch): CallFor {
  return async ({ caller, narrowing, mcp }, tool, args, timeoutMs) => {
    const found = catalog.find(tool);
    if (found?.entry.tool.access !== 'read') throw new TypeError(`${tool} is no tool that reads`);
    const { signal } = mcp.mcpReq;
    const answer = await dispatch({
      name: tool,
      found,
      args,
      caller,
      narrowing,
      signal: timeoutMs === undefined ? signal : AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
      progress: () => {},
      canAsk: false,
      mcp,
    });
    // Only a change puts a question in the place of its answer.
    return answer as CallToolResult;
  };
}
