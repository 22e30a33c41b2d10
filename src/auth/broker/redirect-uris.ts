// Where a client may send people back to: its own site, this machine, or an application by a scheme of its own.

import { isLoopbackName } from '../../core/address.ts';

/** RFC 8252 §7.1 wants a reverse domain name; these applications were given no such scheme by their makers. */
const knownSchemes = new Set(['cursor:', 'vscode:', 'vscode-insiders:', 'vscodium:', 'windsurf:', 'zed:', 'claude:']);
const maxLength = 2_000;

/** Why an address cannot be one; undefined for one that can. */
export function findRedirectProblem(text: unknown): string | undefined {
  if (typeof text !== 'string' || text.length === 0) return 'is no text';
  if (text.length > maxLength) return `is longer than ${maxLength} characters`;
  // Browsers and URL parsers differ in what they make of these.
  if (!/^[\x21-\x7e]+$/.test(text) || /[\\*<>"`{}|^]/.test(text)) return 'holds characters that an address does not';
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url) return 'is no address';
  // RFC 6749 §3.1.2
  if (text.includes('#')) return 'has a fragment';
  if (url.username !== '' || url.password !== '' || /^[a-z][\w+.-]*:\/\/[^/?]*@/i.test(text)) return 'names a user';
  const dotted = text
    .split(/[?]/)[0]
    ?.split('/')
    .some((part) => /^(\.|%2e){1,2}$/i.test(part));
  if (dotted) return 'has a path that leads elsewhere';
  if (url.protocol === 'https:') return findSiteProblem(url.hostname);
  if (url.protocol === 'http:')
    return isLoopback(text) ? undefined : 'is http, which is for this machine only (localhost, 127.0.0.1, [::1])';
  if (knownSchemes.has(url.protocol)) return undefined;
  return /^[a-z][a-z0-9+-]*(\.[a-z0-9+-]+)+:$/.test(url.protocol)
    ? undefined
    : 'has a scheme that is no reverse domain name, such as com.example.app (RFC 8252 §7.1)';
}

/** A person judges a site by its name: it is made of letters, digits and hyphens (RFC 1123 §2.1), and is not that of this machine. */
function findSiteProblem(host: string): string | undefined {
  if (isLoopbackName(host.replace(/\.$/, '')) || /^127\.|\.localhost\.?$/.test(host))
    return 'is https on this machine; use http';
  return /^[a-z0-9._-]+$/.test(host) || host.startsWith('[')
    ? undefined
    : 'has a host name with other characters than names have';
}

/**
 * Whether an address is at a server of ours: no client is there, and what comes to our own callback is for us. On this
 * machine all names are one.
 * @param origin ours
 */
export function isOurs(text: unknown, origin: string): boolean {
  if (typeof text !== 'string' || !URL.canParse(text)) return false;
  if (!isLoopback(text) || !isLoopback(origin)) return siteOf(text) === siteOf(origin);
  return new URL(text).port === new URL(origin).port;
}

/** With a dot at its end a name is the same (RFC 1034 §3.1). */
function siteOf(text: string): string {
  const { protocol, hostname, port } = new URL(text);
  return `${protocol}//${hostname.replace(/\.$/, '')}:${port}`;
}

/** RFC 8252 §7.3: a program on the machine where the browser runs. */
export function isLoopback(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url?.protocol === 'http:' && isLoopbackName(url.hostname);
}

/** Whether nobody but the owner of a site can stand at an address; of any other, another program may (RFC 8252 §8.6). */
export function isOwned(text: string): boolean {
  return URL.canParse(text) && new URL(text).protocol === 'https:';
}
