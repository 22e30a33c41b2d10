// Somebody who signs in to an MCP server with Castellan's client, and the browser that they have.

import { type Connected, connectServer } from '../../src/chat/connect.ts';
import type { AuthorizeOptions, Challenge } from '../../src/chat/sign-in/authorize.ts';
import { type BrowserOptions, signInWithBrowser } from '../../src/chat/sign-in/in-browser.ts';
import { createSignedFetch } from '../../src/chat/sign-in/signed-fetch.ts';
import type { CastellanError } from '../../src/core/errors.ts';
import { openMemoryVault } from '../../src/stores/memory-vault.ts';
import type { Vault } from '../../src/stores/vault.ts';

export interface SigningPerson {
  readonly options: AuthorizeOptions;
  /** Connects; signs in when asked to. */
  readonly connect: () => Promise<Connected>;
  /** Connects as commands do that nobody sits at. */
  readonly connectAlone: () => Promise<Connected>;
  /** Addresses that the browser was sent to, and the pages at which it ended. */
  readonly visited: URL[];
  readonly pages: { readonly status: number; readonly text: string }[];
  readonly said: string[];
  /** Every address that the client itself asked, with the token that went there. */
  readonly sent: { readonly url: URL; readonly token: string | null }[];
  readonly close: () => Promise<void>;
}

export interface PersonOptions extends Partial<Pick<BrowserOptions, 'port' | 'waitMs' | 'paste' | 'signal' | 'now'>> {
  readonly vault?: Vault;
  readonly client?: Partial<AuthorizeOptions['client']>;
  /** In the place of a browser that goes where it is sent. */
  readonly openBrowser?: (url: string) => void;
}

export function createSigningPerson(server: URL, given: PersonOptions = {}): SigningPerson {
  const { vault = openMemoryVault(), waitMs = 5_000, now = Date.now, port, paste, signal } = given;
  const visited: URL[] = [];
  const pages: { status: number; text: string }[] = [];
  const said: string[] = [];
  const sent: { url: URL; token: string | null }[] = [];
  const open: Connected[] = [];
  const watched: typeof fetch = (input, init) => {
    const token = new Headers(init?.headers).get('authorization');
    sent.push({ url: new URL(String(input)), token });
    return fetch(input, init);
  };
  const client = { clientId: undefined, clientSecret: undefined, issuer: undefined, metadataUrl: undefined };
  const options = { server, vault, fetch: watched, now, client: { ...client, ...given.client }, signal };

  const visit = (url: string) => {
    fetch(url).then(
      async (page) => pages.push({ status: page.status, text: await page.text() }),
      () => {},
    );
  };
  const openBrowser = (url: string) => {
    visited.push(new URL(url));
    (given.openBrowser ?? visit)(url);
  };
  const say = (text: string) => void said.push(text);
  const signIn = (challenge: Challenge) =>
    signInWithBrowser(
      { ...options, port, paste, openBrowser: paste ? undefined : openBrowser, say, waitMs },
      challenge,
    );

  async function connect(person: boolean): Promise<Connected> {
    const signed = createSignedFetch({ ...options, ...(person && { signIn }) });
    const connected = await connectServer({ url: server }, { fetch: signed });
    open.push(connected);
    return connected;
  }

  return {
    options,
    connect: () => connect(true),
    connectAlone: () => connect(false),
    visited,
    pages,
    said,
    sent,
    async close() {
      for (const each of open) await each.close();
    },
  };
}

/** What it was refused with. */
export async function failureOf(promise: Promise<unknown>): Promise<CastellanError> {
  return promise.then(
    () => {
      throw new Error('it was not refused');
    },
    (error: CastellanError) => error,
  );
}
