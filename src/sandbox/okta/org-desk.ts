// Smaller things of the organization: whom Okta writes to, the API tokens that are in use, and features still on trial.

import { cast } from '../company/people.ts';
import { makeId } from '../random.ts';
import { json, type OktaAnswer, toTime } from './answer.ts';
import type { OktaContext, OktaRoute } from './context.ts';
import { linkHeaders } from './paging.ts';
import { notFound } from './problems.ts';
import type { OktaState } from './state.ts';

export const deskRoutes: readonly OktaRoute[] = [
  { method: 'GET', path: '/api/v1/org/contacts', handle: listContacts },
  { method: 'GET', path: '/api/v1/org/contacts/{contactType}', handle: getContact },
  { method: 'GET', path: '/api/v1/api-tokens', handle: listTokens },
  { method: 'GET', path: '/api/v1/api-tokens/{apiTokenId}', handle: getToken },
  { method: 'GET', path: '/api/v1/features', handle: listFeatures },
  { method: 'GET', path: '/api/v1/features/{featureId}', handle: getFeature },
];

type View = Record<string, unknown>;
const day = 86_400_000;

const contacts: Readonly<Record<string, number>> = { BILLING: cast.head, TECHNICAL: cast.admin };

function listContacts({ base }: OktaContext): OktaAnswer {
  return json(
    Object.keys(contacts).map((contactType) => ({
      contactType,
      _links: { [contactType.toLowerCase()]: { href: `${base}/api/v1/org/contacts/${contactType.toLowerCase()}` } },
    })),
  );
}

/** Where the person is not there any more, the administrator is the contact. */
function getContact({ state, base, params }: OktaContext): OktaAnswer {
  const type = params.contactType ?? '';
  const n = contacts[type.toUpperCase()];
  if (n === undefined) throw notFound(type, 'OrgContactType');
  const user = state.users[n] ?? state.users[cast.admin];
  return json({ userId: user?.id, _links: { user: { href: `${base}/api/v1/users/${user?.id}` } } });
}

/** A token dies after thirty days without use; each use, so also this one, begins them anew. */
function viewTokens({ state, base }: OktaContext): View[] {
  const plans = [
    { name: 'Administration', created: state.opened - 120 * day, used: state.now() },
    { name: 'HR import', created: state.opened - 400 * day, used: state.opened - 2 * day },
  ];
  return plans.map(({ name, created, used }, at) => {
    const id = makeId('00T', state.seed, at);
    return {
      id,
      name,
      clientName: 'Okta API',
      userId: ownerId(state),
      created: toTime(created),
      lastUpdated: toTime(used),
      expiresAt: toTime(used + 30 * day),
      tokenWindow: 'P30D',
      network: { connection: 'ANYWHERE' },
      _link: { self: { href: `${base}/api/v1/api-tokens/${id}`, hints: { allow: ['GET', 'DELETE', 'PUT'] } } },
    };
  });
}

function ownerId(state: OktaState): string | undefined {
  return (state.users[cast.admin] ?? state.departed.get(cast.admin))?.id;
}

function listTokens(context: OktaContext): OktaAnswer {
  return json(viewTokens(context), linkHeaders(context.call.url, undefined));
}

function getToken(context: OktaContext): OktaAnswer {
  const { apiTokenId = '' } = context.params;
  const token = viewTokens(context).find(({ id }) => id === apiTokenId);
  if (!token) throw notFound(apiTokenId, 'ApiToken');
  return json(token);
}

const features = [
  { name: 'Passkeys for the sign-in page', description: 'Autofill of passkeys', value: 'EA', status: 'ENABLED' },
  { name: 'Device posture signals', description: 'More signals of managed laptops', value: 'BETA', status: 'DISABLED' },
] as const;

function viewFeatures({ state, base }: OktaContext): View[] {
  return features.map(({ name, description, value, status }, at) => {
    const id = makeId('ftr', state.seed, at);
    return {
      id,
      name,
      description,
      type: 'self-service',
      status,
      stage: { value, state: 'OPEN' },
      _links: { self: { href: `${base}/api/v1/features/${id}`, hints: { allow: ['GET'] } } },
    };
  });
}

function listFeatures(context: OktaContext): OktaAnswer {
  return json(viewFeatures(context), linkHeaders(context.call.url, undefined));
}

function getFeature(context: OktaContext): OktaAnswer {
  const { featureId = '' } = context.params;
  const feature = viewFeatures(context).find(({ id }) => id === featureId);
  if (!feature) throw notFound(featureId, 'Feature');
  return json(feature);
}
