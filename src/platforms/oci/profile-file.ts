// The configuration file of OCI's own tools (docs.oracle.com, "SDK and CLI Configuration File"): sections of `name=value`, of
// which DEFAULT holds for all that do not say otherwise.

export type Section = ReadonlyMap<string, string>;

export interface Profiles {
  readonly names: readonly string[];
  /** Without what DEFAULT says. */
  readonly own: (name: string) => Section | undefined;
  readonly get: (name: string, key: string) => string | undefined;
}

export function parseProfiles(text: string): Profiles {
  const sections = new Map<string, Map<string, string>>();
  let section: Map<string, string> | undefined;
  for (const line of text.replace(/^\uFEFF/, '').split(/\r?\n/)) {
    const trimmed = line.trim();
    if (trimmed === '' || trimmed.startsWith('#') || trimmed.startsWith(';')) continue;
    const name = /^\[([^\]]+)\]$/.exec(trimmed)?.[1]?.trim();
    if (name !== undefined) {
      section = sections.get(name) ?? new Map();
      sections.set(name, section);
      continue;
    }
    const place = trimmed.indexOf('=');
    if (place > 0) section?.set(trimmed.slice(0, place).trim(), trimmed.slice(place + 1).trim());
  }
  return {
    names: [...sections.keys()],
    own: (name) => sections.get(name),
    get: (name, key) => sections.get(name)?.get(key) ?? sections.get('DEFAULT')?.get(key),
  };
}
