// Where Scalekit's descriptions are silent or wrong: each entry says what is changed and why.

export type Json = { [key: string]: unknown };

/** How many a page may have: neither description says it of these lists; the reference's prose does. */
export const pageSizes: Readonly<Record<string, readonly [least: number, most: number]>> = {
  'GET /api/v1/organizations': [10, 100],
  'GET /api/v1/organizations:search': [1, 30],
  'GET /api/v1/users': [1, 100],
  'GET /api/v1/users:search': [1, 30],
  'GET /api/v1/organizations/{organization_id}/users': [1, 100],
  'GET /api/v1/organizations/{organization_id}/users:search': [1, 30],
  'GET /api/v1/organizations/{organization_id}/directories/{directory_id}/users': [1, 30],
  'GET /api/v1/organizations/{organization_id}/directories/{directory_id}/groups': [1, 30],
  'GET /api/v1/connected_accounts': [0, 100],
  'GET /api/v1/connected_accounts:search': [1, 30],
  'GET /api/v1/organizations/{organization_id}/domains': [1, 100],
  'GET /api/v1/environments': [1, 100],
  'GET /api/v1/members': [1, 500],
};

/** Query parameters that are taken though no request message has them, each with where they are seen. */
export const extraQuery: Readonly<Record<string, readonly string[]>> = {
  // protobuf's own name for the update mask that a client may give beside a body.
  'PATCH /api/v1/organizations/{id}': ['update_mask'],
};

/** The generator of the OpenAPI document leaves out the first word of an enum, also where that is not 'UNSPECIFIED'. */
export const forgottenWords: Readonly<Record<string, string>> = {
  directoriesSecretStatus: 'ACTIVE',
  clientsClientSecretStatus: 'ACTIVE',
};

/** The same of an enum that stands in a parameter. */
export const forgottenInQuery: Readonly<Record<string, string>> = { 'GET /api/v1/permissions ?type': 'ALL' };

/** The body is the membership itself, as the description's own reference says; that it must have a 'membership' is left over. */
export const misplacedRequired: readonly string[] = [
  'POST /api/v1/memberships/organizations/{organization_id}/users/{id}',
];

/** Statuses of success beside those that are published. */
export const extraStatuses: Readonly<Record<string, readonly number[]>> = {};

/** JSON Schema for what protobuf has of its own. */
export const wellKnown: Readonly<Record<string, Json>> = {
  'google.protobuf.Empty': { type: 'object', additionalProperties: false },
  // proto3 JSON: seconds with an s.
  'google.protobuf.Duration': { type: 'string', pattern: '^-?\\d+(\\.\\d+)?s$' },
};
