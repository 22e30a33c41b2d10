// Signing in to an MCP server in the browser of whoever sits here (RFC 8252: loopback, any port; PKCE; state).

import { CastellanError } from '../../core/errors.ts';
import { listenForCallback } from '../../sign-in/callback.ts';
import { type AuthorizeOptions, type Challenge, type Prepared, prepare } from './authorize.ts';
import { type KeptSignIn, readSignIn } from './kept.ts';
import { loginCommand } from './problems.ts';

export interface BrowserOptions extends AuthorizeOptions {
  /** Where the browser comes back to: the port of last time or else any, where nothing is said. */
  readonly port?: number | undefined;
  /** Left out where this machine has none. */
  readonly openBrowser?: ((url: string) => void) | undefined;
  /** For the person at the terminal. */
  readonly say: (text: string) => void;
  /** Milliseconds. */
  readonly waitMs: number;
  /** What the person copied from the address bar of a browser elsewhere, asked for until it fits. */
  readonly paste?: ((signal: AbortSignal) => Promise<string>) | undefined;
}

/** @returns what was kept; @throws CastellanError */
export async function signInWithBrowser(options: BrowserOptions, challenge: Challenge): Promise<KeptSignIn> {
  const { say, openBrowser, waitMs, signal, paste } = options;
  const callback = await listen(options);
  try {
    const way = { redirectUri: callback.redirectUri, grantTypes: ['authorization_code', 'refresh_token'] };
    const prepared = await prepare(options, challenge, way);
    const { url, state, at } = prepared;
    if (!openBrowser) say(`Open this address in a browser, and sign in there at ${at}:\n\n  ${url.href}\n`);
    else {
      say(`Your browser opens ${at}. If it does not, open this address in it:\n\n  ${url.href}\n`);
      openBrowser(url.href);
    }
    const over = new AbortController();
    const ends = signal ? AbortSignal.any([signal, over.signal]) : over.signal;
    const onStray = () => say('An answer to another sign-in came, and was refused; still waiting.');
    const answered = callback.answer({ waitMs, state, onStray, signal: ends }, prepared.finish);
    if (!paste) return await answered;
    try {
      return await Promise.race([answered, pasted(prepared, paste, say, ends)]);
    } finally {
      over.abort(new Error('over'));
      await answered.catch(() => {});
    }
  } finally {
    await callback.close();
  }
}

/** The browser of another machine cannot come back here, so the person brings the address at which it ended. */
async function pasted(
  { finish, state }: Prepared,
  paste: (signal: AbortSignal) => Promise<string>,
  say: (text: string) => void,
  signal: AbortSignal,
): Promise<KeptSignIn> {
  for (;;) {
    const text = (await paste(signal)).trim();
    signal.throwIfAborted();
    const parameters = URL.canParse(text) ? new URL(text).searchParams : undefined;
    if (parameters?.get('state') === state) return finish(parameters);
    say('That is not the address at which this sign-in ends: it begins with http://127.0.0.1 and holds a code.');
  }
}

/** At the port of last time, so that the client that is registered with it can be used again. */
async function listen({ port, vault, server, client }: BrowserOptions) {
  const advice = {
    taken: 'End what uses the port, or name another one with --port.',
    late: `Run \`${loginCommand(server)}\` again. If the page says that it does not know the client, run \`castellan logout ${server.href}\` before it.`,
  };
  if (port !== undefined) return listenForCallback({ port, advice });
  const before = await readSignIn(vault, server).catch(() => undefined);
  const known = client.clientId === undefined && before?.client.registered === true;
  if (known) {
    try {
      return await listenForCallback({ port: Number(new URL(before.redirectUri).port), advice });
    } catch (error) {
      if (!(error instanceof CastellanError)) throw error;
    }
  }
  return listenForCallback({ port: 0, advice });
}
