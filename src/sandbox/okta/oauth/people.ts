// The form in which somebody of the company is chosen and says yes or no, and the reading of it.

import { cast } from '../../company/people.ts';
import { standardRoles } from '../role-seed.ts';
import { rolesOfUser } from '../roles.ts';
import type { OktaState } from '../state.ts';
import { fullName, readProfile, type UserRecord } from '../user-record.ts';
import { findUser } from '../users.ts';
import { type Html, html } from './page.ts';
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
  /** Login of the person to offer first. */
  hint: string | undefined;
  /** What was wrong with the last choice. */
  wrong: string | undefined;
}

export function consentForm({ state, clientId, at, scopes, action, hidden, hint, wrong }: Consent): Html {
  const hinted = hint === undefined ? undefined : state.usersByLogin.get(hint.toLowerCase());
  const offered = [...new Set([hinted ?? cast.admin, ...Object.values(cast)])].flatMap((n) => state.users[n] ?? []);
  const label = findClient(state, clientId)?.label;
  const request =
    at === undefined
      ? html`<p>${label} asks to act in this organization for the person you choose, within that person's admin role.</p>`
      : html`<p>Sign in to continue to ${label}. The access policies of the authorization server “${at}” decide what the person you choose gets.</p>`;
  return html`${request}
${wrong !== undefined && html`<p class="wrong" role="alert">${wrong}</p>`}
<form method="post" action="${action}">
${Object.entries(hidden).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}
<fieldset><legend>Sign in as</legend>
${offered.map((user, i) => offer(state, user, i === 0))}
</fieldset>
<label class="text">Or anybody else, by login<input type="text" name="login" autocomplete="off" placeholder="first.last@larkspur.example"></label>
${
  at === undefined &&
  html`<p class="soft">It asks for these scopes:</p>
<ul>${scopes.map((scope) => html`<li>${scope}</li>`)}</ul>`
}
<div class="choices"><button name="decision" value="allow">${at === undefined ? 'Allow' : 'Sign in'}</button><button class="no" name="decision" value="deny">${at === undefined ? 'Deny' : 'Cancel'}</button></div>
</form>`;
}

function offer(state: OktaState, user: UserRecord, first: boolean): Html {
  const active = user.status === 'ACTIVE';
  const roles = rolesOfUser(state, user).map(({ type }) => standardRoles[type] ?? 'Custom role');
  const about = active ? (roles.length > 0 ? roles.join(', ') : 'No admin role') : `Cannot sign in: ${user.status}`;
  return html`<label class="person"><input type="radio" name="person" value="${user.id}"${first && active && html` checked`}${!active && html` disabled`}><span><span>${fullName(user)}</span><span class="soft">${String(readProfile(user, 'title', state.users) ?? '')} · ${about}</span></span></label>`;
}

/** The person that a sent form names, or why it cannot be that one. */
export function readPerson(state: OktaState, form: ReadonlyMap<string, string>): UserRecord | string {
  const key = form.get('login')?.trim() ?? form.get('person');
  const user = key === undefined || key === 'me' ? undefined : findUser(state, key);
  if (!user) return 'Choose somebody of the company.';
  if (user.status !== 'ACTIVE') return `${fullName(user)} cannot sign in: ${user.status}.`;
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
