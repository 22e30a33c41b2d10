// Signing out at a simulated provider (OpenID Connect RP-Initiated Logout): the session ends, and the way back to the client.

import type { Answer, Call } from '../answer.ts';
import { isRegistered } from './authorize.ts';
import { isSignedBy, readJwt } from './jwt.ts';
import { answerPage, html } from './page.ts';
import { type Parameters, readCookie, readParameters } from './parameters.ts';
import { answerProblemPage, OidcProblem } from './problem.ts';
import type { OidcClient, Provider } from './provider.ts';

export async function answerLogout(provider: Provider, call: Call): Promise<Answer> {
  try {
    const given = readParameters(call);
    const target = readTarget(await readHint(provider, given.get('id_token_hint')), given);
    provider.memory.sessions.delete(readCookie(call, provider.cookie) ?? '');
    const cookie = `${provider.cookie}=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax`;
    const answer = target ? goTo(target) : answerPage('Signed out', html`<p>You are signed out.</p>`);
    return { ...answer, headers: { ...answer.headers, 'set-cookie': cookie } };
  } catch (error) {
    if (!(error instanceof OidcProblem)) throw error;
    return answerProblemPage(error);
  }
}

/** The client of an ID token; it may have ended: whoever signs out late signs out all the same. */
async function readHint(provider: Provider, hint: string | undefined): Promise<OidcClient | undefined> {
  if (hint === undefined) return undefined;
  const jwt = readJwt(hint);
  const isOurs = jwt && provider.keys.published().some((key) => isSignedBy(jwt, key as Record<string, unknown>));
  const client = isOurs && typeof jwt.claims.azp === 'string' ? await provider.findClient(jwt.claims.azp) : undefined;
  if (!client) throw new OidcProblem('invalid_request', 'The id_token_hint is none of this provider.');
  return client;
}

function readTarget(client: OidcClient | undefined, given: Parameters): URL | undefined {
  const uri = given.get('post_logout_redirect_uri');
  if (uri === undefined) return undefined;
  if (!client || !isRegistered(client, client.logoutUris, uri))
    throw new OidcProblem('invalid_request', 'The post_logout_redirect_uri is not registered with the client.');
  const url = new URL(uri);
  const state = given.get('state');
  if (state !== undefined) url.searchParams.append('state', state);
  return url;
}

function goTo(url: URL): Answer {
  const headers = { location: url.href, 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' };
  return { status: 302, headers, body: '' };
}
