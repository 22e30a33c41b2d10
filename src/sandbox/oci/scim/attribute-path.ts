// Attribute paths of filters, of sorting, of `attributes` and of PATCH (RFC 7644 §3.10): `name.familyName`, `urn:…:User:locked.on`.

import { type Attribute, findPart } from './attributes.ts';
import { extensionsOf, type Kind } from './kind.ts';

export interface AttributePath {
  /** The URN of the extension that has it. */
  extension: string | undefined;
  attribute: Attribute;
  part: Attribute | undefined;
}

/** An extension by itself, without an attribute of it, is its complex value. */
export function findPath(kind: Kind, text: string): AttributePath | undefined {
  const lower = text.toLowerCase();
  for (const extension of extensionsOf(kind)) {
    const urn = extension.name.toLowerCase();
    if (lower === urn) return { extension: undefined, attribute: extension, part: undefined };
    if (lower.startsWith(`${urn}:`)) return findIn(extension.parts, text.slice(urn.length + 1), extension.name);
  }
  const core = `${kind.urn.toLowerCase()}:`;
  return findIn(kind.attributes, lower.startsWith(core) ? text.slice(core.length) : text, undefined);
}

function findIn(parts: readonly Attribute[], text: string, extension: string | undefined): AttributePath | undefined {
  const [name = '', partName, ...rest] = text.split('.');
  // Of one of an extension's attributes that is complex itself, the last name is the part.
  const attribute = findPart(parts, name);
  if (!attribute || rest.length > 0) return undefined;
  if (partName === undefined) return { extension, attribute, part: undefined };
  const part = findPart(attribute.parts, partName);
  return part && { extension, attribute, part };
}

/** As `derived` and the resource have it: by name, those of an extension as `URN:name`. */
export function keyOf({ extension, attribute }: AttributePath): string {
  return extension === undefined ? attribute.name : `${extension}:${attribute.name}`;
}
