// What is known of a program that uses MCP servers: where it keeps them, how an entry is written, how a secret is left out of it.

/** Where all this happens. */
export interface Machine {
  readonly platform: NodeJS.Platform;
  readonly home: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The working folder. */
  readonly folder: string;
}

/** A variable that the server needs. */
export interface Variable {
  readonly name: string;
  /** Absent for a secret: it is only referred to by its name. */
  readonly value?: string;
  /** Where this person keeps something; others keep it elsewhere. */
  readonly place?: boolean;
}

/** A server that the client starts. */
export interface Launch {
  readonly command: string;
  readonly args: readonly string[];
  readonly variables: readonly Variable[];
}

/** A server that the client reaches over HTTP. */
export interface Remote {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

export type Entry = Readonly<Record<string, unknown>>;

/** What VS Code asks the person for. */
export interface Input {
  readonly type: 'promptString';
  readonly id: string;
  readonly description: string;
  readonly password: true;
}

export type ScopeName = 'user' | 'project';

export interface ByHand {
  /** What to do with `text`, as half a sentence; a place where it differs between systems is the one of most. */
  readonly how: string;
  /** Undefined where it is the entry itself, in its file. */
  readonly text?: string;
  readonly note?: string;
}

export interface McpClient {
  readonly id: string;
  readonly title: string;
  /**
   * json: as JSON.parse reads it. jsonc: with comments, and with trailing commas where `trailingCommas` says so.
   * toml: TOML 1.0.
   */
  readonly syntax: 'json' | 'jsonc' | 'toml';
  readonly trailingCommas?: boolean;
  /** The property that holds the servers. */
  readonly key: string;
  /** Where the file is, for this person or for all who work on a project; absolute. */
  readonly places: { readonly user: (machine: Machine) => string; readonly project?: (machine: Machine) => string };
  /** Folders or files of which one is there when the client is. */
  readonly traces: (machine: Machine) => readonly string[];
  readonly launched: (launch: Launch) => Entry;
  /** Absent where the client only starts commands. */
  readonly reached?: (remote: Remote) => Entry;
  /** How it is told that a value is elsewhere, and what it would take for that. Absent: it must be given the values themselves. */
  readonly references?: {
    readonly pattern: RegExp;
    /** What the person has to do for the values. */
    readonly todo: (names: readonly string[]) => string;
    readonly inputs?: (names: readonly string[]) => readonly Input[];
  };
  /** What to do for the entry to count. */
  readonly next: string;
  /** The same, where people sign in to a server over HTTP. */
  readonly signIn?: string;
  /** How a person tells it about a server at this address without Castellan’s help. */
  readonly byHand: (url: string) => ByHand;
}

/** The variables of an entry as an object, secrets by reference. */
export function envOf(
  variables: readonly Variable[],
  refer: (name: string) => string,
): { readonly env?: Readonly<Record<string, string>> } {
  if (variables.length === 0) return {};
  return { env: Object.fromEntries(variables.map(({ name, value }) => [name, value ?? refer(name)])) };
}

/** For an object that is left out when it is empty. */
export function unlessEmpty<K extends string, V extends object>(key: K, value: V): { readonly [P in K]?: V } {
  return Object.keys(value).length === 0 ? {} : ({ [key]: value } as { readonly [P in K]?: V });
}

export function setBefore(program: string): (names: readonly string[]) => string {
  return (names) =>
    `${program} fills in ${names.join(', ')}: set ${names.length === 1 ? 'it' : 'them'} where it is started.`;
}
