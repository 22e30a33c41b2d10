// A certified authorization server (oidc-provider) that lets clients register themselves and signs one person in without
// asking: the other side of a real client's sign-in.

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import Provider, { type Configuration } from 'oidc-provider';

export interface AuthorizationServer {
  readonly url: string;
  readonly close: () => Promise<void>;
}

const scopes = 'castellan:read castellan:write castellan:destroy';

export async function openAuthorizationServer(resource: string, person: string): Promise<AuthorizationServer> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const hour = () => 3_600;
  const configuration: Configuration = {
    scopes: ['openid', 'offline_access', ...scopes.split(' ')],
    clientDefaults: { token_endpoint_auth_method: 'none' },
    // Clients register with the scopes that they were told first; a step up asks for more.
    extraClientMetadata: {
      properties: ['any_scope'],
      validator: (_context, _key, _value, metadata) => {
        delete metadata.scope;
      },
    },
    pkce: { required: () => true },
    ttl: { AccessToken: hour, AuthorizationCode: hour, Grant: hour, IdToken: hour, Interaction: hour, Session: hour },
    cookies: { keys: ['a key of this test'] },
    findAccount: (_context, id) => ({ accountId: id, claims: async () => ({ sub: id }) }),
    interactions: { url: (_context, { uid }) => `/interaction/${uid}` },
    features: {
      devInteractions: { enabled: false },
      registration: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => resource,
        useGrantedResource: () => true,
        getResourceServerInfo: () => ({
          scope: scopes,
          audience: resource,
          accessTokenFormat: 'jwt',
          jwt: { sign: { alg: 'RS256' } },
        }),
      },
    },
  };
  const provider = new Provider(url, configuration);

  async function agree(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { params, prompt, grantId, session } = await provider.interactionDetails(request, response);
    const accountId = session?.accountId ?? person;
    if (prompt.name === 'login')
      return provider.interactionFinished(
        request,
        response,
        { login: { accountId } },
        { mergeWithLastSubmission: false },
      );
    const known = grantId === undefined ? undefined : await provider.Grant.find(grantId);
    const grant = known ?? new provider.Grant({ accountId, clientId: String(params.client_id) });
    const missing = prompt.details as { missingOIDCScope?: string[]; missingResourceScopes?: Record<string, string[]> };
    grant.addOIDCScope((missing.missingOIDCScope ?? []).join(' '));
    for (const [at, wanted] of Object.entries(missing.missingResourceScopes ?? {}))
      grant.addResourceScope(at, wanted.join(' '));
    const consent = { grantId: await grant.save() };
    return provider.interactionFinished(request, response, { consent }, { mergeWithLastSubmission: true });
  }

  const answer = provider.callback();
  server.on('request', (request, response) => {
    if (request.url?.startsWith('/interaction/')) agree(request, response).catch(() => response.destroy());
    else {
      // It has only the OpenID form of its metadata.
      request.url = request.url?.replace('oauth-authorization-server', 'openid-configuration');
      void answer(request, response);
    }
  });
  return {
    url,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
