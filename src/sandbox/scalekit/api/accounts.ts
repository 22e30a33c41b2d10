// Connected accounts, and the links by which somebody connects one.

import { randomText } from '../../oidc/kept.ts';
import { type Account, connectors } from './account-records.ts';
import { type ApiContext, param, type Route } from './context.ts';
import { pageOf } from './paging.ts';
import { invalid, notFound } from './problem.ts';
import { readSearch } from './search.ts';

const whose = { organization_id: 'text', user_id: 'text', connector: 'text', identifier: 'text', id: 'text' } as const;

interface Whose {
  id?: string | undefined;
  connector?: string | undefined;
  identifier?: string | undefined;
}

export const accountRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: 'connected_accounts',
    handle(context) {
      const { query, state } = context;
      const wanted = query.text('query')?.toLowerCase();
      const same = (name: 'connector' | 'identifier' | 'provider', account: Account) =>
        query.text(name) === undefined || query.text(name) === account[name];
      const all = [...state.accounts.values()].filter(
        (account) =>
          same('connector', account) &&
          same('identifier', account) &&
          same('provider', account) &&
          (wanted === undefined || account.identifier.includes(wanted)),
      );
      const { items, places } = pageOf(context, all, { least: 0, most: 99, usual: 20 });
      return { ...places, connected_accounts: items };
    },
  },
  {
    method: 'GET',
    path: 'connected_accounts:search',
    handle(context) {
      const matches = readSearch(context);
      const connectionId = context.query.text('connection_id');
      const all = [...context.state.accounts.values()].filter(
        ({ identifier, connector, provider, connection_id }) =>
          matches([identifier, connector, provider]) && (connectionId === undefined || connectionId === connection_id),
      );
      const { items, places } = pageOf(context, all, { most: 30 });
      return { ...places, connected_accounts: items };
    },
  },
  {
    method: 'GET',
    path: 'connected_accounts/{id}',
    handle: (context) => ({ connected_account: findAccount(context, { id: param(context, 'id') }) }),
  },
  {
    method: 'GET',
    path: 'connected_accounts/this',
    handle: (context) => ({ connected_account: findAccount(context, { id: context.query.text('id') ?? '-' }) }),
  },
  {
    method: 'GET',
    path: 'connected_accounts/details',
    handle: (context) => ({ connected_account: findAccount(context, asked(context)) }),
  },
  {
    // With what opens the account at the other service: nothing to be shown to a model.
    method: 'GET',
    path: 'connected_accounts/auth',
    handle(context) {
      const account = findAccount(context, asked(context));
      const oauth_token = {
        access_token: `at-${account.id}`,
        refresh_token: `rt-${account.id}`,
        scopes: [],
        domain: '',
      };
      return { connected_account: { ...account, authorization_details: { oauth_token } } };
    },
  },
  {
    method: 'POST',
    path: 'connected_accounts:delete',
    handle(context) {
      context.state.accounts.delete(findAccount(context, context.read(whose)).id);
      return {};
    },
  },
  {
    method: 'POST',
    path: 'connected_accounts/magic_link',
    handle(context) {
      const { state, at, now } = context;
      const given = context.read({ ...whose, state: 'text', user_verify_url: 'text' });
      const account = given.id ? findAccount(context, given) : (known(context, given) ?? makeAccount(context, given));
      if (account.status !== 'ACTIVE') Object.assign(account, { status: 'PENDING_AUTH', updated_at: at });
      return {
        link: `http://${state.record.domain}/magicLink/${randomText()}`,
        expiry: new Date(now + 60_000).toISOString(),
      };
    },
  },
];

const asked = ({ query }: ApiContext): Whose => ({
  id: query.text('id'),
  connector: query.text('connector'),
  identifier: query.text('identifier'),
});

function known({ state }: ApiContext, { id, connector, identifier }: Whose): Account | undefined {
  if (id) return state.accounts.get(id);
  if (!connector) throw invalid('connector', 'value is required');
  if (!identifier) throw invalid('identifier', 'value is required');
  return [...state.accounts.values()].find((each) => each.connector === connector && each.identifier === identifier);
}

function findAccount(context: ApiContext, of: Whose): Account {
  const found = known(context, of);
  if (!found) throw notFound('connected account');
  return found;
}

function makeAccount({ state, at }: ApiContext, { connector = '', identifier = '' }: Whose): Account {
  const kind = connectors.find((each) => each.connector === connector);
  if (!kind) throw notFound('connector');
  const other = [...state.accounts.values()].find((each) => each.connector === connector);
  const account: Account = {
    id: state.newId('ca'),
    identifier,
    provider: kind.provider,
    connector,
    connection_id: other?.connection_id ?? state.newId('conn'),
    status: 'PENDING_AUTH',
    authorization_type: kind.type,
    updated_at: at,
  };
  state.accounts.set(account.id, account);
  return account;
}
