// Why a model did not answer, in words that say what to do. What the provider wrote is told where it helps, without keys.

import { APICallError } from '@ai-sdk/provider';
import { CastellanError } from '../../core/errors.ts';
import { plain, shortened } from '../../core/plain.ts';
import { withoutSecrets } from '../../core/redact.ts';
import { asObject } from '../../core/settings.ts';
import type { ModelProvider } from './provider.ts';
import { WireRefusal } from './wire.ts';

export interface ModelFailure {
  readonly code: 'key' | 'model' | 'busy' | 'quota' | 'overflow' | 'refused' | 'unreachable' | 'cut' | 'invalid';
  readonly message: string;
  readonly hint: string;
  /** Asking again can help, at the earliest after so many ms where the provider said so. */
  readonly again: boolean;
  readonly afterMs?: number | undefined;
}

export interface FailureContext {
  readonly provider: ModelProvider;
  readonly model: string;
  /** Values that must appear in no message. */
  readonly secrets: readonly string[];
  readonly now: () => number;
}

/** Nothing more is said after it. */
export class StreamCut extends Error {}

const overflow =
  /context[_ ](?:length|window)|maximum context|prompt is too long|too many (?:input )?tokens|exceeds? the (?:maximum|limit).{0,40}token|input token count|request_too_large|string too long/i;

export function describeModelFailure(error: unknown, context: FailureContext): ModelFailure {
  const { provider, model } = context;
  const { title } = provider;
  const refusal = find(error, (each): each is WireRefusal => each instanceof WireRefusal);
  if (refusal) return { code: refusal.code, message: refusal.message, hint: refusal.hint, again: false };
  const own = find(error, (each): each is CastellanError => each instanceof CastellanError);
  if (own) return { code: 'key', message: own.message, hint: own.hint ?? '', again: false };
  if (error instanceof StreamCut) return cutShort(title);
  const call = find(error, (each): each is APICallError => APICallError.isInstance(each));
  const said = describeSaid(error, call, context.secrets);
  const status = call?.statusCode ?? statusInStream(error);
  if (overflow.test(said) || status === 413) {
    return {
      code: 'overflow',
      message: `The conversation is longer than ${model} takes.${quote(said)}`,
      hint: 'The question was taken back. Ask for less, or begin anew with /clear.',
      again: false,
    };
  }
  if (status !== undefined && status !== 200) return describeStatus(status, said, call?.responseHeaders, context);
  if (
    find(error, (each): each is Error =>
      /^(terminated|aborted|premature close)$|ended without a finish/i.test(each.message),
    )
  )
    return cutShort(title);
  const code = systemCode(error);
  if (code !== undefined) return describeSystem(code, title);
  return {
    code: 'invalid',
    message: `${capital(title)} answered something that is no answer of its API.${quote(said)}`,
    hint: `Check its address in the settings, and that ${model} can call tools.`,
    again: false,
  };
}

function describeStatus(
  status: number,
  said: string,
  headers: Record<string, string> | undefined,
  { provider, model, now }: FailureContext,
): ModelFailure {
  const { title } = provider;
  const quoted = quote(said);
  const to = (code: ModelFailure['code'], message: string, hint: string, again = false, afterMs?: number) => ({
    code,
    message: `${capital(message)} (${status}).${quoted}`,
    hint,
    again,
    afterMs,
  });
  if (status === 401) return to('key', `${title} does not know the key`, `Check ${provider.keySetting}.`);
  if (status === 403)
    return to('key', `${title} refuses this key`, `See that ${provider.keySetting} may use ${model}.`);
  if (status === 404)
    return to(
      'model',
      `${title} has no ${model} at this address`,
      `Choose another with --model, /model or ${provider.modelSetting}, or mend the address.`,
    );
  if (status === 402 || /insufficient_quota|billing|credit balance/i.test(said))
    return to('quota', `${title} takes no more requests on this account`, 'See the account’s billing and limits.');
  const afterMs = retryAfter(headers, now);
  if (status === 429) return to('busy', `${title} has had too many requests`, askAgain(afterMs), true, afterMs);
  if (status === 408 || status >= 500)
    return to('busy', `${title} is out of order for now`, askAgain(afterMs), true, afterMs);
  return to('refused', `${title} refused the request`, `See that ${model} exists and can call tools.`);
}

function askAgain(afterMs: number | undefined): string {
  return afterMs === undefined ? 'Ask again in a while.' : `Ask again in ${Math.ceil(afterMs / 1000)} s.`;
}

function cutShort(title: string): ModelFailure {
  return {
    code: 'cut',
    message: `${capital(title)} broke off in the middle of its answer.`,
    hint: 'What it had asked for was not called. Ask again.',
    again: false,
  };
}

function describeSystem(code: string, title: string): ModelFailure {
  const to = (message: string, hint: string, again = false): ModelFailure => ({
    code: 'unreachable',
    message: `${capital(message)} (${code}).`,
    hint,
    again,
  });
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return to(`the host of ${title} was not found`, 'Check the address in the settings, and the network.');
  if (code === 'ECONNREFUSED')
    return to(`nothing listens where ${title} should be`, 'Check the address in the settings, and that it runs.');
  if (/CERT|SELF_SIGNED|SIGNATURE|ISSUER|ALTNAME/.test(code))
    return to(
      `the certificate of ${title} cannot be trusted`,
      'Behind a proxy that opens connections, name its authority’s certificates with CA_BUNDLE_PATH.',
    );
  return to(`${title} cannot be reached`, 'Check the network, and ask again.', true);
}

/** Errors that come in the middle of a stream have a type in the place of a status. */
function statusInStream(error: unknown): number | undefined {
  const inner = asObject(asObject(error)?.error) ?? asObject(error);
  const type = `${inner?.type ?? ''} ${inner?.code ?? ''} ${inner?.status ?? ''}`;
  if (/overloaded|server_error|api_error|UNAVAILABLE|INTERNAL/.test(type)) return 503;
  if (/rate_limit|RESOURCE_EXHAUSTED/.test(type)) return 429;
  return undefined;
}

/** What the provider wrote about it, on one line. */
function describeSaid(error: unknown, call: APICallError | undefined, secrets: readonly string[]): string {
  const inStream = asObject(asObject(error)?.error) ?? asObject(error);
  const text =
    messageIn(call?.responseBody) ??
    (call ? call.message : undefined) ??
    (typeof inStream?.message === 'string' ? inStream.message : undefined) ??
    (typeof error === 'string' ? error : '');
  let safe = plain(String(withoutSecrets(text)));
  for (const secret of secrets) if (secret.length > 3) safe = safe.replaceAll(secret, '[removed]');
  // Providers show the ends of a key that they do not know, and tokens are made on the way.
  return safe.replace(/\b(sk-|key-|AIza|ya29\.)[\w*.-]{8,}/g, '[removed]');
}

function messageIn(body: string | undefined): string | undefined {
  if (body === undefined || body === '') return undefined;
  try {
    const parsed: unknown = JSON.parse(body);
    const object = asObject(Array.isArray(parsed) ? parsed[0] : parsed);
    const error = asObject(object?.error) ?? object;
    const words = [error?.message, error?.code, error?.type].filter((word) => typeof word === 'string');
    return words.length > 0 ? words.join(' ') : undefined;
  } catch {
    // A page of a proxy says nothing that belongs here.
    return undefined;
  }
}

function quote(said: string): string {
  return said === '' ? '' : ` It says: “${shortened(said, 300)}”`;
}

/** RFC 9110 §10.2.3 */
function retryAfter(headers: Record<string, string> | undefined, now: () => number): number | undefined {
  const ms = Number.parseFloat(headers?.['retry-after-ms'] ?? '');
  if (ms >= 0) return ms;
  const text = headers?.['retry-after'] ?? '';
  const seconds = /^\d+(\.\d+)?$/.test(text.trim()) ? Number(text) : Number.NaN;
  if (seconds >= 0) return seconds * 1000;
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now());
}

function find<T extends Error>(error: unknown, is: (each: Error) => each is T): T | undefined {
  for (let at = error, depth = 0; at instanceof Error && depth < 6; at = at.cause, depth++) if (is(at)) return at;
  return undefined;
}

function systemCode(error: unknown): string | undefined {
  for (let at = error, depth = 0; at instanceof Error && depth < 6; at = at.cause, depth++) {
    const { code } = at as NodeJS.ErrnoException;
    if (typeof code === 'string' && /^[A-Z][A-Z0-9_]+$/.test(code)) return code;
  }
  return undefined;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
