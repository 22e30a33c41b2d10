// The one family of errors. `message` and `hint` may be shown to a person or a model; `detail` may only be logged.

/** Stable codes, in the order in which a call can meet them. */
export type ErrorCode =
  | 'bad_configuration'
  | 'unknown_tool'
  | 'invalid_input'
  | 'unauthorized'
  | 'missing_scope'
  | 'not_allowed'
  | 'not_confirmed'
  | 'not_found'
  | 'refused_by_platform'
  | 'rate_limited'
  | 'platform_unavailable'
  | 'platform_answer_invalid'
  | 'store_unavailable'
  | 'deadline_exceeded'
  | 'cancelled'
  | 'internal';

/** Whether the same call can succeed later: never unless something is changed, or from `afterMs` (milliseconds) on. */
export type Retry = { readonly again: false } | { readonly again: true; readonly afterMs: number };

export interface ErrorFacts {
  readonly code: ErrorCode;
  /** What went wrong, in one sentence, free of secrets and personal data. */
  readonly message: string;
  /** What to do about it. */
  readonly hint?: string | undefined;
  readonly retry?: Retry | undefined;
  /** The upstream's own id of the request, for its support and for the audit record. */
  readonly requestId?: string | undefined;
  /** For the log only. */
  readonly detail?: unknown;
  readonly cause?: unknown;
}

export class CastellanError extends Error {
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly retry: Retry;
  readonly requestId: string | undefined;
  readonly detail: unknown;

  constructor(facts: ErrorFacts) {
    super(facts.message, facts.cause === undefined ? undefined : { cause: facts.cause });
    this.name = 'CastellanError';
    this.code = facts.code;
    this.hint = facts.hint;
    this.retry = facts.retry ?? { again: false };
    this.requestId = facts.requestId;
    this.detail = facts.detail;
  }
}

/** Whatever was thrown, as one of ours: a stranger becomes `internal`, with its text kept for the log only. */
export function toCastellanError(thrown: unknown): CastellanError {
  if (thrown instanceof CastellanError) return thrown;
  return new CastellanError({
    code: 'internal',
    message:
      'Castellan failed to carry out this call. Nothing more is known to be safe to say here; the log has the details.',
    detail: thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown),
    cause: thrown,
  });
}
