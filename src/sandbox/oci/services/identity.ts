// IAM, version 20160918: the tenancy, its regions, compartments and policies, and the domain as IAM shows it.
// Parameters and paging: docs.oracle.com/iaas/api/#/en/identity/20160918.

import { makeOcid } from '../domain.ts';
import {
  checkIfMatch,
  need,
  readBody,
  type ServiceAnswer,
  type ServiceContext,
  type ServiceRoute,
  wordOf,
} from './context.ts';
import { pageOf, sortNamed } from './paging.ts';
import { notFound, ServiceProblem } from './problem.ts';
import { mayRead, mayReadPeople } from './rights.ts';
import { below, type Compartment, makeEtag, type Policy, type Region } from './tenancy.ts';

const day = 86_400_000;

function getTenancy(context: ServiceContext): ServiceAnswer {
  const { tenancy, params, domain } = context;
  if (params[0] !== tenancy.id || !context.isAdministrator) throw notFound();
  return {
    body: {
      id: tenancy.id,
      name: tenancy.name,
      description: 'Larkspur Logistics',
      homeRegionKey: tenancy.regions.find(({ name }) => name === domain.region)?.key,
      freeformTags: {},
      definedTags: {},
    },
  };
}

function listSubscriptions({ tenancy, params, domain }: ServiceContext): ServiceAnswer {
  if (params[0] !== tenancy.id) throw notFound();
  const subscribed = tenancy.regions.filter(({ isSubscribed }) => isSubscribed);
  return {
    body: subscribed.map(({ name, key }) => ({
      regionKey: key,
      regionName: name,
      status: 'READY',
      isHomeRegion: name === domain.region,
    })),
  };
}

function listRegions({ tenancy }: ServiceContext): ServiceAnswer {
  return { body: tenancy.regions.map(({ key, name }) => ({ key, name })) };
}

const regionOf = ({ tenancy, region }: ServiceContext) => tenancy.regions.find(({ name }) => name === region) as Region;

function namesOfDomains(context: ServiceContext): string[] {
  const { name, availabilityDomains } = regionOf(context);
  return Array.from(
    { length: availabilityDomains },
    (_, n) => `${context.tenancy.letters}:${name.toUpperCase()}-AD-${n + 1}`,
  );
}

function listAvailabilityDomains(context: ServiceContext): ServiceAnswer {
  const { id: compartmentId } = findCompartment(context, need(context, 'compartmentId'));
  const names = namesOfDomains(context);
  return { body: names.map((name) => ({ name, compartmentId, id: makeOcid('availabilitydomain', name) })) };
}

function listFaultDomains(context: ServiceContext): ServiceAnswer {
  const { id: compartmentId } = findCompartment(context, need(context, 'compartmentId'));
  const availabilityDomain = need(context, 'availabilityDomain');
  if (!namesOfDomains(context).includes(availabilityDomain)) throw notFound();
  const names = [1, 2, 3].map((n) => `FAULT-DOMAIN-${n}`);
  return {
    body: names.map((name) => ({
      name,
      id: makeOcid('faultdomain', `${availabilityDomain} ${name}`),
      compartmentId,
      availabilityDomain,
    })),
  };
}

/** @throws ServiceProblem where it is not there, or not for the caller */
function findCompartment(context: ServiceContext, id: string): Compartment {
  const found = context.tenancy.compartments.find((each) => each.id === id);
  // Everybody may name the tenancy: what they see in it is another question.
  if (!found || !(found.compartmentId === undefined || mayRead(context, found))) throw notFound();
  return found;
}

function showCompartment({ readers: _, etag: __, ...compartment }: Compartment, isAccessible: boolean) {
  const { id, compartmentId = id } = compartment;
  return { ...compartment, compartmentId, isAccessible, freeformTags: {}, definedTags: {} };
}

function getCompartment(context: ServiceContext): ServiceAnswer {
  const found = findCompartment(context, context.params[0] ?? '');
  if (!mayRead(context, found)) throw notFound();
  const { isAccessible: _, ...shown } = showCompartment(found, true);
  return { body: shown, headers: { etag: found.etag } };
}

/** Only its own children, or all that are below the tenancy; with ACCESSIBLE only what the caller may see. */
function listCompartments(context: ServiceContext): ServiceAnswer {
  const { tenancy, query } = context;
  const parent = findCompartment(context, need(context, 'compartmentId'));
  const isSubtree = wordOf(context, 'compartmentIdInSubtree', ['true', 'false'], 'false') === 'true';
  if (isSubtree && parent.id !== tenancy.id)
    throw new ServiceProblem(
      'InvalidParameter',
      'compartmentIdInSubtree can only be set to true when compartmentId is the tenancy.',
    );
  const access = wordOf(context, 'accessLevel', ['ANY', 'ACCESSIBLE'], 'ANY');
  const isAllowed = parent.compartmentId !== undefined || access === 'ACCESSIBLE' || mayReadPeople(context);
  if (!isAllowed) throw notFound();
  const all = isSubtree
    ? below(tenancy, parent.id)
    : tenancy.compartments.filter((each) => each.compartmentId === parent.id);
  const seen = access === 'ANY' ? all : all.filter((each) => mayRead(context, each));
  const state = query.get('lifecycleState');
  const chosen = seen.filter((each) => state === null || each.lifecycleState === state);
  return pageOf(
    context,
    sortNamed(context, chosen).map((each) => showCompartment(each, mayRead(context, each))),
  );
}

function updateCompartment(context: ServiceContext): ServiceAnswer {
  const { tenancy, domain, region } = context;
  const found = findCompartment(context, context.params[0] ?? '');
  if (!context.isAdministrator) throw notFound();
  if (region !== domain.region) {
    const home = tenancy.regions.find(({ name }) => name === domain.region)?.key;
    const message = `Please go to your home region ${home} to execute CREATE, UPDATE and DELETE operations.`;
    throw new ServiceProblem('NotAllowed', message);
  }
  checkIfMatch(context, found.etag);
  const { name = found.name, description = found.description } = readBody(context);
  if (typeof name !== 'string' || !/^[\w.-]{1,100}$/.test(name) || typeof description !== 'string')
    throw new ServiceProblem('InvalidParameter', 'name or description is not valid.');
  Object.assign(found, { name, description, etag: makeEtag(found.etag, 1) });
  const { isAccessible: _, ...shown } = showCompartment(found, true);
  return { body: shown, headers: { etag: found.etag } };
}

function showPolicy({ etag: _, ...policy }: Policy) {
  return { ...policy, lifecycleState: 'ACTIVE', freeformTags: {}, definedTags: {} };
}

function listPolicies(context: ServiceContext): ServiceAnswer {
  const { id } = findCompartment(context, need(context, 'compartmentId'));
  if (!context.isAdministrator) throw notFound();
  const ofIt = context.tenancy.policies.filter(({ compartmentId }) => compartmentId === id);
  return pageOf(context, sortNamed(context, ofIt).map(showPolicy));
}

function getPolicy(context: ServiceContext): ServiceAnswer {
  const found = context.tenancy.policies.find(({ id }) => id === context.params[0]);
  if (!found || !context.isAdministrator) throw notFound();
  return { body: showPolicy(found), headers: { etag: found.etag } };
}

function showDomain({ domain, tenancy, now }: ServiceContext) {
  const url = `https://${domain.tenant}.identity.oraclecloud.com:443`;
  return {
    id: domain.domainId,
    compartmentId: tenancy.id,
    displayName: domain.name,
    description: 'Everybody at Larkspur Logistics',
    url,
    homeRegionUrl: url,
    homeRegion: domain.region,
    replicaRegions: [],
    type: 'DEFAULT',
    licenseType: 'free',
    isHiddenOnLogin: false,
    timeCreated: new Date(now - 1502 * day).toISOString(),
    lifecycleState: 'ACTIVE',
  };
}

function listDomains(context: ServiceContext): ServiceAnswer {
  const { id } = findCompartment(context, need(context, 'compartmentId'));
  const shown = showDomain(context);
  const { query } = context;
  const fits = (['displayName', 'url', 'type'] as const).every((key) => (query.get(key) ?? shown[key]) === shown[key]);
  return pageOf(
    context,
    id === context.tenancy.id && fits && (query.get('name') ?? 'Larkspur') === 'Larkspur' ? [shown] : [],
  );
}

function getDomain(context: ServiceContext): ServiceAnswer {
  if (context.params[0] !== context.domain.domainId) throw notFound();
  return { body: showDomain(context) };
}

const at = (path: string) => new RegExp(`^/20160918/${path.replace('{}', '([^/]+)')}$`);

export const identityRoutes: readonly ServiceRoute[] = [
  { method: 'GET', path: at('tenancies/{}'), handle: getTenancy },
  { method: 'GET', path: at('tenancies/{}/regionSubscriptions'), handle: listSubscriptions },
  { method: 'GET', path: at('regions'), handle: listRegions },
  { method: 'GET', path: at('availabilityDomains'), handle: listAvailabilityDomains },
  { method: 'GET', path: at('faultDomains'), handle: listFaultDomains },
  { method: 'GET', path: at('compartments'), handle: listCompartments },
  { method: 'GET', path: at('compartments/{}'), handle: getCompartment },
  {
    method: 'PUT',
    path: at('compartments/{}'),
    handle: updateCompartment,
    event: { by: 'identity', name: 'UpdateCompartment' },
  },
  { method: 'GET', path: at('policies'), handle: listPolicies },
  { method: 'GET', path: at('policies/{}'), handle: getPolicy },
  { method: 'GET', path: at('domains'), handle: listDomains },
  { method: 'GET', path: at('domains/{}'), handle: getDomain },
];
