// The form in which somebody of the company signs in and says yes or no, and the reading of it.

import { cast } from '../../company/people.ts';
import { type Html, html } from '../../oidc/page.ts';
import { type Suggestion, sandboxPassword, signInForm } from '../../oidc/sign-in-form.ts';
import { standardRoles } from '../role-seed.ts';
import { rolesOfUser } from '../roles.ts';
import type { OktaState } from '../state.ts';
import { fullName, readProfile, type UserRecord } from '../user-record.ts';
import { findClient } from './request.ts';
import type { Grant } from './state.ts';

export interface Consent {
  state: OktaState;
  clientId: string;
  /** Name of the custom authorization server, which asks for no consent; absent: the org's own, for rights at the organization. */
  at?: string | undefined;
  scopes: readonly string[];
  /** Where the form goes, and what it takes along. */
  action: string;
  hidden: Readonly<Record<string, string>>;
  /** What stands in the field for the login. */
  login: string | undefined;
  /** What was wrong with the last try. */
  wrong: string | undefined;
}

export function consentForm({ state, clientId, at, scopes, action, hidden, login, wrong }: Consent): Html {
  const label = findClient(state, clientId)?.label;
  const intro =
    at === undefined
      ? html`<p>${label} asks to act in this organization for the person who signs in, within that person's admin role.</p>`
      : html`<p>Sign in to continue to ${label}. The access policies of the authorization server “${at}” decide what the person who signs in gets.</p>`;
  const suggestions = [cast.admin, cast.helpDesk, cast.head, cast.lockedOut].flatMap((n) => state.users[n] ?? []);
  return signInForm({
    intro,
    action,
    hidden,
    loginLabel: 'Username',
    login,
    wrong,
    suggestions: suggestions.map((user) => suggest(state, user)),
    scopes: at === undefined ? scopes : undefined,
    yes: at === undefined ? 'Allow' : 'Sign in',
    no: at === undefined ? 'Deny' : 'Cancel',
  });
}

function suggest(state: OktaState, user: UserRecord): Suggestion {
  const roles = rolesOfUser(state, user).map(({ type }) => standardRoles[type] ?? 'Custom role');
  const may = roles.length > 0 ? roles.join(', ') : 'No admin role';
  const about = user.status === 'ACTIVE' ? may : `Cannot sign in: ${user.status}`;
  const title = String(readProfile(user, 'title', state.users) ?? '');
  return { login: user.person.login, about: `${fullName(user)} · ${title} · ${about}` };
}

/**
 * The person who signs in, or what Okta says: of an account that is locked it says so, of all else nothing that would tell
 * who has an account.
 */
export function readPerson(state: OktaState, form: ReadonlyMap<string, string>): UserRecord | string {
  const login = form.get('login')?.trim();
  const password = form.get('password');
  if (login === undefined || password === undefined) return 'Please enter a username and password.';
  const user = state.users[state.usersByLogin.get(login.toLowerCase()) ?? -1];
  if (user?.status === 'LOCKED_OUT') return 'Your account is locked. Please contact your administrator.';
  if (user?.status !== 'ACTIVE' || password !== sandboxPassword) return 'Unable to sign in';
  return user;
}

export function grantOf(
  user: UserRecord,
  of: { clientId: string; serverId?: string | undefined; scopes: readonly string[]; nonce?: string | undefined },
  now: number,
): Grant {
  return {
    clientId: of.clientId,
    userId: user.id,
    scopes: of.scopes,
    jkt: undefined,
    authTime: Math.floor(now / 1000),
    nonce: of.nonce,
    serverId: of.serverId,
    revoked: false,
  };
}
