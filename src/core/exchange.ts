// One request to an upstream and its answer: bounded, parsed and checked, or an error that says what it was.

import type { Allowance } from './budget.ts';
import { CastellanError } from './errors.ts';

export type Query = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;

export interface UpstreamRequest<T = unknown> {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Path segments, not yet encoded. */
  readonly path: readonly string[];
  /** An operation of its own on what the path names, after a colon (https://google.aip.dev/136). A word of ours. */
  readonly verb?: string | undefined;
  /** A list is repeated under its name. */
  readonly query?: Query;
  readonly body?: unknown;
  /** Beside those that every request has; none of them proves anything. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The bucket of the rate budget: the operation, not the entity (`GET /api/v1/users/{id}`). */
  readonly bucket: string;
  /** Whether a second sending can do no harm; true by default for GET only. */
  readonly repeatable?: boolean;
  /** Called with the headers of an answer below 300, before its body is read. */
  readonly onHeaders?: (headers: Headers) => void;
  /** Makes of the body (parsed JSON; undefined when empty) what the caller needs; throws when it is not that. */
  readonly read: (body: unknown) => T;
}

export interface UpstreamAnswer<T = unknown> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: T;
  readonly requestId: string | undefined;
}

/** What differs from vendor to vendor. */
export interface Dialect {
  readonly requestId: (headers: Headers) => string | undefined;
  readonly allowance: (headers: Headers, now: number) => Allowance | undefined;
  /** For an answer of 400 and above: what it means. */
  readonly toError: (answer: UpstreamAnswer, now: number) => CastellanError;
}

/** Bounds and words of one upstream. */
export interface ReadOptions {
  readonly dialect: Dialect;
  readonly maxBodyBytes: number;
  readonly now: () => number;
}

/** What came of a request: parsed, bounded and checked; an answer of 400 and above is thrown as what the vendor means by it. */
export async function readAnswer<T>(
  response: Response,
  requestId: string | undefined,
  asked: UpstreamRequest<T>,
  options: ReadOptions,
): Promise<UpstreamAnswer<T>> {
  if (response.status >= 300 && response.status < 400) {
    await response.body?.cancel();
    throw invalidAnswer('The platform answered with a redirect, which Castellan does not follow.', requestId, {
      again: false,
    });
  }
  if (response.status < 300) asked.onHeaders?.(response.headers);
  const text = await readText(response, options.maxBodyBytes, requestId);
  const body = parseBody(text);
  const facts = { status: response.status, headers: response.headers, requestId };
  if (response.status >= 400) throw options.dialect.toError({ ...facts, body: body.value }, options.now());
  if (!body.ok) throw invalidAnswer('The platform answered with something that is not JSON.', requestId);
  try {
    return { ...facts, body: asked.read(body.value) };
  } catch (error) {
    throw invalidAnswer('The platform answered with JSON of another shape than its API has.', requestId, {
      detail: error,
    });
  }
}

async function readText(response: Response, max: number, requestId: string | undefined): Promise<string> {
  const declared = Number(response.headers.get('content-length') ?? 0);
  if (declared <= max && response.headers.has('content-length') && !response.headers.has('content-encoding')) {
    return response.text();
  }
  const decoder = new TextDecoder();
  let text = '';
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    if (size > max)
      throw invalidAnswer(`The platform answered with more than ${max} bytes.`, requestId, { again: false });
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

function parseBody(text: string): { ok: boolean; value: unknown } {
  if (text === '') return { ok: true, value: undefined };
  try {
    return { ok: true, value: JSON.parse(text) };
  } catch {
    return { ok: false, value: undefined };
  }
}

/** `again`: whether a second answer may be better. One that was garbled may; one that was meant is not. */
export function invalidAnswer(
  message: string,
  requestId: string | undefined,
  { again = true, detail }: { readonly again?: boolean; readonly detail?: unknown } = {},
): CastellanError {
  return new CastellanError({
    code: 'platform_answer_invalid',
    message,
    hint: `${again ? 'Try again; if it stays so, check' : 'Check'} that the configured address is the platform’s own and nothing stands between.`,
    retry: again ? { again, afterMs: 0 } : { again },
    requestId,
    detail,
  });
}

export function rateLimited(waitMs: number, requestId: string | undefined): CastellanError {
  const seconds = Math.max(1, Math.ceil(waitMs / 1000));
  return new CastellanError({
    code: 'rate_limited',
    message: `The platform’s rate limit for this operation is used up for another ${seconds} s.`,
    hint: `Call again in ${seconds} s, or ask for less at once.`,
    retry: { again: true, afterMs: waitMs },
    requestId,
  });
}
