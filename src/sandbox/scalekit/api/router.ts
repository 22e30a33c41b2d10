// Finds the route of a path; what is written out goes before a parameter, and a verb after a colon belongs to the path.

import type { Route } from './context.ts';
import { ApiProblem } from './problem.ts';

export interface RouteMatch {
  route: Route;
  params: Readonly<Record<string, string>>;
}

interface Compiled {
  route: Route;
  pattern: RegExp;
  /** The more is written out, the sooner it is tried. */
  weight: number;
}

const root = '/api/v1/';

export function createRouter(routes: readonly Route[]) {
  const compiled = routes.map(compile).toSorted((a, b) => b.weight - a.weight);
  return (method: string, pathname: string): RouteMatch => {
    const path = pathname.startsWith(root) ? pathname.slice(root.length) : undefined;
    const found = path === undefined ? [] : compiled.filter(({ pattern }) => pattern.test(path));
    const best = found.find(({ route }) => route.method === method);
    if (!best || path === undefined) {
      // As the gateway has it: a path that is known by another method is not implemented by this one.
      throw found.length > 0 ? new ApiProblem(501, 'Method Not Allowed') : new ApiProblem(404, 'Not Found');
    }
    const params = best.pattern.exec(path)?.groups ?? {};
    return { route: best.route, params: decodeAll(params) };
  };
}

function compile(route: Route): Compiled {
  // A parameter ends at a slash; a colon before a verb ends it too.
  const source = route.path
    .split(/(\{\w+\})/)
    .map((part) => (part.startsWith('{') ? `(?<${part.slice(1, -1)}>[^/:]+)` : part.replaceAll('.', '\\.')))
    .join('');
  return { route, pattern: new RegExp(`^${source}$`), weight: route.path.replace(/\{\w+\}/g, '').length };
}

function decodeAll(params: Record<string, string>): Record<string, string> {
  try {
    return Object.fromEntries(Object.entries(params).map(([name, text]) => [name, decodeURIComponent(text)]));
  } catch {
    throw new ApiProblem(400, 'malformed escape in the path');
  }
}
