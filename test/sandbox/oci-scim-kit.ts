// A client of the simulated domain's SCIM API that holds every answer against the models of Oracle's SDKs.

import { expect } from 'vitest';
import type { SandboxOci } from '../../src/sandbox/index.ts';
import { loadOciContract } from '../contracts/oci-contract.ts';
import { admin, type Reply, readReply } from './oidc-kit.ts';

const contract = loadOciContract();

/** Documented, and in no SDK: their answers are held against nothing. */
const unmodelled = /^(Devices|Schemas|ResourceTypes|ServiceProviderConfig)\b/;

export const urns = {
  user: 'urn:ietf:params:scim:schemas:core:2.0:User',
  group: 'urn:ietf:params:scim:schemas:core:2.0:Group',
  patch: 'urn:ietf:params:scim:api:messages:2.0:PatchOp',
  search: 'urn:ietf:params:scim:api:messages:2.0:SearchRequest',
  error: 'urn:ietf:params:scim:api:oracle:idcs:extension:messages:Error',
  state: 'urn:ietf:params:scim:schemas:oracle:idcs:extension:userState:User',
  ext: 'urn:ietf:params:scim:schemas:oracle:idcs:extension:user:User',
  password: 'urn:ietf:params:scim:schemas:oracle:idcs:extension:passwordState:User',
  mfa: 'urn:ietf:params:scim:schemas:oracle:idcs:extension:mfa:User',
  owned: 'urn:ietf:params:scim:schemas:oracle:idcs:extension:group:Group',
  enterprise: 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User',
  credentials: 'urn:ietf:params:scim:schemas:oracle:idcs:extension:userCredentials:User',
} as const;

export const own = (name: string): string => `urn:ietf:params:scim:schemas:oracle:idcs:${name}`;

// biome-ignore lint/suspicious/noExplicitAny: what comes back is what the tests look at
type Json = any;

export interface Operation {
  op: string;
  path?: string;
  value?: unknown;
}

type Headers = Record<string, string>;

export interface ScimClient {
  ask: (method: string, path: string, body?: unknown, headers?: Headers) => Promise<Reply>;
  /** The body of an answer that is not a refusal. */
  get: (path: string) => Promise<Json>;
  /** What a filter finds, with the attributes that are named. */
  find: (kind: string, filter: string, attributes?: string) => Promise<Json[]>;
  create: (kind: string, urn: string, body: object) => Promise<Json>;
  patch: (path: string, ...operations: Operation[]) => Promise<Reply>;
  /** The only user of that name, with all that there is to say. */
  user: (login: string) => Promise<Json>;
}

export const myScopes = ['urn:opc:idm:__myscopes__'];

export function createScimClient(oci: SandboxOci, login: string | undefined = admin): ScimClient {
  const token = oci.issueToken({ ...(login !== undefined && { login }), scopes: myScopes });
  return createClient(oci, { authorization: `Bearer ${token}` });
}

export function createClient(oci: SandboxOci, credential: Headers): ScimClient {
  async function ask(method: string, path: string, body?: unknown, headers: Headers = {}): Promise<Reply> {
    const url = `${oci.url}/admin/v1/${path}`;
    const content = body === undefined ? {} : { 'content-type': 'application/scim+json' };
    const sent = body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) };
    const response = await fetch(url, { method, headers: { ...credential, ...content, ...headers }, ...sent });
    const reply = await readReply(response);
    if (!unmodelled.test(path) && response.status !== 304) {
      const problems = contract?.checkResponse(method, url, reply.status, reply.body, body) ?? [];
      expect(problems, `${method} ${path}`).toEqual([]);
    }
    return reply;
  }
  const must = async (reply: Promise<Reply>) => {
    const { status, body } = await reply;
    expect(status, JSON.stringify(body)).toBeLessThan(300);
    return body;
  };
  const get = (path: string) => must(ask('GET', path));
  const find = async (kind: string, filter: string, attributes?: string) => {
    const query = new URLSearchParams({ filter, count: '1000', ...(attributes !== undefined && { attributes }) });
    return (await get(`${kind}?${query}`)).Resources;
  };
  return {
    ask,
    get,
    find,
    create: (kind, urn, body) => must(ask('POST', kind, { schemas: [urn], ...body })),
    patch: (path, ...Operations) => ask('PATCH', path, { schemas: [urns.patch], Operations }),
    async user(login) {
      const [found] = await find('Users', `userName eq "${login}"`);
      return get(`Users/${found.id}?attributeSets=all`);
    },
  };
}

/** '409 error.common.validation.…'; the whole of an answer that is no refusal. */
export function refusalOf({ status, body }: Reply): string {
  return status < 400 ? `${status} ${JSON.stringify(body)}` : `${status} ${body[urns.error]?.messageId}`;
}

export const newUser = (name: string, more: object = {}) => ({
  userName: `${name}@larkspur.example`,
  name: { givenName: name, familyName: 'Newcomer' },
  emails: [{ value: `${name}@larkspur.example`, type: 'work', primary: true }],
  ...more,
});
