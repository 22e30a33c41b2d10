// From the settings to what verifies a token: where keys or introspection are, and what a token is held against.

import { withinReach } from '../core/caller.ts';
import type { Broker } from './broker/broker.ts';
import { type Rules, refuse } from './claims.ts';
import { createDiscovery } from './discovery.ts';
import { verifyByIntrospection } from './introspection.ts';
import { type Verify, verifyJwt } from './jwt.ts';
import { fetchKeySet } from './key-set.ts';
import { createKeys } from './keys.ts';
import { providers } from './provider.ts';
import type { AuthSettings } from './settings.ts';

export interface VerifierOptions {
  readonly settings: AuthSettings;
  readonly issuer: string;
  readonly publicUrl: string;
  readonly fetch: typeof fetch;
  readonly now: () => number;
  readonly onStale: (error: unknown) => void;
}

export function createVerifier(options: VerifierOptions): Verify {
  const { settings, issuer, fetch, now } = options;
  const provider = providers[settings.provider];
  const rules = rulesOf(options);
  const discover = createDiscovery(issuer, fetch, now);
  if (settings.verify === 'introspection') {
    const { clientId, clientSecret } = settings;
    if (clientId === undefined || !clientSecret) throw new TypeError('introspection without a client');
    const known = settings.introspectionEndpoint ?? provider.introspectionEndpoint?.(issuer);
    const endpoint = async () => known ?? discover(['introspection_endpoint', 'introspect_endpoint']);
    return verifyByIntrospection({ rules, endpoint, clientId, clientSecret, fetch, now });
  }
  const known = settings.jwksUri ?? provider.jwksUri?.(issuer);
  const { clientId } = settings;
  const access = { provider, issuer, clientId, clientSecret: settings.clientSecret, fetch };
  const fetchKeys = async () => fetchKeySet(access, known ?? (await discover(['jwks_uri'])));
  const keys = createKeys({ fetchKeys, now, onStale: options.onStale });
  return verifyJwt({ rules, algorithms: settings.algorithms, keys, now });
}

export interface OwnVerifierOptions extends Pick<VerifierOptions, 'settings' | 'publicUrl' | 'now' | 'onStale'> {
  readonly broker: Pick<Broker, 'issuer' | 'keys' | 'stands' | 'reachOf'>;
}

/** Tokens of the broker in the same process: maps of the identity provider's groups have been heeded when they were made. */
export function createOwnVerifier({ settings, publicUrl, now, onStale, broker }: OwnVerifierOptions): Verify {
  const rules: Rules = {
    issuer: broker.issuer,
    audiences: [publicUrl],
    resource: publicUrl,
    clockSkew: settings.clockSkew,
    scopeMap: {},
    groupsClaim: 'groups',
    groupMap: {},
    subjectClaims: ['sub'],
  };
  const verify = verifyJwt({
    rules,
    algorithms: ['ES256'],
    keys: createKeys({ fetchKeys: broker.keys, now, onStale }),
    now,
    async check({ gid }) {
      // A machine’s rests on nothing that a person could withdraw.
      if (gid !== undefined && !(typeof gid === 'string' && (await broker.stands(gid))))
        refuse('withdrawn', 'What the token rests on was withdrawn.');
    },
  });
  return async (token) => {
    const signedIn = await verify(token);
    // Without a person's consent behind it, nobody can be asked for more.
    if (!restsOnConsent(token)) return signedIn;
    const reach = await broker.reachOf(signedIn.id.slice(broker.issuer.length + 1));
    return reach ? { ...signedIn, allowance: withinReach(signedIn.allowance, reach) } : signedIn;
  };
}

/** Of a token that was verified. */
function restsOnConsent(token: string): boolean {
  const claims: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
  return typeof claims === 'object' && claims !== null && 'gid' in claims;
}

function rulesOf({ settings, issuer, publicUrl }: VerifierOptions): Rules {
  const provider = providers[settings.provider];
  const tenant = settings.tenant ?? provider.tenantOf?.(issuer);
  return {
    issuer: settings.tokenIssuer ?? provider.tokenIssuer(issuer),
    audiences: settings.audience ?? [publicUrl],
    resource: publicUrl,
    clockSkew: settings.clockSkew,
    scopeMap: { ...provider.scopeMap, ...settings.scopeMap },
    groupsClaim: settings.groupsClaim,
    groupMap: settings.groupMap ?? {},
    subjectClaims: settings.subjectClaim === undefined ? provider.subjectClaims : [settings.subjectClaim],
    machineOnly: provider.machineOnly,
    ...(tenant !== undefined && provider.tenantClaims && { tenant: { name: tenant, claims: provider.tenantClaims } }),
  };
}
