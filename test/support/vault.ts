// A small platform whose tools take things away, for tests of how a person is asked: two tenants with some items each,
// behind as many replicas of the server as a test wants.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AuthInfo, createMcpHandler } from '@modelcontextprotocol/server';
import { z } from 'zod';
import type { Plan } from '../../src/core/change.ts';
import { CastellanError } from '../../src/core/errors.ts';
import { Secret } from '../../src/core/secret.ts';
import { defineChanges, type Platform, type Tenant } from '../../src/core/tool.ts';
import { type Approvals, createApprovals } from '../../src/mcp/approvals.ts';
import { auditCalls } from '../../src/mcp/audit.ts';
import { authInfoOf } from '../../src/mcp/call.ts';
import { createConfirm } from '../../src/mcp/confirm.ts';
import { createMcp, type Mcp } from '../../src/mcp/server.ts';
import { openAuditLog } from '../../src/observe/audit-log.ts';
import { createLog } from '../../src/observe/log.ts';
import { noMetrics } from '../../src/observe/metrics.ts';
import { createMemoryStore } from '../../src/stores/memory.ts';
import { openSeal } from '../../src/stores/seal.ts';
import type { Store } from '../../src/stores/store.ts';

/** Items by id: how often each was touched. */
export type Items = Map<string, { label: string; removed: boolean }>;

const change = defineChanges<Items>();

function removing(name: string) {
  return change({
    name,
    title: name,
    description: name,
    access: 'destroy',
    scopes: [],
    input: () => z.strictObject({ id: z.string() }),
    async plan({ id }, { client }) {
      const item = client.get(id);
      if (!item) throw new CastellanError({ code: 'not_found', message: `There is no ${id}.` });
      return {
        summary: `Remove “${item.label}” (${id})`,
        targets: [{ type: 'item', id, name: item.label }],
        changes: [{ field: 'removed', before: item.removed, after: true }],
        undo: { none: 'what is removed is gone' },
        apply: async () => {
          // Long enough for another call to come in between.
          await new Promise((resolve) => setTimeout(resolve, 20));
          if (item.removed) throw new Error('removed twice');
          item.removed = true;
        },
      };
    },
  });
}

const granting = change({
  name: 'relabel_item',
  title: 'relabel_item',
  description: 'relabel_item',
  access: 'write',
  scopes: [],
  input: () => z.strictObject({ id: z.string(), label: z.string() }),
  async plan({ id, label }, { client }) {
    const item = client.get(id);
    if (!item) throw new CastellanError({ code: 'not_found', message: `There is no ${id}.` });
    return {
      summary: `Relabel ${id}`,
      targets: [{ type: 'item', id }],
      changes: [{ field: 'label', before: item.label, after: label }],
      undo: { tool: 'relabel_item', input: { id, label: item.label } },
      ask: label === 'admin' ? 'it gives administrator rights' : undefined,
      apply: async () => {
        item.label = label;
      },
    };
  },
});

const vault: Platform = {
  name: 'vault',
  title: 'Vault',
  instructions: '',
  toolsets: { items: [removing('remove_item'), removing('remove_other_item'), granting] },
};

export interface Vault {
  readonly items: Readonly<Record<'a' | 'b', Items>>;
  readonly approvals: Approvals;
  readonly store: Store;
  readonly auditFolder: string;
  readonly replica: (keys?: string, over?: { readonly ask?: 'destroy' | 'write' }) => Replica;
  /** From now on the guard refuses to remove a tenant's last item. */
  readonly keepLast: () => void;
  /** Lets time pass, milliseconds. */
  readonly wait: (ms: number) => void;
  readonly close: () => void;
}

export interface Replica {
  readonly mcp: Mcp;
  readonly send: (request: RawCall) => Promise<RawAnswer>;
}

export interface RawCall {
  readonly name?: string;
  readonly args?: Readonly<Record<string, unknown>>;
  readonly requestState?: string | undefined;
  readonly inputResponses?: Readonly<Record<string, unknown>>;
  readonly capabilities?: Readonly<Record<string, unknown>>;
  readonly caller?: string;
}

export interface RawAnswer {
  /** `asked` with the seal; `done`; `not done` with the reason; `refused` by the protocol itself. */
  readonly kind: 'asked' | 'done' | 'not done' | 'refused';
  readonly text: string;
  readonly requestState: string | undefined;
  readonly value: Readonly<Record<string, unknown>>;
}

export const yes = { approve: { action: 'accept', content: { approve: true } } };

const key = 'a key of thirty-two characters or more';

export function openVault(): Vault {
  const folder = mkdtempSync(join(tmpdir(), 'castellan-vault-'));
  let late = 0;
  let keepsLast = false;
  const now = () => Date.now() + late;
  const store = createMemoryStore(now);
  const approvals = createApprovals(store, now);
  const make = (): Items =>
    new Map(['1', '2', '3'].map((id) => [id, { label: `item ${id}`, removed: false }] as const));
  const items = { a: make(), b: make() };
  const tenants = new Map<string, Tenant>(
    Object.entries(items).map(([name, all]) => {
      // The last item of all must stay, as the last administrator must.
      const guard = async (plan: Plan) => {
        const left = [...all].filter(([id, item]) => !item.removed && id !== plan.targets[0]?.id);
        return keepsLast && left.length === 0 ? 'It is the last one.' : undefined;
      };
      return [name, { name, checks: [], connect: () => all, guard }];
    }),
  );
  const audit = openAuditLog({ folder: join(folder, 'audit'), now });
  const log = createLog({ level: 'silent', format: 'json', write: () => {} });

  function replica(keys = key, over: { readonly ask?: 'destroy' | 'write' } = {}): Replica {
    const seal = openSeal({ keys: new Secret(keys), folder });
    const confirm = createConfirm({
      seal,
      store,
      approvals,
      ask: over.ask ?? 'destroy',
      howToApprove: (code) => `run: castellan approve ${code}`,
      now,
    });
    const mcp = createMcp({
      connected: [{ platform: vault, tenants }],
      version: '0.0.0-test',
      log,
      observe: noMetrics.observeCall,
      now,
      callTimeoutMs: 5_000,
      concurrency: 8,
      audit: auditCalls(audit, seal.digest),
      changes: { confirm, handOver: async () => 'nowhere' },
    });
    const handler = createMcpHandler(mcp.factory);
    return { mcp, send: (request) => sendRaw(handler.fetch, request) };
  }

  return {
    items,
    approvals,
    store,
    auditFolder: join(folder, 'audit'),
    replica,
    keepLast() {
      keepsLast = true;
    },
    wait(ms) {
      late += ms;
    },
    close: () => rmSync(folder, { recursive: true, force: true }),
  };
}

type Fetch = (request: Request, options: { authInfo?: AuthInfo }) => Promise<Response>;

/** One tools/call of 2026-07-28 exactly as given, with whatever a client could put into it. */
export async function sendRaw(fetch: Fetch, request: RawCall): Promise<RawAnswer> {
  const { name = 'remove_item', args = { id: '1', tenant: 'a' }, capabilities = { elicitation: {} } } = request;
  const { requestState, inputResponses, caller } = request;
  const _meta = {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientInfo': { name: 'test', version: '1' },
    'io.modelcontextprotocol/clientCapabilities': capabilities,
  };
  const params = {
    name,
    arguments: args,
    ...(requestState !== undefined && { requestState }),
    ...(inputResponses && { inputResponses }),
    _meta,
  };
  const headers = {
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
    'mcp-protocol-version': '2026-07-28',
    'mcp-method': 'tools/call',
    'mcp-name': name,
  };
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params });
  const init = { method: 'POST', headers, body };
  const authInfo = caller === undefined ? undefined : authInfoOf({ id: caller });
  const response = await fetch(new Request('http://localhost/mcp', init), authInfo ? { authInfo } : {});
  const text = await response.text();
  const line = /^data: (.+)$/m.exec(text)?.[1] ?? text;
  const { result, error } = JSON.parse(line) as { result?: Result; error?: { message: string } };
  if (!result) return { kind: 'refused', text: error?.message ?? '', requestState: undefined, value: {} };
  if (result.resultType === 'input_required') {
    const asked = result.inputRequests?.approve?.params?.message ?? '';
    return { kind: 'asked', text: asked, requestState: result.requestState, value: {} };
  }
  const value = result.structuredContent ?? {};
  const said = result.content?.[0]?.text ?? '';
  return { kind: value.done === true ? 'done' : 'not done', text: said, requestState: undefined, value };
}

interface Result {
  readonly resultType?: string;
  readonly requestState?: string;
  readonly inputRequests?: { readonly approve?: { readonly params?: { readonly message?: string } } };
  readonly structuredContent?: Readonly<Record<string, unknown>>;
  readonly content?: readonly { readonly text?: string }[];
}
