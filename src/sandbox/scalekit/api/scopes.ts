// Scopes: what an MCP server's clients may be given.

import type { ApiContext, Route } from './context.ts';
import { param } from './context.ts';
import { ApiProblem, invalid, notFound } from './problem.ts';
import type { Scope } from './records.ts';

const isName = /^[\w:./-]{1,100}$/;

export const scopeRoutes: readonly Route[] = [
  { method: 'GET', path: 'scopes', handle: ({ state }) => ({ scopes: [...state.scopes.values()] }) },
  {
    method: 'POST',
    path: 'scopes',
    handle(context) {
      const { state } = context;
      const { name = '', description = '' } = context.read({ name: 'text', description: 'text' });
      if (!isName.test(name)) throw invalid('scope.name', 'must be letters, digits and : . / _ -');
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
      Object.assign(scope, context.read({ description: 'text', enabled: 'flag' }));
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

function findScope(context: ApiContext): Scope {
  const found = context.state.scopes.get(param(context, 'id'));
  if (!found) throw notFound('scope');
  return found;
}
