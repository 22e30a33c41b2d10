// Where Scalekit's descriptions are silent or wrong: each entry says what is changed and why.

export type Json = { [key: string]: unknown };

/** How many a page may have: neither description says it of these lists; the reference's prose does. */
export const pageSizes: Readonly<Record<string, readonly [least: number, most: number]>> = {
  'GET /api/v1/organizations': [10, 100],
  'GET /api/v1/organizations:search': [1, 30],
  'GET /api/v1/users': [1, 100],
  'GET /api/v1/users:search': [1, 30],
  'GET /api/v1/organizations/{organization_id}/users': [0, 100],
  'GET /api/v1/organizations/{organization_id}/users:search': [1, 30],
  'GET /api/v1/organizations/{organization_id}/directories/{directory_id}/users': [1, 30],
  'GET /api/v1/organizations/{organization_id}/directories/{directory_id}/groups': [1, 30],
  'GET /api/v1/connected_accounts': [0, 99],
  'GET /api/v1/connected_accounts:search': [1, 30],
  'GET /api/v1/organizations/{organization_id}/domains': [1, 100],
  'GET /api/v1/clients': [1, 30],
  'GET /api/v1/resources': [1, 30],
  'GET /api/v1/permissions': [1, 100],
  'GET /api/v1/organizations/-/connections': [1, 30],
  'GET /api/v1/environments': [1, 100],
  'GET /api/v1/members': [1, 500],
};

interface Rule {
  /** Under scalekit.v1. */
  message: string;
  field: string;
  schema: Json;
}

const text = (minLength: number, maxLength: number): Json => ({ type: 'string', minLength, maxLength });
const pairs = (maxProperties: number): Json => ({
  type: 'object',
  maxProperties,
  propertyNames: { minLength: 3, maxLength: 25 },
  additionalProperties: { type: 'string', minLength: 1, maxLength: 256 },
});
const each = (messages: readonly string[], field: string, schema: Json): Rule[] =>
  messages.map((message) => ({ message, field, schema }));
const role = ['roles.CreateRole', 'roles.CreateOrganizationRole'];

/** Rules of the same descriptors (buf.validate) that the conversion to JSON Schema has left behind. */
export const fieldRules: readonly Rule[] = [
  ...each(role, 'name', { type: 'string', pattern: '^[a-zA-Z0-9_]{1,64}$' }),
  ...each([...role, 'roles.UpdateRole'], 'display_name', text(1, 100)),
  ...each(['roles.UpdateRole'], 'description', text(1, 2000)),
  ...each(['clients.CreateScope'], 'name', { type: 'string', pattern: '^[a-zA-Z0-9:]{1,64}$' }),
  ...each(['clients.CreateScope', 'clients.UpdateScope'], 'description', text(0, 2000)),
  ...each(['clients.CreateResource', 'clients.UpdateResource'], 'name', text(0, 128)),
  ...each(['clients.CreateResource', 'clients.UpdateResource'], 'description', text(0, 512)),
  ...each(['clients.UpdateClient'], 'post_login_uris', { type: 'array', uniqueItems: true }),
  ...each(['clients.UpdateClient'], 'post_logout_redirect_uris', { type: 'array', uniqueItems: true }),
  ...each(['organizations.CreateOrganization', 'organizations.UpdateOrganization'], 'display_name', text(1, 200)),
  ...each(['organizations.CreateOrganization', 'organizations.UpdateOrganization'], 'metadata', pairs(10)),
  ...each(['users.CreateUser', 'users.UpdateUser'], 'metadata', pairs(20)),
  ...each(['users.CreateMembership', 'users.UpdateMembership'], 'metadata', pairs(20)),
  ...each(['users.CreateUserProfile', 'users.UpdateUserProfile'], 'custom_attributes', pairs(20)),
  ...each(['connections.CreateConnection', 'connections.UpdateConnection'], 'key_id', text(1, 300)),
  ...each(['roles.ListRolesRequest', 'roles.GetRoleRequest'], 'include', {
    enum: ['', 'permissions', 'permissions:all'],
  }),
  ...each(['connected_accounts.ListConnectedAccountsRequest'], 'query', text(0, 100)),
];

/** Query parameters that must be there, by the same rules. */
export const neededQuery: Readonly<Record<string, readonly string[]>> = { 'GET /api/v1/resources': ['resource_type'] };

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
