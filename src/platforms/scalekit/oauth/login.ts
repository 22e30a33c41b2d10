// castellan login scalekit: a person signs in for the central API, in the browser (RFC 8252, PKCE); and signs out.

import { CastellanError } from '../../../core/errors.ts';
import { callbackPath, listenForCallback } from '../../../sign-in/callback.ts';
import type { Vault } from '../../../stores/vault.ts';
import { exchange, type ServerOptions } from './server.ts';
import { readSignIn, type SignIn, signInFrom, signInName, writeSignIn } from './sign-in.ts';

export interface LoginOptions extends ServerOptions {
  readonly tenant: string;
  readonly vault: Vault;
  readonly now: () => number;
}

export interface BrowserLogin extends LoginOptions {
  /** 0 for any. */
  readonly port: number;
  readonly openBrowser: (url: string) => void;
  /** For the person at the terminal. */
  readonly say: (text: string) => void;
  /** Milliseconds. */
  readonly waitMs: number;
}

/** Those of Scalekit's own MCP server, and a refresh token. What the server does not know is not asked for. */
const wanted = ['wks:read', 'wks:write', 'env:read', 'env:write', 'org:read', 'org:write', 'offline_access'];

const advice = {
  taken: 'End what uses the port, or name another one with --port.',
  late: `Look at what the page says: the client must have the redirect URI http://127.0.0.1${callbackPath}, at any port or at the one that --port names.`,
};

/** @throws CastellanError */
export async function loginWithBrowser(options: BrowserLogin): Promise<SignIn> {
  const { clientId, resource, tenant, vault, now, say, waitMs } = options;
  const callback = await listenForCallback({ port: options.port, advice });
  try {
    const asked = await exchange(options, async ({ library, server }) => {
      if (!server.code_challenge_methods_supported?.includes('S256')) throw withoutPkce();
      const verifier = library.generateRandomCodeVerifier();
      const state = library.generateRandomState();
      const scopes = wanted.filter((scope) => server.scopes_supported?.includes(scope) ?? true);
      const url = new URL(server.authorization_endpoint ?? '');
      if (url.protocol !== 'https:' && url.protocol !== options.issuer.protocol) throw notAPage();
      url.search = new URLSearchParams({
        response_type: 'code',
        client_id: clientId,
        redirect_uri: callback.redirectUri,
        scope: scopes.join(' '),
        resource,
        state,
        code_challenge: await library.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
      }).toString();
      return { verifier, state, scopes, url };
    });
    say(`Your browser opens ${asked.url.host}. If it does not, open this address in it:\n\n  ${asked.url.href}\n`);
    options.openBrowser(asked.url.href);
    const onStray = () => say('An answer to another sign-in came, and was refused; still waiting.');
    return await callback.answer({ waitMs, state: asked.state, onStray }, (parameters) =>
      exchange(options, async ({ library, server, client, authentication, options: http }) => {
        const checked = library.validateAuthResponse(server, client, parameters, asked.state);
        const more = { ...http, additionalParameters: { resource } };
        const { redirectUri } = callback;
        const verifier = asked.verifier;
        const response = await library.authorizationCodeGrantRequest(
          server,
          client,
          authentication,
          checked,
          redirectUri,
          verifier,
          more,
        );
        const answer = await library.processAuthorizationCodeResponse(server, client, response);
        const signIn = signInFrom(answer, { scopes: asked.scopes }, now());
        const name = signInName(tenant, options);
        await vault.alone(name, () => writeSignIn(vault, name, signIn));
        return signIn;
      }),
    );
  } finally {
    await callback.close();
  }
}

/** Nobody was signed in; forgotten here and revoked there; or forgotten here only, and why. */
export type LoggedOut =
  | { readonly was: 'nobody' | 'revoked' }
  | { readonly was: 'forgotten'; readonly because: CastellanError };

/** Forgets the sign-in whatever Scalekit says: public clients cannot revoke there. */
export async function logout(options: LoginOptions): Promise<LoggedOut> {
  const { vault, tenant, login } = options;
  const name = signInName(tenant, options);
  return vault.alone(name, async () => {
    let because: CastellanError | undefined;
    try {
      const kept = await readSignIn(vault, name, login);
      if (!kept) return { was: 'nobody' };
      const token = kept.refreshToken ?? kept.accessToken;
      await exchange(options, async ({ library, server, client, authentication, options: http }) => {
        const response = await library.revocationRequest(server, client, authentication, token, http);
        await library.processRevocationResponse(response);
      });
    } catch (error) {
      if (!(error instanceof CastellanError)) throw error;
      because = error;
    }
    await vault.remove(name);
    return because ? { was: 'forgotten', because } : { was: 'revoked' };
  });
}

function withoutPkce(): CastellanError {
  return new CastellanError({
    code: 'not_allowed',
    message: 'Scalekit’s authorization server does not say that it knows PKCE with S256.',
    hint: 'Check authorizationServer (SCALEKIT_AUTHORIZATION_SERVER).',
  });
}

function notAPage(): CastellanError {
  return new CastellanError({
    code: 'not_allowed',
    message: 'Scalekit’s authorization server names no page to sign in at.',
    hint: 'Check authorizationServer (SCALEKIT_AUTHORIZATION_SERVER). Nothing was opened.',
  });
}
