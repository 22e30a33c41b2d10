// An MCP client that signs in: what an application brings to the SDK's OAuth, and a browser that follows redirects to the
// client's own address and no further.

import { randomUUID } from 'node:crypto';
import {
  Client,
  type OAuthClientProvider,
  type OAuthDiscoveryState,
  StreamableHTTPClientTransport,
  UnauthorizedError,
} from '@modelcontextprotocol/client';
import { answer } from '../../src/cli/demo-client.ts';
import { sandboxPerson } from '../../src/cli/sandbox-person.ts';
import { createVisitor, type Deed, type Seen, type Visitor } from '../../src/cli/visitor.ts';
import { sandboxPassword } from '../../src/sandbox/index.ts';
import type { Era } from './server.ts';

export const callback = 'http://127.0.0.1:54321/callback';

/** A browser that stops where a test client would be. */
export function openBrowser(): Visitor {
  return createVisitor((url) => url.href.startsWith(callback));
}

/** Signs in as somebody of the sandbox and allows what is asked, all boxes as they stand. */
export function actAs(login: string = sandboxPerson): (page: Seen) => Deed {
  return (page) => answer(page, { login, password: sandboxPassword });
}

export interface SignInOptions {
  readonly url: string;
  readonly era: Era;
  /** Of a client that was registered beforehand; another registers itself. */
  readonly clientId?: string;
  /** Of a client that is known by a document about it. */
  readonly documentUrl?: string;
  /** Whose browser it is, in the place of `onPage`: the pages’ forms are followed. */
  readonly browser?: Pick<Visitor, 'walk'>;
  /** What is done on each page there; by default an administrator of the sandbox signs in and allows everything. */
  readonly act?: (page: Seen) => Deed;
  readonly name?: string;
  /** Answers a page that a person sees: where the browser goes next. */
  readonly onPage?: (page: string, cookies: string) => Promise<Response>;
}

export interface SigningClient {
  /** Connects, signing in when asked to. */
  readonly connect: () => Promise<Client>;
  /** Goes on after a call was refused for want of scopes. */
  readonly again: (client: Client) => Promise<Client>;
  /** The scopes that were asked for, in order. */
  readonly asked: string[];
  /** Resources that were named at the authorization server, in order. */
  readonly resources: (string | null)[];
  readonly accessToken: () => string;
  readonly refreshToken: () => string;
  readonly clientId: () => string;
}

export function createSigningClient(options: SignInOptions): SigningClient {
  const { url, era, clientId, documentUrl, onPage, browser, act = actAs(), name = 'test' } = options;
  const asked: string[] = [];
  const resources: (string | null)[] = [];
  let information = clientId === undefined ? undefined : { client_id: clientId };
  let tokens: Awaited<ReturnType<OAuthClientProvider['tokens']>>;
  let verifier = '';
  let state = '';
  let target: URL | undefined;
  let discovered: OAuthDiscoveryState | undefined;
  const provider: OAuthClientProvider = {
    redirectUrl: callback,
    ...(documentUrl !== undefined && { clientMetadataUrl: documentUrl }),
    clientMetadata: {
      client_name: name,
      redirect_uris: [callback],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'none',
      application_type: 'native',
    },
    state: () => {
      state = randomUUID();
      return state;
    },
    clientInformation: () => information,
    saveClientInformation: (given) => {
      information = given;
    },
    tokens: () => tokens,
    saveTokens: (given) => {
      tokens = given;
    },
    redirectToAuthorization: (to) => {
      asked.push(to.searchParams.get('scope') ?? '');
      resources.push(to.searchParams.get('resource'));
      target = to;
    },
    saveCodeVerifier: (given) => {
      verifier = given;
    },
    codeVerifier: () => verifier,
    saveDiscoveryState: (given) => {
      discovered = given;
    },
    discoveryState: () => discovered,
  };
  const open = () => new StreamableHTTPClientTransport(new URL(url), { authProvider: provider });

  async function browse(): Promise<URLSearchParams> {
    if (browser && target) {
      const back = await browser.walk(target, act);
      if (back.searchParams.get('state') !== state) throw new Error('another state came back');
      return back.searchParams;
    }
    const jar = new Map<string, string>();
    let next = target;
    for (let step = 0; next && step < 12; step++) {
      const cookies = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
      let response = await fetch(next, { redirect: 'manual', headers: { cookie: cookies } });
      if (response.status === 200 && onPage) response = await onPage(await response.text(), cookies);
      for (const line of response.headers.getSetCookie()) {
        const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
        jar.set(name, value);
      }
      const location = response.headers.get('location');
      if (location === null) throw new Error(`${next.pathname} ${response.status} ${await response.text()}`);
      next = new URL(location, next);
      if (next.href.startsWith(callback)) {
        if (next.searchParams.get('state') !== state) throw new Error('another state came back');
        return next.searchParams;
      }
    }
    throw new Error(`the browser never came back, and is at ${next?.href}`);
  }

  async function connect(): Promise<Client> {
    const mode = era === '2025-11-25' ? 'legacy' : { pin: era };
    const client = new Client({ name: 'signing', version: '0' }, { versionNegotiation: { mode } });
    await client.connect(open());
    return client;
  }

  async function signIn(): Promise<Client> {
    await open().finishAuth(await browse());
    return connect();
  }

  return {
    asked,
    resources,
    accessToken: () => tokens?.access_token ?? '',
    refreshToken: () => tokens?.refresh_token ?? '',
    clientId: () => information?.client_id ?? '',
    async connect() {
      try {
        return await connect();
      } catch (error) {
        if (!(error instanceof UnauthorizedError)) throw error;
        return signIn();
      }
    },
    async again(client) {
      await client.close();
      return signIn();
    },
  };
}
