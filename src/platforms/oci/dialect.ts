// What is OCI's own in HTTP: errors of the services (`{ code, message }`) and of the identity domain (SCIM), and request ids.

import { z } from 'zod';
import { CastellanError, type ErrorFacts } from '../../core/errors.ts';
import { type Dialect, rateLimited, type UpstreamAnswer } from '../../core/exchange.ts';
import { quoted } from '../../core/plain.ts';

const idcsError = 'urn:ietf:params:scim:api:oracle:idcs:extension:messages:Error';
const serviceBody = z.looseObject({ code: z.string(), message: z.string().nullish() });
const scimBody = z.looseObject({
  detail: z.string().nullish(),
  scimType: z.string().nullish(),
  [idcsError]: z.looseObject({ messageId: z.string().nullish() }).nullish(),
});

/** Neither the services nor the domain tell how long to wait. */
const waitMs = 1_000;

export const ociDialect: Dialect = {
  requestId: (headers) => headers.get('opc-request-id') ?? undefined,
  allowance: () => undefined,
  toError: (answer) => new CastellanError(explain(answer)),
};

interface Said {
  /** Of the service, or the domain's message id. */
  readonly code: string | undefined;
  readonly text: string;
}

function read(body: unknown): Said {
  const service = serviceBody.safeParse(body).data;
  if (service) return { code: codeOf(service.code), text: service.message ?? '' };
  const scim = scimBody.safeParse(body).data;
  if (!scim) return { code: undefined, text: '' };
  const id = (scim[idcsError] as { messageId?: string | null } | null | undefined)?.messageId;
  return { code: codeOf(id ?? scim.scimType ?? ''), text: scim.detail ?? '' };
}

function codeOf(text: string): string | undefined {
  return /^[\w.:-]{1,80}$/.test(text) ? text : undefined;
}

function explain({ status, headers, body, requestId }: UpstreamAnswer): ErrorFacts {
  const { code, text } = read(body);
  // Its words can quote what people wrote.
  const said = [code ?? `HTTP ${status}`, text === '' ? undefined : quoted(text, 300)].filter(Boolean).join(': ');
  const facts = { requestId, detail: { status, said } };
  if (status === 429) {
    const told = Number(headers.get('retry-after'));
    const { message, hint, retry, code: name } = rateLimited(told > 0 ? told * 1000 : waitMs, requestId);
    return { code: name, message, hint, retry, ...facts };
  }
  if (status >= 500 && status !== 501)
    return {
      code: 'platform_unavailable',
      message: `OCI failed to answer (${said}).`,
      hint: 'Try again; ocistatus.oraclecloud.com tells about outages.',
      retry: { again: true, afterMs: 0 },
      ...facts,
    };
  if (status === 401)
    return {
      code: 'unauthorized',
      message: `OCI does not accept the signature (${said}).`,
      hint: 'The key may be unknown or withdrawn, the session over, or this machine’s clock more than five minutes off; `castellan doctor` tells which.',
      ...facts,
    };
  if (status === 403)
    return {
      code: 'missing_scope',
      message: `Whoever the requests are made as may not do this (${said}).`,
      hint: 'In the identity domain it takes an administrator role of the domain, in the other services a policy of the tenancy.',
      ...facts,
    };
  // The services answer the same to what is not there and to what may not be seen (docs.oracle.com, "API Errors").
  if (status === 404 && code === 'NotAuthorizedOrNotFound')
    return {
      code: 'not_found',
      message: `Either there is no such thing, or whoever the requests are made as may not see it: OCI does not tell which (${said}).`,
      hint: 'Check the id and its region with a list tool; if it is right, an administrator must allow it by a policy.',
      ...facts,
    };
  if (status === 404)
    return {
      code: 'not_found',
      message: `OCI knows no such thing (${said}).`,
      hint: 'Look the id up with a list tool.',
      ...facts,
    };
  if (status === 412)
    return {
      code: 'refused_by_platform',
      message: `It was changed by somebody else in the meantime, so nothing was done (${said}).`,
      hint: 'Call again: what would change is then found out anew.',
      ...facts,
    };
  return {
    code: 'refused_by_platform',
    message: `OCI refused the request (${said}).`,
    hint:
      status === 409
        ? 'Something like it is there already, or it is being changed; read it first.'
        : 'Change what the message names and call again.',
    ...facts,
  };
}
