// What a platform offers beside tools: texts to read (resources) and ways to begin a piece of work (prompts).

/** A resource at one address, or at a family of them (`okta://users/{id}`, RFC 6570 level 1). */
export interface Resource {
  readonly uri: string;
  readonly name: string;
  readonly title?: string;
  readonly description?: string;
  readonly mimeType: string;
  /** Text, or bytes for what is not text. `parameters` are the template's. */
  readonly read: (parameters: Readonly<Record<string, string>>) => Promise<string | Uint8Array>;
  readonly complete?: Readonly<Record<string, Complete>>;
}

/** Values that begin with what was typed, best first. */
export type Complete = (typed: string) => Promise<readonly string[]>;

export interface PromptArgument {
  readonly name: string;
  readonly description: string;
  readonly required?: boolean;
  readonly complete?: Complete;
}

/** Text, an image (base64), or a resource that stands in the message. */
export type PromptPart =
  | { readonly text: string }
  | { readonly image: string; readonly mimeType: string }
  | { readonly uri: string; readonly mimeType: string; readonly embedded: string };

export interface Prompt {
  readonly name: string;
  readonly title?: string;
  readonly description: string;
  readonly arguments?: readonly PromptArgument[];
  readonly write: (input: Readonly<Record<string, string>>) => readonly PromptPart[];
}
