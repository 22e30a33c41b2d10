// What Castellan offers to read about a Scalekit environment. `-` in the place of its id is a tenant's own.

import type { Resource } from '../../core/offering.ts';
import {
  atEnvironment,
  completeConnections,
  completeEnvironments,
  completeOrganizations,
  completeUsers,
} from './completions.ts';

/** Answers of tools, as tools write them. */
const mimeType = 'text/plain';
const place = 'scalekit://environments/{environmentId}';

export const scalekitResources: readonly Resource[] = [
  {
    uri: `${place}/organizations/{organizationId}`,
    name: 'scalekit-organization',
    title: 'A Scalekit organization',
    description: 'Its metadata and the features that are on.',
    mimeType,
    complete: { environmentId: completeEnvironments, organizationId: completeOrganizations },
    call: {
      tool: 'get_organization_details',
      input: ({ environmentId, organizationId }) => ({ ...atEnvironment(environmentId), organizationId }),
    },
  },
  {
    uri: `${place}/connections/{connectionId}`,
    name: 'scalekit-connection',
    title: 'A Scalekit connection',
    description: 'Whose it is and how it is configured, without secrets.',
    mimeType,
    complete: { environmentId: completeEnvironments, connectionId: completeConnections },
    call: {
      tool: 'get_environment_connection',
      input: ({ environmentId, connectionId }) => ({ ...atEnvironment(environmentId), connectionId }),
    },
  },
  {
    uri: `${place}/users/{userId}`,
    name: 'scalekit-user',
    title: 'A Scalekit user',
    description: 'Their organizations, roles and open invitations.',
    mimeType,
    complete: { environmentId: completeEnvironments, userId: completeUsers },
    call: {
      tool: 'get_environment_user',
      input: ({ environmentId, userId }) => ({ ...atEnvironment(environmentId), userId }),
    },
  },
  {
    uri: `${place}/organizations/{organizationId}/users`,
    name: 'scalekit-organization-users',
    title: 'The users of a Scalekit organization',
    description: 'With their roles and whether they accepted.',
    mimeType,
    complete: { environmentId: completeEnvironments, organizationId: completeOrganizations },
    call: {
      tool: 'list_organization_users',
      input: ({ environmentId, organizationId }) => ({ ...atEnvironment(environmentId), organizationId }),
    },
  },
];
