// What the API says of a client: the okta.* scopes granted to its app and the admin roles it has.

import { makeId } from '../../random.ts';
import { json, toTime } from '../answer.ts';
import type { AppRecord } from '../app-record.ts';
import type { OktaContext, OktaRoute } from '../context.ts';
import { linkHeaders } from '../paging.ts';
import { notFound, OktaProblem } from '../problems.ts';
import { standardRoles } from '../role-seed.ts';

export const clientRoutes: readonly OktaRoute[] = [
  { method: 'GET', path: '/api/v1/apps/{appId}/grants', handle: listGrants },
  { method: 'GET', path: '/oauth2/v1/clients/{clientId}/roles', handle: listClientRoles },
  { method: 'POST', path: '/oauth2/v1/clients', handle: refuseRegistration },
];

/** The company registers its applications itself: nobody is let register one. */
function refuseRegistration(): never {
  throw new OktaProblem('E0000006');
}

function requireApp({ state }: OktaContext, id: string, type: string): AppRecord {
  const app = state.apps.find((candidate) => candidate.id === id);
  if (!app) throw notFound(id, type);
  return app;
}

/** Apps of others than this product have no okta.* scopes. */
function listGrants(context: OktaContext) {
  const { base, call, params, state } = context;
  const app = requireApp(context, params.appId ?? '', 'AppInstance');
  const grants = [...(app.oauth?.scopes ?? [])].map((scopeId, i) => ({
    id: makeId('oag', state.seed, app.n * 1000 + i),
    status: 'ACTIVE',
    created: toTime(app.created),
    createdBy: { id: state.users[0]?.id, type: 'User' },
    lastUpdated: toTime(app.created),
    issuer: base,
    clientId: app.id,
    scopeId,
    source: 'ADMIN',
    _links: {
      app: { href: `${base}/api/v1/apps/${app.id}`, title: app.label },
      client: { href: `${base}/oauth2/v1/clients/${app.id}`, title: app.label },
    },
  }));
  return json(grants, linkHeaders(call.url, undefined));
}

function listClientRoles(context: OktaContext) {
  const { base, call, params, state } = context;
  const app = requireApp(context, params.clientId ?? '', 'PublicClientApp');
  const roles = (app.oauth?.roles ?? []).map((type, i) => ({
    id: makeId('irb', state.seed, app.n * 100 + i),
    label: standardRoles[type] ?? type,
    type,
    status: 'ACTIVE',
    created: toTime(app.created),
    lastUpdated: toTime(app.created),
    assignmentType: 'CLIENT',
    _links: { assignee: { href: `${base}/oauth2/v1/clients/${app.id}` } },
  }));
  return json(roles, linkHeaders(call.url, undefined));
}
