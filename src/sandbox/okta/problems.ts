// Okta's errors: the codes the sandbox answers with, each with its status and sentence.

import { json, type OktaAnswer } from './answer.ts';

interface Kind {
  status: number;
  summary: string;
}

const kinds = {
  E0000001: { status: 400, summary: 'Api validation failed: {0}' },
  E0000003: { status: 400, summary: 'The request body was not well-formed.' },
  E0000006: { status: 403, summary: 'You do not have permission to perform the requested action' },
  E0000007: { status: 404, summary: 'Not found: Resource not found: {0}' },
  E0000008: { status: 404, summary: 'The requested path was not found' },
  E0000009: { status: 500, summary: 'Internal Server Error' },
  E0000011: { status: 401, summary: 'Invalid token provided' },
  E0000016: { status: 403, summary: 'Activation failed because the user is already active' },
  E0000017: { status: 403, summary: 'Password reset failed' },
  E0000022: { status: 405, summary: 'The endpoint does not support the provided HTTP method' },
  E0000028: { status: 400, summary: 'The request is missing a required parameter.' },
  E0000031: { status: 400, summary: 'Invalid search criteria.' },
  E0000032: { status: 403, summary: 'Unlock is not allowed for this user.' },
  E0000033: { status: 400, summary: "Bad request. Can't specify a search query and filter in the same request." },
  E0000038: { status: 403, summary: "This operation is not allowed in the user's current status." },
  E0000040: { status: 400, summary: 'Application label must not be the same as an existing application label.' },
  E0000046: { status: 403, summary: 'Deactivate application for user forbidden.' },
  E0000047: { status: 429, summary: 'API call exceeded rate limit due to too many requests.' },
  E0000053: { status: 400, summary: '{0}' },
  E0000056: { status: 403, summary: 'Delete application forbidden.' },
  E0000060: { status: 501, summary: 'Unsupported operation.' },
  E0000077: { status: 403, summary: 'Cannot modify the {0} attribute because it is read-only.' },
  E0000090: { status: 409, summary: 'The role specified is already assigned to the user.' },
  E0000094: { status: 400, summary: 'The provided filter is unsupported.' },
  E0000111: { status: 403, summary: 'Cannot modify the {0} object because it is read-only.' },
  E0000117: { status: 403, summary: 'Cannot assign apps or update app profiles for an inactive user.' },
  E0000192: { status: 400, summary: 'Roles cannot be granted to groups with group membership rules. {0}' },
  E0000193: { status: 400, summary: 'Roles can only be granted to groups with 5000 or less users. {0}' },
  E0000194: { status: 400, summary: 'Roles can only be granted to Okta groups, AD groups and LDAP groups. {0}' },
  E0000211: { status: 400, summary: 'Roles cannot be granted to built-in groups: {0}' },
  E0000231: { status: 412, summary: "ETag value doesn't match." },
} as const satisfies Record<string, Kind>;

export type OktaCode = keyof typeof kinds;

export class OktaProblem extends Error {
  readonly code: OktaCode;
  readonly status: number;
  readonly causes: readonly string[];

  constructor(code: OktaCode, subject = '', causes: readonly string[] = []) {
    super(kinds[code].summary.replace('{0}', subject).replace(/: $/, ''));
    this.code = code;
    this.status = kinds[code].status;
    this.causes = causes;
  }
}

export function notFound(id: string, type: string): OktaProblem {
  return new OktaProblem('E0000007', `${id} (${type})`);
}

export function invalid(field: string, cause: string): OktaProblem {
  return new OktaProblem('E0000001', field, [`${field}: ${cause}`]);
}

export function answerProblem(problem: OktaProblem, errorId: string, linked = true): OktaAnswer {
  const body = {
    errorCode: problem.code,
    errorSummary: problem.message,
    ...(linked ? { errorLink: problem.code } : {}),
    errorId,
    errorCauses: problem.causes.map((errorSummary) => ({ errorSummary })),
  };
  return json(body, {}, problem.status);
}
