// Token exchange at the host for the whole workspace (RFC 8693): for somebody's token of an MCP server of theirs, one for the API.

import { type Answer, type Call, json } from '../answer.ts';
import { authenticateClient } from '../oidc/client-auth.ts';
import { readParameters, requireParameter, splitScopes } from '../oidc/parameters.ts';
import { answerProblem, noStore, OidcProblem } from '../oidc/problem.ts';
import type { OidcPerson, Provider } from '../oidc/provider.ts';
import type { Authorization } from './authorization.ts';
import type { ScalekitServer } from './environment.ts';
import { audienceOf } from './rights.ts';

export const exchangeGrant = 'urn:ietf:params:oauth:grant-type:token-exchange';
const accessTokenType = 'urn:ietf:params:oauth:token-type:access_token';
const jwtType = 'urn:ietf:params:oauth:token-type:jwt';

export interface ExchangeOptions {
  central: Authorization;
  /** Of the environments, whose tokens are taken. */
  subjects: readonly Provider[];
  /** What the tokens are for. */
  server: ScalekitServer;
}

/** Undefined where another grant is asked for. That Scalekit has this exchange for its API is an assumption. */
export function createExchange(options: ExchangeOptions): (call: Call) => Promise<Answer> | undefined {
  return (call) => {
    const isAsked = call.method === 'POST' && new URLSearchParams(call.body).get('grant_type') === exchangeGrant;
    if (!isAsked || call.url.pathname !== '/oauth/token') return undefined;
    return exchange(options, call).catch((error: unknown) => {
      if (error instanceof OidcProblem) return answerProblem(error, {});
      throw error;
    });
  };
}

async function exchange({ central, subjects, server }: ExchangeOptions, call: Call): Promise<Answer> {
  const { provider } = central;
  const form = readParameters(call);
  const client = await authenticateClient(provider, call, form);
  if (client.secret === undefined || !client.grants.includes(exchangeGrant))
    throw new OidcProblem('unauthorized_client', 'The client may not exchange tokens.');
  if (![accessTokenType, jwtType].includes(requireParameter(form, 'subject_token_type')))
    throw new OidcProblem('invalid_request', 'The subject_token_type is not supported.');
  const person = findSubject(subjects, requireParameter(form, 'subject_token'));
  // RFC 8693 §2.1: the target is said by one of the two, or by none.
  const target = form.get('audience') ?? form.get('resource') ?? audienceOf(server)[0] ?? '';
  if (!audienceOf(server).includes(target)) throw new OidcProblem('invalid_target', 'There is no such audience.');
  const asked = splitScopes(form.get('scope'));
  const stray = asked.find((scope) => !server.scopes.includes(scope));
  if (stray !== undefined) throw new OidcProblem('invalid_scope', `The scope '${stray}' is not allowed.`);
  const scopes = asked.length > 0 ? asked : server.scopes;
  // §4.1: who acts for the person.
  const over = { act: { sub: client.id } };
  const order = { login: person.login, scopes, clientId: client.id, over };
  const answer = {
    access_token: central.issueToken(call.url.origin, server, order),
    issued_token_type: accessTokenType,
    token_type: 'Bearer',
    expires_in: provider.lives.access,
    scope: scopes.join(' '),
  };
  return json(answer, noStore);
}

/** §2.2.2: whatever is wrong with the token is an invalid request. */
function findSubject(providers: readonly Provider[], token: string): OidcPerson {
  for (const { memory, now, personById } of providers) {
    const known = memory.access.get(token);
    const person = known && personById(known.grant.personId ?? '');
    const isGood = known && !known.revoked && !known.grant.revoked && known.expires > now();
    if (isGood && person && !person.isLocked) return person;
  }
  throw new OidcProblem('invalid_request', 'The subject_token is invalid, has expired, or is nobody’s.');
}
