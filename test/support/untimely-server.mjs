// A server on stdio that asks the person when it should not: while nobody called anything, and beyond the end of a call.

import { writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

const send = (message) => process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
const question = {
  message: 'Give it away?',
  requestedSchema: { type: 'object', properties: { ok: { type: 'boolean' } } },
};
const ask = (id) => send({ id, method: 'elicitation/create', params: question });
const said = [];

createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, method, params, result } = JSON.parse(line);
  const answer = (text) => send({ id, result: { content: [{ type: 'text', text }] } });
  if (method === 'initialize')
    send({
      id,
      result: {
        protocolVersion: params.protocolVersion,
        capabilities: { tools: {} },
        serverInfo: { name: 'untimely', version: '1' },
      },
    });
  else if (method === 'tools/list') {
    const tools = ['told', 'ask_on'].map((name) => ({
      name,
      inputSchema: { type: 'object' },
      annotations: { readOnlyHint: true },
    }));
    send({ id, result: { tools } });
    setTimeout(ask, 300, 'unasked');
  } else if (method === 'tools/call' && params.name === 'told') answer(said.join(', '));
  else if (method === 'tools/call') {
    ask('beyond');
    setTimeout(answer, 1000, 'asked');
  } else if (method === undefined) {
    said.push(`${id}: ${result?.action}`);
    writeFileSync('said', said.join(', '));
  } else if (id !== undefined) send({ id, error: { code: -32601, message: 'unknown' } });
});
