// What Okta's objects must be for us to read them, and the small views of them that tools answer with.

import { z } from 'zod';
import { fullObject } from '../../core/listing.ts';
import { hidden } from '../../core/privacy.ts';
import { withoutSecrets } from '../../core/redact.ts';

const text = z.string().nullish();

export const userEntity = z.object({
  id: z.string().min(1),
  status: z.string(),
  created: text,
  activated: text,
  statusChanged: text,
  lastLogin: text,
  lastUpdated: text,
  passwordChanged: text,
  profile: z.object({ login: text, email: text, firstName: text, lastName: text, displayName: text }),
});
export const groupEntity = z.object({
  id: z.string().min(1),
  type: text,
  created: text,
  lastUpdated: text,
  lastMembershipUpdated: text,
  profile: z.object({ name: text, description: text }),
});
export const appEntity = z.object({
  id: z.string().min(1),
  name: text,
  label: text,
  status: text,
  signOnMode: text,
  created: text,
  lastUpdated: text,
});

/** `id` is what other tools take; for users the login does as well. */
export const userView = z.object({
  id: z.string(),
  login: z.string(),
  name: z.string(),
  email: z.string().optional(),
  status: z.string(),
  last_login: z.string().optional(),
  full: fullObject,
});
export const groupView = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string().optional(),
  type: z.string().optional(),
  full: fullObject,
});
export const appView = z.object({
  id: z.string(),
  label: z.string(),
  name: z.string().optional().describe('kind of app'),
  status: z.string().optional(),
  sign_on_mode: z.string().optional(),
  full: fullObject,
});

export type View = 'summary' | 'full';

/** `{ full }` when asked for: the vendor's object without secrets and without its links. */
export function fullOf(entity: object, view: View): { full?: Record<string, unknown> } {
  return view === 'full' ? { full: withoutSecrets(entity, leftOut) as Record<string, unknown> } : {};
}

/** Hypermedia: many lines, no facts about the entity. */
const leftOut = new Set(['_links']);

/** Optional fields of a view: those that Okta gave. */
export function present<T extends Record<string, unknown>>(fields: T): { [K in keyof T]?: NonNullable<T[K]> } {
  const given: Record<string, unknown> = {};
  for (const name in fields) {
    const value = fields[name];
    if (value !== undefined && value !== null && value !== '') given[name] = value;
  }
  return given as { [K in keyof T]?: NonNullable<T[K]> };
}

export function viewUser(user: z.output<typeof userEntity>, view: View): z.output<typeof userView> {
  const { login, email, firstName, lastName, displayName } = user.profile;
  return {
    id: user.id,
    login: login ?? '',
    name: [firstName, lastName].filter(Boolean).join(' ') || displayName || '',
    ...present({ email: email === login ? undefined : email }),
    status: user.status,
    ...present({ last_login: user.lastLogin }),
    ...fullOf(user, view),
  };
}

export function viewGroup(group: z.output<typeof groupEntity>, view: View): z.output<typeof groupView> {
  const { name, description } = group.profile;
  return { id: group.id, name: name ?? '', ...present({ description, type: group.type }), ...fullOf(group, view) };
}

export function viewApp(app: z.output<typeof appEntity>, view: View): z.output<typeof appView> {
  return {
    id: app.id,
    label: app.label ?? '',
    ...present({ name: app.name, status: app.status, sign_on_mode: app.signOnMode }),
    ...fullOf(app, view),
  };
}

/** A user is named by login in text, which costs half of an id; by id where a login cannot stand in a path or is not shown. */
export function nameUser(user: { readonly id: string; readonly login: string | null | undefined }): string {
  const { id, login } = user;
  return !login || login === hidden || login.includes('/') ? id : login;
}
