// What a kind of resource is: its endpoint, its schema, which operations it has, and its own rules.

import type { Attribute } from './attributes.ts';
import type { ScimContext } from './context.ts';
import type { Resource, Value } from './resource.ts';

export type Operation = 'list' | 'read' | 'create' | 'replace' | 'patch' | 'delete';

/** A change to one resource: `before` is absent where it is new. */
export interface Change {
  before: Resource | undefined;
  after: Resource;
}

export interface Kind {
  /** The endpoint below /admin/v1. */
  path: string;
  /** As meta.resourceType says it. */
  name: string;
  urn: string;
  attributes: readonly Attribute[];
  operations: readonly Operation[];
  /** What an OCID of this kind begins with; absent: it has none. */
  ocid?: string;
  /** Whether the domain's own clients alone may see that there is such a thing. */
  isHidden?: true;
  /** Fills in what the domain decides and refuses what must not be; changes `after`. @throws ScimProblem */
  prepare?: (context: ScimContext, change: Change) => void;
  /** What follows elsewhere once the change is kept. */
  settle?: (context: ScimContext, change: Change) => void;
  /** Refuses, or takes along what hangs on it. @throws ScimProblem */
  remove?: (context: ScimContext, resource: Resource, isForced: boolean) => void;
  /** Attributes that are worked out when they are asked for: by name, those of an extension as `URN:name`. */
  derived?: Readonly<Record<string, (context: ScimContext, resource: Resource) => Value | undefined>>;
  /** What only the answer to the creation says: a token, a secret. */
  shownOnce?: readonly string[];
}

export const allOperations: readonly Operation[] = ['list', 'read', 'create', 'replace', 'patch', 'delete'];

const isUrn = (name: string) => name.startsWith('urn:');

export function extensionsOf({ attributes }: Kind): readonly Attribute[] {
  return attributes.filter(({ name }) => isUrn(name));
}
