// What the identity domain keeps: resources by kind and id. A resource is replaced, never changed in place.

import type { Resource } from './resource.ts';

export interface Store {
  get: (path: string, id: string) => Resource | undefined;
  all: (path: string) => Iterable<Resource>;
  count: (path: string) => number;
  put: (path: string, resource: Resource) => void;
  delete: (path: string, id: string) => void;
  find: (path: string, is: (resource: Resource) => boolean) => Resource | undefined;
  /** Which groups list somebody as a member. */
  groupsOf: (memberId: string) => readonly string[];
  newId: () => string;
}

const membersOf = (group: Resource): readonly { value: string }[] =>
  (group.members as readonly { value: string }[] | undefined) ?? [];

/** Some kinds may be kept elsewhere, in maps that others read. */
export function createStore(
  newId: () => string,
  elsewhere: Readonly<Record<string, Map<string, Resource>>> = {},
): Store {
  const kinds = new Map<string, Map<string, Resource>>(Object.entries(elsewhere));
  let groupIds: Map<string, string[]> | undefined;
  const of = (path: string) => {
    const found = kinds.get(path) ?? new Map<string, Resource>();
    kinds.set(path, found);
    return found;
  };
  const forget = (path: string) => {
    if (path === 'Groups') groupIds = undefined;
  };
  function indexGroups(): Map<string, string[]> {
    const index = new Map<string, string[]>();
    for (const group of of('Groups').values()) {
      for (const { value } of membersOf(group)) {
        const ids = index.get(value);
        if (ids) ids.push(group.id);
        else index.set(value, [group.id]);
      }
    }
    return index;
  }
  return {
    get: (path, id) => of(path).get(id),
    all: (path) => of(path).values(),
    count: (path) => of(path).size,
    put(path, resource) {
      of(path).set(resource.id, resource);
      forget(path);
    },
    delete(path, id) {
      of(path).delete(id);
      forget(path);
    },
    find(path, is) {
      for (const resource of of(path).values()) if (is(resource)) return resource;
      return undefined;
    },
    groupsOf(memberId) {
      groupIds ??= indexGroups();
      return groupIds.get(memberId) ?? [];
    },
    newId,
  };
}
