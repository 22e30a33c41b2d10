// Where the models of Oracle's SDKs are silent or wrong: each entry says what is changed and why.

export type Json = { [key: string]: unknown };

/** The version that stands before each path of a service: the models have it in their heads, not in the paths. */
export const basePaths: Readonly<Record<string, string>> = {
  'oci-identity-domains': '',
  'oci-identity': '/20160918',
  'oci-object-storage': '',
  'oci-audit': '/20190901',
};

/** The reference writes some paths of Object Storage with a stroke at the end ("GET /n/"), the SDK none. */
export const looseEnds: readonly string[] = ['oci-object-storage'];

/** Operations that are documented, and that no SDK has. */
export const extraOperations: readonly (readonly [
  method: string,
  path: string,
  name: string,
  query: string[],
  answer: null,
])[] = [
  // "Configure client access to the signing certificate": a JWK set.
  ['GET', '/admin/v1/SigningCert/jwk', 'get_signing_keys', [], null],
];

/** Bodies whose model is not named after the operation (create_policy: CreatePolicyDetails), as the SDK's client has them. */
export const bodyModels: Readonly<Record<string, string>> = {
  activate_mfa_totp_device: 'MfaTotpToken',
  add_tag_default_lock: 'AddLockDetails',
  add_tag_namespace_lock: 'AddLockDetails',
  change_tag_namespace_compartment: 'ChangeTagNamespaceCompartmentDetail',
  create_o_auth_client_credential: 'CreateOAuth2ClientCredentialDetails',
  remove_tag_default_lock: 'RemoveLockDetails',
  remove_tag_namespace_lock: 'RemoveLockDetails',
  update_o_auth_client_credential: 'UpdateOAuth2ClientCredentialDetails',
  update_user_state: 'UpdateStateDetails',
  upload_api_key: 'CreateApiKeyDetails',
};

/** Bodies that are bytes of any kind. */
export const openBodies: readonly string[] = ['put_object', 'upload_part'];

/** Query parameters that must be there, by the request types of the SDK (those that are no "?"). */
export const neededQuery: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  'oci-identity': {
    ...Object.fromEntries(
      [
        ...[
          'availability_domains',
          'compartments',
          'domains',
          'dynamic_groups',
          'groups',
          'network_sources',
          'policies',
        ],
        ...['user_group_memberships', 'users'],
      ].map((kind) => [`list_${kind}`, ['compartmentId']]),
    ),
    list_fault_domains: ['compartmentId', 'availabilityDomain'],
    list_identity_providers: ['protocol', 'compartmentId'],
  },
  'oci-object-storage': { list_buckets: ['compartmentId'] },
  'oci-audit': {
    list_events: ['compartmentId', 'startTime', 'endTime'],
    get_configuration: ['compartmentId'],
    update_configuration: ['compartmentId'],
  },
};

const sets = ['all', 'always', 'never', 'request', 'default'];
const states = ['CREATING', 'ACTIVE', 'INACTIVE', 'DELETING', 'DELETED'];
const text: Json = { type: 'string', minLength: 1 };

/** What values the query takes, by the SDK's request types and the reference; the models have the names alone. */
export const queryRules: Readonly<Record<string, Readonly<Record<string, Json>>>> = {
  'oci-identity-domains': {
    attributes: text,
    attributeSets: { enum: sets },
    filter: text,
    sortBy: text,
    // RFC 7644 §3.4.2.3 has small letters, the SDK sends capitals; both are taken.
    sortOrder: { enum: ['ascending', 'descending', 'ASCENDING', 'DESCENDING'] },
    startIndex: { type: 'integer', minimum: 1 },
    count: { type: 'integer', minimum: 0, maximum: 1000 },
    limit: { type: 'integer', minimum: 1, maximum: 1000 },
    page: text,
    forceDelete: { type: 'boolean' },
  },
  'oci-identity': {
    page: text,
    limit: { type: 'integer', minimum: 1, maximum: 1000 },
    accessLevel: { enum: ['ANY', 'ACCESSIBLE'] },
    compartmentIdInSubtree: { type: 'boolean' },
    sortBy: { enum: ['TIMECREATED', 'NAME'] },
    sortOrder: { enum: ['ASC', 'DESC'] },
    lifecycleState: { enum: [...states, 'FAILED', 'UPDATING'] },
    isHiddenOnLogin: { type: 'boolean' },
    includeSubcompartments: { type: 'boolean' },
    protocol: { enum: ['SAML2', 'ADFS'] },
  },
  'oci-object-storage': {
    page: text,
    limit: { type: 'integer', minimum: 1, maximum: 1000 },
    fields: text,
    delimiter: { const: '/' },
  },
  'oci-audit': {
    page: text,
    startTime: { type: 'string', format: 'date-time' },
    endTime: { type: 'string', format: 'date-time' },
  },
};

/** A request of more than one value may repeat a parameter's name or, in SCIM, part them with commas. */
export const lists: readonly string[] = ['attributes', 'attributeSets', 'fields'];

/** RFC 7644 §3.5.2: small letters on the wire, and matched in any; the SDK's enum has the SDK's own. */
export const patchWords: readonly string[] = ['add', 'remove', 'replace', 'ADD', 'REMOVE', 'REPLACE'];

/** Given whatever is asked for: published answers to `attributes` have them, though the models call them "default". */
export const alwaysAlong: readonly string[] = ['id', 'ocid', 'schemas', 'meta'];

/** Extensions that an administrator defines have names of their own (Schemas, "custom schema"). */
export const customExtension = /^urn:ietf:params:scim:schemas:(idcs:extension:custom|extension):/;

/** The error of a service: API Errors, docs.oracle.com/iaas/Content/API/References/apierrors.htm. */
export const serviceError: Json = {
  type: 'object',
  required: ['code', 'message'],
  properties: { code: { type: 'string', pattern: '^[A-Z]\\w+$' }, message: text },
};

const scimError = 'urn:ietf:params:scim:api:messages:2.0:Error';
const ownError = 'urn:ietf:params:scim:api:oracle:idcs:extension:messages:Error';

/** The error of a domain: RFC 7644 §3.12, with Oracle's extension. */
export const domainError: Json = {
  type: 'object',
  required: ['schemas', 'detail', 'status'],
  additionalProperties: false,
  properties: {
    schemas: { type: 'array', contains: { const: scimError }, items: { enum: [scimError, ownError] } },
    detail: text,
    status: { type: 'string', pattern: '^[45]\\d\\d$' },
    scimType: { type: 'string' },
    [ownError]: {
      type: 'object',
      required: ['messageId'],
      additionalProperties: false,
      properties: { messageId: { type: 'string', pattern: '^error\\.' }, additionalData: { type: 'object' } },
    },
  },
};
