// Refusals of OCI's services: docs.oracle.com/iaas/Content/API/References/apierrors.htm.

import { type Answer, json } from '../../answer.ts';

export const problemStatuses = {
  CannotParseRequest: 400,
  InvalidParameter: 400,
  MissingParameter: 400,
  NotAuthenticated: 401,
  NotAllowed: 403,
  NotAuthorizedOrNotFound: 404,
  NamespaceNotFound: 404,
  BucketNotFound: 404,
  ObjectNotFound: 404,
  NotFound: 404,
  MethodNotAllowed: 405,
  IncorrectState: 409,
  NoEtagMatch: 412,
  TooManyRequests: 429,
  InternalServerError: 500,
  ServiceUnavailable: 503,
} as const;

export type ProblemCode = keyof typeof problemStatuses;

export class ServiceProblem extends Error {
  readonly code: ProblemCode;

  constructor(code: ProblemCode, message: string) {
    super(message);
    this.name = 'ServiceProblem';
    this.code = code;
  }
}

/** Whoever may not see something is not told whether it is there. */
export const notFound = () =>
  new ServiceProblem('NotAuthorizedOrNotFound', 'Authorization failed or requested resource not found.');

export function answerServiceProblem({ code, message }: ServiceProblem): Answer {
  return json({ code, message }, {}, problemStatuses[code]);
}
