// Why an identity domain did not exchange a token, and what the operator can do about it.

import { CastellanError } from '../../core/errors.ts';
import { quoted } from '../../core/plain.ts';
import { textWithoutSecrets } from '../../core/redact.ts';

export interface Refusal {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>> | undefined;
  /** The header. */
  readonly date: string | null;
  readonly now: number;
  readonly clientId: string;
}

/** More than this between the clocks, and tokens look expired or not yet valid. */
export const clockToleranceMs = 300_000;

/** How far this machine's clock is ahead of the one that wrote a `Date` header, milliseconds; undefined where that is not told. */
export function clockOffset(date: string | null, now: number): number | undefined {
  const theirs = Date.parse(date ?? '');
  return Number.isNaN(theirs) ? undefined : now - theirs;
}

/** RFC 6749 §5.2. */
export function explainRefusal({ status, body, date, now, clientId }: Refusal): CastellanError {
  const error = typeof body?.error === 'string' && /^[\w.-]{1,60}$/.test(body.error) ? body.error : `HTTP ${status}`;
  // Its words can quote the token, and what is in it.
  const text = typeof body?.error_description === 'string' ? textWithoutSecrets(body.error_description) : '';
  const described = text === '' ? '' : `: ${quoted(text, 300)}`;
  const offset = clockOffset(date, now);
  const hint = whatToDo(error, described, status, clientId, offset);
  return new CastellanError({
    code: error === 'invalid_grant' ? 'unauthorized' : 'bad_configuration',
    message: `The identity domain did not exchange the caller’s token for a session (${error}${described}).`,
    hint,
    detail: { status },
  });
}

function whatToDo(
  error: string,
  described: string,
  status: number,
  clientId: string,
  offset: number | undefined,
): string {
  if (offset !== undefined && Math.abs(offset) > clockToleranceMs)
    return `This machine’s clock is ${Math.round(offset / 1000)} s off the domain’s; the operator must let the system synchronise it (NTP).`;
  if (error === 'invalid_client' || status === 401)
    return 'The operator must check IAM_TOKENEXCHANGE_CLIENT_ID and IAM_TOKENEXCHANGE_CLIENT_SECRET, and that the application is active in the domain.';
  if (error === 'unauthorized_client' || error === 'unsupported_grant_type')
    return `In the domain’s console, the operator must allow the application ${clientId} the grant type Client credentials (Integrated applications > the application > OAuth configuration).`;
  if (/trust|issuer/i.test(described))
    return `The domain must trust its own tokens: the operator needs an active identity propagation trust that names the application ${clientId}; castellan doctor prints the command that makes one.`;
  if (error === 'invalid_grant')
    return 'Sign in again; if it stays so, the operator must check the identity propagation trust: castellan doctor tells how.';
  return `The operator must check the identity propagation trust and the application ${clientId}: castellan doctor tells how.`;
}

export function notASession(): CastellanError {
  return new CastellanError({
    code: 'platform_answer_invalid',
    message: 'The identity domain gave something else than a session token for the caller’s key.',
    hint: 'The operator must check domainUrl (IAM_DOMAIN) and that nothing stands between.',
  });
}

export function unreachable(error: unknown): CastellanError {
  return new CastellanError({
    code: 'platform_unavailable',
    message: 'The identity domain could not be asked to exchange the caller’s token.',
    hint: 'Try again; `castellan doctor` tells whether the address and the application are right.',
    retry: { again: true, afterMs: 0 },
    detail: error instanceof Error ? String(error.cause ?? error) : String(error),
    cause: error,
  });
}
