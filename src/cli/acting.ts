// Tenants in which everybody acts with rights of their own: whether anybody could, with how callers sign in.

import type { Config } from '../config.ts';
import type { Fault } from '../core/settings.ts';

/** What platforms that know callers call it. */
interface Acting {
  readonly actAs?: string | undefined;
  readonly exchangeUrl?: string | undefined;
  readonly orgUrl?: string | undefined;
  /** OCI: callers’ tokens are exchanged wherever this is set. */
  readonly exchangeClientId?: string | undefined;
}

/** @param signsIn whether callers sign in at all */
export function findActingFaults({ tenants, signIn }: Pick<Config, 'tenants' | 'signIn'>, signsIn: boolean): Fault[] {
  return tenants.flatMap(({ name, settings }): Fault[] => {
    const { actAs, exchangeUrl, orgUrl, exchangeClientId } = settings as Acting;
    if (actAs !== 'caller' && exchangeClientId === undefined) return [];
    const where = `tenant ${name}`;
    if (!signsIn && exchangeClientId !== undefined) {
      const problem = 'acts as the caller, and here nobody signs in';
      const todo =
        'Serve it with --http and sign-in, or use a profile of the OCI configuration file (OCI_CLI_PROFILE).';
      return [{ where, problem, todo }];
    }
    if (!signsIn) {
      const problem = 'acts as the caller, and here nobody signs in';
      return [{ where, problem, todo: 'Serve it with --http and sign-in, or set actAs to service.' }];
    }
    if (orgUrl === undefined || exchangeUrl !== undefined) return [];
    if (signIn.issuer !== undefined && sameOrigin(signIn.issuer, orgUrl)) return [];
    return [
      {
        where,
        problem: `acts as the caller with the token of their sign-in at ${new URL(orgUrl).origin}, and people do not sign in there`,
        todo: 'Set CASTELLAN_SIGN_IN_ISSUER to the organization’s address, with okta.* scopes in CASTELLAN_SIGN_IN_SCOPES; or set exchangeUrl (OKTA_EXCHANGE_URL), where callers’ tokens are exchanged.',
      },
    ];
  });
}

/** The organization's own authorization server is its bare address. */
function sameOrigin(issuer: string, organization: string): boolean {
  return issuer.replace(/\/$/, '') === new URL(organization).origin;
}
