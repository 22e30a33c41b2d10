// Settings of the broker: which clients it takes, and how long what it issues lasts.

import { z } from 'zod';
import { ownScope } from '../../core/caller.ts';
import { type CheckTogether, defineSettings, type Fault, type Settings, type Values } from '../../core/settings.ts';
import { providers } from '../provider.ts';
import { address, scopesByName, unknownScopes } from '../settings.ts';

const word = z.string().regex(/^[\x21-\x7e]{1,255}$/, { error: 'is empty, too long, or holds blanks' });

const client = z.strictObject({
  id: word.describe('Its client id.'),
  secret: z.string().min(16).optional().describe('Its secret; without one it is a public client.'),
  name: z.string().min(1).max(80).describe('What people are told it is called.'),
  redirectUris: z
    .array(z.string().min(1))
    .max(10)
    .default([])
    .describe('Where it may send people back to; none for one that only brings identity assertions.'),
});

const ownScopes = z.array(z.string().regex(ownScope, { error: 'is no scope such as castellan:read' }));

/** Whoever reads the settings must not be able to sign (RFC 7517 §9.2). */
const publicKey = z
  .looseObject({ kty: z.enum(['RSA', 'EC', 'OKP']), kid: z.string().optional() })
  .refine((key) => !['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'].some((part) => part in key), {
    error: 'is a private key; give the public one',
  });

const machine = z
  .strictObject({
    id: word.describe('Its client id; records call it machine:ID.'),
    name: z.string().min(1).max(80).optional().describe('What it is.'),
    secret: z.string().min(32).optional().describe('Its secret, of 32 characters or more; better keys.'),
    keys: z.array(publicKey).min(1).max(10).optional().describe('Its public keys (JWK), for private_key_jwt.'),
    scopes: ownScopes.min(1).describe('What it may do at most.'),
  })
  .refine(({ secret, keys }) => (secret === undefined) !== (keys === undefined), {
    error: 'needs a secret or keys, one of the two',
  });

const assertionIssuer = z.strictObject({
  issuer: address.describe('What its assertions call their issuer (iss).'),
  jwksUri: address.optional().describe('Where its keys are. Default: what its metadata says.'),
  clients: z
    .array(word)
    .min(1)
    .optional()
    .describe(
      'Clients that may bring its assertions. Default: every one that proves with a secret or a key who it is.',
    ),
  subjectClaim: z.string().min(1).default('sub').describe('Claim that names a person for good.'),
  claims: z
    .record(z.string().min(1), z.string().min(1))
    .default({})
    .describe('Claims that must have these very values, such as the tenant where several share an issuer.'),
  scopes: ownScopes.default([]).describe('What all its people may do.'),
  groupsClaim: z.string().min(1).default('groups').describe('Claim that lists groups, for groupMap.'),
  groupMap: scopesByName.default({}).describe('What members of a group may do beside that.'),
});

export const brokerSettings = defineSettings({
  registration: {
    schema: z.boolean(),
    description: 'Whether MCP clients may register themselves (RFC 7591), as most do.',
    env: ['CASTELLAN_BROKER_REGISTRATION'],
    default: true,
  },
  clientMetadata: {
    schema: z.boolean(),
    description:
      'Whether MCP clients may be known by the address of a document about them (client ID metadata documents), which is then read.',
    env: ['CASTELLAN_BROKER_CLIENT_METADATA'],
    default: true,
  },
  clients: {
    schema: z.array(client),
    secretIn: 'secret',
    description: 'Clients that need not register themselves; in a file only.',
    default: [],
  },
  machines: {
    schema: z.array(machine),
    secretIn: 'secret',
    description: 'Clients that sign in as themselves, without a person (OAuth client credentials); in a file only.',
    default: [],
  },
  assertionIssuers: {
    schema: z.array(assertionIssuer),
    description:
      'Identity providers that say by an assertion who may use Castellan, without a browser (ID-JAG, enterprise-managed authorization); in a file only.',
    default: [],
  },
  accessTokenLife: {
    schema: z.number().int().min(60).max(3_600),
    description: 'Seconds for which an access token is good, 60 to 3600.',
    env: ['CASTELLAN_BROKER_ACCESS_TOKEN_LIFE'],
    default: 600,
  },
  refreshTokenLife: {
    schema: z.number().int().min(1).max(365),
    description: 'Days after which a client must send its person to sign in again, 1 to 365.',
    env: ['CASTELLAN_BROKER_REFRESH_TOKEN_LIFE'],
    default: 30,
  },
  refreshTokenIdle: {
    schema: z.number().int().min(1).max(365),
    description: 'The same for a client that was not used for so many days, 1 to 365.',
    env: ['CASTELLAN_BROKER_REFRESH_TOKEN_IDLE'],
    default: 7,
  },
});

export type BrokerSettings = Values<typeof brokerSettings>;
export type RegisteredClient = BrokerSettings['clients'][number];
export type MachineClient = BrokerSettings['machines'][number];
export type AssertionIssuer = BrokerSettings['assertionIssuers'][number];

const check: CheckTogether<typeof brokerSettings> = ({ values, whereOf }) => {
  const faults: Fault[] = [];
  const { clients = [], machines = [], assertionIssuers = [] } = values as Partial<BrokerSettings>;
  const once = (key: keyof typeof brokerSettings, names: readonly string[], what: string) => {
    for (const name of new Set(names.filter((each, place) => names.indexOf(each) !== place)))
      faults.push({ where: whereOf(key), problem: `${what} ${name} is there twice`, todo: 'Keep one of them.' });
  };
  once(
    'machines',
    [...clients, ...machines].map(({ id }) => id),
    'the client id',
  );
  once(
    'assertionIssuers',
    assertionIssuers.map(({ issuer }) => issuer),
    'the issuer',
  );
  for (const { issuer, claims } of assertionIssuers)
    if (issuer === providers.oci.tokenIssuer(issuer) && Object.keys(claims).length === 0)
      faults.push({
        where: whereOf('assertionIssuers'),
        problem: `all identity domains of the world share the issuer ${issuer}`,
        todo: 'Say whose assertions are taken, such as "claims": { "tenant": "idcs-…" }.',
      });
  for (const { issuer, scopes, groupMap } of assertionIssuers)
    if (scopes.length === 0 && Object.keys(groupMap).length === 0)
      faults.push({
        where: whereOf('assertionIssuers'),
        problem: `the people of ${issuer} may do nothing`,
        todo: 'Give it scopes, such as ["castellan:read"], or a groupMap.',
      });
  return faults;
};

/** The same for whoever knows no setting by name. */
export const checkBroker = check as unknown as CheckTogether<Settings>;

/** What machines and other organizations' people may do on platforms that are not there. */
export function unknownPlatformsOf(settings: Partial<BrokerSettings>, platforms: readonly string[]): Fault[] {
  // What was refused by itself is absent.
  const { machines = [], assertionIssuers = [] } = settings;
  return [
    ...machines.flatMap(({ id, scopes }) => unknownScopes('broker.machines', id, scopes, platforms)),
    ...assertionIssuers.flatMap(({ issuer, scopes, groupMap }) =>
      unknownScopes('broker.assertionIssuers', issuer, [...scopes, ...Object.values(groupMap).flat()], platforms),
    ),
  ];
}
