// Settings of one OCI tenant: an identity domain, and what opens it and the services of its tenancy.

import { z } from 'zod';
import { isSafeOrigin } from '../../core/address.ts';
import { findMissing } from '../../core/missing-settings.ts';
import { type CheckTogether, defineSettings } from '../../core/settings.ts';
import { safetySettings } from './safety-settings.ts';

function withScheme(text: string): string {
  return /^[\w.-]+(:\d+)?\/?$/.test(text) ? `https://${text}` : text;
}

const origin = z.string().refine(isSafeOrigin, {
  error: 'must be https, without path, user or password; http is for this machine only',
});
const region = z.string().regex(/^[a-z][a-z0-9-]{1,62}$/, { error: 'is no region such as eu-frankfurt-1' });
const ocid = (type: string) =>
  z
    .string()
    .regex(new RegExp(`^ocid1\\.${type}\\.[\\w.-]{1,200}$`), { error: `is no OCID such as ocid1.${type}.oc1..` });

/** Also as a bare host, as other programs write it. */
const domainAddress = z.string().transform(withScheme).pipe(origin);
/** `idcs-` and 32 hexadecimal digits; some write the digits alone. */
const guid = z
  .string()
  .regex(/^(idcs-)?[0-9a-z]{8,60}$/, { error: 'is no id of an identity domain such as idcs-0a1b2c' })
  .transform((text) => (text.startsWith('idcs-') ? text : `idcs-${text}`));
const word = z.string().regex(/^[\x21-\x7e]+$/, { error: 'is empty or holds blanks or characters beyond ASCII' });

/** `region=address, region=address` in the environment, an object in a file. */
const addressesByRegion = z
  .union([z.string(), z.record(z.string(), z.string())])
  .transform((given) => (typeof given === 'string' ? readPairs(given) : given))
  .pipe(z.record(region, origin));

function readPairs(text: string): Record<string, string> {
  const pairs = text.split(',').filter((pair) => pair.trim() !== '');
  return Object.fromEntries(
    pairs.map((pair) => [pair.split('=')[0]?.trim(), pair.split('=').slice(1).join('=').trim()]),
  );
}

export const ociSettings = defineSettings({
  domainUrl: {
    schema: domainAddress,
    description:
      'Address of the identity domain, such as https://idcs-0a1b2c.identity.oraclecloud.com. With a profile, by default the tenancy’s Default domain.',
    env: ['IAM_DOMAIN', 'OCI_DOMAIN_URL'],
    describes: true,
  },
  domainGuid: {
    schema: guid,
    description: 'The domain’s own id, idcs-…: where domainUrl is not set, the domain is at the host of that name.',
    env: ['IAM_GUID'],
    describes: true,
  },
  exchangeClientId: {
    schema: word,
    description:
      'Client id of the domain’s application that exchanges the tokens of callers, so that each acts with their own rights. HTTP with sign-in only.',
    env: ['IAM_TOKENEXCHANGE_CLIENT_ID', 'IAM_CLIENT_ID'],
    borrows: true,
  },
  exchangeClientSecret: {
    schema: word,
    description: 'The secret of that application.',
    env: ['IAM_TOKENEXCHANGE_CLIENT_SECRET', 'IAM_CLIENT_SECRET'],
    secret: true,
  },
  profile: {
    schema: z.string().regex(/^[^\]\r\n]{1,100}$/, { error: 'is no name of a profile' }),
    description:
      'In the place of an exchange: profile of the OCI configuration file, with an API key or a session (oci session authenticate).',
    env: ['OCI_CLI_PROFILE', 'OCI_CONFIG_PROFILE'],
    borrows: true,
    describes: true,
  },
  configFile: {
    schema: z.string().min(1),
    description: 'The OCI configuration file that holds the profile.',
    env: ['OCI_CLI_CONFIG_FILE', 'OCI_CONFIG_FILE'],
    place: true,
    default: '~/.oci/config',
  },
  tenancy: {
    schema: ocid('tenancy'),
    description: 'In the place of a profile: OCID of the tenancy that an API key belongs to.',
    env: ['OCI_CLI_TENANCY'],
  },
  user: {
    schema: ocid('user'),
    description: 'OCID of the user that the API key belongs to.',
    env: ['OCI_CLI_USER'],
  },
  fingerprint: {
    schema: z.string().regex(/^[0-9a-f]{2}(:[0-9a-f]{2}){15}$/, { error: 'is no fingerprint such as 12:34:…' }),
    description: 'Fingerprint of the API key.',
    env: ['OCI_CLI_FINGERPRINT'],
  },
  privateKey: {
    schema: z.string().min(1),
    description: 'The API key itself, PEM.',
    env: ['OCI_CLI_KEY_CONTENT'],
    secret: true,
  },
  passphrase: {
    schema: z.string().min(1),
    description: 'Passphrase of the key, where it has one that the profile does not tell.',
    env: ['OCI_CLI_PASSPHRASE'],
    secret: true,
  },
  region: {
    schema: region,
    description: 'Home region, such as eu-frankfurt-1. By default that of the profile, or of the identity domain.',
    env: ['OCI_CLI_REGION'],
  },
  endpoints: {
    schema: addressesByRegion,
    description:
      'Addresses that all services of a region have, in the place of Oracle’s own hosts, for private endpoints: eu-frankfurt-1=https://oci.example.com, comma-separated; an object in a file.',
    env: ['OCI_ENDPOINTS'],
    default: {},
  },
  ...safetySettings,
  concurrency: {
    schema: z.number().int().min(1).max(50),
    description: 'Requests to one address of OCI that may be under way at once, 1 to 50.',
    env: ['OCI_CONCURRENT_LIMIT'],
    default: 10,
  },
});

type Checked = Parameters<CheckTogether<typeof ociSettings>>[0];
type Name = keyof typeof ociSettings;

const missing = (given: Checked, names: readonly Name[]) => findMissing(ociSettings, given, names);

const exchange = ['exchangeClientId', 'exchangeClientSecret'] as const;
const apiKey = ['tenancy', 'user', 'fingerprint', 'privateKey'] as const;

/** One way in, and all that it needs. */
const check: CheckTogether<typeof ociSettings> = (given) => {
  const { isSet, whereOf } = given;
  // In whose name requests go out must not depend on which of two ways counts more.
  const ways = [
    exchange.some(isSet) && exchange,
    isSet('profile') && (['profile'] as const),
    apiKey.some(isSet) && apiKey,
  ];
  const [way, other] = ways.filter((each) => each !== false);
  if (other) {
    const where = whereOf(other.find(isSet) ?? other[0]);
    const beside = whereOf(way?.find(isSet) ?? 'profile');
    return [
      {
        where,
        problem: `does not go with ${beside}`,
        todo: 'Unset one of them: callers’ own rights, or those of one user.',
      },
    ];
  }
  if (way === apiKey) return missing(given, [...apiKey, 'region', ...missingDomain(given)]);
  if (way?.[0] === 'profile') return [];
  return [...missing(given, exchange), ...missing(given, missingDomain(given))];
};

function missingDomain({ isSet }: Checked): readonly Name[] {
  return isSet('domainGuid') ? [] : ['domainUrl'];
}

/** What `config.ts` needs to know of a tenant of this platform. */
export const ociTenant = { settings: ociSettings, check } as const;
