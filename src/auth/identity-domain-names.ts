// The variables by which other programs know an identity domain of OCI: they describe where people sign in, where nothing of
// Castellan's own does.

import { asObject, type Implied, type Sources } from '../core/settings.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Whoever sets one of these means another way in. */
const own = [
  'CASTELLAN_SIGN_IN_ISSUER',
  'CASTELLAN_SIGN_IN_PROVIDER',
  'CASTELLAN_SIGN_IN_CLIENT_ID',
  'CASTELLAN_SIGN_IN_CLIENT_SECRET',
  'CASTELLAN_AUTH_ISSUER',
];

export interface ImpliedSignIn {
  readonly signIn?: Readonly<Record<string, Implied>>;
  readonly auth?: Readonly<Record<string, Implied>>;
}

/** @param parts of the configuration file */
export function impliedByDomain(
  env: Environment,
  parts: Readonly<Record<string, unknown>>,
  flags: Sources['flags'],
): ImpliedSignIn {
  const { IAM_DOMAIN: domain, IAM_GUID: guid, IAM_CLIENT_ID: id, IAM_CLIENT_SECRET: secret } = env;
  // An application to sign in with is what makes it a place to sign in at.
  if (saysSignIn(parts, flags) || !id || !(domain || guid) || own.some((name) => env[name])) return {};
  const tenant = guid && (guid.startsWith('idcs-') ? guid : `idcs-${guid}`);
  const from = domain ? 'IAM_DOMAIN' : 'IAM_GUID';
  const host = domain || `${tenant}.identity.oraclecloud.com`;
  const address = /^https?:/.test(host) ? host : `https://${host}`;
  return {
    signIn: {
      issuer: { value: address.replace(/\/$/, ''), from },
      provider: { value: 'oci', from },
      clientId: { value: id, from: 'IAM_CLIENT_ID' },
      ...(secret && { clientSecret: { value: secret, from: 'IAM_CLIENT_SECRET' } }),
    },
    ...(tenant && { auth: { tenant: { value: tenant, from: 'IAM_GUID' } } }),
  };
}

function saysSignIn({ signIn, auth }: Readonly<Record<string, unknown>>, flags: Sources['flags']): boolean {
  const issuer = asObject(auth)?.issuer ?? flags['auth-issuer'];
  return signIn !== undefined || issuer !== undefined || flags.sandbox === true;
}
