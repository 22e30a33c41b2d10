// The credential of a service app: client credentials with a signed assertion (RFC 6749 §4.4, RFC 7523 §2.2).

import { createTokens } from '../../../core/tokens.ts';
import { authenticateByKey } from './assertion.ts';
import { openProver, type Prover } from './proof.ts';
import { exchange, type ServerOptions, serverOf } from './server.ts';
import { type DpopChoice, type Tokens, tokenFrom } from './tokens.ts';

export interface ServiceOptions extends ServerOptions {
  /** PEM or JSON Web Key, asked for when a token is fetched. */
  readonly privateKey: () => string;
  readonly dpop: DpopChoice;
  /** The key that tokens are bound to, as text. */
  readonly proofKey: () => Promise<string>;
  readonly now: () => number;
}

export function createServiceTokens(options: ServiceOptions): Tokens {
  const { asking, dpop, now, origin } = options;
  let opened: Promise<Prover> | undefined;

  function prover(): Promise<Prover> {
    if (opened) return opened;
    const opening = options.proofKey().then((key) => openProver(key, now));
    opened = opening;
    opening.catch(() => {
      opened = undefined;
    });
    return opening;
  }

  return createTokens(async () => {
    const proof = dpop === false ? undefined : await prover();
    const authenticate = authenticateByKey(options.privateKey(), asking.keyId, serverOf(origin).token_endpoint);
    const answer = await exchange(options, undefined, proof?.handle, async ({ library, server, client, options }) => {
      const parameters = new URLSearchParams({ scope: asking.scopes.join(' ') });
      const response = await library.clientCredentialsGrantRequest(
        server,
        client,
        authenticate(library),
        parameters,
        options,
      );
      return library.processClientCredentialsResponse(server, client, response);
    });
    return tokenFrom(answer, { prover: proof, dpop, asked: asking.scopes, now: now() });
  }, now);
}
