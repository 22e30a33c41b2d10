// Resources as they are kept: JSON, by the names of their attributes; those of an extension stand under its URN.

export type Value =
  | string
  | number
  | boolean
  | null
  | readonly Value[]
  | { readonly [name: string]: Value | undefined };

export type Complex = { [name: string]: Value | undefined };

export type Resource = Complex & { id: string };

export const isComplex = (value: unknown): value is Complex =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const isList = (value: unknown): value is readonly Value[] => Array.isArray(value);

/** An attribute by its name, or by `URN:name` where an extension has it. */
export function valueAt(resource: Complex, path: string): Value | undefined {
  const [urn, name] = splitPath(path);
  if (urn === undefined) return resource[name];
  const extension = resource[urn];
  return isComplex(extension) ? extension[name] : undefined;
}

export function setAt(resource: Complex, path: string, value: Value | undefined): void {
  const [urn, name] = splitPath(path);
  if (urn === undefined) {
    resource[name] = value;
    return;
  }
  const extension = resource[urn];
  resource[urn] = { ...(isComplex(extension) ? extension : {}), [name]: value };
}

export function textAt(resource: Complex, path: string): string | undefined {
  const value = valueAt(resource, path);
  return typeof value === 'string' ? value : undefined;
}

/** The entries of an attribute with many complex values, and none where it has none. */
export function entriesAt(resource: Complex, path: string): readonly Complex[] {
  const value = valueAt(resource, path);
  return isList(value) ? value.filter(isComplex) : [];
}

/** What is under `value` in each of the entries, or in the one. */
export function idsAt(resource: Complex, path: string): readonly string[] {
  const value = valueAt(resource, path);
  const entries = isComplex(value) ? [value] : entriesAt(resource, path);
  return entries.flatMap((entry) => (typeof entry.value === 'string' ? [entry.value] : []));
}

function splitPath(path: string): [string | undefined, string] {
  if (!path.startsWith('urn:')) return [undefined, path];
  const end = path.lastIndexOf(':');
  return [path.slice(0, end), path.slice(end + 1)];
}
