// A user as Okta writes it in a list and alone; the lone one carries links to what may be done in its status.

import { toTime } from './answer.ts';
import type { OktaState } from './state.ts';
import { profileOf, type UserRecord, type UserStatus } from './user-record.ts';

export type UserView = Record<string, unknown>;

export interface ViewOptions {
  base: string;
  omitCredentials: boolean;
}

const lifecycle = {
  activate: 'lifecycle/activate',
  reactivate: 'lifecycle/reactivate',
  deactivate: 'lifecycle/deactivate',
  suspend: 'lifecycle/suspend',
  unsuspend: 'lifecycle/unsuspend',
  unlock: 'lifecycle/unlock',
  resetPassword: 'lifecycle/reset_password',
  resetFactors: 'lifecycle/reset_factors',
  expirePassword: 'lifecycle/expire_password',
  forgotPassword: 'credentials/forgot_password',
  changePassword: 'credentials/change_password',
  changeRecoveryQuestion: 'credentials/change_recovery_question',
} as const;

type Operation = keyof typeof lifecycle;

const withPassword: readonly Operation[] = [
  'resetPassword',
  'resetFactors',
  'expirePassword',
  'forgotPassword',
  'changeRecoveryQuestion',
  'changePassword',
  'deactivate',
];

const operations: Readonly<Record<UserStatus, readonly Operation[]>> = {
  STAGED: ['activate', 'deactivate'],
  PROVISIONED: ['reactivate', 'resetPassword', 'deactivate'],
  ACTIVE: ['suspend', ...withPassword],
  RECOVERY: ['reactivate', 'resetPassword', 'resetFactors', 'deactivate'],
  PASSWORD_EXPIRED: withPassword,
  LOCKED_OUT: ['unlock', 'resetPassword', 'resetFactors', 'forgotPassword', 'deactivate'],
  SUSPENDED: ['unsuspend', 'deactivate'],
  DEPROVISIONED: ['activate'],
};

/** The operations Okta allows in each status, written once: links and lifecycle calls both follow it. */
export function allows(status: UserStatus, operation: Operation): boolean {
  return operations[status].includes(operation);
}

export function viewUser(state: OktaState, user: UserRecord, options: ViewOptions): UserView {
  const profile = profileOf(user, state.users);
  const view: UserView = { id: user.id, status: user.status, created: toTime(user.created) };
  if (user.activated !== undefined) view.activated = toTime(user.activated);
  if (user.statusChanged !== undefined) view.statusChanged = toTime(user.statusChanged);
  if (user.lastLogin !== undefined) view.lastLogin = toTime(user.lastLogin);
  view.lastUpdated = toTime(user.lastUpdated);
  if (user.passwordChanged !== undefined) view.passwordChanged = toTime(user.passwordChanged);
  view.type = { id: state.userTypeId };
  view.profile = profile;
  if (!options.omitCredentials) {
    view.credentials = {
      ...(user.passwordChanged === undefined ? {} : { password: {} }),
      provider: { type: 'OKTA', name: 'OKTA' },
    };
  }
  view._links = { self: { href: `${options.base}/api/v1/users/${user.id}` } };
  return view;
}

const keptTexts = 20_000;

/** The user of a list as text; kept until something changes, because the same pages are read again and again. */
export function writeUser(state: OktaState, user: UserRecord, options: ViewOptions): string {
  const { texts } = state;
  if (texts.version !== state.version || texts.base !== options.base) {
    texts.version = state.version;
    texts.base = options.base;
    texts.of.clear();
  }
  const kept = texts.of.get(user.n);
  if (kept !== undefined) return kept;
  const text = JSON.stringify(viewUser(state, user, options));
  if (texts.of.size < keptTexts) texts.of.set(user.n, text);
  return text;
}

export function viewUserAlone(state: OktaState, user: UserRecord, options: ViewOptions): UserView {
  const view = viewUser(state, user, options);
  const self = `${options.base}/api/v1/users/${user.id}`;
  const links: Record<string, unknown> = {};
  for (const operation of operations[user.status]) {
    links[operation] = { href: `${self}/${lifecycle[operation]}`, method: 'POST' };
  }
  links.schema = { href: `${options.base}/api/v1/meta/schemas/user/osc${state.userTypeId.slice(3)}` };
  links.type = { href: `${options.base}/api/v1/meta/types/user/${state.userTypeId}` };
  view._links = { self: { href: self }, ...links };
  return view;
}

/** `fields=id,status,profile:(login,email)`; names that do not exist are passed over. */
export function project(view: UserView, fields: string): UserView {
  const chosen: UserView = {};
  for (const [, name, inner] of fields.matchAll(/([\w.]+)(?::\(([^)]*)\))?/g)) {
    const value = view[name as string];
    if (value === undefined) continue;
    chosen[name as string] = inner === undefined ? value : projectInner(value as UserView, inner);
  }
  return chosen;
}

function projectInner(value: UserView, inner: string): UserView {
  const names = inner.split(',').map((name) => name.trim());
  return Object.fromEntries(Object.entries(value).filter(([name]) => names.includes(name)));
}
