// Changing an application as such: replacing it, switching it on and off, deleting it.

import { empty, json } from './answer.ts';
import type { AppRecord } from './app-record.ts';
import { readReplacement } from './app-replace.ts';
import { viewApp } from './app-view.ts';
import { requireApp } from './apps.ts';
import { note, readBody } from './changes.ts';
import type { OktaContext, OktaRoute } from './context.ts';
import { OktaProblem } from './problems.ts';

export const appWriteRoutes: readonly OktaRoute[] = [
  { method: 'PUT', path: '/api/v1/apps/{appId}', handle: replaceApp },
  { method: 'DELETE', path: '/api/v1/apps/{appId}', handle: deleteApp },
  {
    method: 'POST',
    path: '/api/v1/apps/{appId}/lifecycle/activate',
    handle: (context) => changeStatus(context, 'ACTIVE'),
  },
  {
    method: 'POST',
    path: '/api/v1/apps/{appId}/lifecycle/deactivate',
    handle: (context) => changeStatus(context, 'INACTIVE'),
  },
];

function replaceApp(context: OktaContext) {
  const { state, params } = context;
  const app = requireApp(state, params.appId ?? '');
  const { label, parts } = readReplacement(context, app, readBody(context));
  app.label = label;
  app.written = parts;
  if (app.oauth) {
    const client = parts.settings.oauthClient as Record<string, unknown>;
    app.oauth.requireDpop = client.dpop_bound_access_tokens === true;
    app.oauth.redirectUris = (client.redirect_uris ?? []) as string[];
    app.oauth.logoutUris = (client.post_logout_redirect_uris ?? []) as string[];
  }
  changed(context, app);
  note(context, 'application.lifecycle.update', { kind: 'app', n: app.n });
  return json(viewApp(context, app));
}

/** Whoever has it keeps it: a deactivated application only stands on nobody's dashboard. */
function changeStatus(context: OktaContext, status: AppRecord['status']) {
  const app = requireApp(context.state, context.params.appId ?? '');
  if (app.status !== status) {
    app.status = status;
    changed(context, app);
    const type = status === 'ACTIVE' ? 'application.lifecycle.activate' : 'application.lifecycle.deactivate';
    note(context, type, { kind: 'app', n: app.n });
  }
  return json({});
}

function deleteApp(context: OktaContext) {
  const { state } = context;
  const app = requireApp(state, context.params.appId ?? '');
  if (app.status === 'ACTIVE') throw new OktaProblem('E0000056');
  state.apps = state.apps.filter((other) => other !== app);
  state.gone.apps.set(app.n, app);
  state.version++;
  note(context, 'application.lifecycle.delete', { kind: 'app', n: app.n });
  return empty();
}

function changed({ state }: OktaContext, app: AppRecord): void {
  app.lastUpdated = state.now();
  state.version++;
}
