// What differs between authorization servers: where keys and introspection are, what tokens call their issuer, subject
// and client. A preset by name; whatever is configured counts more.

export const providerNames = ['generic', 'okta', 'scalekit', 'oci'] as const;
export type ProviderName = (typeof providerNames)[number];

export interface Provider {
  /** The exact `iss` of tokens. */
  readonly tokenIssuer: (issuer: string) => string;
  /** What the metadata calls the issuer, where that is not its address. */
  readonly metadataIssuer?: (issuer: string) => string;
  /** Absent where the server's metadata tells it (RFC 8414). */
  readonly jwksUri?: (issuer: string) => string;
  readonly introspectionEndpoint?: (issuer: string) => string;
  /** The claim that names the caller for good: the first that is there. None of them may be a name that people give out. */
  readonly subjectClaims: readonly string[];
  /** The same in an ID token, where it stands under another name there. */
  readonly idTokenSubjects?: readonly string[];
  /** Claims that must be absent for the next subject claim to count: a person's token must not pass as a machine's. */
  readonly machineOnly?: (claims: Readonly<Record<string, unknown>>) => boolean;
  /** Claims that name the customer to whom a token belongs, where several share an issuer. */
  readonly tenantClaims?: readonly string[];
  /** The customer that an address belongs to. */
  readonly tenantOf?: (issuer: string) => string;
  /** Why an issuer cannot be right. */
  readonly checkIssuer?: (issuer: string) => string | undefined;
  /** What scopes of its own mean here, beside the operator's map. */
  readonly scopeMap?: Readonly<Record<string, readonly string[]>>;
  /** Keys may be behind the server's own sign-in. */
  readonly closedKeys?: { readonly tokenEndpoint: (issuer: string) => string; readonly scope: string };
}

const originOf = (issuer: string) => new URL(issuer).origin;
const below = (path: string) => (issuer: string) => `${issuer.replace(/\/$/, '')}${path}`;
const asIs = (issuer: string) => issuer;

/** The scopes of Scalekit's own MCP server, for workspace, environments and organizations. */
const scalekitScopes = Object.fromEntries(
  ['wks', 'env', 'org'].flatMap((area) => [
    [`${area}:read`, [`scalekit.${area}:read`, 'scalekit.docs:read']],
    [`${area}:write`, [`scalekit.${area}:write`, `scalekit.${area}:destroy`]],
  ]),
) as Readonly<Record<string, readonly string[]>>;

export const providers: Readonly<Record<ProviderName, Provider>> = {
  generic: { tokenIssuer: asIs, subjectClaims: ['sub'] },

  okta: {
    tokenIssuer: asIs,
    jwksUri: below('/v1/keys'),
    introspectionEndpoint: below('/v1/introspect'),
    // `sub` is a person's login there, an address that changes; `uid` is theirs for good. Machines have no `uid`.
    subjectClaims: ['uid', 'cid', 'client_id'],
    idTokenSubjects: ['sub'],
    machineOnly: (claims) => claims.sub === (claims.cid ?? claims.client_id),
    checkIssuer: (issuer) =>
      /^https?:\/\/[^/]+\/oauth2\/[^/]+$/.test(issuer)
        ? undefined
        : 'is no custom authorization server: tokens of the organization itself can be verified by nobody but Okta',
  },

  scalekit: {
    // Each MCP server has an issuer of its own below the environment; tokens name the environment.
    tokenIssuer: originOf,
    jwksUri: (issuer) => `${originOf(issuer)}/keys`,
    subjectClaims: ['sub'],
    scopeMap: scalekitScopes,
  },

  oci: {
    // The same for every identity domain of the world: audience and domain tell whose a token is.
    tokenIssuer: () => 'https://identity.oraclecloud.com/',
    metadataIssuer: () => 'https://identity.oraclecloud.com/',
    jwksUri: below('/admin/v1/SigningCert/jwk'),
    introspectionEndpoint: below('/oauth2/v1/introspect'),
    // `sub` is a user name.
    subjectClaims: ['user_id', 'client_guid', 'client_id'],
    idTokenSubjects: ['user_id'],
    machineOnly: (claims) => claims.sub_type === 'client' || claims.sub === claims.client_id,
    tenantClaims: ['tenant', 'user_tenantname', 'client_tenantname', 'user.tenant.name'],
    tenantOf: (issuer) => new URL(issuer).hostname.split('.')[0] ?? '',
    closedKeys: { tokenEndpoint: below('/oauth2/v1/token'), scope: 'urn:opc:idm:__myscopes__' },
  },
};
