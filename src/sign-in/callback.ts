// Where the browser comes back to after signing in: a server on this machine alone, for one answer (RFC 8252 §7.3).

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { html } from 'hono/html';
import { CastellanError, toCastellanError } from '../core/errors.ts';
import { writeReply } from '../core/reply.ts';
import { renderPage } from '../pages/frame.ts';
import { visible } from '../pages/visible.ts';

export interface CallbackOptions {
  /** 0 for any. */
  readonly port: number;
  /** What to do where the port is taken, and where nobody comes back. */
  readonly advice: { readonly taken: string; readonly late: string };
}

export interface AnswerOptions {
  /** Milliseconds. */
  readonly waitMs: number;
  /** Only an answer with this state counts (RFC 6749 §10.12); any is taken where nothing is said. */
  readonly state?: string;
  /** Is told of answers with another state. */
  readonly onStray?: () => void;
  readonly signal?: AbortSignal | undefined;
}

export interface Callback {
  readonly redirectUri: string;
  /**
   * Waits for the browser, makes something of what it brings, and shows the person how that went.
   * @returns what `use` returns; @throws what it throws
   */
  readonly answer: <T>(options: AnswerOptions, use: (parameters: URLSearchParams) => Promise<T>) => Promise<T>;
  readonly close: () => Promise<void>;
}

export const callbackPath = '/callback';

/** @throws CastellanError when the port is taken. */
export async function listenForCallback({ port, advice }: CallbackOptions): Promise<Callback> {
  const came = Promise.withResolvers<{ parameters: URLSearchParams; response: ServerResponse }>();
  // Who stops before anybody waits has no failure to hear of.
  came.promise.catch(() => {});
  let taken = false;
  let wanted: AnswerOptions | undefined;
  const server = createServer((request, response) => {
    const parameters = parametersOf(request, redirect.host);
    // Favicons, other pages that guess at the port, a second answer: none of them counts; nor does what comes before anybody
    // was sent away, of which nobody could say whose answer it is.
    if (!parameters || taken || !wanted) return show(response, 404, 'Nothing is here', 'You may close this page.');
    if (wanted.state !== undefined && parameters.get('state') !== wanted.state) {
      wanted.onStray?.();
      return show(response, 400, 'This is another sign-in', 'It is not the one that Castellan waits for just now.');
    }
    taken = true;
    came.resolve({ parameters, response });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(portTaken(port, error.code, advice.taken)));
    server.listen(port, '127.0.0.1', resolve);
  });
  const redirect = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}${callbackPath}`);

  return {
    redirectUri: redirect.href,
    async answer(options, use) {
      wanted = options;
      const { waitMs, signal } = options;
      const timer = setTimeout(() => came.reject(nobodyCame(waitMs, advice.late)), waitMs);
      const stop = () => came.reject(signal?.reason);
      signal?.addEventListener('abort', stop, { once: true });
      if (signal?.aborted) stop();
      try {
        const { parameters, response } = await came.promise;
        try {
          const result = await use(parameters);
          await show(
            response,
            200,
            'You are signed in',
            'Castellan has what it needs, and goes on in the terminal. You may close this page.',
          );
          return result;
        } catch (thrown) {
          const { message, hint = '' } = toCastellanError(thrown);
          await show(response, 400, 'The sign-in failed', `${message} ${hint}`);
          throw thrown;
        }
      } finally {
        clearTimeout(timer);
        signal?.removeEventListener('abort', stop);
      }
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeIdleConnections();
        // A browser may hold its connection for long; the page is out by then.
        setTimeout(() => server.closeAllConnections(), 500).unref();
      }),
  };
}

/**
 * Undefined for what is not the browser coming back. The Host shows that no other name leads here (DNS rebinding), and a
 * browser says when a page of another site, rather than the person's way through the pages, asks for it (Fetch Metadata).
 */
function parametersOf({ method, headers, url: target = '' }: IncomingMessage, host: string) {
  if (method !== 'GET' || headers.host !== host || headers.origin !== undefined) return undefined;
  // Who sends a site is a browser, which sends all of them; some programs send a mode alone.
  const led = headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document';
  if (headers['sec-fetch-site'] !== undefined && !led) return undefined;
  const url = URL.canParse(target, `http://${host}`) ? new URL(target, `http://${host}`) : undefined;
  if (url?.pathname !== callbackPath) return undefined;
  return url.searchParams.has('code') || url.searchParams.has('error') ? url.searchParams : undefined;
}

async function show(response: ServerResponse, status: number, title: string, text: string): Promise<void> {
  const body = html`<p>${visible(text, 2_000)}</p>`;
  const page = await renderPage({ title, status, body, lasting: false, headers: { connection: 'close' } });
  writeReply(response, page);
}

function portTaken(port: number, code: string | undefined, todo: string): CastellanError {
  return new CastellanError({
    code: 'bad_configuration',
    message: `Castellan cannot listen on 127.0.0.1:${port} for the browser to come back (${code ?? 'unknown reason'}).`,
    hint: todo,
  });
}

function nobodyCame(waitMs: number, todo: string): CastellanError {
  const minutes = Math.round(waitMs / 60_000);
  return new CastellanError({
    code: 'deadline_exceeded',
    message: `Nobody came back from the browser within ${minutes === 1 ? 'a minute' : `${minutes} minutes`}.`,
    hint: todo,
  });
}
