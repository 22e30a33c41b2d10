// The token endpoint: the grants of the org's own authorization server, and those of the custom ones.

import { digest } from '../../oidc/jwt.ts';
import { json, type OktaAnswer } from '../answer.ts';
import { authenticateClient } from './client-auth.ts';
import { deviceGrant, exchangeGrant } from './clients.ts';
import { readScopes, requireRule } from './custom-policy.ts';
import { checkNonce, currentNonce, type Proof, readProof, useProof } from './dpop.ts';
import { answerExchange } from './exchange.ts';
import { invalidClient, invalidGrant, invalidProof, invalidRequest, noStore, OAuthProblem } from './problems.ts';
import type { KnownClient, OAuthRequest } from './request.ts';
import { decideScopes } from './scope-choice.ts';
import { type DeviceAuthorization, dropEnded, type Grant } from './state.ts';
import { issueTokens, stands, type TokenResponse, userOf } from './tokens.ts';

const everywhere = ['authorization_code', 'client_credentials', 'refresh_token'];
const ofOrg = [...everywhere, deviceGrant];
const ofCustom = [...everywhere, exchangeGrant];

export function answerToken(request: OAuthRequest): OktaAnswer {
  const { form, state, call, base, now, server } = request;
  const grantTypes = server ? ofCustom : ofOrg;
  const type = form.get('grant_type');
  if (type === undefined)
    throw invalidRequest(`The token request must specify a 'grant_type'. Valid values: [${grantTypes.join(', ')}]`);
  if (!grantTypes.includes(type)) {
    throw new OAuthProblem(
      'unsupported_grant_type',
      `The authorization grant type is not supported by the authorization server. Configured grant types: [${grantTypes.join(', ')}].`,
    );
  }
  const client = authenticateClient(request);
  checkGrantType(request, client, type);
  const proof = readProof(call, base, now);
  if (!proof && client.requireDpop) throw invalidProof('The DPoP proof JWT header is missing.');
  if (proof) {
    checkNonce(proof, state.oauth, now);
    useProof(proof, state.oauth);
  }
  const response = exchange(request, client, type, proof);
  const nonce = proof && currentNonce(state.oauth, now);
  // RFC 9449 §8.2: a client that still uses yesterday's nonce learns today's.
  const news = nonce !== undefined && nonce !== proof?.claims.nonce ? { 'dpop-nonce': nonce } : {};
  return json(response, { ...noStore, ...news });
}

function checkGrantType({ server }: OAuthRequest, client: KnownClient, type: string): void {
  if (client.grants.includes(type)) return;
  if (type === 'client_credentials' && !server) {
    throw invalidClient(
      "Only clients with 'application_type' of 'service' may use the client_credentials 'grant_type' with the Org Authorization Server.",
    );
  }
  throw new OAuthProblem(
    'unauthorized_client',
    `The client is not authorized to use the provided grant type. Configured grant types: [${client.grants.join(', ')}].`,
  );
}

function exchange(request: OAuthRequest, client: KnownClient, type: string, proof: Proof | undefined): TokenResponse {
  const { server, state } = request;
  const issue = (grant: Grant, scopes: readonly string[]) => {
    // Whoever refreshes is asked about anew: a person may have lost a group since.
    const grantType = type === 'refresh_token' ? 'authorization_code' : type;
    const rule = server && requireRule(state, server, { client, grantType, user: userOf(state, grant), scopes });
    return issueTokens(state, grant, {
      issuer: request.issuer,
      now: request.now,
      scopes,
      jkt: proof?.jkt,
      withRefresh: grant.userId !== undefined && grant.scopes.includes('offline_access'),
      ...(rule && { life: rule.accessTokenMinutes * 60 }),
    });
  };
  if (type === exchangeGrant) return answerExchange(request, issue, client);
  if (type === 'client_credentials') {
    const asked = request.form.get('scope');
    const scopes = server ? readScopes(server, 'client credentials', asked) : decideScopes(client, asked);
    return issue(startGrant(client, scopes, server?.id), scopes);
  }
  if (type === 'refresh_token') {
    const { token, scopes } = takeRefreshToken(request, client, proof);
    const response = issue(token.grant, scopes);
    token.used = true;
    return response;
  }
  const grant = type === deviceGrant ? takeDeviceGrant(request, client) : takeCode(request, client);
  grant.jkt = proof?.jkt;
  return issue(grant, grant.scopes);
}

function startGrant(client: KnownClient, scopes: readonly string[], serverId: string | undefined): Grant {
  return {
    clientId: client.id,
    userId: undefined,
    scopes,
    jkt: undefined,
    authTime: undefined,
    nonce: undefined,
    serverId,
    revoked: false,
  };
}

/** RFC 6749 §4.1.3 and RFC 7636 §4.6. A code that comes twice was stolen once: what it gave ends (§4.1.2). */
function takeCode({ form, state, now, server }: OAuthRequest, client: KnownClient): Grant {
  const code = form.get('code');
  if (code === undefined) throw invalidRequest("The required parameter 'code' is missing.");
  const found = state.oauth.codes.get(code);
  if (!found?.grant || found.serverId !== server?.id || (!found.used && found.expires <= now))
    throw invalidGrant('The authorization code is invalid or has expired.');
  if (found.used) {
    found.grant.revoked = true;
    throw invalidGrant('The authorization code is invalid or has expired.');
  }
  if (found.clientId !== client.id) {
    throw invalidGrant(
      "The grant was issued to another client. Please make sure the 'client_id' matches the one used at the authorize request.",
    );
  }
  found.used = true;
  if (form.get('redirect_uri') !== found.redirectUri)
    throw invalidGrant("The 'redirect_uri' does not match the redirection URI used in the authorization request.");
  const verifier = form.get('code_verifier');
  if (verifier === undefined) throw invalidRequest('PKCE code verifier is required by the application.');
  if (!/^[\w.~-]{43,128}$/.test(verifier) || digest(verifier) !== found.challenge)
    throw invalidGrant('PKCE verification failed.');
  if (!stands(state, found.grant)) throw invalidGrant('The authorization code is invalid or has expired.');
  return found.grant;
}

/** Each refresh token once; one that comes again ends everything that was issued on its grant (RFC 9700 §4.14.2). */
function takeRefreshToken({ form, state, now, server }: OAuthRequest, client: KnownClient, proof: Proof | undefined) {
  const text = form.get('refresh_token');
  if (text === undefined) throw invalidRequest("The required parameter 'refresh_token' is missing.");
  const token = state.oauth.refreshTokens.get(text);
  const isTheirs = token?.grant.clientId === client.id && token.grant.serverId === server?.id;
  if (token?.used && isTheirs) token.grant.revoked = true;
  if (!token || !isTheirs || token.used || token.expires <= now || !stands(state, token.grant))
    throw invalidGrant('The refresh token is invalid or expired.');
  if (token.grant.jkt !== undefined && token.grant.jkt !== proof?.jkt)
    throw invalidProof('Invalid DPoP Public Key binding in refresh token');
  const asked = form.get('scope')?.split(/ +/) ?? token.grant.scopes;
  const more = asked.filter((scope) => !token.grant.scopes.includes(scope));
  if (more.length > 0) {
    throw new OAuthProblem(
      'access_denied',
      `Some of the scopes requested for the refresh request were not granted in the original authorize request. Denied scopes: ${more.join(', ')}.`,
    );
  }
  return { token, scopes: asked };
}

/** RFC 8628 §3.5. */
function takeDeviceGrant({ form, state, now }: OAuthRequest, client: KnownClient): Grant {
  const code = form.get('device_code');
  if (code === undefined) throw invalidRequest("The required parameter 'device_code' is missing.");
  dropEnded(state.oauth.devices, now);
  const device = state.oauth.devices.get(code);
  if (device?.clientId !== client.id) throw invalidGrant('The device code is invalid or has expired.');
  if (device.expires <= now) throw new OAuthProblem('expired_token', 'The device code has expired.');
  checkPace(device, now);
  if (device.decision === 'pending')
    throw new OAuthProblem('authorization_pending', 'The device authorization is pending. Please try again later.');
  state.oauth.devices.delete(code);
  if (device.decision === 'denied') {
    throw new OAuthProblem('access_denied', 'The resource owner or authorization server denied the request.', 403);
  }
  if (!stands(state, device.decision)) throw invalidGrant('The device code is invalid or has expired.');
  return device.decision;
}

function checkPace(device: DeviceAuthorization, now: number): void {
  const tooSoon = device.asked !== undefined && now - device.asked < device.interval * 1000;
  device.asked = now;
  if (!tooSoon) return;
  device.interval += 5;
  throw new OAuthProblem('slow_down', 'Slow down the polling frequency. Please try again later.');
}
