// Roles of a Scalekit environment.

import { z } from 'zod';
import { fullObject, listOutput, viewInput } from '../../../core/listing.ts';
import { withoutSecrets } from '../../../core/redact.ts';
import { defineTools, tableOf } from '../../../core/tool.ts';
import type { ScalekitClient } from '../client.ts';
import { environmentAlias, environmentId, present } from './shared.ts';

const tool = defineTools<ScalekitClient>();
const text = z.string().nullish();

export const roleEntity = z.looseObject({
  id: text,
  name: z.string(),
  display_name: text,
  description: text,
  default_creator: z.boolean().nullish(),
  default_member: z.boolean().nullish(),
  extends: text,
  permissions: z.array(z.looseObject({ name: z.string() })).nullish(),
});

export const roleView = z.object({
  name: z.string(),
  display_name: z.string().optional(),
  description: z.string().optional(),
  default_creator: z.boolean().optional().describe('of whoever creates an organization'),
  default_member: z.boolean().optional().describe('of whoever joins one'),
  full: fullObject,
});

export const environmentRoleTools = [
  tool({
    name: 'list_environment_roles',
    title: 'List a Scalekit environment’s roles',
    description: 'The roles that users of the environment’s organizations can have.',
    access: 'read',
    scopes: ['env:read'],
    parameterAliases: environmentAlias,
    input: () => z.strictObject({ environmentId, ...viewInput }),
    output: () => listOutput('roles', roleView),
    table: tableOf<z.output<typeof roleView>>('roles', {
      name: (role) => role.name,
      display_name: (role) => role.display_name,
      default: ({ default_creator, default_member }) =>
        [default_creator && 'creator', default_member && 'member'].filter(Boolean).join(', ') || undefined,
      description: (role) => role.description,
    }),
    async run({ environmentId: id, view }, { client }) {
      const { items, ...tail } = await client
        .at(id)
        .list({ path: ['roles'], key: 'roles', entity: roleEntity, max: 1_000 });
      const roles = items.map(({ name, display_name, description, default_creator, default_member, ...rest }) => ({
        name,
        ...present({ display_name, description }),
        ...(default_creator && { default_creator }),
        ...(default_member && { default_member }),
        ...(view === 'full' && { full: withoutSecrets({ name, display_name, ...rest }) as Record<string, unknown> }),
      }));
      return { roles, ...tail };
    },
  }),
];
