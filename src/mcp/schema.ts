// JSON Schema of a tool's input and output, as small as it can be without losing a fact: every token of it is paid by
// every conversation.

import { z } from 'zod';

export type JsonSchema = { [name: string]: unknown };

export function inputSchemaOf(schema: z.ZodObject): JsonSchema {
  return compact(z.toJSONSchema(schema, { io: 'input' })) as JsonSchema;
}

/** Open: a client must not break when a field is added. */
export function outputSchemaOf(schema: z.ZodObject): JsonSchema {
  return compact(z.toJSONSchema(schema, { io: 'input' }), true) as JsonSchema;
}

function compact(node: unknown, open = false): unknown {
  if (Array.isArray(node)) return node.map((item) => compact(item, open));
  if (typeof node !== 'object' || node === null) return node;
  const result: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(node)) {
    // The dialect is MCP's default (2020-12); an open record says nothing that "object" does not.
    if (key === '$schema' || key === 'propertyNames') continue;
    if (key === 'additionalProperties' && (open || isEmpty(value))) continue;
    // Bounds of the number type itself, and lengths that the server checks: no help in choosing an argument.
    if ((key === 'minimum' || key === 'maximum') && Math.abs(Number(value)) === Number.MAX_SAFE_INTEGER) continue;
    if (key === 'maxLength' || key === 'pattern') continue;
    result[key] = key === 'properties' ? compactEach(value, open) : compact(value, open);
  }
  return result;
}

/** Under `properties` the keys are names, not keywords. */
function compactEach(properties: unknown, open: boolean): unknown {
  return Object.fromEntries(Object.entries(properties as object).map(([name, value]) => [name, compact(value, open)]));
}

function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}
