// Where the people of the company can sign in, whichever provider it is: what an application must know of it.

import type { Sandbox, SandboxOci } from './index.ts';

export const signInKinds = ['okta', 'oci', 'scalekit'] as const;

export type SignInKind = (typeof signInKinds)[number];

export interface SandboxSignIn {
  provider: SignInKind;
  /** Where its metadata are found. OCI's own name for itself is another: the same for all domains. */
  issuer: string;
  /** The customer that tokens name beside an issuer that many share; elsewhere it is the first word of the host. */
  tenant?: string;
  clientId: string;
  clientSecret: string;
  /** A group of the administrators, and one of the help desk, as ID tokens name them in `groups`. */
  groups: { administrators: string; helpDesk: string };
  /** Where MCP clients may bring its tokens: what they are for, who asks for them, and who introspects and exchanges them. */
  resourceServer?: { audience: string; publicClientId: string; client: { id: string; secret: string } };
  /** Where clients register themselves: makes an MCP server at this address known, and says who issues tokens for it. */
  registerServer?: (url: string) => { issuer: string };
  /** What makes a tenant of it at which callers act in their own names, as variables. */
  actingVariables?: Readonly<Record<string, string>>;
  /** Where people may be returned to after signing in, and after signing out; default of those: the origins. */
  setRedirectUris: (uris: readonly string[], logoutUris?: readonly string[]) => void;
}

/** At Okta's custom authorization server, with nothing more to open. */
export function signInAtOkta({ okta }: Sandbox): SandboxSignIn {
  const { issuer, audience, clients, setGatewayRedirectUris } = okta.oauth.customServer('default');
  return {
    provider: 'okta',
    issuer,
    clientId: clients.gateway.id,
    clientSecret: clients.gateway.secret,
    resourceServer: { audience, publicClientId: clients.native.id, client: clients.api },
    groups: { administrators: 'Okta Administrators', helpDesk: 'Okta Administrators – Help Desk' },
    setRedirectUris: setGatewayRedirectUris,
  };
}

export async function signInOf(sandbox: Sandbox, kind: SignInKind): Promise<SandboxSignIn> {
  if (kind === 'okta') return signInAtOkta(sandbox);
  const { administrators, helpDesk } = await import('./company/teams.ts');
  const at = kind === 'oci' ? await sandbox.oci() : await sandbox.scalekit();
  const { url, client, setRedirectUris } = at;
  return {
    provider: kind,
    issuer: url,
    ...('tenant' in at
      ? { tenant: at.tenant, actingVariables: tenantVariables(at) }
      : { registerServer: (address: string) => at.registerServer(address, undefined, { heedsRoles: true }) }),
    clientId: client.id,
    clientSecret: client.secret,
    groups: { administrators, helpDesk },
    setRedirectUris,
  };
}

function tenantVariables({ url, tenant, exchange, services }: SandboxOci): Record<string, string> {
  return {
    IAM_DOMAIN: url,
    IAM_GUID: tenant,
    IAM_TOKENEXCHANGE_CLIENT_ID: exchange.clientId,
    IAM_TOKENEXCHANGE_CLIENT_SECRET: exchange.clientSecret,
    OCI_ENDPOINTS: Object.entries(services)
      .map(([region, at]) => `${region}=${at}`)
      .join(','),
  };
}
