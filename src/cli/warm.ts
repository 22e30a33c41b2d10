// A server that has just started answers its first callers five times slower than later ones: code is compiled at its
// first runs. So it calls itself a little before it says that it serves. Real organizations are not asked anything.

import type { Direct } from '../mcp/direct.ts';

const meta = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientInfo': { name: 'castellan-warm-up', version: '1' },
  'io.modelcontextprotocol/clientCapabilities': {},
};
const rounds = 10;

/**
 * Never fails: what cannot be warmed stays cold. Behind a front door, where nobody is let in without a token, `direct` runs
 * what is behind it.
 */
export async function warmUp(url: string, simulated: boolean, direct?: Direct): Promise<void> {
  const ask = async (method: string, params: Record<string, unknown>, modern = true) => {
    const response = await fetch(new URL('/mcp', url), {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        'mcp-protocol-version': modern ? '2026-07-28' : '2025-11-25',
        'mcp-method': method,
        ...(typeof params.name === 'string' && { 'mcp-name': params.name }),
      },
      body: JSON.stringify({ jsonrpc: '2.0', id: 0, method, params: modern ? { ...params, _meta: meta } : params }),
    });
    await response.arrayBuffer();
    if (!direct || !modern) return;
    const headers = {
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': method,
      'mcp-name': String(params.name ?? ''),
    };
    const body = { jsonrpc: '2.0', id: 0, method, params: { ...params, _meta: meta } };
    await direct({ headers, body, caller: { id: 'castellan' }, signal: new AbortController().signal });
  };
  const round = async () => {
    await ask('tools/list', {});
    await ask('tools/call', { name: 'get_current_time', arguments: {} });
    await ask('tools/call', { name: 'get_current_time', arguments: {} }, false);
    if (simulated) await ask('tools/call', { name: 'get_okta_user', arguments: { user_id: 'me' } });
  };
  try {
    for (let done = 0; done < rounds; done++) await Promise.all([round(), round()]);
  } catch {
    // The first callers will do it.
  }
}
