// Profile fields that assistants must not see: masked or dropped in every answer of the organization, before anything
// else reads it, so that no view, preview, table or error can show them.

/** What stands in the place of a value that exists and is not shown. */
export const hidden = '[hidden]';

export interface Privacy {
  /** Changes the answer (parsed JSON, ours alone) in place. Absent where nothing is hidden. */
  readonly hide?: (body: unknown) => void;
  /** Whether assistants must not see a field, by its path or name. */
  readonly hides: (field: string) => boolean;
}

/** Where Okta writes a person's fields under other names than in the profile. */
const otherNames: Readonly<Record<string, readonly string[]>> = {
  mobilePhone: ['phoneNumber'],
  primaryPhone: ['phoneNumber'],
  email: ['alternateId'],
  login: ['alternateId', 'userName'],
  displayName: ['displayName'],
};

/** Only inside these does a name mean a person's field: an application has a `name` and a `status` too. */
const places = new Set(['profile', 'actor', 'target', 'user']);

export function createPrivacy(settings: {
  readonly maskFields: readonly string[];
  readonly dropFields: readonly string[];
}): Privacy {
  const masked = withOtherNames(settings.maskFields);
  const dropped = withOtherNames(settings.dropFields);
  const hides = (field: string) => {
    const name = field.slice(field.lastIndexOf('.') + 1);
    return masked.has(name) || dropped.has(name);
  };
  if (masked.size + dropped.size === 0) return { hides };

  function hide(value: unknown, inside: boolean): void {
    if (Array.isArray(value)) for (const item of value) hide(item, inside);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return;
    const fields = value as Record<string, unknown>;
    for (const name of Object.keys(fields)) {
      const inner = fields[name];
      if (inside && dropped.has(name)) delete fields[name];
      else if (inside && masked.has(name)) fields[name] = inner === null || inner === undefined ? inner : hidden;
      else hide(inner, inside || places.has(name));
    }
  }
  return { hides, hide: (body) => hide(body, false) };
}

function withOtherNames(names: readonly string[]): ReadonlySet<string> {
  return new Set(names.flatMap((name) => [name, ...(otherNames[name] ?? [])]));
}
