// What is OCI's own in HTTP: errors of the services (`{ code, message }`) and of the identity domain (SCIM), and request ids.

import { z } from 'zod';
import { CastellanError, type ErrorFacts } from '../../core/errors.ts';
import type { Dialect, UpstreamAnswer } from '../../core/exchange.ts';
import { quoted } from '../../core/plain.ts';
import { textWithoutSecrets } from '../../core/redact.ts';
import { explainRefusal, type RefusalWords } from '../../core/refusal.ts';

const idcsError = 'urn:ietf:params:scim:api:oracle:idcs:extension:messages:Error';
const serviceBody = z.looseObject({ code: z.string(), message: z.string().nullish() });
const scimBody = z.looseObject({
  detail: z.string().nullish(),
  scimType: z.string().nullish(),
  [idcsError]: z.looseObject({ messageId: z.string().nullish() }).nullish(),
});

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

const words: RefusalWords = {
  vendor: 'OCI',
  outages: 'ocistatus.oraclecloud.com',
  proof: 'the signature',
  unauthorized:
    'The key may be unknown or withdrawn, the session over, or this machine’s clock more than five minutes off; `castellan doctor` tells which.',
  who: 'Whoever the requests are made as',
  forbidden:
    'In the identity domain it takes an administrator role of the domain, in the other services a policy of the tenancy.',
  notFound: 'Look the id up with a list tool.',
};

function explain(answer: UpstreamAnswer): ErrorFacts {
  const { status, requestId } = answer;
  const { code, text } = read(answer.body);
  // Its words can quote what people wrote, and what was sent.
  const said = [code ?? `HTTP ${status}`, text === '' ? undefined : quoted(textWithoutSecrets(text), 300)]
    .filter(Boolean)
    .join(': ');
  const facts = { requestId, detail: { status, said } };
  // The services answer the same to what is not there and to what may not be seen (docs.oracle.com, "API Errors").
  if (status === 404 && code === 'NotAuthorizedOrNotFound')
    return {
      code: 'not_found',
      message: `Either there is no such thing, or whoever the requests are made as may not see it: OCI does not tell which (${said}).`,
      hint: 'Check the id and its region with a list tool; if it is right, an administrator must allow it by a policy.',
      ...facts,
    };
  if (status === 412)
    return {
      code: 'refused_by_platform',
      message: `It was changed by somebody else in the meantime, so nothing was done (${said}).`,
      hint: 'Call again: what would change is then found out anew.',
      ...facts,
    };
  return explainRefusal(answer, said, words);
}
