// What the API says of itself (RFC 7644 §4): its schemas, its kinds of resources, and what of SCIM it does.

import { type Answer, json } from '../../answer.ts';
import type { Attribute } from './attributes.ts';
import { referTo } from './context.ts';
import { extensionsOf, type Kind } from './kind.ts';
import { kinds } from './kinds.ts';
import { ScimProblem, scimType } from './problem.ts';
import { notAllowed, type ScimRequest } from './request.ts';

export const descriptionNames: readonly string[] = ['Schemas', 'ResourceTypes', 'ServiceProviderConfig'];

const listResponse = 'urn:ietf:params:scim:api:messages:2.0:ListResponse';

export function answerDescription(request: ScimRequest, name: string, id: string | undefined): Answer {
  const { call } = request;
  if (call.method !== 'GET') throw notAllowed(call.method);
  if (name === 'ServiceProviderConfig') return json(describeProvider(request), scimType);
  const all = name === 'Schemas' ? describeSchemas() : kinds.map((kind) => describeType(request, kind));
  if (id === undefined) return json(listOf(call.url.searchParams, all), scimType);
  const found = all.find((each) => each.id === id);
  if (!found) throw new ScimProblem('notFound', `${name} with ID ${id.slice(0, 120)} does not exist.`);
  return json(found, scimType);
}

function listOf(query: URLSearchParams, all: readonly Record<string, unknown>[]): Record<string, unknown> {
  const whole = (name: string, usual: number) => Math.max(0, Number(query.get(name)) || usual);
  const [start, count] = [whole('startIndex', 1), whole('count', 50)];
  const Resources = all.slice(start - 1, start - 1 + count);
  return { schemas: [listResponse], totalResults: all.length, Resources, startIndex: start, itemsPerPage: count };
}

function describeSchemas(): Record<string, unknown>[] {
  const extensions = new Map(
    kinds.flatMap((kind) => extensionsOf(kind).map((each) => [each.name, each.parts] as const)),
  );
  const own = kinds.map(({ urn, name, attributes }) => ({
    urn,
    name,
    attributes: attributes.filter((each) => !each.name.startsWith('urn:')),
  }));
  const others = [...extensions].map(([urn, attributes]) => ({ urn, name: urn.split(':').at(-2) ?? urn, attributes }));
  return [...own, ...others].map(({ urn, name, attributes }) => ({
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:Schema'],
    id: urn,
    name,
    idcsMappable: true,
    idcsMapsToSameTargetAttributeNameAs: urn,
    attributes: attributes.map((attribute) => describeAttribute(attribute)),
  }));
}

/** RFC 7643 §7, with Oracle's own. */
function describeAttribute(attribute: Attribute, isPart = false): Record<string, unknown> {
  const { name, type, isMany, isRequired, isExact, mutability, returned, uniqueness, isSearchable, words, parts } =
    attribute;
  return {
    name,
    type,
    multiValued: isMany,
    required: isRequired,
    caseExact: isExact,
    mutability,
    returned,
    uniqueness,
    idcsSearchable: isSearchable,
    ...(words && { canonicalValues: words }),
    ...(!isPart && parts.length > 0 && { subAttributes: parts.map((part) => describeAttribute(part, true)) }),
  };
}

function describeType({ context }: ScimRequest, kind: Kind): Record<string, unknown> {
  const { name, path, urn } = kind;
  return {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:ResourceType'],
    id: name,
    name,
    endpoint: `/${path}`,
    schema: urn,
    schemaExtensions: extensionsOf(kind).map((each) => ({ schema: each.name, required: false })),
    meta: { resourceType: 'ResourceType', location: referTo(context, 'ResourceTypes', name) },
  };
}

function describeProvider({ context }: ScimRequest): Record<string, unknown> {
  return {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig'],
    patch: { supported: true },
    bulk: { supported: false, maxOperations: 0, maxPayloadSize: 0 },
    filter: { supported: true, maxResults: 1000 },
    changePassword: { supported: true },
    sort: { supported: true },
    etag: { supported: true },
    authenticationSchemes: [
      { type: 'oauthbearertoken', name: 'OAuth Bearer Token', description: 'An access token of the identity domain' },
    ],
    meta: { resourceType: 'ServiceProviderConfig', location: `${context.base}/admin/v1/ServiceProviderConfig` },
  };
}
