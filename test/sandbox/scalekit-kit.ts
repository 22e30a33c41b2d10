// A client of the simulated Scalekit API whose every request and answer is held against Scalekit's descriptions.

import { expect } from 'vitest';
import type { SandboxScalekit } from '../../src/sandbox/index.ts';
import { loadScalekitContract } from '../contracts/scalekit-contract.ts';
import { admin } from './oidc-kit.ts';

const contract = loadScalekitContract();

export interface ApiReply {
  status: number;
  // biome-ignore lint/suspicious/noExplicitAny: what comes back is what the tests look at
  body: any;
}

export interface ApiClient {
  /** A refused request need not be as published: that may be why it was refused. */
  send: (method: string, path: string, body?: unknown, headers?: Record<string, string>) => Promise<ApiReply>;
  /** Sends what must succeed, and gives what came back. */
  // biome-ignore lint/suspicious/noExplicitAny: what comes back is what the tests look at
  done: (method: string, path: string, body?: unknown) => Promise<any>;
  // biome-ignore lint/suspicious/noExplicitAny: what comes back is what the tests look at
  get: (path: string) => Promise<any>;
  /** Every page of a list, to the end. */
  // biome-ignore lint/suspicious/noExplicitAny: what comes back is what the tests look at
  all: (path: string, items: string) => Promise<any[]>;
}

/** At the host of an environment with its own token, or at the central one with a person's and the domain of an environment. */
export function createApiClient(
  scalekit: SandboxScalekit,
  at: 'production' | 'development' | 'central' | 'workspace',
  login = admin,
): ApiClient {
  const isCentral = at === 'central' || at === 'workspace';
  const environment = at === 'development' ? scalekit.development : scalekit.production;
  const base = `${isCentral ? scalekit.apiUrl : environment.url}/api/v1/`;
  const token = isCentral ? scalekit.workspaceToken(login) : environment.issueToken();
  const own = { authorization: `Bearer ${token}`, ...(at === 'central' && { 'x-env-domain': environment.domain }) };

  const send: ApiClient['send'] = async (method, path, body, headers = {}) => {
    const url = new URL(base + path);
    const response = await fetch(url, {
      method,
      headers: { ...own, ...headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const reply = { status: response.status, body: await response.json() };
    if (reply.status < 400) expect(contract?.checkRequest(method, url, body) ?? []).toEqual([]);
    expect(contract?.checkResponse(method, url.pathname, reply.status, reply.body) ?? []).toEqual([]);
    return reply;
  };
  const done: ApiClient['done'] = async (method, path, body) => {
    const reply = await send(method, path, body);
    expect(reply.status, `${method} ${path} ${JSON.stringify(reply.body)}`).toBeLessThan(300);
    return reply.body;
  };
  const get: ApiClient['get'] = (path) => done('GET', path);
  return {
    send,
    done,
    get,
    async all(path, items) {
      const found = [];
      let token: string | undefined = '';
      for (let pages = 0; token !== undefined && pages < 200; pages++) {
        const mark: string = path.includes('?') ? '&' : '?';
        const page = await get(token === '' ? path : `${path}${mark}page_token=${encodeURIComponent(token)}`);
        found.push(...page[items]);
        expect(page.total_size).toBeGreaterThanOrEqual(found.length);
        token = page.next_page_token === '' ? undefined : page.next_page_token;
      }
      return found;
    },
  };
}

/** Status, code and the first field that was wrong. */
export function refusalOf({ status, body }: ApiReply): unknown[] {
  const { error_code, validation_error_info } = body.details[0];
  const field = validation_error_info?.field_violations?.[0]?.field;
  return [status, error_code, ...(field === undefined ? [] : [field])];
}
