// What goes wrong when somebody signs in to an MCP server, in words that say what to do. Never a token or code in it.

import {
  AuthorizationServerMismatchError,
  InsecureTokenEndpointError,
  IssuerMismatchError,
  OAuthError,
  RegistrationRejectedError,
} from '@modelcontextprotocol/client';
import { ZodError } from 'zod';
import { CastellanError, type ErrorFacts } from '../../core/errors.ts';
import { plain, shortened } from '../../core/plain.ts';
import { showUrl } from '../connect-failure.ts';

/** Text of a stranger: on one line, short, and without what looks like a secret. */
export function cleanText(text: string): string {
  return shortened(plain(text.replace(/eyJ[\w.-]+/g, '[removed]').replace(/[\w~+/-]{40,}/g, '[removed]')).trim(), 300);
}

/** How somebody signs in, for a shell. */
export function loginCommand(server: URL): string {
  return `castellan login ${/^[\w./:@%-]+$/.test(server.href) ? server.href : `'${server.href.replaceAll("'", '%27')}'`}`;
}

export function signInNeeded(server: URL, what: string): CastellanError {
  return new CastellanError({ code: 'unauthorized', message: what, hint: `Run \`${loginCommand(server)}\`.` });
}

/** @returns a CastellanError for whatever signing in throws; a stranger to all of it stays what it is */
export function describeSignInFailure(error: unknown, server: URL): unknown {
  for (let at = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth++) {
    if (at instanceof CastellanError) return at;
    if (at instanceof OAuthError) return describeOAuth(at, server);
  }
  const name = showUrl(server);
  const say = (facts: Omit<ErrorFacts, 'cause' | 'detail'>) => new CastellanError(facts);
  const tell = 'Tell whoever runs the server.';
  if (error instanceof IssuerMismatchError || error instanceof AuthorizationServerMismatchError)
    return say({
      code: 'platform_answer_invalid',
      message: `The answer is not from the authorization server that was asked (${cleanText(error.message)}).`,
      hint: `Nothing was kept. Somebody may have mixed up two sign-ins on purpose (RFC 9207); if it stays so, ${lower(tell)}`,
    });
  if (error instanceof RegistrationRejectedError)
    return say({
      code: 'refused_by_platform',
      message: `The authorization server of ${name} does not register this client (HTTP ${error.status}: ${cleanText(error.body)}).`,
      hint: 'Have a client registered there and give its id with --client-id.',
    });
  if (error instanceof InsecureTokenEndpointError)
    return say({ code: 'not_allowed', message: `The token endpoint of ${name} is without TLS.`, hint: tell });
  if (error instanceof ZodError || error instanceof SyntaxError)
    return say({
      code: 'platform_answer_invalid',
      message: `What ${name} or its authorization server tells about signing in cannot be read.`,
      hint: tell,
    });
  const text = error instanceof Error ? error.message : '';
  if (/does not support dynamic client registration/.test(text))
    return say({
      code: 'bad_configuration',
      message: `At the authorization server of ${name} clients cannot register themselves.`,
      hint: 'Have a client registered there, with the redirect URI http://127.0.0.1/callback at any port (or a fixed one, with --port), and give its id with --client-id.',
    });
  if (/does not match expected/.test(text))
    return say({
      code: 'platform_answer_invalid',
      message: `${name} says that it is another resource than the one at this address.`,
      hint: `No sign-in was begun. Check the address; if it is right, ${lower(tell)}`,
    });
  if (/^Incompatible auth server|trying to load|HTTP \d{3}/.test(text))
    return say({ code: 'platform_answer_invalid', message: `${name}: ${cleanText(text)}`, hint: tell });
  const code = systemCode(error);
  if (code !== undefined || text === 'fetch failed' || (error instanceof Error && error.name === 'TimeoutError'))
    return say({
      code: 'platform_unavailable',
      message: `The authorization server of ${name} cannot be reached (${code ?? 'no answer in time'}).`,
      hint: 'Try again; check the network and, behind a proxy, its settings.',
      retry: { again: true, afterMs: 0 },
    });
  return error;
}

/** RFC 6749 §4.1.2.1 and §5.2, RFC 8628 §3.5, RFC 8707 §2. */
function describeOAuth(error: OAuthError, server: URL): CastellanError {
  const name = showUrl(server);
  const code = cleanText(error.code).slice(0, 60);
  const said = cleanText(error.message);
  const told = said === '' || said === code ? code : `${code}: ${said.replace(/\.$/, '')}`;
  const say = (message: string, hint: string, kind: ErrorFacts['code'] = 'unauthorized', again = false) =>
    new CastellanError({
      code: kind,
      message: `${message} (${told}).`,
      hint,
      ...(again && { retry: { again: true as const, afterMs: 0 } }),
      detail: { oauth: code },
    });
  switch (code) {
    case 'access_denied':
      return say(`Access to ${name} was refused`, 'Whoever signed in declined, or may not use this server.');
    case 'invalid_grant':
      return say(
        `The sign-in to ${name} is over: its authorization server no longer accepts it`,
        `Run \`${loginCommand(server)}\`.`,
      );
    case 'invalid_client':
    case 'unauthorized_client':
      return say(
        `The authorization server of ${name} does not know this client, or not like this`,
        `Run \`castellan logout ${server.href}\`, which forgets the client as well, then \`${loginCommand(server)}\`; a client that was given with --client-id must allow authorization codes with PKCE.`,
      );
    case 'invalid_scope':
      return say(
        `The authorization server of ${name} does not grant what was asked for`,
        'Ask for fewer with --scope.',
      );
    case 'invalid_target':
      return say(`The authorization server does not know ${name} as a resource`, 'Tell whoever runs the server.');
    case 'server_error':
    case 'temporarily_unavailable':
    case 'too_many_requests':
      return say(`The authorization server of ${name} failed`, 'Try again in a moment.', 'platform_unavailable', true);
    default:
      return say(`The authorization server of ${name} refused`, 'Tell whoever runs the server.', 'refused_by_platform');
  }
}

function systemCode(error: unknown): string | undefined {
  for (let at = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth++) {
    const { code } = at as NodeJS.ErrnoException;
    if (typeof code === 'string' && /^[A-Z][A-Z0-9_]+$/.test(code) && !code.startsWith('ERR_INVALID')) return code;
  }
  return undefined;
}

function lower(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
