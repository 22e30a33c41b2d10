// What a caller's own allowance has to say about a tool, beside the operator's limits.

import { type Allowance, covers } from '../core/caller.ts';
import type { Entry } from './catalog.ts';

/**
 * No access implies another. What changes something also shows what is there (the preview), so it needs to read as well;
 * whoever may take away need not be allowed to give, and the reverse.
 */
export function needsOf({ platform, area, tool }: Entry): readonly string[] {
  const about = area === undefined ? platform : `${platform}.${area}`;
  const read = `${about}:read`;
  return tool.access === 'read' ? [read] : [read, `${about}:${tool.access}`];
}

export function lacksFor(entry: Entry, allowance: Allowance | undefined): readonly string[] {
  // Nearly every call is one by somebody who may.
  if (!allowance) return none;
  return needsOf(entry).filter((scope) => !covers(allowance.scopes, scope));
}

const none: readonly string[] = [];
