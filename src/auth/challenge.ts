// What a caller without the right token is told: a challenge (RFC 6750 §3, RFC 9728 §5.1), and the document that it
// points to, which says where to sign in and what to ask for.

export interface Resource {
  /** The resource identifier: the address of the MCP endpoint (RFC 9728 §1.2). */
  readonly url: string;
  readonly issuer: string;
  /** What clients can ask the issuer for. */
  readonly scopes: readonly string[];
}

export interface Challenge {
  readonly error?: 'invalid_request' | 'invalid_token' | 'insufficient_scope';
  readonly description?: string;
  readonly scopes?: readonly string[];
}

const wellKnown = '/.well-known/oauth-protected-resource';

/** RFC 9728 §3.1: the well-known path comes before the resource's own. */
export function metadataUrlOf(resource: string): string {
  const { origin, pathname } = new URL(resource);
  return `${origin}${wellKnown}${pathname === '/' ? '' : pathname}`;
}

/** Where the document is served: at the resource's own place, for `/mcp`, and bare, where older clients look. */
export function metadataPathsOf(resource: string): readonly string[] {
  return [...new Set([new URL(metadataUrlOf(resource)).pathname, `${wellKnown}/mcp`, wellKnown])];
}

export function writeMetadata({ url, issuer, scopes }: Resource): Record<string, unknown> {
  return {
    resource: url,
    authorization_servers: [issuer],
    ...(scopes.length > 0 && { scopes_supported: scopes }),
    bearer_methods_supported: ['header'],
    resource_name: 'Castellan',
  };
}

export function writeChallenge(resource: string, { error, description, scopes = [] }: Challenge): string {
  const parts = [
    ...(error ? [`error="${error}"`] : []),
    ...(description ? [`error_description="${quotable(description)}"`] : []),
    `resource_metadata="${metadataUrlOf(resource)}"`,
    ...(scopes.length > 0 ? [`scope="${scopes.join(' ')}"`] : []),
  ];
  return `Bearer ${parts.join(', ')}`;
}

/** RFC 6750 §3: printable ASCII without quotes. */
function quotable(text: string): string {
  return text.replaceAll('’', "'").replace(/[^\x20-\x21\x23-\x5b\x5d-\x7e]/g, '');
}
