// What is Scalekit's own in HTTP: errors of grpc-gateway (https://docs.scalekit.com/apis/), with what is wrong in `details`.

import { z } from 'zod';
import { CastellanError, type ErrorFacts } from '../../core/errors.ts';
import { type Dialect, rateLimited, type UpstreamAnswer } from '../../core/exchange.ts';
import { quoted } from '../../core/plain.ts';

const violation = z.looseObject({
  field: z.string().optional(),
  constraint: z.string().optional(),
  description: z.string().optional(),
});
const errorBody = z.looseObject({
  message: z.string().optional(),
  details: z
    .array(
      z.looseObject({
        error_code: z.string().optional(),
        validation_error_info: z.looseObject({ field_violations: z.array(violation).optional() }).nullish(),
      }),
    )
    .nullish(),
});

/** Nothing is told of how long to wait. */
const waitMs = 1_000;

export const scalekitDialect: Dialect = {
  requestId: (headers) => headers.get('x-request-id') ?? undefined,
  allowance: () => undefined,
  toError: (answer) => new CastellanError(explain(answer)),
};

/** The code that the gateway gives, and its words: message, and which field broke which rule. */
function read(body: unknown): { code: string | undefined; said: string } {
  const parsed = errorBody.safeParse(body);
  if (!parsed.success) return { code: undefined, said: '' };
  const details = parsed.data.details ?? [];
  const fields = details
    .flatMap((detail) => detail.validation_error_info?.field_violations ?? [])
    .map(({ field, constraint, description }) => `${field ?? 'a field'}: ${constraint ?? description ?? 'wrong'}`);
  const code = details
    .map(({ error_code }) => error_code)
    .find((each) => each !== undefined && /^[\w-]{1,60}$/.test(each));
  return { code, said: [parsed.data.message, ...fields].filter(Boolean).join('; ') };
}

function explain({ status, headers, body, requestId }: UpstreamAnswer): ErrorFacts {
  const { code, said } = read(body);
  // Its words can quote what people wrote.
  const scalekit = [code ?? `HTTP ${status}`, said === '' ? undefined : quoted(said, 300)].filter(Boolean).join(': ');
  const facts = { requestId, detail: { status, scalekit } };
  if (status === 429) {
    const told = Number(headers.get('retry-after'));
    const { message, hint, retry, code: name } = rateLimited(told > 0 ? told * 1000 : waitMs, requestId);
    return { code: name, message, hint, retry, ...facts };
  }
  if (status >= 500 && status !== 501)
    return {
      code: 'platform_unavailable',
      message: `Scalekit failed to answer (${scalekit}).`,
      hint: 'Try again; status.scalekit.com tells about outages.',
      retry: { again: true, afterMs: 0 },
      ...facts,
    };
  if (status === 401)
    return {
      code: 'unauthorized',
      message: `Scalekit does not accept the credential (${scalekit}).`,
      hint: 'Check what the tenant is configured with: the client id and secret of the environment, or the access to the workspace; `castellan doctor` tries it.',
      ...facts,
    };
  if (status === 403)
    return {
      code: 'missing_scope',
      message: `The credential may not do this (${scalekit}).`,
      hint: 'An operator can use a credential that may.',
      ...facts,
    };
  if (status === 404)
    return {
      code: 'not_found',
      message: `Scalekit knows no such thing (${scalekit}).`,
      hint: 'Look the id up with a list tool.',
      ...facts,
    };
  return {
    code: 'refused_by_platform',
    message: `Scalekit refused the request (${scalekit}).`,
    hint:
      status === 409
        ? 'Something like it is there already; read it first.'
        : 'Change what the message names and call again.',
    ...facts,
  };
}
