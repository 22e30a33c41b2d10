// What people have beside a password: API keys, auth tokens, customer secret keys, and devices that ask for a second factor.

import { createHash, createPublicKey } from 'node:crypto';
import type { ScimContext } from '../context.ts';
import type { Change, Kind } from '../kind.ts';
import { ScimProblem } from '../problem.ts';
import { describeOwner, findOwner, ocidOf } from '../references.ts';
import { entriesAt, isComplex, type Resource, textAt } from '../resource.ts';
import {
  apiKeyAttributes,
  authTokenAttributes,
  customerSecretKeyAttributes,
  deviceAttributes,
} from '../schemas/people.ts';
import { capabilitiesExtension } from './users.ts';

const idcs = 'urn:ietf:params:scim:schemas:oracle:idcs:';

/** docs.oracle.com "Service Limits": of each kind a user may have so many. */
const most: Readonly<Record<string, number>> = { ApiKeys: 3, AuthTokens: 2, CustomerSecretKeys: 2 };

const capabilityOf: Readonly<Record<string, string>> = {
  ApiKeys: 'canUseApiKeys',
  AuthTokens: 'canUseAuthTokens',
  CustomerSecretKeys: 'canUseCustomerSecretKeys',
};

/** The caller's own where nobody is named. */
function giveTo(context: ScimContext, path: string, { before, after }: Change): void {
  if (before) return;
  const owner = isComplex(after.user)
    ? findOwner(context.store, `${path}.user`, after.user)
    : findOwner(context.store, `${path}.user`, { value: context.who.id });
  after.user = { value: owner.id };
  const capabilities = owner[capabilitiesExtension];
  const name = capabilityOf[path] ?? '';
  if (isComplex(capabilities) && capabilities[name] === false)
    throw new ScimProblem('value', `The User ${owner.id} may not have ${path}: ${name} is false.`);
  const limit = most[path];
  if (limit !== undefined && context.store.ownedBy(path, owner.id).length >= limit)
    throw new ScimProblem('tooManyKeys', `The User ${owner.id} has ${limit} ${path}, which is the limit.`);
}

const owner = {
  user: (context: ScimContext, { user }: Resource) =>
    isComplex(user) ? describeOwner(context, textAt(user, 'value') ?? '') : undefined,
};

/** MD5 of the public key in DER, as pairs of hex digits. @throws ScimProblem for what is no public key in PEM */
export function fingerprintOf(pem: string): string {
  try {
    if (!/^-----BEGIN PUBLIC KEY-----/.test(pem.trim())) throw new TypeError('no public key');
    const der = createPublicKey(pem).export({ type: 'spki', format: 'der' });
    return (createHash('md5').update(der).digest('hex').match(/../g) ?? []).join(':');
  } catch {
    throw new ScimProblem('publicKey', 'Invalid public key header or footer.');
  }
}

export const apiKeyKind: Kind = {
  path: 'ApiKeys',
  name: 'ApiKey',
  urn: `${idcs}apikey`,
  ocid: 'credential',
  attributes: apiKeyAttributes,
  operations: ['list', 'read', 'create', 'patch', 'delete'],
  prepare(context, change) {
    giveTo(context, 'ApiKeys', change);
    const { before, after } = change;
    if (before) return;
    after.fingerprint = fingerprintOf(textAt(after, 'key') ?? '');
    const isTwin = (other: Resource) => other.fingerprint === after.fingerprint;
    if (context.store.find('ApiKeys', isTwin))
      throw new ScimProblem('duplicate', 'An ApiKey with the same fingerprint exists already.');
  },
  derived: { ...owner, ocid: (_, key) => key.ocid ?? ocidOf('credential', key.id) },
};

export const authTokenKind: Kind = {
  path: 'AuthTokens',
  name: 'AuthToken',
  urn: `${idcs}authToken`,
  ocid: 'credential',
  attributes: authTokenAttributes,
  operations: ['list', 'read', 'create', 'patch', 'delete'],
  shownOnce: ['token'],
  prepare(context, change) {
    giveTo(context, 'AuthTokens', change);
    if (!change.before) change.after.token = context.store.newId().slice(0, 20);
  },
  derived: owner,
};

export const customerSecretKeyKind: Kind = {
  path: 'CustomerSecretKeys',
  name: 'CustomerSecretKey',
  urn: `${idcs}customerSecretKey`,
  ocid: 'credential',
  attributes: customerSecretKeyAttributes,
  operations: ['list', 'read', 'create', 'patch', 'delete'],
  shownOnce: ['secretKey'],
  prepare(context, change) {
    giveTo(context, 'CustomerSecretKeys', change);
    if (change.before) return;
    change.after.accessKey = context.store.newId();
    change.after.secretKey = Buffer.from(context.store.newId(), 'hex').toString('base64');
  },
  derived: owner,
};

/** Devices are enrolled by people themselves, and removed by administrators (docs.oracle.com, Devices). */
export const deviceKind: Kind = {
  path: 'Devices',
  name: 'Device',
  urn: `${idcs}Device`,
  attributes: deviceAttributes,
  operations: ['list', 'read', 'patch', 'delete'],
  prepare(_, { after }) {
    // A blocked device is not asked any more, and neither are its factors.
    if (after.status === 'ENROLLED') return;
    after.authenticationFactors = entriesAt(after, 'authenticationFactors').map((factor) => ({
      ...factor,
      status: after.status,
    }));
  },
  derived: owner,
};
