// What there is one of: the organization itself and its user type.

import { company } from '../company/places.ts';
import { json, toTime } from './answer.ts';
import type { OktaContext, OktaRoute } from './context.ts';
import { linkHeaders } from './paging.ts';
import { notFound } from './problems.ts';
import { profileReaders } from './user-record.ts';

export const orgRoutes: readonly OktaRoute[] = [
  { method: 'GET', path: '/api/v1/org', handle: getOrg },
  {
    method: 'GET',
    path: '/api/v1/meta/types/user',
    handle: (context) => json([viewUserType(context)], linkHeaders(context.call.url, undefined)),
  },
  { method: 'GET', path: '/api/v1/meta/types/user/{typeId}', handle: getUserType },
  { method: 'GET', path: '/api/v1/meta/schemas/user/{schemaId}', handle: getUserSchema },
];

const day = 86_400_000;

function getOrg({ state, base }: OktaContext) {
  return json({
    id: state.orgId,
    companyName: company.name,
    subdomain: company.subdomain,
    status: 'ACTIVE',
    website: `https://${company.domain}`,
    address1: 'Wijnhaven 40',
    city: 'Rotterdam',
    state: 'South Holland',
    country: 'Netherlands',
    postalCode: '3011',
    phoneNumber: '+31 10 555 0140',
    supportPhoneNumber: '+31 10 555 0141',
    endUserSupportHelpURL: `https://help.${company.domain}`,
    created: toTime(state.opened - 1500 * day),
    lastUpdated: toTime(state.opened - 90 * day),
    _links: {
      preferences: { href: `${base}/api/v1/org/preferences` },
      uploadLogo: { href: `${base}/api/v1/org/logo`, hints: { allow: ['POST'] } },
      oktaCommunication: { href: `${base}/api/v1/org/privacy/oktaCommunication` },
      oktaSupport: { href: `${base}/api/v1/org/privacy/oktaSupport` },
      contacts: { href: `${base}/api/v1/org/contacts` },
    },
  });
}

function viewUserType({ state, base }: OktaContext): Record<string, unknown> {
  const created = toTime(state.opened - 1500 * day);
  return {
    id: state.userTypeId,
    displayName: 'User',
    name: 'user',
    description: 'Okta user profile template with default permission settings',
    createdBy: 'sprz0000000000000001',
    lastUpdatedBy: 'sprz0000000000000001',
    created,
    lastUpdated: created,
    default: true,
    _links: {
      self: { href: `${base}/api/v1/meta/types/user/${state.userTypeId}` },
      schema: { href: `${base}/api/v1/meta/schemas/user/osc${state.userTypeId.slice(3)}` },
    },
  };
}

function getUserType(context: OktaContext) {
  const id = context.params.typeId ?? '';
  if (id !== context.state.userTypeId && id !== 'default') throw notFound(id, 'UserType');
  return json(viewUserType(context));
}

/** The company added one property of its own to Okta's user profile. */
const ownProperties: ReadonlySet<string> = new Set(['hireDate']);
const requiredProperties: ReadonlySet<string> = new Set(['firstName', 'lastName', 'email', 'login']);

function getUserSchema({ state, base, params }: OktaContext) {
  const id = `osc${state.userTypeId.slice(3)}`;
  const asked = params.schemaId ?? '';
  if (asked !== 'default' && asked !== id) throw notFound(asked, 'UserSchema');
  const names = [...profileReaders.keys()];
  const describe = (which: readonly string[]) =>
    Object.fromEntries(which.map((name) => [name, describeProperty(name)]));
  const created = toTime(state.opened - 1500 * day);
  return json({
    id: `${base}/meta/schemas/user/${asked}`,
    $schema: 'http://json-schema.org/draft-04/schema#',
    name: 'user',
    title: 'User',
    type: 'object',
    created,
    lastUpdated: created,
    definitions: {
      base: {
        id: '#base',
        type: 'object',
        properties: describe(names.filter((name) => !ownProperties.has(name))),
        required: [...requiredProperties],
      },
      custom: {
        id: '#custom',
        type: 'object',
        properties: describe(names.filter((name) => ownProperties.has(name))),
        required: [],
      },
    },
    properties: { profile: { allOf: [{ $ref: '#/definitions/base' }, { $ref: '#/definitions/custom' }] } },
    _links: { self: { href: `${base}/api/v1/meta/schemas/user/${id}` } },
  });
}

function describeProperty(name: string): Record<string, unknown> {
  const title = name.replace(/([A-Z])/g, ' $1').replace(/^./, (letter) => letter.toUpperCase());
  return {
    title,
    type: 'string',
    required: requiredProperties.has(name),
    mutability: 'READ_WRITE',
    scope: 'NONE',
    permissions: [{ principal: 'SELF', action: 'READ_ONLY' }],
    master: { type: 'PROFILE_MASTER' },
  };
}
