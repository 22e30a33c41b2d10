// The log of authentication requests, the latest first.

import type { Route } from './context.ts';
import { pageOf } from './paging.ts';
import { invalid } from './problem.ts';
import { authStatuses } from './words.ts';

export const logRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: 'logs/authentication/requests',
    handle(context) {
      const { query, state } = context;
      const statuses = query.texts('status');
      const stray = statuses.find((status) => !(authStatuses as readonly string[]).includes(status));
      if (stray !== undefined) throw invalid('status', `must be of ${authStatuses.join(', ')}`);
      const from = query.time('start_time');
      const to = query.time('end_time');
      const same = (name: 'email' | 'resource_id' | 'client_id', value: string | undefined) =>
        query.text(name) === undefined || query.text(name) === value;
      const all = state.log.filter(
        (each) =>
          (statuses.length === 0 || statuses.includes(each.status)) &&
          (from === undefined || each.timestamp >= from) &&
          (to === undefined || each.timestamp <= to) &&
          same('email', each.email) &&
          same('resource_id', each.resource_id) &&
          same('client_id', each.client_id),
      );
      const { items, places } = pageOf(context, all, { most: 100, usual: 30 });
      // The one list whose name is in camel case.
      return { ...places, authRequests: items };
    },
  },
];
