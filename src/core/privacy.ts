// Fields of people that assistants must not see: masked or dropped in every answer of a platform, before anything else
// reads it, so that no view, preview, table or error can show them.

/** What stands in the place of a value that exists and is not shown. */
export const hidden = '[hidden]';

export interface Privacy {
  /** Changes the answer (parsed JSON, ours alone) in place. Absent where nothing is hidden. */
  readonly hide?: (body: unknown) => void;
  /** Whether assistants must not see a field, by its path or name. */
  readonly hides: (field: string) => boolean;
}

/** How a platform writes about people. All names but those of places in small letters. */
export interface PeoplesFields {
  /** Other names under which a field is written elsewhere. */
  readonly otherNames: Readonly<Record<string, readonly string[]>>;
  /** Only inside these does a name mean a person's field: an application has a `name` and a `status` too. */
  readonly places: ReadonlySet<string>;
  /** Places in which people and things stand under the same names, told apart by their `type`. */
  readonly parties: ReadonlySet<string>;
  readonly things: ReadonlySet<string>;
  readonly namesOfThings: ReadonlySet<string>;
}

export function createPrivacy(
  settings: { readonly maskFields: readonly string[]; readonly dropFields: readonly string[] },
  { otherNames, places, parties, things, namesOfThings }: PeoplesFields,
): Privacy {
  const masked = withOtherNames(settings.maskFields, otherNames);
  const dropped = withOtherNames(settings.dropFields, otherNames);
  // Whatever is inside something hidden is hidden with it.
  const hides = (field: string) =>
    field
      .toLowerCase()
      .split('.')
      .some((name) => masked.has(name) || dropped.has(name));
  if (masked.size + dropped.size === 0) return { hides };

  function hide(value: unknown, inside: boolean, party: boolean): void {
    if (Array.isArray(value)) for (const item of value) hide(item, inside, party);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return;
    const fields = value as Record<string, unknown>;
    const isThing = party && things.has(String(fields.type));
    for (const key of Object.keys(fields)) {
      const inner = fields[key];
      const name = key.toLowerCase();
      const personal = inside && !(isThing && namesOfThings.has(name));
      if (personal && dropped.has(name)) delete fields[key];
      else if (personal && masked.has(name)) fields[key] = inner === null || inner === undefined ? inner : hidden;
      else hide(inner, inside || places.has(key), parties.has(key));
    }
  }
  return { hides, hide: (body) => hide(body, false, false) };
}

/** Operators write `mobilePhone` or `profile.mobilePhone`, and not always in the platform's capitals: too much is hidden then, never too little. */
function withOtherNames(fields: readonly string[], otherNames: PeoplesFields['otherNames']): ReadonlySet<string> {
  return new Set(fields.map(nameIn).flatMap((name) => [name, ...(otherNames[name] ?? [])]));
}

/** Without the path. */
function nameIn(field: string): string {
  return field
    .slice(field.lastIndexOf('.') + 1)
    .trim()
    .toLowerCase();
}
