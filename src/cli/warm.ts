// A server that has just started answers its first callers five times slower than later ones: code is compiled at its
// first runs. So it calls itself a little before it says that it serves. Real organizations are not asked anything.

import { itself } from '../core/caller.ts';
import type { Direct } from '../mcp/direct.ts';

const meta = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientInfo': { name: 'castellan-warm-up', version: '1' },
  'io.modelcontextprotocol/clientCapabilities': {},
};
const rounds = 10;

/**
 * Never fails: what cannot be warmed stays cold. Tools are called by `direct`, as Castellan itself: a call that comes by the
 * address is somebody's, and stands in the audit log.
 */
export async function warmUp(url: string, simulated: boolean, direct: Direct | undefined): Promise<void> {
  const list = async (modern: boolean) => {
    const response = await fetch(new URL('/mcp', url), {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        'mcp-protocol-version': modern ? '2026-07-28' : '2025-11-25',
        'mcp-method': 'tools/list',
      },
      body: JSON.stringify({ jsonrpc: '2.0', id: 0, method: 'tools/list', params: modern ? { _meta: meta } : {} }),
    });
    await response.arrayBuffer();
  };
  const run = async (method: string, params: Record<string, unknown>) => {
    const headers = {
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': method,
      'mcp-name': String(params.name ?? ''),
    };
    const body = { jsonrpc: '2.0', id: 0, method, params: { ...params, _meta: meta } };
    await direct?.({ headers, body, caller: itself, signal: new AbortController().signal });
  };
  const round = async () => {
    await Promise.all([list(true), list(false)]);
    await run('tools/list', {});
    await run('tools/call', { name: 'get_current_time', arguments: {} });
    if (simulated) await run('tools/call', { name: 'get_okta_user', arguments: { user_id: 'me' } });
  };
  try {
    for (let done = 0; done < rounds; done++) await Promise.all([round(), round()]);
  } catch {
    // The first callers will do it.
  }
}
