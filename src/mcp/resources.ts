// resources/list, resources/templates/list and resources/read over what the platforms offer.

import { type ReadResourceResult, ResourceNotFoundError, UriTemplate } from '@modelcontextprotocol/server';
import type { Resource } from '../core/offering.ts';

export interface Resources {
  readonly list: { uri: string; name: string; title?: string; description?: string; mimeType: string }[];
  readonly templates: { uriTemplate: string; name: string; title?: string; description?: string; mimeType: string }[];
  readonly read: (uri: string) => Promise<ReadResourceResult>;
  readonly findTemplate: (uriTemplate: string) => Resource | undefined;
}

export function createResources(resources: readonly Resource[]): Resources {
  const fixed = new Map<string, Resource>();
  const families: { resource: Resource; template: UriTemplate }[] = [];
  for (const resource of resources) {
    if (UriTemplate.isTemplate(resource.uri)) families.push({ resource, template: new UriTemplate(resource.uri) });
    else fixed.set(resource.uri, resource);
  }
  return {
    list: [...fixed.values()].map((resource) => ({ uri: resource.uri, ...describe(resource) })),
    templates: families.map(({ resource }) => ({ uriTemplate: resource.uri, ...describe(resource) })),
    findTemplate: (uriTemplate) => families.find(({ resource }) => resource.uri === uriTemplate)?.resource,

    async read(uri) {
      const exact = fixed.get(uri);
      if (exact) return contentsOf(uri, exact, await exact.read({}));
      for (const { resource, template } of families) {
        const parameters = template.match(uri);
        if (parameters) return contentsOf(uri, resource, await resource.read(parameters as Record<string, string>));
      }
      throw new ResourceNotFoundError(uri);
    },
  };
}

function describe({ name, title, description, mimeType }: Resource) {
  return { name, mimeType, ...(title !== undefined && { title }), ...(description !== undefined && { description }) };
}

function contentsOf(uri: string, { mimeType }: Resource, content: string | Uint8Array): ReadResourceResult {
  if (typeof content === 'string') return { contents: [{ uri, mimeType, text: content }] };
  return { contents: [{ uri, mimeType, blob: Buffer.from(content).toString('base64') }] };
}
