// What hangs on one organization: links to its admin portal, domains, and how long its people stay signed in.

import { randomText } from '../../oidc/kept.ts';
import { type ApiContext, param, type Route } from './context.ts';
import { findOrganization } from './find.ts';
import { invalid, notFound } from './problem.ts';
import type { PortalLink, SessionPolicy } from './records.ts';
import * as words from './words.ts';

const links = 'organizations/{id}/portal_links';
const policy = 'organizations/{organization_id}/session-policy';
const seats = 'organizations/{organization_id}/settings/usermanagement';
const hour = 3_600_000;

export const organizationPartRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: links,
    isOnlyFor: 'people',
    handle: (context) => ({ links: linksOf(context) }),
  },
  {
    method: 'PUT',
    path: links,
    handle(context) {
      const { state, query, now } = context;
      const organization = findOrganization(context, 'id');
      const features = query.texts('features');
      const stray = features.find((name) => !(words.portalFeatures as readonly string[]).includes(name));
      if (stray !== undefined) throw invalid('features', `must be of ${words.portalFeatures.join(', ')}`);
      for (const feature of organization.settings.features) if (features.includes(feature.name)) feature.enabled = true;
      const id = state.newId('lnk');
      const link: PortalLink = {
        id,
        location: `http://${state.record.domain}/magicLink/${id}_${randomText()}`,
        expire_time: new Date(now + 7 * 24 * hour).toISOString(),
      };
      state.portalLinks.set(organization.id, [...linksOf(context), link]);
      return { link };
    },
  },
  {
    method: 'DELETE',
    path: links,
    isOnlyFor: 'people',
    handle(context) {
      context.state.portalLinks.delete(findOrganization(context, 'id').id);
      return {};
    },
  },
  {
    method: 'DELETE',
    path: `${links}/{link_id}`,
    handle(context) {
      const kept = linksOf(context).filter(({ id }) => id !== param(context, 'link_id'));
      if (kept.length === linksOf(context).length) throw notFound('portal link');
      context.state.portalLinks.set(param(context, 'id'), kept);
      return {};
    },
  },
  {
    method: 'GET',
    path: 'organizations/{organization_id}/domains',
    handle(context) {
      const { query } = context;
      const { id } = findOrganization(context);
      const type = query.word('domain_type', words.domainTypes);
      const size = query.whole('page_size') ?? 30;
      const page = query.whole('page_number') ?? 1;
      if (size < 1 || size > 100) throw invalid('page_size', 'must be between 1 and 100');
      if (page < 1) throw invalid('page_number', 'must be at least 1');
      const found = [...context.state.domains.values()].filter(
        (each) => each.organization_id === id && (type === undefined || each.domain_type === type),
      );
      return { page_size: size, page_number: page, domains: found.slice((page - 1) * size, page * size) };
    },
  },
  {
    method: 'GET',
    path: 'organizations/{organization_id}/domains/{id}',
    handle(context) {
      const { id } = findOrganization(context);
      const domain = context.state.domains.get(param(context, 'id'));
      if (domain?.organization_id !== id) throw notFound('domain');
      return { domain };
    },
  },
  {
    method: 'GET',
    path: policy,
    handle: (context) => ({ policy: policyOf(context) }),
  },
  {
    method: 'PATCH',
    path: policy,
    handle(context) {
      const given = context.read({
        policy_source: words.sessionPolicySources,
        absolute_session_timeout: 'whole',
        absolute_session_timeout_unit: words.timeUnits,
        idle_session_timeout_enabled: 'flag',
        idle_session_timeout: 'whole',
        idle_session_timeout_unit: words.timeUnits,
      });
      for (const name of ['absolute_session_timeout', 'idle_session_timeout'] as const)
        if ((given[name] ?? 1) < 1) throw invalid(name, 'must be at least 1');
      const { id } = findOrganization(context);
      const changed = given.policy_source === 'APPLICATION' ? usualPolicy : { ...policyOf(context), ...given };
      context.state.sessionPolicies.set(id, changed);
      return { policy: changed };
    },
  },
  {
    method: 'GET',
    path: 'organizations/{organization_id}/application-session-policy',
    handle(context) {
      findOrganization(context);
      const { policy_source: _, ...application } = usualPolicy;
      return { application_policy: { ...application, access_token_expiry: 300 } };
    },
  },
  {
    method: 'GET',
    path: seats,
    handle: (context) => ({
      settings: { max_allowed_users: context.state.seats.get(findOrganization(context).id) ?? 0 },
    }),
  },
  {
    method: 'PATCH',
    path: seats,
    handle(context) {
      const { id } = findOrganization(context);
      const { settings } = context.read({ settings: { of: { max_allowed_users: 'whole' } } });
      const most = settings?.max_allowed_users ?? context.state.seats.get(id) ?? 0;
      if (most < 0) throw invalid('settings.max_allowed_users', 'must not be negative');
      context.state.seats.set(id, most);
      return { settings: { max_allowed_users: most } };
    },
  },
];

/** What the environment has for all. */
const usualPolicy: SessionPolicy = {
  policy_source: 'APPLICATION',
  absolute_session_timeout: 30,
  absolute_session_timeout_unit: 'DAYS',
  idle_session_timeout_enabled: true,
  idle_session_timeout: 7,
  idle_session_timeout_unit: 'DAYS',
};

function policyOf(context: ApiContext): SessionPolicy {
  return context.state.sessionPolicies.get(findOrganization(context).id) ?? usualPolicy;
}

/** Those that are still good. */
function linksOf(context: ApiContext): PortalLink[] {
  const { id } = findOrganization(context, 'id');
  return (context.state.portalLinks.get(id) ?? []).filter(({ expire_time }) => expire_time > context.at);
}
