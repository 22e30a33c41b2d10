// How requests to a Scalekit environment prove their right: with tokens for its client credentials (RFC 6749 §4.4).

import { CastellanError } from '../../core/errors.ts';
import type { Secret } from '../../core/secret.ts';
import { createTokens } from '../../core/tokens.ts';
import type { Credential, UpstreamOptions } from '../../core/upstream.ts';

export interface CredentialOptions {
  readonly origin: URL;
  readonly clientId: string;
  readonly clientSecret: Secret;
  readonly fetch: UpstreamOptions['fetch'];
  readonly now: () => number;
  readonly userAgent: string;
}

const timeoutMs = 8_000;
/** Where the answer does not say how long the token lives. */
const shortLifeMs = 300_000;

export function createClientCredential(options: CredentialOptions): Credential {
  const tokens = createTokens(() => askToken(options), options.now);
  const send: Credential = async ({ signal }) => ({
    authorization: `Bearer ${(await tokens.get(signal)).accessToken}`,
  });
  const rejected: Credential['rejected'] = (sent, { status }) => {
    if (status !== 401) return false;
    tokens.drop(sent.authorization?.split(' ')[1] ?? '');
    return true;
  };
  return Object.assign(send, { rejected });
}

async function askToken({ origin, clientId, clientSecret, fetch, now, userAgent }: CredentialOptions) {
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: clientId,
    client_secret: clientSecret.reveal(),
  });
  const headers = {
    accept: 'application/json',
    'content-type': 'application/x-www-form-urlencoded',
    'user-agent': userAgent,
  };
  const signal = AbortSignal.timeout(timeoutMs);
  const asked = now();
  const response = await fetch(new URL('/oauth/token', origin).href, {
    method: 'POST',
    headers,
    body: form.toString(),
    redirect: 'manual',
    signal,
  }).catch((error: unknown) => {
    throw unreachable(error);
  });
  if (response.status >= 500 || response.status === 429) throw unreachable(`HTTP ${response.status}`);
  const body = (await response.json().catch(() => undefined)) as Record<string, unknown> | undefined;
  if (response.status !== 200) throw refused(response.status, body);
  if (typeof body?.access_token !== 'string' || body.access_token === '') throw unfit();
  const life = typeof body.expires_in === 'number' && body.expires_in > 0 ? body.expires_in * 1000 : shortLifeMs;
  return { accessToken: body.access_token, issuedAt: asked, expiresAt: asked + life };
}

function refused(status: number, body: Record<string, unknown> | undefined): CastellanError {
  const error = typeof body?.error === 'string' && /^[\w-]{1,40}$/.test(body.error) ? body.error : `HTTP ${status}`;
  return new CastellanError({
    code: 'unauthorized',
    message: `Scalekit gave no token for the client credentials (${error}).`,
    hint: 'Check SCALEKIT_ENVIRONMENT_URL, SCALEKIT_CLIENT_ID and SCALEKIT_CLIENT_SECRET: they belong to one environment.',
    detail: { status },
  });
}

function unfit(): CastellanError {
  return new CastellanError({
    code: 'platform_answer_invalid',
    message: 'Scalekit answered the request for a token with something else.',
    hint: 'Check that SCALEKIT_ENVIRONMENT_URL is the environment’s own address.',
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
