// What an answer of 400 and above means wherever it comes from; a vendor's dialect adds what is its own.

import type { ErrorFacts } from './errors.ts';
import { rateLimited, type UpstreamAnswer } from './exchange.ts';

/** How a vendor is spoken of. Hints say what to do. */
export interface RefusalWords {
  readonly vendor: string;
  /** Where the vendor tells about outages: `status.okta.com`. */
  readonly outages: string;
  /** What proves our right: `the credential`. */
  readonly proof: string;
  readonly unauthorized: string;
  /** Who may not: `The credential`. */
  readonly who: string;
  readonly forbidden: string;
  readonly notFound: string;
}

/** Where the vendor does not tell how long to wait. */
const waitMs = 1_000;

/** @param said the vendor's own code and words, safe to show */
export function explainRefusal(
  { status, headers, requestId }: Pick<UpstreamAnswer, 'status' | 'headers' | 'requestId'>,
  said: string,
  words: RefusalWords,
): ErrorFacts {
  const facts = { requestId, detail: { status, said } };
  if (status === 429) {
    const told = Number(headers.get('retry-after'));
    const { code, message, hint, retry } = rateLimited(told > 0 ? told * 1000 : waitMs, requestId);
    return { code, message, hint, retry, ...facts };
  }
  // 501 is a refusal: it will be the same next time.
  if (status >= 500 && status !== 501)
    return {
      code: 'platform_unavailable',
      message: `${words.vendor} failed to answer (${said}).`,
      hint: `Try again; ${words.outages} tells about outages.`,
      retry: { again: true, afterMs: 0 },
      ...facts,
    };
  if (status === 401)
    return {
      code: 'unauthorized',
      message: `${words.vendor} does not accept ${words.proof} (${said}).`,
      hint: words.unauthorized,
      ...facts,
    };
  if (status === 403)
    return {
      code: 'missing_scope',
      message: `${words.who} may not do this (${said}).`,
      hint: words.forbidden,
      ...facts,
    };
  if (status === 404)
    return {
      code: 'not_found',
      message: `${words.vendor} knows no such thing (${said}).`,
      hint: words.notFound,
      ...facts,
    };
  return {
    code: 'refused_by_platform',
    message: `${words.vendor} refused the request (${said}).`,
    hint:
      status === 409
        ? 'Something like it is there already, or it is being changed; read it first.'
        : 'Change what the message names and call again.',
    ...facts,
  };
}
