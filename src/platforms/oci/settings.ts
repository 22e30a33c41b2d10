// Settings of one OCI tenant: an identity domain, and what opens it and the services of its tenancy.

import { z } from 'zod';
import { type CheckTogether, defineSettings, type Fault } from '../../core/settings.ts';
import { safetySettings } from './safety-settings.ts';

const localNames = new Set(['localhost', '127.0.0.1', '[::1]']);

/** https, without user, path, query or fragment; http on this machine. */
function isOrigin(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || url.username !== '' || url.pathname !== '/' || url.search !== '' || url.hash !== '')
    return false;
  return url.protocol === 'https:' || (url.protocol === 'http:' && localNames.has(url.hostname));
}

const origin = z.string().refine(isOrigin, {
  error: 'must be https, without path, user or password; http is for this machine only',
});
const region = z.string().regex(/^[a-z][a-z0-9-]{1,62}$/, { error: 'is no region such as eu-frankfurt-1' });
const ocid = (type: string) =>
  z
    .string()
    .regex(new RegExp(`^ocid1\\.${type}\\.[\\w.-]{1,200}$`), { error: `is no OCID such as ocid1.${type}.oc1..` });

export const ociSettings = defineSettings({
  domainUrl: {
    schema: origin,
    description: 'Address of the identity domain, such as https://idcs-0a1b2c.identity.oraclecloud.com.',
    env: ['IAM_DOMAIN', 'OCI_DOMAIN_URL'],
    describes: true,
  },
  tenancy: {
    schema: ocid('tenancy'),
    description: 'OCID of the tenancy that an API key belongs to.',
    env: ['OCI_CLI_TENANCY'],
    describes: true,
  },
  user: {
    schema: ocid('user'),
    description: 'OCID of the user that an API key belongs to.',
    env: ['OCI_CLI_USER'],
  },
  fingerprint: {
    schema: z.string().regex(/^[0-9a-f]{2}(:[0-9a-f]{2}){15}$/, { error: 'is no fingerprint such as 12:34:…' }),
    description: 'Fingerprint of that API key.',
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
    description: 'Passphrase of the API key, where it has one.',
    env: ['OCI_CLI_PASSPHRASE'],
    secret: true,
  },
  region: {
    schema: region,
    description: 'Home region of the tenancy, such as eu-frankfurt-1.',
    env: ['OCI_CLI_REGION'],
  },
  endpoints: {
    schema: z.record(region, origin),
    description:
      'Addresses that all services of a region have, by the region’s name, in the place of Oracle’s own hosts: for private endpoints.',
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

function missing({ isSet, whereOf }: Checked, names: readonly Name[]): Fault[] {
  return names
    .filter((name) => !isSet(name))
    .map((name) => ({ where: whereOf(name), problem: 'is missing', todo: ociSettings[name].description }));
}

const check: CheckTogether<typeof ociSettings> = (given) =>
  missing(given, ['domainUrl', 'tenancy', 'user', 'fingerprint', 'privateKey', 'region']);

/** What `config.ts` needs to know of a tenant of this platform. */
export const ociTenant = { settings: ociSettings, check } as const;
