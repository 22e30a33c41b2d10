// Which scope does for which.

/** Okta takes a resource's manage scope where it wants its read scope (developer.okta.com/docs/api/oauth2). */
export function covers(granted: ReadonlySet<string>, needed: string): boolean {
  return granted.has(needed) || granted.has(needed.replace(/\.read$/, '.manage'));
}
