// The JSON Schema of castellan.json.

import { z } from 'zod';
import { chatSettings } from './chat/settings.ts';
import { chatPart, serverSettings, tenantKinds } from './config.ts';
import { fileSchemaOf, type Settings } from './core/settings.ts';

export function configFileSchema(): Record<string, unknown> {
  const tenants = Object.entries(tenantKinds).map(([platform, { settings }]) =>
    fileSchemaOf(settings).extend({ platform: z.literal(platform) }),
  );
  const parts = Object.entries<Settings>({ ...serverSettings, [chatPart]: chatSettings }).map(
    ([name, settings]) => [name, fileSchemaOf(settings).optional()] as const,
  );
  const schema = z.strictObject({
    $schema: z.string().optional(),
    tenants: z.record(z.string(), tenants.length === 1 && tenants[0] ? tenants[0] : z.union(tenants)).optional(),
    ...Object.fromEntries(parts),
  });
  return { title: 'Castellan configuration', ...z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) };
}
