// Refusals of the identity domain's SCIM API: RFC 7644 §3.12 with Oracle's extension. The first seven message ids are as published
// (docs.oracle.com "Response Body", "Using the Authenticate API"; errors quoted in public issue threads); the others follow their form.

import { type Answer, json } from '../../answer.ts';

const messages = {
  missing: { status: 400, id: 'error.common.validation.missingReqAttributes' },
  reference: { status: 400, id: 'error.common.validation.invalidReferenceResource' },
  tooLong: { status: 400, id: 'error.common.validation.stringExceedsMaxLimit' },
  noPrimaryEmail: { status: 400, id: 'error.identity.user.primaryEmailNotSpecified' },
  publicKey: { status: 400, id: 'error.identity.user.invalidHeaderFooter' },
  denied: { status: 401, id: 'error.common.common.accessDenied' },
  factorToken: { status: 400, id: 'error.identity.passwordmgmt.invalidToken' },
  forbidden: { status: 403, id: 'error.common.common.forbidden' },
  notFound: { status: 404, id: 'error.common.common.resourceNotFound' },
  noEndpoint: { status: 404, id: 'error.common.common.endpointNotFound' },
  method: { status: 405, id: 'error.common.common.methodNotAllowed' },
  duplicate: { status: 409, id: 'error.common.validation.uniquenessConstraint' },
  version: { status: 412, id: 'error.common.common.versionMismatch' },
  tooMany: { status: 429, id: 'error.common.common.tooManyRequests' },
  body: { status: 400, id: 'error.common.validation.invalidJson' },
  schema: { status: 400, id: 'error.common.validation.invalidSchema' },
  attribute: { status: 400, id: 'error.common.validation.invalidAttribute' },
  value: { status: 400, id: 'error.common.validation.invalidValue' },
  readOnly: { status: 400, id: 'error.common.validation.readOnlyAttribute' },
  immutable: { status: 400, id: 'error.common.validation.immutableAttribute' },
  filter: { status: 400, id: 'error.common.filter.invalidFilter' },
  notSearchable: { status: 400, id: 'error.common.filter.attributeNotSearchable' },
  path: { status: 400, id: 'error.common.validation.invalidPath' },
  noTarget: { status: 400, id: 'error.common.validation.noTarget' },
  query: { status: 400, id: 'error.common.validation.invalidQueryParameter' },
  inUse: { status: 400, id: 'error.common.validation.resourceInUse' },
  active: { status: 400, id: 'error.apps.app.activeAppCannotBeDeleted' },
  prevented: { status: 400, id: 'error.common.validation.operationPrevented' },
  password: { status: 400, id: 'error.identity.passwordmgmt.policyViolation' },
  tooManyKeys: { status: 400, id: 'error.identity.user.limitExceeded' },
  internal: { status: 500, id: 'error.common.common.internalError' },
  unavailable: { status: 503, id: 'error.common.common.serviceUnavailable' },
} as const;

export type ProblemKind = keyof typeof messages;

export class ScimProblem extends Error {
  readonly kind: ProblemKind;
  readonly additional: Readonly<Record<string, unknown>> | undefined;

  constructor(kind: ProblemKind, detail: string, additional?: Readonly<Record<string, unknown>>) {
    super(detail);
    this.name = 'ScimProblem';
    this.kind = kind;
    this.additional = additional;
  }
}

const scimError = 'urn:ietf:params:scim:api:messages:2.0:Error';
const ociError = 'urn:ietf:params:scim:api:oracle:idcs:extension:messages:Error';

export const scimType = { 'content-type': 'application/scim+json;charset=UTF-8' } as const;

export function answerScimProblem({ kind, message, additional }: ScimProblem): Answer {
  const { status, id } = messages[kind];
  const body = {
    schemas: [scimError, ociError],
    detail: message,
    status: `${status}`,
    [ociError]: { messageId: id, ...(additional && { additionalData: additional }) },
  };
  return json(body, { ...scimType, ...(status === 401 && { 'www-authenticate': 'Bearer' }) }, status);
}
