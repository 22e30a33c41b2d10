// Finds the handler for a path; a literal segment goes before a parameter, as 'groups/rules' before 'groups/{groupId}'.

import type { OktaRoute } from './context.ts';
import { OktaProblem } from './problems.ts';

interface Node {
  literal: Map<string, Node>;
  parameter?: Node;
  routes: Map<string, OktaRoute>;
}

export interface RouteMatch {
  route: OktaRoute;
  params: Readonly<Record<string, string>>;
}

export type OktaRouter = (method: string, pathname: string) => RouteMatch;

export function createRouter(routes: readonly OktaRoute[]): OktaRouter {
  const root = createNode();
  for (const route of routes) plant(root, route);
  return (method, pathname) => {
    const segments = splitPath(pathname);
    const node = segments && find(root, segments, 0);
    if (!node) throw new OktaProblem('E0000008');
    const route = node.routes.get(method);
    if (!route) throw new OktaProblem('E0000022');
    return { route, params: readParams(route.path, segments) };
  };
}

function createNode(): Node {
  return { literal: new Map(), routes: new Map() };
}

function plant(root: Node, route: OktaRoute): void {
  let node = root;
  for (const segment of route.path.split('/')) {
    const name = segment.startsWith('{') ? undefined : segment;
    const existing: Node | undefined = name === undefined ? node.parameter : node.literal.get(name);
    const next: Node = existing ?? createNode();
    if (name === undefined) node.parameter = next;
    else node.literal.set(name, next);
    node = next;
  }
  node.routes.set(route.method, route);
}

function find(node: Node, segments: readonly string[], at: number): Node | undefined {
  const segment = segments[at];
  if (segment === undefined) return node.routes.size > 0 ? node : undefined;
  const literal = node.literal.get(segment);
  const found = literal && find(literal, segments, at + 1);
  if (found) return found;
  return node.parameter && segment !== '' ? find(node.parameter, segments, at + 1) : undefined;
}

function splitPath(pathname: string): string[] | undefined {
  try {
    return pathname.split('/').map(decodeURIComponent);
  } catch {
    return undefined;
  }
}

function readParams(path: string, segments: readonly string[]): Record<string, string> {
  const params: Record<string, string> = {};
  for (const [i, segment] of path.split('/').entries()) {
    if (segment.startsWith('{')) params[segment.slice(1, -1)] = segments[i] ?? '';
  }
  return params;
}
