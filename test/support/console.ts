// The console with people in it: Castellan as the authorization server in front of the sandbox's identity provider, browsers
// without windows for its people, and what their assistants ask for.

import type { Client } from '@modelcontextprotocol/client';
import type { Deed, Form, Seen, Visitor } from '../../src/cli/visitor.ts';
import { openTestBroker, type TestBroker } from './broker.ts';
import { anyPort, type TestServerOptions } from './server.ts';
import { actAs, createSigningClient, openBrowser } from './sign-in.ts';

/** An administrator of the sandbox, who is an operator here, and two who are not. */
export const helena = 'helena.brandt@larkspur.example';
export const tomas = 'tomas.okafor@larkspur.example';

export interface TestConsole extends TestBroker {
  /** A browser in which somebody is signed in, at the page that they first asked for. */
  readonly signIn: (login: string, path?: string) => Promise<Signed>;
  /** An MCP client that somebody lets read, write and destroy. */
  readonly connectFor: (signed: Signed, name?: string) => Promise<Client>;
}

export interface Signed {
  readonly login: string;
  readonly browser: Visitor;
  /** Where signing in led. */
  readonly first: Seen;
  readonly get: (path: string) => Promise<Seen>;
  readonly send: (deed: Deed) => Promise<Seen>;
  /** A request with this browser's cookies, as a test wants it. */
  readonly ask: (path: string, init?: RequestInit) => Promise<Response>;
}

/** Everybody may do everything here, so that everybody has something to decide. */
export async function openTestConsole(
  options: TestServerOptions = {},
  more: Readonly<Record<string, unknown>> = {},
): Promise<TestConsole> {
  const everybody = ['castellan:read', 'castellan:write', 'castellan:destroy'];
  const server = await openTestBroker({ auth: { publicUrl: `${anyPort}/mcp`, everybody }, ...more }, options);
  const { origin } = server;
  return {
    ...server,

    async signIn(login, path = '/') {
      const browser = openBrowser();
      const at = (to: string) => new URL(to, origin);
      const get = async (to: string) => asPage(await browser.open(at(to)));
      const send = async (deed: Deed) => asPage(await browser.send(deed));
      const ask: Signed['ask'] = (to, init = {}) =>
        fetch(at(to), { redirect: 'manual', ...init, headers: { cookie: browser.cookies(at(to)), ...init.headers } });
      const form = await get(`/sign-in?${new URLSearchParams({ to: path })}`);
      return { login, browser, first: await send(actAs(login)(form)), get, send, ask };
    },

    async connectFor({ browser, login }, name = 'An assistant') {
      const signing = createSigningClient({ url: server.url, era: '2026-07-28', browser, act: actAs(login), name });
      const reading = await signing.connect();
      await reading.callTool(suspendDry).catch(() => {});
      return signing.again(reading);
    },
  };
}

const suspendDry = { name: 'suspend_okta_user', arguments: { user_id: tomas, dryRun: true } };

/** Asks for a change that a person must agree to. @returns the code, where it is to be decided, and what was answered */
export async function askFor(client: Client, userId: string, tool = 'suspend_okta_user') {
  const answer = await client.callTool({ name: tool, arguments: { user_id: userId } });
  const text = JSON.stringify(answer.structuredContent ?? answer.content);
  const [, address = '', code = ''] = /decide at (http\S+\/approvals\/([A-Z0-9]{4}-[A-Z0-9]{4}))/.exec(text) ?? [];
  return { text, address, code, path: address === '' ? '' : new URL(address).pathname };
}

export function formWith({ forms, url }: Seen, name: string): Form {
  const form = forms.find(({ names }) => names.has(name));
  if (!form) throw new Error(`${url.pathname} has no form with ${name}`);
  return form;
}

function asPage(seen: Seen | URL): Seen {
  if (seen instanceof URL) throw new Error(`the browser was sent to ${seen.href}`);
  return seen;
}

/** What a page says, without its markup. */
export function wordsOf({ text }: Pick<Seen, 'text'>): string {
  return text
    .replace(/<style>[\s\S]*?<\/style>|<script>[\s\S]*?<\/script>|<[^>]+>/g, ' ')
    .replace(/&(?:#39|quot|lt|gt|amp);/g, (entity) => entities[entity] ?? entity)
    .replace(/\s+/g, ' ');
}

const entities: Readonly<Record<string, string>> = {
  ...{ '&#39;': "'", '&quot;': '"' },
  ...{ '&lt;': '<', '&gt;': '>', '&amp;': '&' },
};
