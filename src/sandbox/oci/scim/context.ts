// What a request to the SCIM API knows: whose it is, when it came, and what the domain keeps.

import type { OciDomain } from '../domain.ts';
import type { Store } from './store.ts';

/** A person of the domain, or one of its applications. */
export interface Who {
  kind: 'User' | 'App';
  id: string;
  ocid: string;
  display: string;
}

export interface ScimContext {
  domain: OciDomain;
  store: Store;
  who: Who;
  /** Address of the domain, without a stroke at its end. */
  base: string;
  /** RFC 3339. */
  at: string;
  now: number;
}

export function referTo({ base }: Pick<ScimContext, 'base'>, path: string, id: string): string {
  return `${base}/admin/v1/${path}/${id}`;
}
