// Asking Scalekit's token endpoint (RFC 6749 §3.2) with the form of one grant, and errors that say what to do.

import { CastellanError } from '../../core/errors.ts';
import type { Secret } from '../../core/secret.ts';
import type { AccessToken } from '../../core/tokens.ts';
import type { UpstreamOptions } from '../../core/upstream.ts';

export interface TokenRequestOptions {
  readonly clientId: string;
  readonly clientSecret: Secret;
  readonly fetch: UpstreamOptions['fetch'];
  readonly now: () => number;
  readonly userAgent: string;
}

const timeoutMs = 8_000;
/** Where the answer does not say how long the token lives. */
const shortLifeMs = 300_000;

/** @param settings names of what an operator should look at when it is refused. */
export async function askToken(
  { clientId, clientSecret, fetch, now, userAgent }: TokenRequestOptions,
  endpoint: string,
  grant: Readonly<Record<string, string>>,
  settings: string,
): Promise<AccessToken> {
  const form = new URLSearchParams({ ...grant, client_id: clientId, client_secret: clientSecret.reveal() });
  const headers = {
    accept: 'application/json',
    'content-type': 'application/x-www-form-urlencoded',
    'user-agent': userAgent,
  };
  const asked = now();
  const response = await fetch(endpoint, {
    method: 'POST',
    headers,
    body: form.toString(),
    redirect: 'manual',
    signal: AbortSignal.timeout(timeoutMs),
  }).catch((error: unknown) => {
    throw unreachable(error);
  });
  if (response.status >= 500 || response.status === 429) throw unreachable(`HTTP ${response.status}`);
  const body = (await response.json().catch(() => undefined)) as Record<string, unknown> | undefined;
  if (response.status !== 200) throw refused(response.status, body, settings);
  if (typeof body?.access_token !== 'string' || body.access_token === '') throw unfit(settings);
  const life = typeof body.expires_in === 'number' && body.expires_in > 0 ? body.expires_in * 1000 : shortLifeMs;
  return { accessToken: body.access_token, issuedAt: asked, expiresAt: asked + life };
}

function refused(status: number, body: Record<string, unknown> | undefined, settings: string): CastellanError {
  const error = typeof body?.error === 'string' && /^[\w-]{1,40}$/.test(body.error) ? body.error : `HTTP ${status}`;
  return new CastellanError({
    code: 'unauthorized',
    message: `Scalekit gave no token (${error}).`,
    hint: `Check ${settings}: they belong together.`,
    detail: { status },
  });
}

function unfit(settings: string): CastellanError {
  return new CastellanError({
    code: 'platform_answer_invalid',
    message: 'Scalekit answered the request for a token with something else.',
    hint: `Check ${settings}.`,
  });
}

function unreachable(error: unknown): CastellanError {
  return new CastellanError({
    code: 'platform_unavailable',
    message: 'Scalekit could not be asked for a token.',
    hint: 'Try again; `castellan doctor` tells whether the address and the credential are right.',
    retry: { again: true, afterMs: 0 },
    detail: error instanceof Error ? String(error.cause ?? error) : String(error),
    cause: error,
  });
}
