// Organizations: the customers of the company.

import { type ApiContext, param, type Route } from './context.ts';
import { findOrganization } from './find.ts';
import { pageOf } from './paging.ts';
import { ApiProblem, invalid, notFound } from './problem.ts';
import type { Organization } from './records.ts';
import { checkLength, checkMetadata } from './rules.ts';
import { readSearch } from './search.ts';
import { regions } from './words.ts';

const changeable = {
  display_name: 'text',
  external_id: 'text',
  metadata: 'map',
  slug: 'text',
  logo_url: 'text',
} as const;

const limits = { least: 10, most: 100 };

export const organizationRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: 'organizations',
    handle(context) {
      const externalId = context.query.text('external_id');
      const all = newestFirst(context).filter((each) => externalId === undefined || each.external_id === externalId);
      const { items, places } = pageOf(context, all, limits);
      return { ...places, organizations: items };
    },
  },
  {
    method: 'GET',
    path: 'organizations:search',
    handle(context) {
      const matches = readSearch(context);
      const all = newestFirst(context).filter(({ id, display_name, external_id, slug }) =>
        matches([id, display_name, external_id, slug]),
      );
      const { items, places } = pageOf(context, all, { most: 30 });
      return { ...places, organizations: items };
    },
  },
  {
    method: 'POST',
    path: 'organizations',
    status: 201,
    handle(context) {
      const { state, at } = context;
      const { display_name = '', region_code = 'US', ...given } = context.read({ ...changeable, region_code: regions });
      if (display_name.trim() === '') throw invalid('organization.display_name', 'value is required');
      check(context, { ...given, display_name });
      const organization: Organization = {
        id: state.newId('org'),
        create_time: at,
        update_time: at,
        display_name,
        region_code,
        metadata: {},
        ...given,
        settings: { features: ['sso', 'dir_sync'].map((name) => ({ name, enabled: false })) },
      };
      state.organizations.set(organization.id, organization);
      return { organization };
    },
  },
  {
    method: 'GET',
    path: 'organizations/{id}',
    handle: (context) => ({ organization: findOrganization(context, 'id') }),
  },
  {
    method: 'GET',
    path: 'organizations:external/{external_id}',
    isOnlyFor: 'client',
    handle(context) {
      const externalId = param(context, 'external_id');
      const organization = newestFirst(context).find((each) => each.external_id === externalId);
      if (!organization) throw notFound('organization');
      return { organization };
    },
  },
  {
    method: 'PATCH',
    path: 'organizations/{id}',
    handle(context) {
      const organization = findOrganization(context, 'id');
      const { metadata, ...given } = context.read(changeable);
      if (given.display_name?.trim() === '') throw invalid('organization.display_name', 'must not be empty');
      check(context, { ...given, ...(metadata && { metadata }) }, organization);
      // What is in the body is what the gateway takes for the update mask; an empty text takes a value away.
      for (const [name, text] of Object.entries(given) as [keyof typeof given, string][]) {
        if (text === '') delete organization[name as 'slug'];
        else organization[name as 'slug'] = text;
      }
      if (metadata) organization.metadata = metadata;
      organization.update_time = context.at;
      return { organization };
    },
  },
  {
    method: 'DELETE',
    path: 'organizations/{id}',
    handle(context) {
      const { id } = findOrganization(context, 'id');
      forget(context, id);
      return {};
    },
  },
  {
    method: 'PATCH',
    path: 'organizations/{id}/settings',
    handle(context) {
      const organization = findOrganization(context, 'id');
      const { features = [] } = context.read({ features: { each: { of: { name: 'text', enabled: 'flag' } } } });
      for (const { name = '', enabled = false } of features) {
        const feature = organization.settings.features.find((each) => each.name === name);
        if (!feature) throw invalid('settings.features.name', 'must be one of sso, dir_sync');
        feature.enabled = enabled;
      }
      organization.update_time = context.at;
      return { organization };
    },
  },
];

function newestFirst({ state }: ApiContext): Organization[] {
  return [...state.organizations.values()].toSorted((a, b) => (a.create_time < b.create_time ? 1 : -1));
}

const slugForm = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*$/;

function check({ state }: ApiContext, given: Partial<Organization>, own?: Organization): void {
  const { slug = '', logo_url = '', external_id = '' } = given;
  checkLength('organization.display_name', given.display_name, 1, 200);
  checkMetadata('organization.metadata', given.metadata, 10);
  if (slug !== '' && !slugForm.test(slug)) throw invalid('organization.slug', 'must be a name of a host');
  if (logo_url !== '' && !logo_url.startsWith('https://')) throw invalid('organization.logo_url', 'must be https');
  for (const other of state.organizations.values()) {
    if (other === own) continue;
    if (external_id !== '' && other.external_id === external_id)
      throw new ApiProblem(409, 'an organization with this external_id already exists');
    if (slug !== '' && other.slug === slug) throw new ApiProblem(409, 'an organization with this slug already exists');
  }
}

/** With an organization goes what is its own; people who are in no other stay as users. */
function forget({ state }: ApiContext, id: string): void {
  state.organizations.delete(id);
  for (const user of state.users.values())
    user.memberships = user.memberships.filter(({ organization_id }) => organization_id !== id);
  for (const owned of [state.connections, state.directories, state.domains] as Map<
    string,
    { organization_id: string }
  >[])
    for (const [key, each] of owned) if (each.organization_id === id) owned.delete(key);
  for (const owned of [state.organizationRoles, state.portalLinks, state.sessionPolicies, state.seats] as Map<
    string,
    unknown
  >[])
    owned.delete(id);
}
