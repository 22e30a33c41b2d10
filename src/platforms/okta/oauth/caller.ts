// Tokens of an API for the callers themselves: each caller's own token, exchanged (RFC 8693). A caller's is kept for that
// caller and that token, in this process alone, and for no longer than either lives.

import { hash } from 'node:crypto';
import type { TokenEndpointResponse } from 'oauth4webapi';
import type { Caller, SubjectToken } from '../../../core/caller.ts';
import { CastellanError } from '../../../core/errors.ts';
import type { Secret } from '../../../core/secret.ts';
import { createTokens } from '../../../core/tokens.ts';
import { authenticateByKey } from './assertion.ts';
import { exchangeProblem } from './caller-problems.ts';
import { makeProofKey, openProver, type Prover } from './proof.ts';
import { exchange, type ServerOptions } from './server.ts';
import { type DpopChoice, type Token, type Tokens, tokenFrom } from './tokens.ts';

export interface CallerTokenOptions extends ServerOptions {
  readonly tokenEndpoint: string;
  readonly audience: string | undefined;
  readonly resource: string | undefined;
  /** One of the two. */
  readonly privateKey: Secret | undefined;
  readonly clientSecret: Secret | undefined;
  readonly dpop: DpopChoice;
  readonly now: () => number;
}

export interface CallerTokens {
  readonly get: (caller: Caller | undefined, signal: AbortSignal) => Promise<Token>;
  /** Whose holder of tokens one came from. */
  readonly holderOf: (accessToken: string) => Tokens | undefined;
}

const grantType = 'urn:ietf:params:oauth:grant-type:token-exchange';
const accessTokenType = 'urn:ietf:params:oauth:token-type:access_token';
const maxHolders = 2_000;

export function createCallerTokens(options: CallerTokenOptions): CallerTokens {
  const { asking, dpop, now } = options;
  /** In order of last use. Never by caller alone: two applications of one person may be allowed different things. */
  const holders = new Map<string, { readonly tokens: Tokens; readonly ends: number }>();
  let prover: Promise<Prover> | undefined;

  function loadProver(): Promise<Prover> | undefined {
    if (dpop === false) return undefined;
    prover ??= makeProofKey().then((key) => openProver(key, now));
    return prover;
  }

  async function ask(subject: SubjectToken): Promise<Token> {
    const proof = await loadProver();
    const answer = await exchange(
      options,
      undefined,
      proof?.handle,
      async ({ library, server, client, options: how }) => {
        const { privateKey, clientSecret, tokenEndpoint } = options;
        const authentication = clientSecret
          ? library.ClientSecretBasic(clientSecret.reveal())
          : authenticateByKey(privateKey?.reveal() ?? '', asking.keyId, tokenEndpoint)(library);
        const parameters = new URLSearchParams(formFor(subject, options));
        const response = await library.genericTokenEndpointRequest(
          server,
          client,
          authentication,
          grantType,
          parameters,
          how,
        );
        return library.processGenericTokenEndpointResponse(server, client, response);
      },
    ).catch((thrown: unknown) => {
      throw exchangeProblem(thrown, asking, options.tokenEndpoint);
    });
    checkAnswer(answer, subject);
    return tokenFrom(answer, { prover: proof, dpop, asked: asking.scopes, now: now() });
  }

  function holderFor(caller: Caller, subject: SubjectToken): Tokens {
    const key = hash('sha256', `${caller.id}\0${subject.token.reveal()}`, 'base64url');
    const known = holders.get(key);
    const holder = known ?? { tokens: createTokens(() => ask(subject), now), ends: subject.expires };
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
      const subject = await loadSubject(caller, signal);
      // RFC 8693 §2.2.1 lets it live longer than what it was exchanged for: whoever signs out is out here as well.
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
): Promise<{ readonly caller: Caller; readonly token: SubjectToken }> {
  if (!caller?.subject) {
    throw new CastellanError({
      code: 'unauthorized',
      message:
        'This organization is used with each caller’s own rights, and this call came without a person’s sign-in.',
      hint: 'Sign in over HTTP as a person. Whether callers act as themselves is the setting actAs (OKTA_ACT_AS).',
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

/** RFC 8693 §2.1. */
function formFor(subject: SubjectToken, { audience, resource, asking }: CallerTokenOptions): Record<string, string> {
  return {
    subject_token: subject.token.reveal(),
    subject_token_type: subject.type,
    requested_token_type: accessTokenType,
    ...(audience !== undefined && { audience }),
    ...(resource !== undefined && { resource }),
    ...(asking.scopes.length > 0 && { scope: asking.scopes.join(' ') }),
  };
}

/** RFC 8693 §2.2.1; the library has looked at the rest. */
function checkAnswer(answer: TokenEndpointResponse, subject: SubjectToken): void {
  const wrong =
    answer.issued_token_type !== accessTokenType
      ? 'something other than an access token'
      : answer.access_token === subject.token.reveal()
        ? 'back the very token that was to be exchanged'
        : undefined;
  if (wrong === undefined) return;
  throw new CastellanError({
    code: 'platform_answer_invalid',
    message: `The authorization server gave ${wrong}.`,
    hint: 'The operator must check exchangeUrl (OKTA_EXCHANGE_URL): it must exchange tokens as RFC 8693 says.',
  });
}
