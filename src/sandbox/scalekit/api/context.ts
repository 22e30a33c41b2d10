// What a handler of the API is given.

import type { Call } from '../../answer.ts';
import type { Query } from './query.ts';
import type { Read, Shape } from './shape.ts';
import type { EnvironmentState } from './state.ts';
import type { Member, WorkspaceState } from './workspace-state.ts';

export interface ApiContext {
  workspace: WorkspaceState;
  /** Of the environment that the call is about; in calls about the workspace the first one, which they do not look at. */
  state: EnvironmentState;
  /** The person who asks; undefined of an environment's own client. */
  member: Member | undefined;
  call: Call;
  params: Readonly<Record<string, string>>;
  query: Query;
  /** @throws ApiProblem */
  read: <const S extends Shape>(shape: S) => Read<S>;
  /** RFC 3339. */
  at: string;
  now: number;
}

export interface Route {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Under /api/v1/. */
  path: string;
  /** About the workspace itself, and reached by its people alone. */
  isOfWorkspace?: true;
  /** Whom alone the operation is for, where it is not for both: the workspace's people, or an environment's client. */
  isOnlyFor?: 'people' | 'client';
  /** Default 200. */
  status?: 201;
  handle: (context: ApiContext) => unknown;
}

/** A parameter of the route's path. */
export function param({ params }: ApiContext, name: string): string {
  return params[name] ?? '';
}
