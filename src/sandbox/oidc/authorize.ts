// The authorize endpoint of a simulated provider (RFC 6749 §4.1, RFC 7636 §4.3), the sign-in that follows, and the way back.

import { randomUUID } from 'node:crypto';
import type { Answer, Call } from '../answer.ts';
import { dropEnded, randomText } from './kept.ts';
import { answerPage, html } from './page.ts';
import { type Parameters, readCookie, readParameters, requireParameter } from './parameters.ts';
import { answerProblemPage, OidcProblem } from './problem.ts';
import type { Authorization, OidcClient, OidcPerson, Provider, Session } from './provider.ts';
import { sandboxPassword, signInForm } from './sign-in-form.ts';

const signInLife = 600_000;

export async function answerAuthorize(provider: Provider, call: Call): Promise<Answer> {
  try {
    const given = readParameters(call);
    const client = await provider.findClient(requireParameter(given, 'client_id'));
    if (!client) throw new OidcProblem('invalid_client', 'There is no such client.');
    const redirectUri = requireParameter(given, 'redirect_uri');
    if (!isRegistered(client, client.redirectUris, redirectUri))
      throw new OidcProblem('invalid_request', 'The redirect_uri is not registered with the client.');
    return askOrSendBack(provider, call, { client, redirectUri, given });
  } catch (error) {
    if (!(error instanceof OidcProblem)) throw error;
    return answerProblemPage(error);
  }
}

/** Exactly; of a public client the port may be another where the address is this machine's (RFC 8252 §7.3). */
export function isRegistered(client: OidcClient, uris: readonly string[], uri: string): boolean {
  if (uris.includes(uri)) return true;
  if (client.secret !== undefined) return false;
  const plain = (text: string) => /^(http:\/\/(?:127\.0\.0\.1|localhost|\[::1\]))(?::\d{1,5})?(\/[^#]*)?$/.exec(text);
  const asked = plain(uri);
  return asked !== null && uris.some((known) => samePlace(plain(known), asked));
}

function samePlace(known: RegExpExecArray | null, asked: RegExpExecArray): boolean {
  return known !== null && known[1] === asked[1] && (known[2] ?? '/') === (asked[2] ?? '/');
}

interface Asking {
  client: OidcClient;
  redirectUri: string;
  given: Parameters;
}

function askOrSendBack(provider: Provider, call: Call, { client, redirectUri, given }: Asking): Answer {
  const back = { redirectUri, state: given.get('state') };
  try {
    if (given.get('response_type') !== 'code')
      throw new OidcProblem('unsupported_response_type', "The response_type must be 'code'.");
    if (!client.grants.includes('authorization_code'))
      throw new OidcProblem('unauthorized_client', 'The client may not use the authorization code grant.');
    const authorization: Authorization = {
      ...back,
      client,
      rights: provider.decideRights(client, given, 'person'),
      nonce: given.get('nonce'),
      challenge: readChallenge(provider, client, given),
      expires: provider.now() + signInLife,
    };
    const session = findSession(provider, call);
    if (session && !client.asksConsent && !isAskedAgain(provider, given, session))
      return giveCode(provider, authorization, session);
    if (given.get('prompt') === 'none')
      throw new OidcProblem('login_required', 'The client asked for no page, and nobody is signed in.');
    const id = randomText();
    dropEnded(provider.memory.waiting, provider.now());
    provider.memory.waiting.set(id, authorization);
    return askPerson(provider, id, authorization, given.get('login_hint'), undefined);
  } catch (error) {
    if (!(error instanceof OidcProblem)) throw error;
    return sendBack(back, { error: error.error, error_description: error.message });
  }
}

function readChallenge({ challengeMethods }: Provider, client: OidcClient, given: Parameters) {
  const value = given.get('code_challenge');
  if (value === undefined) {
    if (client.secret !== undefined) return undefined;
    throw new OidcProblem('invalid_request', 'A public client must use PKCE: code_challenge is missing.');
  }
  const method = given.get('code_challenge_method') ?? 'plain';
  if (!challengeMethods.includes(method))
    throw new OidcProblem('invalid_request', `The code_challenge_method must be ${challengeMethods.join(' or ')}.`);
  if (!/^[\w.~-]{43,128}$/.test(value)) throw new OidcProblem('invalid_request', 'The code_challenge is malformed.');
  return { value, method };
}

function isAskedAgain({ now }: Provider, given: Parameters, session: Session): boolean {
  const age = given.get('max_age');
  if (age !== undefined && !(now() / 1000 - session.authTime <= Number(age))) return true;
  return (given.get('prompt') ?? 'none') !== 'none';
}

export function findSession({ memory, cookie, now, personById }: Provider, call: Call): Session | undefined {
  const session = memory.sessions.get(readCookie(call, cookie) ?? '');
  const person = session && personById(session.personId);
  return person && !person.isLocked && session.expires > now() ? session : undefined;
}

function askPerson(
  { words, suggestions, signInPath }: Provider,
  id: string,
  { client, rights, redirectUri }: Authorization,
  login: string | undefined,
  wrong: string | undefined,
): Answer {
  const form = signInForm({
    intro: client.asksConsent
      ? html`<p>${client.name} asks to act for you. It returns to <kbd>${new URL(redirectUri).host}</kbd>.</p>`
      : html`<p>Sign in to continue to ${client.name}.</p>`,
    action: signInPath,
    hidden: { request: id },
    loginLabel: words.login,
    login,
    wrong,
    suggestions,
    scopes: client.asksConsent ? rights.scopes : undefined,
    yes: client.asksConsent ? 'Allow' : 'Sign in',
    no: client.asksConsent ? 'Deny' : 'Cancel',
  });
  const { origin, protocol } = new URL(redirectUri);
  // An application's own scheme has no origin.
  const formTarget = origin === 'null' ? protocol : origin;
  return answerPage(words.title, form, { status: wrong === undefined ? 200 : 400, formTarget });
}

export function answerSignIn(provider: Provider, call: Call): Answer {
  const { memory, now } = provider;
  const form = readParameters(call);
  const id = form.get('request') ?? '';
  const authorization = memory.waiting.get(id);
  if (!authorization || authorization.expires <= now()) {
    const body = html`<p>This sign-in is over. Start again from the application.</p>`;
    return answerPage('Request expired', body, { status: 400 });
  }
  if (form.get('decision') === 'deny') {
    memory.waiting.delete(id);
    return sendBack(authorization, { error: 'access_denied', error_description: 'The person said no.' });
  }
  const person = readPerson(provider, form);
  if (typeof person === 'string') return askPerson(provider, id, authorization, form.get('login'), person);
  if (form.get('decision') !== 'allow')
    return askPerson(provider, id, authorization, form.get('login'), 'Say whether you allow it.');
  memory.waiting.delete(id);
  const { session, cookie } = startSession(provider, person);
  const answer = giveCode(provider, authorization, session);
  return { ...answer, headers: { ...answer.headers, 'set-cookie': cookie } };
}

function readPerson({ words, findPerson }: Provider, form: Parameters): OidcPerson | string {
  const login = form.get('login')?.trim();
  const password = form.get('password');
  if (login === undefined || password === undefined) return words.missing;
  const person = findPerson(login.toLowerCase());
  if (!person || password !== sandboxPassword) return words.wrong;
  return person.isLocked ? words.locked : person;
}

/** Always a new one: what the browser had before is not kept. */
function startSession({ memory, now, cookie, lives }: Provider, person: OidcPerson) {
  const value = randomText();
  const session: Session = {
    id: randomUUID().replaceAll('-', ''),
    personId: person.id,
    authTime: Math.floor(now() / 1000),
    expires: now() + lives.session * 1000,
  };
  dropEnded(memory.sessions, now());
  memory.sessions.set(value, session);
  return { session, cookie: `${cookie}=${value}; Path=/; HttpOnly; SameSite=Lax` };
}

function giveCode(provider: Provider, authorization: Authorization, session: Session): Answer {
  const { memory, now, lives, narrowRights, personById } = provider;
  const code = randomText();
  const { client, nonce } = authorization;
  const person = personById(session.personId);
  const rights = person && narrowRights ? narrowRights(authorization.rights, person) : authorization.rights;
  const { personId, authTime, id: sessionId } = session;
  const grant = { ...rights, clientId: client.id, personId, authTime, sessionId, nonce, revoked: false };
  dropEnded(memory.codes, now());
  memory.codes.set(code, { ...authorization, grant, expires: now() + lives.code * 1000 });
  return sendBack(authorization, { code });
}

function sendBack(
  { redirectUri, state }: Pick<Authorization, 'redirectUri' | 'state'>,
  result: Readonly<Record<string, string>>,
): Answer {
  const url = new URL(redirectUri);
  const parameters = { ...result, ...(state !== undefined && { state }) };
  for (const [name, value] of Object.entries(parameters)) url.searchParams.append(name, value);
  const headers = { location: url.href, 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' };
  return { status: 302, headers, body: '' };
}
