// What is Scalekit's own in HTTP: errors of grpc-gateway (https://docs.scalekit.com/apis/), with what is wrong in `details`.

import { z } from 'zod';
import { CastellanError, type ErrorFacts } from '../../core/errors.ts';
import type { Dialect, UpstreamAnswer } from '../../core/exchange.ts';
import { quoted } from '../../core/plain.ts';
import { textWithoutSecrets } from '../../core/redact.ts';
import { explainRefusal, type RefusalWords } from '../../core/refusal.ts';

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

const words: RefusalWords = {
  vendor: 'Scalekit',
  outages: 'status.scalekit.com',
  proof: 'the credential',
  unauthorized:
    'Check what the tenant is configured with: the client id and secret of the environment, or the access to the workspace; `castellan doctor` tries it.',
  who: 'The credential',
  forbidden: 'An operator can use a credential that may.',
  notFound: 'Look the id up with a list tool.',
};

function explain(answer: UpstreamAnswer): ErrorFacts {
  const { code, said } = read(answer.body);
  // Its words can quote what people wrote.
  const shown = [
    code ?? `HTTP ${answer.status}`,
    said === '' ? undefined : quoted(textWithoutSecrets(said), 300),
  ].filter(Boolean);
  return explainRefusal(answer, shown.join(': '), words);
}
