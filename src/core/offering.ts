// What a platform offers beside tools: texts to read (resources) and ways to begin a piece of work (prompts).

/**
 * A resource at one address, or at a family of them (`okta://users/{id}`, RFC 6570 level 1). What asks a tenant is a call
 * of a tool, so that its limits, scopes, privacy, deadline, record and marks hold for it as well. With several tenants its
 * address names one: `okta://{tenant}/users/{id}`.
 */
export type Resource = ResourceFacts & (OwnText | ToolText);

interface ResourceFacts {
  readonly uri: string;
  readonly name: string;
  readonly title?: string;
  readonly description?: string;
  readonly mimeType: string;
  readonly complete?: Readonly<Record<string, Complete>>;
}

/** Text of ours, or bytes for what is not text. `parameters` are the template's. */
interface OwnText {
  readonly read: (parameters: Parameters) => Promise<string | Uint8Array>;
  readonly call?: undefined;
}

interface ToolText {
  readonly call: { readonly tool: string; readonly input: (parameters: Parameters) => Record<string, unknown> };
  readonly read?: undefined;
}

type Parameters = Readonly<Record<string, string>>;

/** Values for what was typed, best first: of the platform's own words, or what a tool of it finds. */
export type Complete = ((typed: string) => Promise<readonly string[]>) | CompleteByTool;

export interface CompleteByTool {
  readonly tool: string;
  /** `others` are the arguments that are filled in already. */
  readonly input: (typed: string, others: Parameters) => Record<string, unknown>;
  /** Values in the tool's answer, which holds what its output declares. */
  readonly values: (output: Readonly<Record<string, unknown>>, typed: string) => readonly string[];
}

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
  /** The texts are loaded when they are asked for: they have no part in the start. */
  readonly write: (input: Parameters) => readonly PromptPart[] | Promise<readonly PromptPart[]>;
}
