// Signing a person in at the terminal: in the browser (RFC 8252, PKCE) or with a code on another device (RFC 8628).

import type { TokenEndpointResponse } from 'oauth4webapi';
import { CastellanError } from '../../../core/errors.ts';
import { callbackPath, listenForCallback } from '../../../sign-in/callback.ts';
import type { Vault } from '../../../stores/vault.ts';
import { cleanText } from './problems.ts';
import { makeProofKey, openProver, type Prover } from './proof.ts';
import { type Exchange, exchange, type ServerOptions } from './server.ts';
import { readSignIn, signInName, writeSignIn } from './sign-in.ts';
import { type DpopChoice, tokenFrom } from './tokens.ts';

export interface LoginOptions extends ServerOptions {
  readonly tenant: string;
  readonly vault: Vault;
  readonly dpop: DpopChoice;
  readonly now: () => number;
  /** Milliseconds; rejects when the login is given up. */
  readonly sleep: (ms: number) => Promise<unknown>;
  /** For the person at the terminal. */
  readonly say: (text: string) => void;
}

export interface LoggedIn {
  /** The login name, or the id where Okta tells no name. */
  readonly who: string | undefined;
  readonly granted: ReadonlySet<string>;
  /** Asked for and not granted. */
  readonly missing: readonly string[];
  readonly bound: boolean;
  /** Without a refresh token the sign-in ends with the access token, after an hour. */
  readonly lasting: boolean;
}

/** Who it is, and a refresh token (OpenID Connect Core §3.1.2.1, §11). */
const personScopes = ['openid', 'profile', 'offline_access'];

function scopesOf({ asking }: LoginOptions): string[] {
  return [...new Set([...personScopes, ...asking.scopes])];
}

const advice = {
  taken: `End what uses the port, name another one with --port (http://127.0.0.1:PORT${callbackPath} must be registered with the app), or use --device.`,
  late: 'Look at what Okta’s page says: the redirect address must be registered with the app exactly. Without a browser here, use --device.',
};

/** `port`: where the browser comes back to; Okta wants the whole address registered with the app. 0 for any. */
export async function loginWithBrowser(
  options: LoginOptions & {
    readonly port: number;
    readonly openBrowser: (url: string) => void;
    readonly waitMs: number;
  },
): Promise<LoggedIn> {
  const { say, asking } = options;
  const key = await proofKeyFor(options);
  const callback = await listenForCallback({ port: options.port, advice });
  try {
    const asked = await exchange(options, undefined, undefined, async ({ library, server }) => {
      const verifier = library.generateRandomCodeVerifier();
      const secrets = { verifier, state: library.generateRandomState(), nonce: library.generateRandomNonce() };
      const url = new URL(server.authorization_endpoint ?? '');
      url.search = new URLSearchParams({
        response_type: 'code',
        client_id: asking.clientId,
        redirect_uri: callback.redirectUri,
        scope: scopesOf(options).join(' '),
        state: secrets.state,
        nonce: secrets.nonce,
        code_challenge: await library.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
      }).toString();
      return { ...secrets, url: url.href };
    });
    say(`Your browser opens Okta. If it does not, open this address in it:\n\n  ${asked.url}\n`);
    options.openBrowser(asked.url);
    return await callback.answer({ waitMs: options.waitMs }, (parameters) =>
      finish(options, key, async ({ library, server, client, options: http }) => {
        const checked = library.validateAuthResponse(server, client, parameters, asked.state);
        const response = await library.authorizationCodeGrantRequest(
          server,
          client,
          library.None(),
          checked,
          callback.redirectUri,
          asked.verifier,
          http,
        );
        const expected = { expectedNonce: asked.nonce, requireIdToken: true };
        return library.processAuthorizationCodeResponse(server, client, response, expected);
      }),
    );
  } finally {
    await callback.close();
  }
}

export async function loginWithDevice(options: LoginOptions): Promise<LoggedIn> {
  const { now, sleep, say } = options;
  const key = await proofKeyFor(options);
  const device = await exchange(options, undefined, undefined, async ({ library, server, client, options: http }) => {
    const parameters = new URLSearchParams({ scope: scopesOf(options).join(' ') });
    const response = await library.deviceAuthorizationRequest(server, client, library.None(), parameters, http);
    return library.processDeviceAuthorizationResponse(server, client, response);
  });
  const address = addressToShow(device.verification_uri);
  const minutes = Math.max(1, Math.floor(device.expires_in / 60));
  say(
    `On any device, open\n\n  ${address}\n\nand type the code\n\n  ${cleanText(device.user_code, [])}\n\nIt is good for ${minutes} minutes; Castellan waits.\n`,
  );

  const endsAt = now() + device.expires_in * 1000;
  // RFC 8628 §3.2: five seconds where nothing is said.
  let interval = device.interval ?? 5;
  for (;;) {
    if (now() + interval * 1000 > endsAt) throw codeExpired();
    await sleep(interval * 1000);
    try {
      return await finish(options, key, async ({ library, server, client, options: http }) => {
        const asked = device.device_code;
        const response = await library.deviceCodeGrantRequest(server, client, library.None(), asked, http);
        return library.processDeviceCodeResponse(server, client, response);
      });
    } catch (error) {
      const said = pollAgain(error);
      if (said === 'no') throw error;
      // RFC 8628 §3.5: five seconds more from then on, also where a connection timed out.
      if (said === 'slower') interval += 5;
    }
  }
}

function pollAgain(error: unknown): 'yes' | 'slower' | 'no' {
  if (!(error instanceof CastellanError)) return 'no';
  const said = (error.detail as { readonly oauth?: unknown } | undefined)?.oauth;
  if (said === 'authorization_pending') return 'yes';
  if (said === 'expired_token') throw codeExpired();
  return said === 'slow_down' || error.retry.again ? 'slower' : 'no';
}

function codeExpired(): CastellanError {
  return new CastellanError({
    code: 'unauthorized',
    message: 'The code was not used in time.',
    hint: 'Run the login again and type the new code.',
  });
}

/** A page to open in a browser, nothing else. */
function addressToShow(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === 'https:' || url?.protocol === 'http:') return url.href;
  throw new CastellanError({
    code: 'platform_answer_invalid',
    message: 'Okta named no page on which the code could be typed.',
    hint: 'Check that the organization’s address is its own and nothing stands between.',
  });
}

interface ProofKey {
  readonly text: string;
  readonly prover: Prover;
}

async function proofKeyFor({ dpop, now }: LoginOptions): Promise<ProofKey | undefined> {
  if (dpop === false) return undefined;
  const text = await makeProofKey();
  return { text, prover: await openProver(text, now) };
}

/** Gets the tokens and keeps them. */
async function finish(
  options: LoginOptions,
  key: ProofKey | undefined,
  request: (exchange: Exchange) => Promise<TokenEndpointResponse>,
): Promise<LoggedIn> {
  const { vault, tenant, origin, asking, dpop, now } = options;
  const { answer, who } = await exchange(options, undefined, key?.prover.handle, async (context) => {
    const answer = await request(context);
    const claims = context.library.getValidatedIdTokenClaims(answer);
    return { answer, who: claims?.preferred_username ?? claims?.sub };
  });
  const token = tokenFrom(answer, { prover: key?.prover, dpop, asked: scopesOf(options), now: now() });
  const bound = token.prover !== undefined;
  const name = signInName({ tenant, origin, clientId: asking.clientId });
  await vault.alone(name, () =>
    writeSignIn(vault, name, {
      version: 1,
      accessToken: token.accessToken,
      ...(answer.refresh_token !== undefined && { refreshToken: answer.refresh_token }),
      issuedAt: token.issuedAt,
      expiresAt: token.expiresAt,
      scopes: [...token.scopes],
      ...(key && { proofKey: key.text }),
      bound,
    }),
  );
  return {
    who: typeof who === 'string' ? cleanText(who, []) : undefined,
    granted: token.scopes,
    missing: asking.scopes.filter((scope) => !token.scopes.has(scope)),
    bound,
    lasting: answer.refresh_token !== undefined,
  };
}

/** What became of a logout: nobody was signed in; forgotten here and revoked there; or forgotten here only, and why. */
export type LoggedOut =
  | { readonly was: 'nobody' | 'revoked' }
  | { readonly was: 'forgotten'; readonly because: CastellanError };

/** Forgets the sign-in whatever Okta says: a token that nobody has cannot be used. */
export async function logout(options: ServerOptions & Pick<LoginOptions, 'tenant' | 'vault'>): Promise<LoggedOut> {
  const { vault, tenant, origin, asking } = options;
  const name = signInName({ tenant, origin, clientId: asking.clientId });
  return vault.alone(name, async () => {
    let because: CastellanError | undefined;
    try {
      const kept = await readSignIn(vault, name);
      if (!kept) return { was: 'nobody' };
      // The refresh token first: with it goes what was made from it (RFC 7009 §2.1).
      for (const token of [kept.refreshToken, kept.accessToken]) {
        if (token === undefined) continue;
        await exchange(options, undefined, undefined, async ({ library, server, client, options: http }) => {
          const response = await library.revocationRequest(server, client, library.None(), token, http);
          return library.processRevocationResponse(response);
        });
      }
    } catch (error) {
      if (!(error instanceof CastellanError)) throw error;
      because = error;
    }
    await vault.remove(name);
    return because ? { was: 'forgotten', because } : { was: 'revoked' };
  });
}
