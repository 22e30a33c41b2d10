// Forms of our own pages: read within bounds, and taken from nowhere else.

import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Person } from '../people.ts';

const maxBytes = 16 * 1024;

/** A form that a page made for this person sent from this origin; undefined for anything else. */
export async function readOurForm(
  request: IncomingMessage,
  { csrf }: Pick<Person, 'csrf'>,
  origin: string,
): Promise<URLSearchParams | undefined> {
  const form = comesFrom(request, origin) ? await readForm(request) : undefined;
  return form && sameText(form.get('csrf') ?? '', csrf) ? form : undefined;
}

export async function isOurForm(request: IncomingMessage, person: Person, origin: string): Promise<boolean> {
  return (await readOurForm(request, person, origin)) !== undefined;
}

/** Browsers say from where a form is sent, or a link is followed. */
export function comesFrom({ headers }: IncomingMessage, origin: string): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin') return false;
  return headers.origin === undefined || headers.origin === origin;
}

function sameText(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && a.length > 0 && timingSafeEqual(a, b);
}

async function readForm(request: IncomingMessage): Promise<URLSearchParams | undefined> {
  if (!/^application\/x-www-form-urlencoded\s*(;|$)/i.test(request.headers['content-type'] ?? '')) return undefined;
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    size += chunk.length;
    if (size > maxBytes) return undefined;
    chunks.push(chunk);
  }
  return new URLSearchParams(Buffer.concat(chunks).toString('utf8'));
}
