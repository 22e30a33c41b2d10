// What people have beside their passwords: second factors of most, keys and tokens of a few; among them those of somebody who left.

import { createHash } from 'node:crypto';
import { cast } from '../../../company/people.ts';
import type { Member } from '../../../company/roster.ts';
import { roll } from '../../../random.ts';
import { apiKeyKind, authTokenKind, customerSecretKeyKind, deviceKind, fingerprintOf } from '../kinds/credentials.ts';
import { mfaExtension, userKind } from '../kinds/users.ts';
import type { Cast } from './people.ts';
import { daysAgo, idFor, plant, type Soil } from './plant.ts';

const salts = { factor: 663, enrolled: 664 } as const;

const kinds = [
  { type: 'TOTP', displayName: "'s Authenticator", platform: 'IOS' },
  { type: 'PUSH', displayName: "'s Phone", platform: 'ANDROID' },
  { type: 'SMS', displayName: "'s Number", platform: 'CELLULAR' },
] as const;

export function plantCredentials(soil: Soil, { bareAdmin, leaver, machine }: Cast): void {
  const { members } = soil.domain.roster;
  const without = new Set([bareAdmin?.id, leaver?.id, machine?.id]);
  for (const member of members) {
    const isEnrolled = member.n === cast.admin || roll(soil.seed, salts.enrolled, member.n) < 0.82;
    if (isEnrolled && !without.has(member.id)) plantFactor(soil, member);
  }
  const traveller = members[cast.traveller];
  // Audit tells from where.
  if (traveller) plantKey(soil, traveller, 'payment export', 5.4);
  if (leaver) {
    plantKey(soil, leaver, 'laptop', 640);
    plantKey(soil, leaver, 'migration script', 520);
    const token = { description: 'registry login', token: idFor(soil, 'leaver token').slice(0, 20), status: 'ACTIVE' };
    const id = idFor(soil, 'auth token leaver');
    plant(soil, authTokenKind, id, { ...token, user: { value: leaver.id } }, { created: 480 });
  }
  if (machine) {
    plantKey(soil, machine, 'deployment pipeline', 330);
    const key = {
      displayName: 'backup bucket',
      status: 'ACTIVE',
      accessKey: idFor(soil, 'machine access key'),
      secretKey: createHash('sha256').update(`${soil.seed} machine secret`).digest('base64'),
      user: { value: machine.id },
    };
    plant(soil, customerSecretKeyKind, idFor(soil, 'secret key machine'), key, { created: 330 });
  }
}

function plantFactor(soil: Soil, { id, n, given }: Member): void {
  const kind = kinds[n === cast.admin ? 0 : Math.floor(roll(soil.seed, salts.factor, n) * kinds.length)] ?? kinds[0];
  const device = idFor(soil, `device ${id}`);
  plant(
    soil,
    deviceKind,
    device,
    {
      displayName: `${given}${kind.displayName}`,
      platform: kind.platform,
      status: 'ENROLLED',
      lastSyncTime: daysAgo(soil, 3 + (n % 40)),
      isCompliant: true,
      authenticationMethod: kind.type,
      user: { value: id },
      authenticationFactors: [{ type: kind.type, status: 'ENROLLED' }],
      ...(kind.type === 'SMS' && { countryCode: '+31', phoneNumber: 'XXXXXXXX' }),
    },
    { created: 240 + (n % 100) },
  );
  const user = soil.store.get(userKind.path, id);
  if (!user) return;
  const mfa = {
    preferredAuthenticationFactor: kind.type,
    preferredDevice: { value: device },
    mfaEnabledOn: daysAgo(soil, 240 + (n % 100)),
    loginAttempts: 0,
    ...(n % 3 === 0 && { trustedUserAgents: [{ value: idFor(soil, `agent ${id}`) }] }),
    ...(n % 7 === 0 && { bypassCodes: [{ value: idFor(soil, `bypass code ${id}`) }] }),
  };
  soil.store.put(userKind.path, { ...user, [mfaExtension]: mfa });
}

function plantKey(soil: Soil, { id }: Member, description: string, created: number): void {
  const key = inventKey(`${soil.seed} ${id} ${description}`);
  const attributes = {
    description,
    key,
    fingerprint: fingerprintOf(key),
    user: { value: id },
    created: soil.now - created * 86_400_000,
  };
  plant(soil, apiKeyKind, idFor(soil, `api key ${id} ${description}`), attributes, { created });
}

/** The form of an RSA public key of 2,048 bits, to which nobody has the private one. */
function inventKey(text: string): string {
  const bytes = Buffer.concat(
    Array.from({ length: 8 }, (_, n) => createHash('sha256').update(`${text} ${n}`).digest()),
  );
  bytes[0] = (bytes[0] ?? 0) | 0x80;
  bytes[255] = (bytes[255] ?? 0) | 1;
  const head = Buffer.from('30820122300d06092a864886f70d01010105000382010f003082010a0282010100', 'hex');
  const der = Buffer.concat([head, bytes, Buffer.from('0203010001', 'hex')]);
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return ['-----BEGIN PUBLIC KEY-----', ...lines, '-----END PUBLIC KEY-----', ''].join('\n');
}
