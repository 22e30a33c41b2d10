// What can go wrong at the identity provider while people sign in, told apart: a refusal, an outage, or Castellan itself not
// being welcome there.

import { IssuerUnavailable } from '../addresses.ts';

type Library = typeof import('openid-client');

/** The provider refused: a person, or a browser's answer that was not this sign-in's. `shown` is what it said, for a page. */
export class SignInRefused extends Error {
  readonly shown: string;

  constructor(reason: string, shown: string) {
    super(reason);
    this.name = 'SignInRefused';
    this.shown = shown;
  }
}

/** The provider knows the person, or what they let us do, no more. */
export class NoLongerKnown extends Error {}

/** What a browser brought is refused; a provider that does not answer is waited for; what is configured wrongly is for the log. */
export function explain(error: unknown, library: Library): Error {
  if (error instanceof library.AuthorizationResponseError)
    return new SignInRefused(error.error, error.error_description ?? error.error);
  const unwelcome = findUnwelcome(error, library);
  if (unwelcome !== undefined) return new Error(unwelcome);
  if (isOutage(error, library)) return toOutage(error, library);
  if (error instanceof library.ResponseBodyError)
    return new SignInRefused(error.error, 'The identity provider did not take what your browser brought from it.');
  const reason = error instanceof Error ? error.message : 'unknown';
  return new SignInRefused(reason, 'What the identity provider sent could not be trusted, and was not used.');
}

/** What a browser has no part in: it comes back by itself, or is put right while everybody stays signed in. */
export function toOutage(error: unknown, library: Library): IssuerUnavailable {
  if (error instanceof IssuerUnavailable) return error;
  const reason = findUnwelcome(error, library) ?? (error instanceof Error ? error.message : 'unknown');
  return new IssuerUnavailable(`the identity provider did not answer as it should: ${reason}`);
}

/** RFC 6749 §5.2: errors of a client, whoever signs in. */
function findUnwelcome(error: unknown, library: Library): string | undefined {
  const said =
    error instanceof library.WWWAuthenticateChallengeError
      ? String(error.status)
      : error instanceof library.ResponseBodyError && /^(invalid|unauthorized)_client$/.test(error.error)
        ? error.error
        : undefined;
  return (
    said && `the identity provider refuses Castellan's own client (${said}); check signIn.clientId and clientSecret`
  );
}

/** fetch fails with a TypeError that has a cause, and a late answer with a TimeoutError; the library wraps either. */
function isOutage(error: unknown, library: Library): boolean {
  if (error instanceof library.ResponseBodyError) return isTransient(error.status);
  for (let each = error, depth = 0; depth < 4; depth++) {
    if (each instanceof Response) return isTransient(each.status);
    if (!(each instanceof Error)) return false;
    if (each instanceof IssuerUnavailable || each.name === 'TimeoutError' || each.message === 'fetch failed')
      return true;
    each = each.cause;
  }
  return false;
}

function isTransient(status: number): boolean {
  return status >= 500 || status === 429;
}
