// What each resource says of itself besides what is kept of it: where it is, what it is, and whose the domain is.

import { referTo, type ScimContext } from './context.ts';
import { isEmpty } from './given.ts';
import { extensionsOf, type Kind } from './kind.ts';
import { type Complex, isComplex, type Resource, type Value } from './resource.ts';

export function complete(context: ScimContext, kind: Kind, resource: Resource): Resource {
  const { domain } = context;
  const meta = isComplex(resource.meta) ? resource.meta : createdMeta(resource);
  const extensions = extensionsOf(kind).flatMap(({ name }) => (hasContent(resource[name]) ? [name] : []));
  return {
    ...resource,
    schemas: [kind.urn, ...extensions],
    meta: { ...meta, resourceType: kind.name, location: referTo(context, kind.path, resource.id) },
    idcsCreatedBy: describeBy(context, resource.idcsCreatedBy),
    idcsLastModifiedBy: describeBy(context, resource.idcsLastModifiedBy),
    domainOcid: domain.domainId,
    compartmentOcid: domain.tenancyId,
    tenancyOcid: domain.tenancyId,
  };
}

/** What was put in by another way than this API says when, and nothing more. */
function createdMeta({ id, created }: Resource): Complex {
  const at = new Date(typeof created === 'number' ? created : 0).toISOString();
  return { created: at, lastModified: at, version: id };
}

const hasContent = (value: Value | undefined): boolean =>
  isComplex(value) && Object.values(value).some((each) => !isEmpty(each));

function describeBy(context: ScimContext, by: Value | undefined): Value | undefined {
  if (!isComplex(by) || typeof by.value !== 'string') return by;
  return { ...by, $ref: referTo(context, by.type === 'User' ? 'Users' : 'Apps', by.value) };
}
