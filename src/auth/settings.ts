// Settings of the front door over HTTP: whose tokens are taken, for what, and how they are verified.

import { z } from 'zod';
import { isSafeAddress } from '../core/address.ts';
import { ownScope } from '../core/caller.ts';
import { type CheckTogether, defineSettings, type Fault, type Settings, type Values } from '../core/settings.ts';
import { type Provider, providerNames, providers } from './provider.ts';

/** Where an authorization server may be. */
export const address = z.url({ error: 'is not an address such as https://login.example.com' }).refine(isSafeAddress, {
  error: 'must be https (http is for this machine only), without user, password or fragment',
});
const word = z.string().regex(/^[\x21-\x7e]+$/, { error: 'is empty or holds blanks or characters beyond ASCII' });
/** RFC 6749 §3.3: scope-token. */
const scopeToken = z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]+$/, { error: 'is no scope' });

/** `name=castellan:read castellan:write, other=okta:read` in the environment, an object in a file. */
export const scopesByName = z
  .union([z.string(), z.record(z.string().min(1), z.array(z.string()))])
  .transform((given) => (typeof given === 'string' ? readPairs(given) : given))
  .refine((map) => Object.values(map).every((scopes) => scopes.length > 0 && scopes.every((s) => ownScope.test(s))), {
    error: 'does not say name=castellan:read (or write, destroy, or a platform’s, such as okta:read) for each name',
  });

function readPairs(text: string): Record<string, string[]> {
  const pairs = text.split(',').filter((pair) => pair.trim() !== '');
  return Object.fromEntries(
    pairs.map((pair) => {
      const place = pair.indexOf('=');
      const scopes = place === -1 ? [] : pair.slice(place + 1).split(/\s+/);
      return [pair.slice(0, place === -1 ? undefined : place).trim(), scopes.filter(Boolean)];
    }),
  );
}

/** Asymmetric ones only: a key that verifies must not be one that signs (RFC 8725 §3.1). */
const algorithm = z.enum(['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'], {
  error: 'is no asymmetric signature algorithm that is known here, such as RS256 or ES256',
});

export const authSettings = defineSettings({
  issuer: {
    schema: address,
    description:
      'Address of the authorization server at which people sign in, such as https://acme.okta.com/oauth2/default; clients are sent there.',
    env: ['CASTELLAN_AUTH_ISSUER'],
    flag: 'auth-issuer',
  },
  publicUrl: {
    schema: address
      .refine((text) => !text.includes('?'), { error: 'has a query' })
      .refine((text) => !URL.canParse(text) || new URL(text).pathname !== '/', {
        error: 'has no path: the MCP endpoint is /mcp, the console is at /',
      }),
    description:
      'Address of the MCP endpoint as clients see it, such as https://mcp.example.com/mcp: the resource that tokens are for (RFC 9728). Its host name is allowed; the endpoint is served at its path as well as at /mcp.',
    env: ['CASTELLAN_PUBLIC_URL'],
    flag: 'public-url',
  },
  provider: {
    schema: z.enum(providerNames),
    description:
      'Which kind of authorization server it is: okta (a custom one), scalekit, oci (an identity domain), or generic (any with RFC 8414 or OpenID metadata).',
    env: ['CASTELLAN_AUTH_PROVIDER'],
    flag: 'auth-provider',
    default: 'generic',
  },
  audience: {
    schema: z.array(word).min(1),
    description: 'Audiences of which a token must have one (comma-separated). Default: publicUrl.',
    env: ['CASTELLAN_AUTH_AUDIENCE'],
    flag: 'auth-audience',
  },
  verify: {
    schema: z.enum(['jwt', 'introspection']),
    description:
      'How tokens are verified: jwt (signature, by the issuer’s keys), or introspection (the issuer is asked).',
    env: ['CASTELLAN_AUTH_VERIFY'],
    flag: 'auth-verify',
    default: 'jwt',
  },
  tokenIssuer: {
    schema: word,
    description:
      'What tokens call their issuer (iss), where it is not the issuer’s address. Default: the provider’s way.',
    env: ['CASTELLAN_AUTH_TOKEN_ISSUER'],
  },
  jwksUri: {
    schema: address,
    description: 'Where the issuer’s keys are. Default: the provider’s place, or what the metadata says.',
    env: ['CASTELLAN_AUTH_JWKS_URI'],
  },
  introspectionEndpoint: {
    schema: address,
    description: 'Where tokens are introspected (RFC 7662). Default: the provider’s place, or what the metadata says.',
    env: ['CASTELLAN_AUTH_INTROSPECTION_ENDPOINT'],
  },
  clientId: {
    schema: word,
    description: 'Castellan’s own client id at the issuer, for introspection and for keys that are not public.',
    env: ['CASTELLAN_AUTH_CLIENT_ID'],
  },
  clientSecret: {
    schema: word,
    description: 'The secret of that client.',
    env: ['CASTELLAN_AUTH_CLIENT_SECRET'],
    secret: true,
  },
  tenant: {
    schema: word,
    description:
      'Name of the identity domain (idcs-…) that tokens must belong to, with oci. Default: the issuer’s own.',
    env: ['CASTELLAN_AUTH_TENANT'],
  },
  algorithms: {
    schema: z.array(algorithm).min(1),
    description: 'Signature algorithms that are taken; asymmetric ones only.',
    env: ['CASTELLAN_AUTH_ALGORITHMS'],
    default: ['RS256', 'PS256', 'ES256', 'EdDSA'],
  },
  clockSkew: {
    schema: z.number().int().min(0).max(300),
    description: 'Seconds by which the issuer’s clock may differ, 0 to 300.',
    env: ['CASTELLAN_AUTH_CLOCK_SKEW'],
    default: 30,
  },
  introspectionCache: {
    schema: z.number().int().min(0).max(300),
    description:
      'Seconds for which an introspected token is remembered, 0 to 300: so long a withdrawn one may still be taken.',
    env: ['CASTELLAN_AUTH_INTROSPECTION_CACHE'],
    default: 15,
  },
  scopes: {
    schema: z.array(scopeToken).min(1),
    description:
      'Scopes that clients are told to ask the issuer for; each must exist there. Default: those of scopeMap, else castellan:read, castellan:write and castellan:destroy.',
    env: ['CASTELLAN_AUTH_SCOPES'],
  },
  requiredScopes: {
    schema: z.array(scopeToken),
    description: 'Scopes of the issuer without which no token is taken at all (comma-separated).',
    env: ['CASTELLAN_AUTH_REQUIRED_SCOPES'],
    default: [],
  },
  scopeMap: {
    schema: scopesByName,
    description:
      'What a scope of the issuer allows here, beside Castellan’s own names: directory.view=castellan:read, directory.edit=castellan:read castellan:write.',
    env: ['CASTELLAN_AUTH_SCOPE_MAP'],
  },
  groupsClaim: {
    schema: z.string().min(1),
    description: 'Claim of the token that lists the caller’s groups or roles, for groupMap.',
    env: ['CASTELLAN_AUTH_GROUPS_CLAIM'],
    default: 'groups',
  },
  groupMap: {
    schema: scopesByName,
    description:
      'What members of a group (or holders of a role) may do, whatever scopes their token has: helpdesk=castellan:read okta:write.',
    env: ['CASTELLAN_AUTH_GROUP_MAP'],
  },
  everybody: {
    schema: z.array(z.string().regex(ownScope, { error: 'is no scope of Castellan’s, such as castellan:read' })),
    description: 'What anybody who signs in through Castellan may do at most (comma-separated); groupMap adds to it.',
    env: ['CASTELLAN_AUTH_EVERYBODY'],
    default: ['castellan:read'],
  },
  subjectClaim: {
    schema: z.string().min(1),
    description:
      'Claim that names the caller for good in records, confirmations and sessions; better no name or e-mail address. Default: the provider’s.',
    env: ['CASTELLAN_AUTH_SUBJECT_CLAIM'],
  },
});

export type AuthSettings = Values<typeof authSettings>;

/** What says something where Castellan issues the tokens itself, too. */
const alsoOfBroker: ReadonlySet<string> = new Set([
  'publicUrl',
  'everybody',
  'groupsClaim',
  'groupMap',
  'subjectClaim',
  'tenant',
  'clockSkew',
]);

/** Settings that belong together. Where none is set there is no front door, and nothing to check. */
const check: CheckTogether<typeof authSettings> = ({ values, isSet, whereOf }) => {
  const faults: Fault[] = [];
  const say = (key: keyof typeof authSettings, problem: string, todo: string) =>
    void faults.push({ where: whereOf(key), problem, todo });
  const names = Object.keys(authSettings) as (keyof typeof authSettings)[];
  // The rest of them is about tokens of another issuer.
  if (!names.some((name) => isSet(name) && !alsoOfBroker.has(name))) return faults;
  for (const key of ['issuer', 'publicUrl'] as const)
    if (!isSet(key)) say(key, 'is missing, and other settings of sign-in are there', authSettings[key].description);

  // One that was refused by itself is absent.
  const provider: Provider = providers[values.provider] ?? providers.generic;
  const wrong = values.issuer === undefined ? undefined : provider.checkIssuer?.(values.issuer);
  if (wrong !== undefined)
    say('issuer', wrong, 'Give the address of one, such as https://acme.okta.com/oauth2/default.');
  if (isSet('clientId') !== isSet('clientSecret')) {
    const [missing, there] = isSet('clientId')
      ? (['clientSecret', 'clientId'] as const)
      : (['clientId', 'clientSecret'] as const);
    say(missing, `is missing, and ${there} is set`, 'Set both, or neither.');
  }
  if (values.verify === 'introspection') {
    if (!isSet('clientId') && !isSet('clientSecret'))
      say('clientId', 'is missing: whoever asks about tokens must sign in itself', authSettings.clientId.description);
    if (isSet('jwksUri')) say('jwksUri', 'goes with verify jwt', 'Leave it out, or verify with jwt.');
    if (isSet('algorithms')) say('algorithms', 'goes with verify jwt', 'Leave it out, or verify with jwt.');
  } else {
    for (const key of ['introspectionEndpoint', 'introspectionCache'] as const)
      if (isSet(key)) say(key, 'goes with verify introspection', 'Leave it out, or verify with introspection.');
    if (isSet('clientId') && !provider.closedKeys)
      say(
        'clientId',
        'is not used: these tokens are verified by keys that are public',
        'Leave it out, or verify with introspection.',
      );
  }
  if (isSet('tenant') && !provider.tenantClaims)
    say('tenant', 'goes with provider oci', 'Leave it out, or set the provider.');
  if (isSet('groupsClaim') && !isSet('groupMap'))
    say('groupMap', 'is missing, and groupsClaim is set', authSettings.groupMap.description);
  if (values.provider === 'oci' && !isSet('audience'))
    say(
      'audience',
      'is missing: all identity domains share one issuer',
      'Set the audience of the resource application.',
    );
  return faults;
};

/** The same for whoever knows no setting by name. */
export const checkAuth = check as unknown as CheckTogether<Settings>;

/** Scopes in maps that stand for no platform: whoever holds them would be let in and could do nothing. */
export function unknownPlatforms(
  { scopeMap = {}, groupMap = {} }: AuthSettings,
  platforms: readonly string[],
): Fault[] {
  const scopes = [...Object.values(scopeMap), ...Object.values(groupMap)].flat();
  return unknownScopes('auth', 'a map', scopes, platforms);
}

/** @param who gives them */
export function unknownScopes(
  where: string,
  who: string,
  scopes: readonly string[],
  platforms: readonly string[],
): Fault[] {
  const known = new Set(['castellan', ...platforms]);
  const names = new Set(scopes.map((scope) => scope.split(':')[0] ?? ''));
  const unknown = [...names].filter((name) => !known.has(name));
  return unknown.map((name) => ({
    where,
    problem: `${who} gives scopes of ${name}, and there is no such platform`,
    todo: `One of: ${[...known].join(', ')}.`,
  }));
}
