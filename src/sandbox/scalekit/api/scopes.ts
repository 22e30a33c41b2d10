// Scopes: what an MCP server's clients may be given.

import type { ApiContext, Route } from './context.ts';
import { param } from './context.ts';
import { ApiProblem, notFound } from './problem.ts';
import type { Scope } from './records.ts';
import { checkForm, checkLength, scopeName } from './rules.ts';

const routes: readonly Route[] = [
  { method: 'GET', path: 'scopes', handle: ({ state }) => ({ scopes: [...state.scopes.values()] }) },
  {
    method: 'POST',
    path: 'scopes',
    status: 201,
    handle(context) {
      const { state } = context;
      const { name = '', description = '' } = context.read({ name: 'text', description: 'text' });
      checkForm('scope.name', name, scopeName);
      checkLength('scope.description', description, 0, 2000);
      if ([...state.scopes.values()].some((other) => other.name === name))
        throw new ApiProblem(409, 'a scope with this name already exists');
      const scope: Scope = { id: state.newId('scp'), name, description, enabled: true };
      state.scopes.set(scope.id, scope);
      return { scope };
    },
  },
  {
    method: 'PATCH',
    path: 'scopes/{id}',
    handle(context) {
      const scope = findScope(context);
      const given = context.read({ description: 'text', enabled: 'flag' });
      checkLength('scope.description', given.description, 0, 2000);
      Object.assign(scope, given);
      return { scope };
    },
  },
  {
    method: 'DELETE',
    path: 'scopes/{id}',
    handle(context) {
      const { state } = context;
      const { id, name } = findScope(context);
      if ([...state.oauth.servers.values()].some(({ scopes }) => scopes.includes(name)))
        throw new ApiProblem(400, 'the scope is in use by a resource');
      state.scopes.delete(id);
      return {};
    },
  },
];

/** For the workspace's people alone. */
export const scopeRoutes: readonly Route[] = routes.map((route) => ({ ...route, isOnlyFor: 'people' }));

function findScope(context: ApiContext): Scope {
  const found = context.state.scopes.get(param(context, 'id'));
  if (!found) throw notFound('scope');
  return found;
}
