// Addresses that secrets may be sent to: encrypted on the way, or to this machine and no network at all.

const loopbackNames = new Set(['localhost', '127.0.0.1', '[::1]']);

/** The names that mean this machine everywhere (RFC 6761 §6.3, RFC 8252 §7.3), as URLs have them. */
export function isLoopbackName(hostname: string): boolean {
  return loopbackNames.has(hostname);
}

/** https, or http on this machine; without user, password or fragment. */
export function isSafeAddress(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || url.username !== '' || url.password !== '' || text.includes('#')) return false;
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopbackName(url.hostname));
}

/** The same without path and query. */
export function isSafeOrigin(text: string): boolean {
  if (!isSafeAddress(text)) return false;
  const { pathname, search } = new URL(text);
  return pathname === '/' && search === '' && !text.includes('?');
}
