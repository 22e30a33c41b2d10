// People who sign in at the sandbox's identity provider, in front of nothing but two pages: one that says who is there, and
// one that signs out.

import { createServer, type Server } from 'node:http';
import { openPeople } from '../../src/auth/people/open.ts';
import type { People } from '../../src/auth/people.ts';
import { authSettings } from '../../src/auth/settings.ts';
import { type SignInSettings, signInSettings } from '../../src/auth/sign-in-settings.ts';
import { createVisitor, type Seen, type Visitor } from '../../src/cli/visitor.ts';
import { writeReply } from '../../src/core/reply.ts';
import { Secret } from '../../src/core/secret.ts';
import { loadDefaults } from '../../src/core/settings.ts';
import { createLog } from '../../src/observe/log.ts';
import { openSandbox, type Sandbox, sandboxPassword } from '../../src/sandbox/index.ts';
import { type SignInKind, signInOf } from '../../src/sandbox/sign-in.ts';
import { createMemoryStore } from '../../src/stores/memory.ts';
import { openSeal } from '../../src/stores/seal.ts';
import type { Store } from '../../src/stores/store.ts';

export interface PeopleOptions {
  /** Which of the company's identity providers; default okta. */
  readonly at?: SignInKind;
  readonly store?: Store;
  readonly sealKeys?: string;
  readonly signIn?: Partial<SignInSettings>;
  readonly auth?: Readonly<Record<string, unknown>>;
  /** What the sign-in asks the provider with. */
  readonly fetch?: typeof fetch;
}

export interface TestPeople {
  readonly people: People;
  readonly origin: string;
  readonly store: Store;
  readonly log: () => string;
  readonly wait: (ms: number) => void;
  readonly close: () => Promise<unknown>;
}

export interface Me {
  readonly id: string;
  readonly caller: string;
  readonly name: string;
  readonly allowance: string;
  readonly operator: boolean;
}

let sandbox: Sandbox | undefined;

/** One company for all tests of a file. */
export async function openCompany(): Promise<Sandbox> {
  sandbox ??= await openSandbox({ users: 60, rateLimits: 'off' });
  return sandbox;
}

export async function closeCompany(): Promise<void> {
  await sandbox?.close();
  sandbox = undefined;
}

export async function openTestPeople(options: PeopleOptions = {}): Promise<TestPeople> {
  const at = await signInOf(await openCompany(), options.at ?? 'okta');
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const origin = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
  at.setRedirectUris([`${origin}/oauth/callback`]);
  const store = options.store ?? createMemoryStore(Date.now);
  const lines: string[] = [];
  let later = 0;
  const people = openPeople({
    settings: {
      ...loadDefaults(signInSettings),
      issuer: at.issuer,
      provider: at.provider,
      clientId: at.clientId,
      clientSecret: new Secret(at.clientSecret),
      operators: [`group:${at.groups.administrators}`],
      ...options.signIn,
    },
    auth: {
      ...loadDefaults(authSettings),
      groupMap: { [at.groups.administrators]: ['castellan:write'] },
      tenant: at.tenant,
      ...options.auth,
    },
    publicUrl: `${origin}/mcp`,
    store,
    seal: openSeal({ keys: new Secret(options.sealKeys ?? 'k'.repeat(32)), folder: '/nowhere' }),
    fetch: options.fetch ?? fetch,
    now: () => Date.now() + later,
    log: createLog({ level: 'debug', format: 'json', write: (line) => void lines.push(line) }),
  });
  serve(server, people, origin);
  return {
    people,
    origin,
    store,
    log: () => lines.join(''),
    wait: (ms) => {
      later += ms;
    },
    close: () => new Promise((resolve) => server.close(resolve).closeAllConnections()),
  };
}

function serve(server: Server, people: People, origin: string): void {
  server.on('request', async (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', origin);
    if (people.mounted.concerns(pathname)) return people.mounted.handle(request, response);
    try {
      if (pathname === '/in') return writeReply(response, await people.begin(request, searchParams.get('to') ?? '/me'));
      if (pathname === '/other') return writeReply(response, await people.begin(request, '/me', { anew: true }));
      if (pathname === '/out') return writeReply(response, await people.end(request));
      const person = await people.of(request);
      response.end(JSON.stringify(person ? { ...person, allowance: person.allowance.key } : {}));
    } catch (error) {
      response.statusCode = 503;
      response.end(error instanceof Error ? error.name : '');
    }
  });
}

/** Types the password of whoever it is meant to be. */
export function signInAs(login: string) {
  return ({ forms }: Seen) => {
    const [form] = forms;
    if (!form) throw new Error('a page without a form');
    return { form, values: { login, password: sandboxPassword, decision: 'allow' } };
  };
}

/** A browser that stops at `stop`, such as the callback, before it opens it. */
export const browserUntil = (stop: string): Visitor => createVisitor(({ pathname }) => pathname === stop);

export async function readMe(origin: string, browser: Visitor): Promise<Partial<Me>> {
  const url = new URL(`${origin}/me`);
  const response = await fetch(url, { headers: { cookie: browser.cookies(url) } });
  return (await response.json()) as Partial<Me>;
}

/** A browser in which somebody has signed in. */
export async function signedIn(origin: string, login: string): Promise<Visitor> {
  const browser = browserUntil('/me');
  await browser.walk(new URL(`${origin}/in`), signInAs(login));
  return browser;
}
