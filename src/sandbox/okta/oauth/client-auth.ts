// Who asks at the token, device, introspection and revocation endpoints: private_key_jwt (RFC 7523), a secret, or a public client's id.

import { digest, isAllowedAlgorithm, isSignedBy, readJwt } from '../../oidc/jwt.ts';
import { invalidClient, invalidRequest, OAuthProblem } from './problems.ts';
import { findClient, type KnownClient, type OAuthRequest } from './request.ts';

const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/** Clocks differ a little; more than a minute ahead is no longer a clock. */
const skew = 60;
const longestLife = 3600;

/** @throws OAuthProblem invalid_client (401) or invalid_request where the client is not proved to be who it says */
export function authenticateClient(request: OAuthRequest): KnownClient {
  const { form, call, state } = request;
  const assertion = form.get('client_assertion');
  const basic = /^basic\s/i.test(call.headers.authorization ?? '');
  const ways = [assertion !== undefined, basic, form.has('client_secret')].filter(Boolean).length;
  if (ways > 1) {
    throw new OAuthProblem(
      'invalid_request',
      'Cannot supply multiple client credentials. Use one of the following: credentials in the Authorization header, credentials in the post body, or a client_assertion in the post body.',
      401,
    );
  }
  if (assertion !== undefined) return checkAssertion(request, assertion);
  if (ways > 0) return checkSecret(request);
  const id = form.get('client_id');
  if (id === undefined) throw invalidClient('No client credentials found.');
  const client = findClient(state, id);
  if (!client) throw invalidClient("Invalid value for 'client_id' parameter.");
  if (client.kind !== 'native') throw wantsKeys(request) ? keysOnly() : invalidClient();
  return client;
}

/** The org's own server gives a client tokens of its own for its keys alone. */
function wantsKeys({ form, server }: OAuthRequest): boolean {
  return server === undefined && form.get('grant_type') === 'client_credentials';
}

/** client_secret_basic and client_secret_post (RFC 6749 §2.3.1). */
function checkSecret(request: OAuthRequest): KnownClient {
  if (wantsKeys(request)) throw keysOnly();
  const { form, call, state } = request;
  const [id, secret] = readBasic(call.headers.authorization) ?? [form.get('client_id'), form.get('client_secret')];
  const client = findClient(state, id);
  if (!client || (form.get('client_id') ?? id) !== id) throw invalidClient("Invalid value for 'client_id' parameter.");
  // An application has one way to prove itself: with keys registered, its secret is none any more.
  if (client.secret === undefined || client.keys.size > 0) throw invalidClient();
  if (digest(secret ?? '') !== digest(client.secret))
    throw invalidClient('The client secret supplied for a confidential client is invalid.');
  return client;
}

/** Id and secret, each form-encoded; undefined where there is no such header. */
function readBasic(header: string | undefined): readonly [string, string] | undefined {
  const encoded = /^basic +(\S+) *$/i.exec(header ?? '')?.[1];
  if (encoded === undefined) return undefined;
  const [, id = '', secret = ''] = /^([^:]*):(.*)$/s.exec(Buffer.from(encoded, 'base64').toString('utf8')) ?? [];
  return [decodePart(id), decodePart(secret)];
}

function decodePart(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}

function keysOnly(): OAuthProblem {
  return invalidClient(
    'Client Credentials requests to the Org Authorization Server must use the private_key_jwt token_endpoint_auth_method.',
  );
}

function checkAssertion({ form, state, base, call, now }: OAuthRequest, text: string): KnownClient {
  if (form.get('client_assertion_type') !== assertionType)
    throw invalidRequest('The client_assertion_type is invalid.');
  const jwt = readJwt(text);
  if (!jwt) throw invalidClient('The parsing of the client_assertion failed.');
  const { header, claims } = jwt;
  if (!isAllowedAlgorithm(header.alg)) throw invalidClient('The client_assertion JWT signature algorithm is invalid.');
  const client = typeof claims.iss === 'string' ? findClient(state, claims.iss) : undefined;
  if (!client) throw invalidClient('The issuer claim for client_assertion is not a valid client_id.');
  if (claims.sub !== client.id) throw invalidClient('The subject claim for client_assertion is not a valid client_id.');
  if ((form.get('client_id') ?? client.id) !== client.id)
    throw invalidClient("Invalid value for 'client_id' parameter.");
  if (client.keys.size === 0)
    throw invalidClient('The client does not have a JWKSet configured, but the client_assertion requires one.');
  const key = header.kid === undefined ? onlyKey(client) : client.keys.get(String(header.kid));
  if (!key) throw invalidClient('The client_assertion JWT kid is invalid.');
  if (!isSignedBy(jwt, key as Record<string, unknown>))
    throw invalidClient('The client_assertion signature is invalid.');
  // A single string or a list of one: a token that is good elsewhere too could be carried here from there.
  const audience = Array.isArray(claims.aud) && claims.aud.length === 1 ? claims.aud[0] : claims.aud;
  if (audience !== base + call.url.pathname)
    throw invalidClient('The audience claim for client_assertion must be the endpoint invoked for the request.');
  checkTimes(claims, now / 1000);
  if (
    claims.jti !== undefined &&
    !state.oauth.useOnce(`assertion ${client.id} ${claims.jti}`, Number(claims.exp) * 1000)
  )
    throw invalidClient('The client_assertion token has already been used.');
  return client;
}

function onlyKey(client: KnownClient) {
  return client.keys.size === 1 ? [...client.keys.values()][0] : undefined;
}

function checkTimes(claims: Readonly<Record<string, unknown>>, now: number): void {
  const { exp, iat, nbf } = claims;
  if (typeof exp !== 'number')
    throw invalidClient("The client_assertion must contain the 'exp' claim as seconds since epoch.");
  if (exp <= now) throw invalidClient('The client_assertion token is expired.');
  if (exp > now + longestLife)
    throw invalidClient('The client_assertion token has an expiration too far into the future.');
  for (const moment of [iat, nbf]) {
    if (moment !== undefined && (typeof moment !== 'number' || moment > now + skew))
      throw invalidClient('The client_assertion token must be issued before the current time.');
  }
}
