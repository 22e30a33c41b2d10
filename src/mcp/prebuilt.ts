// JSON Schemas that the build computed (rolldown.config.ts fills this in): making them costs a fifth of the start. Run
// from source there are none, and catalog.ts computes them once.

import type { JsonSchema } from './schema.ts';

export interface Prebuilt {
  readonly input: JsonSchema;
  readonly output: JsonSchema;
}

/** By the tool's name. */
export const prebuilt: Readonly<Record<string, Prebuilt>> | undefined = undefined;
