// Where the people of the company can sign in, whichever provider it is: what an application must know of it.

import type { Sandbox } from './index.ts';

export const signInKinds = ['okta', 'oci', 'scalekit'] as const;

export type SignInKind = (typeof signInKinds)[number];

export interface SandboxSignIn {
  provider: SignInKind;
  /** Where its metadata are found. OCI's own name for itself is another: the same for all domains. */
  issuer: string;
  clientId: string;
  clientSecret: string;
  /** A group of the administrators, and one of the help desk, as ID tokens name them in `groups`. */
  groups: { administrators: string; helpDesk: string };
  /** Where people may be returned to after signing in, and after signing out; default of those: the origins. */
  setRedirectUris: (uris: readonly string[], logoutUris?: readonly string[]) => void;
}

export async function signInOf(sandbox: Sandbox, kind: SignInKind): Promise<SandboxSignIn> {
  if (kind === 'okta') {
    const server = sandbox.okta.oauth.customServer('default');
    const { id, secret } = server.clients.gateway;
    return {
      provider: kind,
      issuer: server.issuer,
      clientId: id,
      clientSecret: secret,
      groups: { administrators: 'Okta Administrators', helpDesk: 'Okta Administrators – Help Desk' },
      setRedirectUris: server.setGatewayRedirectUris,
    };
  }
  const { administrators, helpDesk } = await import('./company/teams.ts');
  const { url, client, setRedirectUris } = await (kind === 'oci' ? sandbox.oci() : sandbox.scalekit());
  return {
    provider: kind,
    issuer: url,
    clientId: client.id,
    clientSecret: client.secret,
    groups: { administrators, helpDesk },
    setRedirectUris,
  };
}
