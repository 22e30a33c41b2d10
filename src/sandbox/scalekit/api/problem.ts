// Refusals of the API, in the form of a gRPC gateway: a gRPC code, a sentence and details.

import { type Answer, json } from '../../answer.ts';

/** HTTP statuses that the API answers with, and what each is called in gRPC. */
const kinds = {
  400: { code: 3, error: 'INVALID_ARGUMENT' },
  401: { code: 16, error: 'UNAUTHENTICATED' },
  403: { code: 7, error: 'PERMISSION_DENIED' },
  404: { code: 5, error: 'RESOURCE_NOT_FOUND' },
  409: { code: 6, error: 'RESOURCE_ALREADY_EXISTS' },
  429: { code: 8, error: 'TOO_MANY_REQUESTS' },
  500: { code: 13, error: 'INTERNAL_ERROR' },
  501: { code: 12, error: 'NOT_IMPLEMENTED' },
  504: { code: 4, error: 'DEADLINE_EXCEEDED' },
} as const;

export type ProblemStatus = keyof typeof kinds;

export interface Violation {
  field: string;
  constraint: string;
  description?: string;
}

export class ApiProblem extends Error {
  readonly status: ProblemStatus;
  readonly violations: readonly Violation[];

  constructor(status: ProblemStatus, message: string, violations: readonly Violation[] = []) {
    super(message);
    this.name = 'ApiProblem';
    this.status = status;
    this.violations = violations;
  }
}

export const notFound = (what: string) => new ApiProblem(404, `${what} not found`);

export function invalid(field: string, constraint: string): ApiProblem {
  return new ApiProblem(400, `validation error: ${field}: ${constraint}`, [{ field, constraint }]);
}

export function answerApiProblem({ status, message, violations }: ApiProblem, requestId: string): Answer {
  const { code, error } = kinds[status];
  const detail = {
    '@type': 'type.googleapis.com/scalekit.v1.errdetails.ErrorInfo',
    error_code: error,
    ...(violations.length > 0 && { validation_error_info: { field_violations: violations } }),
    request_info: { request_id: requestId },
  };
  return json({ code, message, details: [detail] }, {}, status);
}
