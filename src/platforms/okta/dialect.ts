// What is Okta's own in HTTP: its request ids, rate-limit headers and error codes.

import { z } from 'zod';
import { CastellanError, type ErrorFacts } from '../../core/errors.ts';
import { type Dialect, rateLimited, type UpstreamAnswer } from '../../core/exchange.ts';
import { quoted } from '../../core/plain.ts';
import { textWithoutSecrets } from '../../core/redact.ts';
import { explainRefusal, type RefusalWords } from '../../core/refusal.ts';

/** https://developer.okta.com/docs/reference/error-codes/ */
const errorBody = z.looseObject({
  errorCode: z.string(),
  errorSummary: z.string().optional(),
  errorCauses: z.array(z.looseObject({ errorSummary: z.string().optional() })).optional(),
});

/** A concurrency 429 says Limit 0 and a made-up Reset: wait this long instead, milliseconds. */
const concurrencyWaitMs = 1_000;

export const oktaDialect: Dialect = {
  requestId: (headers) => headers.get('x-okta-request-id') ?? undefined,

  allowance(headers, now) {
    const limit = numberIn(headers, 'x-rate-limit-limit');
    const remaining = numberIn(headers, 'x-rate-limit-remaining');
    const reset = numberIn(headers, 'x-rate-limit-reset');
    if (limit === undefined || remaining === undefined || reset === undefined || limit <= 0) return undefined;
    return { limit, remaining, resetAt: now + untilReset(headers, reset, now) };
  },

  toError: (answer, now) => new CastellanError(explain(answer, now)),
};

/** Reset is in seconds of Okta's clock, so it is compared with Okta's own Date; a second more for its rounding. */
function untilReset(headers: Headers, reset: number, now: number): number {
  const date = Date.parse(headers.get('date') ?? '');
  const wait = reset * 1000 - (Number.isNaN(date) ? now : date) + 1_000;
  // No window is longer than a minute; a figure beyond that is a broken clock, not a reason to wait for hours.
  return Math.min(Math.max(wait, 0), 61_000);
}

function numberIn(headers: Headers, name: string): number | undefined {
  const text = headers.get(name);
  return text !== null && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

function explain(answer: UpstreamAnswer, now: number): ErrorFacts {
  const { status, headers, requestId } = answer;
  const parsed = errorBody.safeParse(answer.body);
  // Only what is one of Okta's codes: a proxy's page must not speak with Okta's voice.
  const code = parsed.success && /^E\d{7}$/.test(parsed.data.errorCode) ? parsed.data.errorCode : undefined;
  const causes = parsed.success ? (parsed.data.errorCauses ?? []).flatMap((cause) => cause.errorSummary ?? []) : [];
  const said = parsed.success ? [parsed.data.errorSummary, ...causes].filter(Boolean).join(' ') : '';
  // Its words can quote what people wrote.
  const shown = code === undefined ? `HTTP ${status}` : `${code}: ${quoted(textWithoutSecrets(said), 300)}`;
  const facts = { requestId, detail: { status, said: shown } };

  if (status === 429) {
    const reset = numberIn(headers, 'x-rate-limit-reset');
    if (numberIn(headers, 'x-rate-limit-limit') === 0) return { ...tooManyAtOnce, ...facts };
    if (reset !== undefined) return { ...factsOf(rateLimited(untilReset(headers, reset, now), requestId)), ...facts };
  }
  if (status === 403 && code === undefined) {
    return {
      code: 'refused_by_platform',
      message: 'The request was refused (HTTP 403), and not in Okta’s words: something in between may be blocking it.',
      hint: 'Check proxies, firewalls and network zones between this machine and Okta.',
      ...facts,
    };
  }
  // What Okta does not support is a 501, and what the state of a thing forbids a 403: both refuse the request itself.
  const isAboutRequest =
    code !== undefined && ((status >= 500 && code === 'E0000060') || (status === 403 && !forbidden.has(code)));
  return explainRefusal(isAboutRequest ? { ...answer, status: 400 } : answer, shown, words);
}

const words: RefusalWords = {
  vendor: 'Okta',
  outages: 'status.okta.com',
  proof: 'the credential',
  unauthorized:
    'Make a new API token in the Admin Console (Security > API > Tokens) and set OKTA_API_TOKEN; tokens die after 30 days without use.',
  who: 'The credential',
  forbidden: 'Give the token’s administrator a role that covers it.',
  notFound: 'Look the id up with a list tool; users can also be named by their login.',
};

/** A concurrency 429 says Limit 0. */
const tooManyAtOnce: ErrorFacts = {
  code: 'rate_limited',
  message: 'Okta is serving as many requests at once as it allows for this organization.',
  hint: 'Call again in a second or two; the tenant’s concurrency setting lowers how many Castellan sends at once.',
  retry: { again: true, afterMs: concurrencyWaitMs },
};

/** Codes that mean want of permission; other 403s are about state (E0000038 and its like). */
const forbidden = new Set(['E0000005', 'E0000006', 'E0000014', 'E0000015']);

function factsOf(error: CastellanError): ErrorFacts {
  const { code, message, hint, retry, requestId } = error;
  return { code, message, hint, retry, requestId };
}
