// Cases of Scalekit's changing tools, and the state that they are about, by Scalekit's own view.

import type { ChangeCase } from './changes.ts';
import type { ScalekitWorkspace } from './scalekit.ts';

/** As `ChangeCase`; `reads` are paths below /api/v1, those of the workspace with `workspace:` before them. */
export type ScalekitCase = ChangeCase<ScalekitWorkspace>;

const bookkeeping = new Set(['create_time', 'update_time', 'dependent_roles_count']);

/** The things themselves, without the name that an answer puts around each, and without what is empty. */
export async function readScalekitState(workspace: ScalekitWorkspace, paths: readonly string[]): Promise<unknown[]> {
  return Promise.all(
    paths.map(async (path) => {
      const at = path.startsWith('workspace:') ? 'workspace' : 'environment';
      const body = await workspace.read(path.replace(/^workspace:/, ''), at);
      const values = typeof body === 'object' && body !== null ? Object.values(body) : [];
      return plainOf(values.length === 1 ? values[0] : body);
    }),
  );
}

function plainOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plainOf);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, inner]) => {
      const empty = inner === null || inner === '' || inner === false || (Array.isArray(inner) && inner.length === 0);
      return bookkeeping.has(name) || empty ? [] : [[name, plainOf(inner)]];
    }),
  );
}

export type Json = Record<string, unknown>;

export async function listAt(workspace: ScalekitWorkspace, path: string, key: string): Promise<Json[]> {
  return ((await workspace.read(path)) as Record<string, Json[]>)[key] ?? [];
}
