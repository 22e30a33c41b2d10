// Why a platform did not answer, for `doctor`: what is at the bottom of it, and what to do about it.

import type { CastellanError } from './errors.ts';
import type { CheckResult } from './tool.ts';

/** What a check says that depends on one that failed: one cause is told once. */
export function seeAbove(check: string): CheckResult {
  return { ok: true, says: `not asked; see ${check}`, unchecked: true };
}

/** Whether nothing answered there, or something else than the platform. */
export function isElsewhere({ code }: CastellanError): boolean {
  return code === 'platform_unavailable' || code === 'platform_answer_invalid';
}

/**
 * @param host that was asked
 * @param setting where its address is set
 * @param whose as in "Okta"
 * @returns undefined for what is no matter of the address
 */
export function describeElsewhere(
  error: CastellanError,
  { host, setting, whose }: { readonly host: string; readonly setting: string; readonly whose: string },
): CheckResult | undefined {
  if (!isElsewhere(error)) return undefined;
  const to = (says: string, todo: string): CheckResult => ({ ok: false, says, todo });
  if (error.code === 'platform_answer_invalid')
    return to(`${host} answers, but not as ${whose} does`, `Check ${setting}, and that nothing stands in between.`);
  const code = systemCode(error);
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return to(`${host} was not found (${code})`, `Check the spelling of ${setting}, and this machine’s network.`);
  if (code === 'ECONNREFUSED') return to(`nothing listens at ${host} (${code})`, `Check ${setting}.`);
  if (code !== undefined && /CERT|SELF_SIGNED|SIGNATURE|ISSUER|ALTNAME/.test(code))
    return to(
      `the certificate of ${host} cannot be trusted (${code})`,
      `Check ${setting}. Behind a proxy that opens connections, name its authority’s certificate in NODE_EXTRA_CA_CERTS.`,
    );
  return to(
    `${host} does not answer${code === undefined ? '' : ` (${code})`}`,
    `Check ${setting}, this machine’s network and, behind a proxy, its settings.`,
  );
}

function systemCode(error: unknown): string | undefined {
  for (let at = error, depth = 0; at instanceof Error && depth < 6; at = at.cause, depth++) {
    const { code } = at as NodeJS.ErrnoException;
    if (typeof code === 'string' && /^[A-Z][A-Z0-9_]+$/.test(code)) return code;
  }
  return undefined;
}
