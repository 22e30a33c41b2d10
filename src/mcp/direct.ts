// The short way for the two requests that make up nearly all traffic: `tools/list` and `tools/call` of protocol
// 2026-07-28 over HTTP, answered with one JSON body. It takes only requests that are well-formed beyond doubt and need
// nothing of the connection; everything else (other methods, older eras, progress, answers to questions, anything odd)
// is left to the SDK, which alone says no. Both ways give the same answer: test/mcp/direct.test.ts holds it.

import { isSpecType } from '@modelcontextprotocol/server';
import type { Caller } from '../core/caller.ts';
import type { Catalog, ListedTool } from './catalog.ts';
import type { Dispatch } from './dispatch.ts';
import type { Gate, Narrowing } from './gate.ts';

const revision = '2026-07-28';
const metaVersion = 'io.modelcontextprotocol/protocolVersion';
const metaClient = 'io.modelcontextprotocol/clientInfo';
const metaCapabilities = 'io.modelcontextprotocol/clientCapabilities';

export interface DirectRequest {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Parsed JSON. */
  readonly body: unknown;
  readonly caller: Caller;
  readonly signal: AbortSignal;
}

/** The body of a 200 answer, JSON, or undefined: then the request is the SDK's. */
export type Direct = (request: DirectRequest) => Promise<string | Uint8Array<ArrayBuffer>> | undefined;

export interface DirectOptions {
  readonly catalog: Catalog;
  readonly gate: Gate;
  readonly dispatch: Dispatch;
  readonly serverInfo: object;
  readonly listHint: object;
}

export function createDirect({ catalog, gate, dispatch, serverInfo, listHint }: DirectOptions): Direct {
  const stamp = { 'io.modelcontextprotocol/serverInfo': serverInfo };
  // Bytes: a large list is encoded once, not for every caller.
  const encoded = new WeakMap<readonly ListedTool[], Buffer>();
  function listFor(narrowing: Narrowing): Buffer {
    const tools = gate.list(narrowing);
    const known = encoded.get(tools);
    if (known) return known;
    const text = `${JSON.stringify({ tools, resultType: 'complete', _meta: stamp, ...listHint })}}`;
    const bytes = Buffer.from(text);
    encoded.set(tools, bytes);
    return bytes;
  }
  const begin = (id: string | number) => `{"jsonrpc":"2.0","id":${JSON.stringify(id)},"result":`;

  return ({ headers, body, caller, signal }) => {
    if (!isRecord(body) || body.jsonrpc !== '2.0' || !hasOnly(body, requestKeys)) return undefined;
    const { id, method, params } = body;
    if (!isId(id) || !isRecord(params) || !isEnvelope(params._meta)) return undefined;
    if (headers['mcp-protocol-version'] !== revision || headers['mcp-method'] !== method) return undefined;

    const narrowing = gate.narrow((name) => textOf(headers[name]), caller);
    if (!('key' in narrowing)) return undefined;
    if (method === 'tools/list') {
      if (!hasOnly(params, listKeys)) return undefined;
      const write = () => Buffer.concat([Buffer.from(begin(id)), listFor(narrowing)]);
      return gate.learn()?.then(write) ?? Promise.resolve(write());
    }
    if (method !== 'tools/call' || !hasOnly(params, callKeys)) return undefined;
    const { name, arguments: args = {} } = params;
    if (typeof name !== 'string' || headers['mcp-name'] !== name || !isPlain(args)) return undefined;
    const found = catalog.find(name);
    if (found?.entry.tool.access !== 'read') return undefined;
    const call = { name, found, args, caller, narrowing, signal, progress: () => {}, canAsk: false, mcp: undefined };
    return dispatch(call).then((answer) => {
      const result = { ...answer, resultType: 'complete', _meta: { ...answer._meta, ...stamp } };
      return `${begin(id)}${JSON.stringify(result)}}`;
    });
  };
}

const requestKeys = new Set(['jsonrpc', 'id', 'method', 'params']);
const listKeys = new Set(['_meta']);
const callKeys = new Set(['_meta', 'name', 'arguments']);
const metaKeys = new Set([metaVersion, metaClient, metaCapabilities]);

type Json = Record<string, unknown>;

function isRecord(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function textOf(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header.join(',') : header;
}

function hasOnly(value: Json, keys: ReadonlySet<string>): boolean {
  for (const key in value) if (!keys.has(key)) return false;
  return true;
}

function isId(id: unknown): id is string | number {
  return typeof id === 'string' || Number.isSafeInteger(id);
}

/** The three keys that every request carries, and no other: a progress token or a log level wants a stream. */
function isEnvelope(meta: unknown): boolean {
  if (!isRecord(meta) || meta[metaVersion] !== revision || !hasOnly(meta, metaKeys)) return false;
  return isSpecType.Implementation(meta[metaClient]) && isSpecType.ClientCapabilities(meta[metaCapabilities]);
}

/** Arguments of our tools are flat; whatever is not is looked at by the SDK first. */
function isPlain(args: unknown): args is Json {
  if (!isRecord(args)) return false;
  for (const name in args)
    if (name === '__proto__' || (typeof args[name] === 'object' && args[name] !== null)) return false;
  return true;
}
