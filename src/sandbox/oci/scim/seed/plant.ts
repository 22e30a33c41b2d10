// How the domain's first resources are made: with ids that follow from the seed, and times counted back from the opening.

import { createHash } from 'node:crypto';
import type { OciDomain } from '../../domain.ts';
import type { Kind } from '../kind.ts';
import { ocidOf } from '../references.ts';
import type { Complex, Resource } from '../resource.ts';
import type { Store } from '../store.ts';

export interface Soil {
  domain: OciDomain;
  store: Store;
  seed: number;
  now: number;
}

export const daysAgo = ({ now }: Pick<Soil, 'now'>, days: number): string =>
  new Date(now - Math.round(days * 86_400_000)).toISOString();

/** Thirty-two hex digits, as the domain's ids are. */
export const idFor = ({ seed }: Pick<Soil, 'seed'>, what: string): string =>
  createHash('sha256').update(`${seed} ${what}`).digest('hex').slice(0, 32);

/** Made by the domain itself, where nobody is named. */
const itself = { value: 'idcssso', type: 'App', display: 'idcssso' };

export function plant(
  soil: Soil,
  kind: Kind,
  id: string,
  attributes: Complex,
  { created, changed = created, by = itself }: { created: number; changed?: number; by?: Complex },
): Resource {
  const resource: Resource = {
    ...attributes,
    id,
    ...(kind.ocid !== undefined && { ocid: ocidOf(kind.ocid, id) }),
    meta: {
      created: daysAgo(soil, created),
      lastModified: daysAgo(soil, changed),
      version: idFor(soil, `version ${kind.path} ${id}`),
    },
    idcsCreatedBy: by,
    idcsLastModifiedBy: by,
  };
  soil.store.put(kind.path, resource);
  return resource;
}
