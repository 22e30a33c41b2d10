// What the identity domain keeps: resources by kind and id. A resource is replaced, never changed in place.

import { entriesAt, isComplex, type Resource } from './resource.ts';

export interface Store {
  get: (path: string, id: string) => Resource | undefined;
  all: (path: string) => Iterable<Resource>;
  count: (path: string) => number;
  put: (path: string, resource: Resource) => void;
  delete: (path: string, id: string) => void;
  find: (path: string, is: (resource: Resource) => boolean) => Resource | undefined;
  /** Which groups list somebody as a member. */
  groupsOf: (memberId: string) => readonly string[];
  /** What of a kind has somebody as its user. */
  ownedBy: (path: string, userId: string) => readonly Resource[];
  newId: () => string;
}

/** Some kinds may be kept elsewhere, in maps that others read and write. */
export function createStore(
  newId: () => string,
  elsewhere: Readonly<Record<string, Map<string, Resource>>> = {},
): Store {
  const kinds = new Map<string, Map<string, Resource>>(Object.entries(elsewhere));
  /** By kind: what belongs to whom, worked out when it is asked for and forgotten with each change. */
  const belongings = new Map<string, Map<string, Resource[]>>();
  const of = (path: string) => {
    const found = kinds.get(path) ?? new Map<string, Resource>();
    kinds.set(path, found);
    return found;
  };
  function belonging(path: string, personId: string): readonly Resource[] {
    const known = path in elsewhere ? undefined : belongings.get(path);
    const index = known ?? indexBy(of(path).values(), path === 'Groups' ? membersOf : ownerOf);
    belongings.set(path, index);
    return index.get(personId) ?? [];
  }
  return {
    get: (path, id) => of(path).get(id),
    all: (path) => of(path).values(),
    count: (path) => of(path).size,
    put(path, resource) {
      of(path).set(resource.id, resource);
      belongings.delete(path);
    },
    delete(path, id) {
      of(path).delete(id);
      belongings.delete(path);
    },
    find(path, is) {
      for (const resource of of(path).values()) if (is(resource)) return resource;
      return undefined;
    },
    groupsOf: (memberId) => belonging('Groups', memberId).map(({ id }) => id),
    ownedBy: belonging,
    newId,
  };
}

const membersOf = (group: Resource): readonly unknown[] => entriesAt(group, 'members').map(({ value }) => value);
const ownerOf = ({ user }: Resource): readonly unknown[] => (isComplex(user) ? [user.value] : []);

function indexBy(
  resources: Iterable<Resource>,
  personsOf: (resource: Resource) => readonly unknown[],
): Map<string, Resource[]> {
  const index = new Map<string, Resource[]>();
  for (const resource of resources) {
    for (const person of personsOf(resource)) {
      const own = index.get(String(person));
      if (own) own.push(resource);
      else index.set(String(person), [resource]);
    }
  }
  return index;
}
