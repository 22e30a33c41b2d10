// Where the browser comes back to after signing in: a server on this machine alone, for one answer (RFC 8252 §7.3).

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CastellanError, toCastellanError } from '../../../core/errors.ts';

export interface Callback {
  readonly redirectUri: string;
  /**
   * Waits for the browser, `waitMs` milliseconds at most, makes something of what it brings, and shows the person how
   * that went. @throws what `use` throws.
   */
  readonly answer: <T>(waitMs: number, use: (parameters: URLSearchParams) => Promise<T>) => Promise<T>;
  readonly close: () => Promise<void>;
}

const path = '/callback';

/** @throws CastellanError when the port is taken. */
export async function listenForCallback(port: number): Promise<Callback> {
  const came = Promise.withResolvers<{ parameters: URLSearchParams; response: ServerResponse }>();
  let taken = false;
  const server = createServer((request, response) => {
    const parameters = parametersOf(request, redirect.host);
    // Favicons, other pages that guess at the port, a second answer: none of them counts.
    if (!parameters || taken) return show(response, 404, 'Nothing is here', 'You may close this page.');
    taken = true;
    came.resolve({ parameters, response });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(portTaken(port, error.code)));
    server.listen(port, '127.0.0.1', resolve);
  });
  const redirect = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`);

  return {
    redirectUri: redirect.href,
    async answer(waitMs, use) {
      const timer = setTimeout(() => came.reject(nobodyCame(waitMs)), waitMs);
      try {
        const { parameters, response } = await came.promise;
        try {
          const result = await use(parameters);
          show(response, 200, 'You are signed in', 'Castellan has what it needs. You may close this page.');
          return result;
        } catch (thrown) {
          const { message, hint = '' } = toCastellanError(thrown);
          show(response, 400, 'The sign-in failed', `${message} ${hint}`);
          throw thrown;
        }
      } finally {
        clearTimeout(timer);
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

/** Undefined for what is not the browser coming back: the Host shows that no other name leads here (DNS rebinding). */
function parametersOf(request: IncomingMessage, host: string): URLSearchParams | undefined {
  if (request.method !== 'GET' || request.headers.host !== host) return undefined;
  const url = URL.canParse(request.url ?? '', `http://${host}`)
    ? new URL(request.url ?? '', `http://${host}`)
    : undefined;
  if (url?.pathname !== path) return undefined;
  return url.searchParams.has('code') || url.searchParams.has('error') ? url.searchParams : undefined;
}

function show(response: ServerResponse, status: number, title: string, text: string): void {
  const body = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${escapeHtml(title)} · Castellan</title>
<style>
:root { color-scheme: light dark; }
body { font: 1.0625rem/1.5 system-ui, sans-serif; max-width: 34rem; margin: 15vh auto; padding: 0 1.5rem; overflow-wrap: anywhere; }
h1 { font-size: 1.5rem; line-height: 1.25; }
</style></head>
<body><h1>${escapeHtml(title)}</h1><p>${escapeHtml(text)}</p></body>
</html>\n`;
  response.writeHead(status, {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    connection: 'close',
  });
  response.end(body);
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

function portTaken(port: number, code: string | undefined): CastellanError {
  return new CastellanError({
    code: 'bad_configuration',
    message: `Castellan cannot listen on 127.0.0.1:${port} for the browser to come back (${code ?? 'unknown reason'}).`,
    hint: `End what uses the port, name another one with --port (http://127.0.0.1:PORT${path} must be registered with the app), or use --device.`,
  });
}

function nobodyCame(waitMs: number): CastellanError {
  return new CastellanError({
    code: 'deadline_exceeded',
    message: `Nobody came back from the browser within ${Math.round(waitMs / 60_000)} minutes.`,
    hint: 'Look at what Okta’s page says: the redirect address must be registered with the app exactly. Without a browser here, use --device.',
  });
}
