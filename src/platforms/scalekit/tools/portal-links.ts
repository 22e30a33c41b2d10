// Links to Scalekit's admin portal, where an organization's own administrator sets up single sign-on and directories.

import { z } from 'zod';
import { nameTarget } from '../../../core/change.ts';
import { isMap, ownValue } from '../../../core/merging.ts';
import { defineChanges } from '../../../core/tool.ts';
import type { ScalekitClient } from '../client.ts';
import { handOverFrom } from './hand-over.ts';
import { loadOrganization, targetOrganization } from './organizations.ts';
import { environmentAlias, environmentId, idOf, inSame, organizationId, wrong } from './shared.ts';

const change = defineChanges<ScalekitClient>();

/** Where the link itself stands is none of ours. */
const linkEntity = z.looseObject({ id: z.string(), expire_time: z.string().nullish() });

export const portalLinkTools = [
  change({
    name: 'generate_admin_portal_link',
    title: 'Make a link to the admin portal',
    description:
      'Makes a link with which an organization’s administrator sets up sign-in (sso) or directories (dir_sync), for a week. It goes to the operator, never to you.',
    access: 'write',
    scopes: ['org:write', 'org:read'],
    parameterAliases: environmentAlias,
    input: () =>
      z.strictObject({
        environmentId,
        organizationId,
        features: z
          .array(z.enum(['sso', 'dir_sync']))
          .max(2)
          .optional()
          .describe('What can be set up; all without it'),
      }),
    async plan({ environmentId, organizationId, features }, { client }) {
      const environment = client.at(environmentId);
      const organization = targetOrganization(await loadOrganization(environment, organizationId));
      const revoke = { tool: 'revoke_admin_portal_links', input: { ...inSame(environmentId), organizationId } };
      return {
        summary: `Make a link to the admin portal of the ${nameTarget(organization)}${features ? ` for ${features.join(' and ')}` : ''}`,
        targets: [organization],
        changes: [],
        warnings: ['Hand the link to the organization’s administrator alone. It is good for a week.'],
        undo: revoke,
        ask: 'whoever holds the link decides how the organization’s people sign in',
        async apply() {
          // The operation takes no body, and its features in the query.
          const path = ['organizations', organizationId, 'portal_links'];
          const answer = await environment.send('PUT', path, { query: { features } });
          const link = isMap(answer) ? ownValue(answer, 'link') : undefined;
          const id = isMap(link) ? link.id : undefined;
          return {
            ...handOverFrom(answer, ['link', 'location'], 'The link to the admin portal'),
            ...(typeof id === 'string' && { undo: { ...revoke, input: { ...revoke.input, linkId: id } } }),
          };
        },
      };
    },
  }),

  change({
    name: 'revoke_admin_portal_links',
    title: 'Revoke links to the admin portal',
    description: 'Ends the links to an organization’s admin portal, or one of them.',
    access: 'destroy',
    scopes: ['org:write', 'org:read'],
    idempotent: true,
    parameterAliases: environmentAlias,
    input: () => z.strictObject({ environmentId, organizationId, linkId: idOf('lnk', 'Link').optional() }),
    async plan({ environmentId, organizationId, linkId }, { client }) {
      const environment = client.at(environmentId);
      const path = ['organizations', organizationId, 'portal_links'];
      const [organization, { items }] = await Promise.all([
        loadOrganization(environment, organizationId),
        environment.list({ path, key: 'links', entity: linkEntity, max: Number.POSITIVE_INFINITY }),
      ]);
      const links = linkId === undefined ? items : items.filter(({ id }) => id === linkId);
      if (linkId !== undefined && links.length === 0) {
        throw wrong(`The organization has no link ${linkId}.`, 'Leave linkId out to revoke all of them.');
      }
      const target = targetOrganization(organization);
      return {
        summary: `Revoke ${linkId === undefined ? 'all links' : `the link ${linkId}`} to the admin portal of the ${nameTarget(target)}`,
        targets: [target, ...links.map(({ id }) => ({ type: 'link', id }))],
        changes: links.map(({ id, expire_time }) => ({
          field: `links.${id}`,
          before: `good until ${expire_time ?? '?'}`,
        })),
        touches: { links: links.length },
        undo: { none: 'a link that is revoked stays so; generate_admin_portal_link makes another' },
        already: links.length === 0 ? 'There is no link.' : undefined,
        apply: async () => void (await environment.send('DELETE', linkId === undefined ? path : [...path, linkId])),
      };
    },
  }),
];
