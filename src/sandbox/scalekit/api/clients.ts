// Clients of the environment. Of a secret nothing is shown but its end.

import type { ApiContext, Route } from './context.ts';
import { param } from './context.ts';
import { pageOf } from './paging.ts';
import { ApiProblem, invalid, notFound } from './problem.ts';
import type { ApiClient } from './records.ts';

const lists = ['post_login_uris', 'post_logout_redirect_uris', 'back_channel_logout_uris'] as const;

const changeable = {
  post_login_uris: { each: 'text' },
  post_logout_redirect_uris: { each: 'text' },
  back_channel_logout_uris: { each: 'text' },
  initiate_login_uri: 'text',
  name: 'text',
  access_token_expiry: 'int64',
  scopes: { each: 'text' },
  custom_claims: { each: { of: { key: 'text', value: 'text' } } },
  disallow_scalekit_api_access: 'flag',
  grant_types: { each: 'text' },
  enforce_pkce: 'flag',
} as const;

export const clientRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: 'clients',
    handle(context) {
      if (context.query.flag('include_plain_secret'))
        throw new ApiProblem(403, 'plain secrets are not shown to this credential');
      const types = context.query.texts('filter.client_type');
      const all = [...context.state.clients.values()].filter(
        ({ client_type }) => types.length === 0 || types.includes(client_type),
      );
      const { items, places } = pageOf(context, all, { most: 30, usual: 30 });
      return { ...places, clients: items.map((client) => show(context, client)) };
    },
  },
  {
    method: 'GET',
    path: 'clients/{client_id}',
    handle: (context) => ({ client: show(context, findClient(context)) }),
  },
  {
    method: 'PATCH',
    path: 'clients/{client_id}',
    handle(context) {
      const client = findClient(context);
      const mask = context.query.texts('mask');
      const given = Object.fromEntries(
        Object.entries(context.read(changeable)).filter(([name]) => mask.length === 0 || mask.includes(name)),
      ) as Partial<ApiClient>;
      check(given);
      Object.assign(client, given, { update_time: context.at });
      const { app } = context.state.oauth;
      if (client.id === app.id) {
        if (given.post_login_uris) app.redirectUris = given.post_login_uris;
        if (given.post_logout_redirect_uris) app.logoutUris = given.post_logout_redirect_uris;
      }
      return { client: show(context, client) };
    },
  },
];

function findClient(context: ApiContext): ApiClient {
  const found = context.state.clients.get(param(context, 'client_id'));
  if (!found) throw notFound('client');
  return found;
}

/** Where people may be sent is what the authorization server knows, whoever has changed it. */
function show({ state: { oauth } }: ApiContext, client: ApiClient): ApiClient {
  if (client.id !== oauth.app.id) return client;
  const { redirectUris, logoutUris } = oauth.app;
  return { ...client, post_login_uris: [...redirectUris], post_logout_redirect_uris: [...logoutUris] };
}

function check(given: Partial<ApiClient>): void {
  for (const name of lists) {
    const uris = given[name] ?? [];
    const wrong = uris.find((uri) => !isAddress(uri));
    if (wrong !== undefined) throw invalid(`client.${name}`, 'must be absolute addresses by http or https');
    if (new Set(uris).size < uris.length) throw invalid(`client.${name}`, 'must be unique');
  }
  const { initiate_login_uri: start = '', access_token_expiry: expiry } = given;
  if (start !== '' && !isAddress(start)) throw invalid('client.initiate_login_uri', 'must be an absolute address');
  if (expiry !== undefined && (Number(expiry) < 60 || Number(expiry) > 86_400))
    throw invalid('client.access_token_expiry', 'must be between 60 and 86400');
}

export function isAddress(text: string): boolean {
  const url = URL.parse(text);
  return url !== null && ['http:', 'https:'].includes(url.protocol) && url.hash === '';
}
