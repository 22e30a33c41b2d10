// A client whose every request and answer is held against Okta's description.

import { expect } from 'vitest';
import type { Sandbox } from '../../src/sandbox/index.ts';
import { loadOktaContract } from '../contracts/okta-contract.ts';
import { createClient, type Item, type Reply } from './kit.ts';

const contract = loadOktaContract();

export interface Checked {
  /** A refused request need not be as published: that may be why it was refused. */
  send: (method: string, path: string, body?: unknown, headers?: Record<string, string>) => Promise<Reply>;
  /** Sends what must succeed, and gives what came back. */
  done: (method: string, path: string, body?: unknown) => Promise<Item>;
  list: (path: string) => Promise<Item[]>;
  /** Types of the latest events, the latest first. */
  events: (count: number) => Promise<string[]>;
}

export function createChecked(sandbox: Sandbox): Checked {
  const client = createClient(sandbox);
  const send: Checked['send'] = async (method, path, body, headers) => {
    const reply = await client.call(method, path, { body, ...(headers ? { headers } : {}) });
    const url = new URL(sandbox.okta.url + path);
    if (reply.status < 400) expect(contract?.checkRequest(method, url, body) ?? []).toEqual([]);
    expect(contract?.checkResponse(method, url.pathname, reply.status, reply.body) ?? []).toEqual([]);
    return reply;
  };
  const done: Checked['done'] = async (method, path, body) => {
    const reply = await send(method, path, body);
    expect(reply.status, `${method} ${path} ${JSON.stringify(reply.body)}`).toBeLessThan(300);
    return reply.body as Item;
  };
  return {
    send,
    done,
    list: async (path) => (await done('GET', path)) as unknown as Item[],
    async events(count) {
      const found = await done('GET', `/api/v1/logs?sortOrder=DESCENDING&limit=${count}`);
      return (found as unknown as { eventType: string }[]).map((event) => event.eventType);
    },
  };
}

/** Status, code and first cause of a refusal. */
export function refusalOf({ status, body }: Reply): unknown[] {
  const { errorCode, errorCauses } = body as { errorCode: string; errorCauses: { errorSummary: string }[] };
  return [status, errorCode, ...(errorCauses[0] ? [errorCauses[0].errorSummary] : [])];
}
