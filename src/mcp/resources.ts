// resources/list, resources/templates/list and resources/read over what the platforms offer.

import {
  ProtocolError,
  ProtocolErrorCode,
  type ReadResourceResult,
  ResourceNotFoundError,
  UriTemplate,
} from '@modelcontextprotocol/server';
import type { Resource } from '../core/offering.ts';
import type { Catalog, Connected } from './catalog.ts';
import type { Gate, Narrowing } from './gate.ts';
import type { CallFor, Requester } from './requester.ts';

interface Described {
  readonly name: string;
  readonly title?: string;
  readonly description?: string;
  readonly mimeType: string;
}
type Listed = Described & { readonly uri: string };
type ListedTemplate = Described & { readonly uriTemplate: string };

export interface Resources {
  readonly list: (narrowing: Narrowing) => Listed[];
  readonly templates: (narrowing: Narrowing) => ListedTemplate[];
  readonly read: (uri: string, requester: Requester) => Promise<ReadResourceResult>;
  /** The resource of a template as it is listed, and the tenants that its `{tenant}` can be. */
  readonly findTemplate: (uriTemplate: string) => { resource: Resource; tenants: readonly string[] } | undefined;
}

/** One address or family of addresses. */
interface Place {
  readonly resource: Resource;
  readonly uri: string;
  readonly template: UriTemplate | undefined;
  /** Of the platform; empty for what asks none. */
  readonly tenants: readonly string[];
  /** Whether its address names the tenant. */
  readonly named: boolean;
  readonly listed: boolean;
}

/** Longer than any address that we give, encoded. */
const maxUri = 2_000;
const tenantName = '{tenant}';

export interface ResourcesOptions {
  readonly connected: readonly Connected[];
  /** Of the server itself. */
  readonly own: readonly Resource[];
  readonly catalog: Catalog;
  readonly gate: Gate;
  readonly callFor: CallFor;
}

export function createResources({ connected, own, catalog, gate, callFor }: ResourcesOptions): Resources {
  const places = [
    ...own.map((resource) => placeAt(resource, resource.uri, [], false, true)),
    ...connected.flatMap(({ platform, tenants }) =>
      (platform.resources ?? []).flatMap((resource) => placesOf(resource, [...tenants.keys()].sort())),
    ),
  ];

  function isShown({ resource, listed }: Place, narrowing: Narrowing): boolean {
    if (!listed || !resource.call) return listed;
    const found = catalog.find(resource.call.tool);
    return found !== undefined && gate.refuse(found.entry, narrowing) === undefined;
  }

  function findPlace(uri: string): { place: Place; parameters: Record<string, string> } | undefined {
    if (uri.length > maxUri) return undefined;
    const fixed = places.find((place) => !place.template && place.uri === uri);
    if (fixed) return { place: fixed, parameters: {} };
    for (const place of places) {
      const parameters = place.template && decode(place.template.match(uri));
      if (parameters) return { place, parameters };
    }
    return undefined;
  }

  return {
    findTemplate(uriTemplate) {
      const place = places.find(({ uri, template }) => template && uri === uriTemplate);
      return place && { resource: place.resource, tenants: place.tenants };
    },
    templates: (narrowing) =>
      places
        .filter((place) => place.template && !isFixed(place) && isShown(place, narrowing))
        .map(({ uri, resource }) => ({ uriTemplate: uri, ...describe(resource) })),
    // What is at one address in each tenant is listed with each of them.
    list: (narrowing) =>
      places
        .filter((place) => isFixed(place) && isShown(place, narrowing))
        .flatMap((place) => {
          const uris = place.named ? place.tenants.map((tenant) => place.uri.replace(tenantName, tenant)) : [place.uri];
          return uris.map((uri) => ({ uri, ...describe(place.resource) }));
        }),

    async read(uri, requester) {
      const found = findPlace(uri);
      if (!found) throw new ResourceNotFoundError(uri);
      const { resource, tenants, named } = found.place;
      const { tenant, ...parameters } = found.parameters;
      if (!resource.call) return contentsOf(uri, resource, await resource.read(found.parameters));
      if (named && !tenants.includes(tenant ?? '')) throw new ResourceNotFoundError(uri);
      if (!named && tenants.length > 1) {
        throw new ProtocolError(
          ProtocolErrorCode.InvalidParams,
          `There are several organizations (${tenants.join(', ')}): name one, as in ${withTenant(uri).replace(tenantName, tenants[0] ?? '')}.`,
        );
      }
      const args = { ...resource.call.input(parameters), ...(tenants.length > 1 && { tenant }) };
      const answer = await callFor(requester, resource.call.tool, args);
      const text = answer.content.flatMap((part) => (part.type === 'text' ? part.text : [])).join('\n');
      if (answer.isError) throw failure(uri, text, answer._meta);
      return contentsOf(uri, resource, text);
    },
  };
}

/** What asks a tenant can be named with it; where there are several it must be. */
function placesOf(resource: Resource, tenants: readonly string[]): Place[] {
  if (!resource.call) return [placeAt(resource, resource.uri, [], false, true)];
  const several = tenants.length > 1;
  return [
    placeAt(resource, resource.uri, tenants, false, !several),
    placeAt(resource, withTenant(resource.uri), tenants, true, several),
  ];
}

function placeAt(resource: Resource, uri: string, tenants: readonly string[], named: boolean, listed: boolean): Place {
  const template = UriTemplate.isTemplate(uri) ? new UriTemplate(uri) : undefined;
  return { resource, uri, template, tenants, named, listed };
}

function withTenant(uri: string): string {
  return uri.replace('://', `://${tenantName}/`);
}

/** Nothing varies in it but the tenant. */
function isFixed({ resource }: Place): boolean {
  return !UriTemplate.isTemplate(resource.uri);
}

/** RFC 6570 §3.2.2: what stands for a variable is percent-encoded. */
function decode(match: Readonly<Record<string, string | string[]>> | null): Record<string, string> | undefined {
  if (!match) return undefined;
  try {
    return Object.fromEntries(Object.entries(match).map(([name, text]) => [name, decodeURIComponent(String(text))]));
  } catch {
    return undefined;
  }
}

function describe({ name, title, description, mimeType }: Resource): Described {
  return { name, mimeType, ...(title !== undefined && { title }), ...(description !== undefined && { description }) };
}

function contentsOf(uri: string, { mimeType }: Resource, content: string | Uint8Array): ReadResourceResult {
  if (typeof content === 'string') return { contents: [{ uri, mimeType, text: content }] };
  return { contents: [{ uri, mimeType, blob: Buffer.from(content).toString('base64') }] };
}

/** A call that failed, as the error that reading a resource ends with. */
function failure(uri: string, text: string, meta: Readonly<Record<string, unknown>> | undefined): Error {
  const { code } = (meta?.['castellan/error'] ?? {}) as { code?: string };
  if (code === 'not_found') return new ResourceNotFoundError(uri);
  const ours = code === 'invalid_input' || code === 'not_allowed' || code === 'missing_scope';
  return new ProtocolError(ours ? ProtocolErrorCode.InvalidParams : ProtocolErrorCode.InternalError, text);
}
