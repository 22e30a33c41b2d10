// The token of a request: from the Authorization header and nowhere else (RFC 6750 §2.1), and taken off the request, so
// that nothing behind the door can pass it on.

import type { IncomingMessage } from 'node:http';

export type Presented = { readonly token: string } | 'none' | 'malformed';

const maxLength = 8_192;
/** RFC 6750 §2.1: b64token, after the scheme in whatever letters. */
const bearer = /^Bearer +([A-Za-z0-9\-._~+/]+=*) *$/i;

export function takeBearer(request: IncomingMessage): Presented {
  const given = takeHeader(request, 'authorization');
  // A token in an address would stand in the logs of everything on the way.
  const inQuery = /[?&]access_token=/.test(request.url ?? '');
  const [first] = given;
  if (first === undefined) return inQuery ? 'malformed' : 'none';
  if (given.length > 1 || inQuery) return 'malformed';
  if (!/^Bearer(\s|$)/i.test(first)) return 'none';
  const token = first.length <= maxLength ? bearer.exec(first)?.[1] : undefined;
  return token === undefined ? 'malformed' : { token };
}

/** `rawHeaders` holds names at even places and values at odd ones; the request that the SDK sees is made of it. */
function takeHeader(request: IncomingMessage, name: string): string[] {
  const { rawHeaders } = request;
  const values: string[] = [];
  for (let place = rawHeaders.length - 2; place >= 0; place -= 2) {
    const given = rawHeaders[place] ?? '';
    if (given.length !== name.length || given.toLowerCase() !== name) continue;
    values.unshift(rawHeaders[place + 1] ?? '');
    rawHeaders.splice(place, 2);
  }
  // Deleting it would make every later look at the headers slow.
  request.headers[name] = undefined;
  return values;
}
