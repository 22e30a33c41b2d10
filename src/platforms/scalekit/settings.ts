// Settings of one Scalekit tenant: an environment with its client credentials, or the whole workspace as a person who signed in.

import { z } from 'zod';
import { defineSafety } from '../../core/safety.ts';
import { type CheckTogether, defineSettings, type Fault } from '../../core/settings.ts';

const localNames = new Set(['localhost', '127.0.0.1', '[::1]']);

/** https, without path, user or query; http on this machine. */
function isOrigin(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') return false;
  return (
    url.pathname === '/' && (url.protocol === 'https:' || (url.protocol === 'http:' && localNames.has(url.hostname)))
  );
}

const origin = z.url({ error: 'is not an address such as https://acme.scalekit.com' }).refine(isOrigin, {
  error: 'must be https, without path, user or password; http is for this machine only',
});
const word = z.string().regex(/^[\x21-\x7e]+$/, { error: 'is empty or holds blanks or characters beyond ASCII' });

const { readOnly, production, maskFields, dropFields } = defineSafety('SCALEKIT', 'environment', [
  'phone_number',
  'gender',
]);

export const scalekitSettings = defineSettings({
  environmentUrl: {
    schema: origin,
    description: 'Address of one Scalekit environment, such as https://acme.scalekit.com.',
    env: ['SCALEKIT_ENVIRONMENT_URL', 'SCALEKIT_ENV_URL'],
    describes: true,
  },
  clientId: {
    schema: word,
    description: 'Client id of that environment (API credentials).',
    env: ['SCALEKIT_CLIENT_ID'],
  },
  clientSecret: {
    schema: word,
    description: 'The secret of that client.',
    env: ['SCALEKIT_CLIENT_SECRET'],
    secret: true,
  },
  environmentId: {
    schema: z.string().regex(/^env_\w+$/, { error: 'is no id such as env_123' }),
    description: 'The environment’s own id (env_…), for assistants that name it; not needed otherwise.',
    env: ['SCALEKIT_ENVIRONMENT_ID'],
  },
  readOnly,
  production,
  maskFields,
  dropFields,
  concurrency: {
    schema: z.number().int().min(1).max(50),
    description: 'Requests to Scalekit that may be under way at once, 1 to 50.',
    env: ['SCALEKIT_CONCURRENT_LIMIT'],
    default: 10,
  },
});

const check: CheckTogether<typeof scalekitSettings> = ({ isSet, whereOf }) => {
  const faults: Fault[] = [];
  for (const key of ['environmentUrl', 'clientId', 'clientSecret'] as const) {
    if (isSet(key)) continue;
    faults.push({ where: whereOf(key), problem: 'is missing', todo: scalekitSettings[key].description });
  }
  return faults;
};

/** What `config.ts` needs to know of a tenant of this platform. */
export const scalekitTenant = { settings: scalekitSettings, check } as const;
