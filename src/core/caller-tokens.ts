// Tokens of an API for the callers themselves, each got with that caller's own token. A caller's is kept for that caller and
// that token, in this process alone, and for no longer than either lives.

import { hash } from 'node:crypto';
import type { Caller, SubjectToken } from './caller.ts';
import { CastellanError } from './errors.ts';
import { type AccessToken, createTokens, type Tokens } from './tokens.ts';

export interface CallerTokens<T extends AccessToken> {
  /** RFC 8693 §2.2.1 lets a token live longer than what it was exchanged for: whoever signs out is out here as well. */
  readonly get: (caller: Caller | undefined, signal: AbortSignal) => Promise<T>;
  /** Whose holder of tokens one came from. */
  readonly holderOf: (accessToken: string) => Tokens<T> | undefined;
}

const maxHolders = 2_000;

/**
 * @param howToSet which setting makes callers act as themselves
 * @param fresh whether a token need not be renewed yet
 */
export function createCallerTokens<T extends AccessToken>(
  ask: (subject: SubjectToken) => Promise<T>,
  now: () => number,
  howToSet: string,
  fresh?: (token: T, now: number) => boolean,
): CallerTokens<T> {
  /** In order of last use. Never by caller alone: two applications of one person may be allowed different things. */
  const holders = new Map<string, { readonly tokens: Tokens<T>; readonly ends: number }>();

  function holderFor(caller: Caller, subject: SubjectToken): Tokens<T> {
    const key = hash('sha256', `${caller.id}\0${subject.token.reveal()}`, 'base64url');
    const known = holders.get(key);
    const holder = known ?? { tokens: createTokens(() => ask(subject), now, fresh), ends: subject.expires };
    holders.delete(key);
    if (!known) dropSome();
    holders.set(key, holder);
    return holder.tokens;
  }

  function dropSome(): void {
    for (const [key, { ends }] of holders) if (ends <= now() || holders.size >= maxHolders) holders.delete(key);
  }

  return {
    async get(caller, signal) {
      const subject = await loadSubject(caller, signal, howToSet);
      return holderFor(subject.caller, subject.token).get(signal);
    },
    holderOf(accessToken) {
      for (const { tokens } of holders.values()) if (tokens.current()?.accessToken === accessToken) return tokens;
      return undefined;
    },
  };
}

/** @throws CastellanError where nobody, or only a machine, is behind the call: Castellan's own rights are not theirs. */
export async function loadSubject(
  caller: Caller | undefined,
  signal: AbortSignal,
  howToSet: string,
): Promise<{ readonly caller: Caller; readonly token: SubjectToken }> {
  if (!caller?.subject) {
    throw new CastellanError({
      code: 'unauthorized',
      message:
        'This organization is used with each caller’s own rights, and this call came without a person’s sign-in.',
      hint: `Sign in over HTTP as a person. Whether callers act as themselves is the setting ${howToSet}.`,
    });
  }
  try {
    return { caller, token: await caller.subject.load(signal) };
  } catch (thrown) {
    if (thrown instanceof CastellanError || signal.aborted) throw thrown;
    // Not an outage of the platform: others may well be signed in.
    throw new CastellanError({
      code: 'unauthorized',
      message: 'The identity provider cannot be asked for the caller’s token just now.',
      hint: 'Try again in a moment; if it stays so, sign in again.',
      detail: thrown instanceof Error ? thrown.message : String(thrown),
      cause: thrown,
    });
  }
}
