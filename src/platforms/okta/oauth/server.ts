// The authorization server of an Okta organization (RFC 6749): requests with bounds, and errors that say what to do.

import type * as oauth from 'oauth4webapi';
import { clockFault } from '../../../core/clock.ts';
import { CastellanError } from '../../../core/errors.ts';
import type { UpstreamOptions } from '../../../core/upstream.ts';
import { oktaDialect } from '../dialect.ts';
import { type Asking, cleanText, oauthProblem, type Sent } from './problems.ts';

export type Library = typeof oauth;

/** Only what signs in with OAuth pays for it. */
export const loadLibrary = (): Promise<Library> => import('oauth4webapi');

export interface ServerOptions {
  readonly origin: URL;
  readonly fetch: UpstreamOptions['fetch'];
  readonly userAgent: string;
  readonly asking: Asking;
  /** In the place of the organization's own. */
  readonly tokenEndpoint?: string | undefined;
}

/** What a request of the library's own needs: its arguments are in this order there. */
export interface Exchange {
  readonly library: Library;
  readonly server: oauth.AuthorizationServer;
  readonly client: oauth.Client;
  readonly options: oauth.HttpRequestOptions<'POST', URLSearchParams> & { readonly DPoP?: oauth.DPoPHandle };
}

const timeoutMs = 10_000;
/** A token answer is a few kilobytes. */
const maxBytes = 256 * 1024;

/** https://developer.okta.com/docs/api/openapi/okta-oauth/oauth/tag/OrgAS/ */
export function serverOf(origin: URL): oauth.AuthorizationServer & { readonly token_endpoint: string } {
  const endpoint = (name: string) => new URL(`/oauth2/v1/${name}`, origin).href;
  return {
    issuer: origin.origin,
    authorization_endpoint: endpoint('authorize'),
    token_endpoint: endpoint('token'),
    device_authorization_endpoint: endpoint('device/authorize'),
    revocation_endpoint: endpoint('revoke'),
  };
}

/**
 * One exchange with the server; a demanded DPoP nonce is learned and the exchange repeated once (RFC 9449 §8).
 * @throws CastellanError only, without the library's own errors: those hold the whole answer.
 */
export async function exchange<T>(
  { origin, fetch, userAgent, asking, tokenEndpoint }: ServerOptions,
  signal: AbortSignal | undefined,
  dpop: oauth.DPoPHandle | undefined,
  run: (exchange: Exchange) => Promise<T>,
): Promise<T> {
  const library = await loadLibrary();
  const sent: string[] = [];
  let clock: string | undefined;
  const over = AbortSignal.timeout(timeoutMs);
  const context: Exchange = {
    library,
    server: { ...serverOf(origin), ...(tokenEndpoint !== undefined && { token_endpoint: tokenEndpoint }) },
    client: { client_id: asking.clientId },
    options: {
      [library.customFetch]: async (url, init) => {
        for (const [name, value] of init.body) if (isSecret(name)) sent.push(value);
        const answer = await fetch(url, { ...init, headers: { ...init.headers, 'user-agent': userAgent } });
        clock = clockFault(answer.headers.get('date'), Date.now(), 'Okta');
        return answerOf(answer, sent);
      },
      // The settings let http through for this machine only.
      [library.allowInsecureRequests]: new URL(tokenEndpoint ?? origin).protocol === 'http:',
      signal: signal ? AbortSignal.any([signal, over]) : over,
      ...(dpop && { DPoP: dpop }),
    },
  };
  try {
    try {
      return await run(context);
    } catch (error) {
      if (!dpop || !library.isDPoPNonceError(error)) throw error;
      return await run(context);
    }
  } catch (thrown) {
    throw explain(thrown, library, { asking, sent, clock }, signal);
  }
}

function isSecret(name: string): boolean {
  return /^(?:client_assertion|subject_token|refresh_token|code|code_verifier|device_code|token)$/.test(name);
}

/** The answer with a body that is read and bounded; what is no answer in the words of OAuth is thrown. */
async function answerOf(response: Response, sent: Sent): Promise<Response> {
  const { status } = response;
  const requestId = oktaDialect.requestId(response.headers);
  if (status >= 300 && status < 400) {
    await response.body?.cancel();
    throw unusable('answered with a redirect, which Castellan does not follow', requestId);
  }
  const text = await readBounded(response, requestId);
  const body = parse(text);
  const said = typeof body?.error === 'string';
  if (status === 429) throw oktaDialect.toError({ status, headers: response.headers, requestId, body }, Date.now());
  if (status >= 500) {
    throw new CastellanError({
      code: 'platform_unavailable',
      message: `Okta failed to give a token (HTTP ${status}).`,
      hint: 'Try again; status.okta.com tells about outages.',
      retry: { again: true, afterMs: 0 },
      requestId,
    });
  }
  if (status >= 400 && !said) {
    const code = typeof body?.errorCode === 'string' && /^E\d{7}$/.test(body.errorCode) ? body.errorCode : undefined;
    const summary = typeof body?.errorSummary === 'string' ? cleanText(body.errorSummary, sent) : '';
    throw unusable(`refused with HTTP ${status}${code === undefined ? '' : ` (${code}: ${summary})`}`, requestId);
  }
  // Empty is what revoking answers (RFC 7009 §2.2).
  if (body === undefined && text !== '') throw unusable('answered with something that is not JSON', requestId);
  const headers = new Headers({ 'content-type': 'application/json' });
  // The body says the same in more words than a challenge.
  const nonce = response.headers.get('dpop-nonce');
  if (nonce !== null) headers.set('dpop-nonce', nonce);
  return new Response(text === '' ? null : text, { status, headers });
}

async function readBounded(response: Response, requestId: string | undefined): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    if (size > maxBytes) throw unusable(`answered with more than ${maxBytes} bytes`, requestId);
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

function parse(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

function unusable(what: string, requestId?: string): CastellanError {
  return new CastellanError({
    code: 'platform_answer_invalid',
    message: `Okta’s authorization server ${what}.`,
    hint: 'Check that the organization’s address is its own (not a custom page or a proxy) and nothing stands between.',
    requestId,
  });
}

function explain(
  thrown: unknown,
  library: Library,
  { asking, sent, clock }: { readonly asking: Asking; readonly sent: Sent; readonly clock: string | undefined },
  signal: AbortSignal | undefined,
): CastellanError {
  if (thrown instanceof CastellanError) return thrown;
  if (signal?.aborted) {
    const reason: unknown = signal.reason;
    return reason instanceof CastellanError
      ? reason
      : new CastellanError({ code: 'cancelled', message: 'The call was cancelled.' });
  }
  if (thrown instanceof library.ResponseBodyError || thrown instanceof library.AuthorizationResponseError) {
    return oauthProblem(thrown.error, thrown.error_description ?? '', asking, sent, clock);
  }
  if (thrown instanceof library.OperationProcessingError || thrown instanceof library.UnsupportedOperationError) {
    // Its message names what is wrong with the answer; only its cause holds the answer.
    const wrong = cleanText(thrown.message, sent);
    return unusable(`gave an answer that cannot be trusted (${wrong})`);
  }
  const slow = thrown instanceof Error && thrown.name === 'TimeoutError';
  const code = networkCode(thrown);
  if (!slow && code === undefined) {
    return new CastellanError({
      code: 'internal',
      message: 'Castellan failed to ask Okta for a token.',
      detail: thrown instanceof Error ? `${thrown.name}: ${cleanText(thrown.message, sent)}` : undefined,
    });
  }
  return new CastellanError({
    code: 'platform_unavailable',
    message: slow
      ? 'Okta’s authorization server did not answer in time.'
      : 'Okta’s authorization server could not be reached, or cut the connection.',
    hint: 'Try again; `castellan doctor` tells whether the address and the network are right.',
    retry: { again: true, afterMs: 0 },
    detail: code,
  });
}

/** The code of a failed connection, rather than of a mistake of ours (ERR_INVALID_…). */
function networkCode(thrown: unknown): string | undefined {
  for (let error = thrown; error instanceof Error; error = error.cause) {
    const { code } = error as NodeJS.ErrnoException;
    if (typeof code === 'string' && !code.startsWith('ERR_INVALID')) return code;
  }
  return thrown instanceof TypeError && /fetch failed|terminated/.test(thrown.message) ? thrown.message : undefined;
}
