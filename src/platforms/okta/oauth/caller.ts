// Tokens of an API for the callers themselves: each caller's own token, exchanged (RFC 8693).

import type { TokenEndpointResponse } from 'oauth4webapi';
import type { SubjectToken } from '../../../core/caller.ts';
import { type CallerTokens, createCallerTokens as holdCallerTokens } from '../../../core/caller-tokens.ts';
import { CastellanError } from '../../../core/errors.ts';
import type { Secret } from '../../../core/secret.ts';
import { authenticateByKey } from './assertion.ts';
import { exchangeProblem } from './caller-problems.ts';
import { makeProofKey, openProver, type Prover } from './proof.ts';
import { exchange, type ServerOptions } from './server.ts';
import { type DpopChoice, type Token, tokenFrom } from './tokens.ts';

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

const grantType = 'urn:ietf:params:oauth:grant-type:token-exchange';
const accessTokenType = 'urn:ietf:params:oauth:token-type:access_token';

/** The setting that makes callers act as themselves. */
export const howToSet = 'actAs (OKTA_ACT_AS)';

export function createCallerTokens(options: CallerTokenOptions): CallerTokens<Token> {
  const { asking, dpop, now } = options;
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

  return holdCallerTokens(ask, now, howToSet);
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
