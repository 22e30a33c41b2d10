// The cookies that browsers get: whose session it is, and which browser began a sign-in, or a client's request. None of them
// says anything by itself.

import type { IncomingMessage } from 'node:http';

export type CookieName = 'castellan' | 'castellan-sign-in' | 'castellan-browser';

/**
 * `__Host-` binds a cookie to this very host, over TLS (RFC 6265bis §4.1.3.2). Browsers take it from this machine without TLS
 * as well, all but Safari, which then gets a plain one.
 */
function nameFor(name: CookieName, request: IncomingMessage, secure: boolean): { name: string; secure: boolean } {
  return secure || !isSafari(request.headers['user-agent'] ?? '')
    ? { name: `__Host-${name}`, secure: true }
    : { name, secure: false };
}

export function readCookie(request: IncomingMessage, name: CookieName, secure: boolean): string | undefined {
  const wanted = nameFor(name, request, secure).name;
  const values = (request.headers.cookie ?? '').split(';').flatMap((pair) => {
    const place = pair.indexOf('=');
    return place > 0 && pair.slice(0, place).trim() === wanted ? [pair.slice(place + 1).trim()] : [];
  });
  // Two of one name: somebody put one there.
  return values.length === 1 ? values[0] : undefined;
}

/** @param seconds 0 takes it away */
export function writeCookie(
  request: IncomingMessage,
  cookie: { readonly name: CookieName; readonly value: string; readonly seconds: number },
  tls: boolean,
): string {
  const { name, secure } = nameFor(cookie.name, request, tls);
  const parts = [`${name}=${cookie.value}`, 'Path=/', 'HttpOnly', 'SameSite=Lax', `Max-Age=${cookie.seconds}`];
  return [...parts, ...(secure ? ['Secure'] : [])].join('; ');
}

function isSafari(agent: string): boolean {
  return /\bVersion\/[\d.]+.*\bSafari\//.test(agent) && !/\b(Chrome|Chromium|CriOS|FxiOS|EdgiOS|Android)\b/.test(agent);
}
