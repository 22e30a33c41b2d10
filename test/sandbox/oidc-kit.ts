// A browser for the sign-in pages of the sandbox's identity providers: keeps cookies, sends forms, and stops at the client's address.

import { sandboxPassword } from '../../src/sandbox/index.ts';

export const admin = 'helena.brandt@larkspur.example';
export const helpDesk = 'declan.kinsella@larkspur.example';
export const head = 'solveig.halvorsen@larkspur.example';
export const lockedOut = 'maya.lindqvist@larkspur.example';
export const callback = 'http://127.0.0.1:54321/oauth/callback';

export interface Page {
  status: number;
  text: string;
  headers: Headers;
  /** Where the page's form goes. */
  at: URL;
}

type Given = Readonly<Record<string, string>>;

export interface Browser {
  open: (url: string | URL) => Promise<Page>;
  send: (page: Page, given: Given) => Promise<Page>;
  /** Signs in where a page asks for it; where the browser is sent back to. */
  signIn: (url: string | URL, login?: string, given?: Given) => Promise<URL>;
  cookies: Map<string, string>;
}

export function createBrowser(): Browser {
  const cookies = new Map<string, string>();

  async function call(url: URL, init: RequestInit = {}): Promise<Page> {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(url, { redirect: 'manual', ...init, headers: { cookie } });
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (value === '') cookies.delete(name);
      else cookies.set(name, value);
    }
    return { status: response.status, text: await response.text(), headers: response.headers, at: url };
  }

  const open = (url: string | URL) => call(new URL(url));

  function send(page: Page, given: Given): Promise<Page> {
    const action = /<form method="post" action="([^"]+)"/.exec(page.text)?.[1] ?? '';
    const request = /name="request" value="([^"]+)"/.exec(page.text)?.[1] ?? '';
    const body = new URLSearchParams({ request, decision: 'allow', ...given });
    return call(new URL(action, page.at), { method: 'POST', body });
  }

  async function signIn(url: string | URL, login = admin, given: Given = {}): Promise<URL> {
    let page = await open(url);
    if (page.status === 200) page = await send(page, { login, password: sandboxPassword, ...given });
    const location = page.headers.get('location');
    if (location === null) throw new Error(`${page.status} ${page.text.slice(-600)}`);
    return new URL(location);
  }

  return { open, send, signIn, cookies };
}

export function readClaims(token: unknown): Record<string, unknown> {
  return JSON.parse(Buffer.from(String(token).split('.')[1] ?? '', 'base64url').toString('utf8'));
}

export interface Reply {
  status: number;
  // biome-ignore lint/suspicious/noExplicitAny: what comes back is what the tests look at
  body: any;
  headers: Headers;
}

export async function post(url: string, form: Given, headers: Given = {}): Promise<Reply> {
  const response = await fetch(url, { method: 'POST', body: new URLSearchParams(form), headers });
  return readReply(response);
}

export async function get(url: string, headers: Given = {}): Promise<Reply> {
  return readReply(await fetch(url, { headers }));
}

export async function readReply(response: Response): Promise<Reply> {
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json');
  return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text };
}

export function basic({ id, secret }: { id: string; secret: string }): Record<string, string> {
  return { authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}` };
}

export function errorOf({ status, body }: Reply): string {
  return `${status} ${body.error}`;
}
