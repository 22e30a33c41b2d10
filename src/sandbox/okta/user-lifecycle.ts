// What can be done to an account: Okta's states and the ways between them.

import { letters } from '../random.ts';
import { empty, json, type OktaAnswer } from './answer.ts';
import { dropPerson } from './assignments.ts';
import { clearBit, setBit } from './bits.ts';
import { changeStatus, note, target, touch, withAppsOf } from './changes.ts';
import type { OktaContext, OktaRoute } from './context.ts';
import { dropTokensOf } from './grants.ts';
import { runRulesFor } from './group-rule-run.ts';
import { OktaProblem } from './problems.ts';
import { revokeRolesOf } from './roles.ts';
import { readFlag } from './shapes.ts';
import type { UserRecord } from './user-record.ts';
import { allows, viewUserAlone } from './user-view.ts';
import { requireUser, viewOptionsOf } from './users.ts';

type Step = (context: OktaContext, user: UserRecord) => OktaAnswer;

const steps: Readonly<Record<string, Step>> = {
  activate,
  reactivate,
  deactivate,
  suspend,
  unsuspend,
  unlock,
  reset_password: resetPassword,
  expire_password: expirePassword,
  expire_password_with_temp_password: expireWithTemporary,
  reset_factors: resetFactors,
};

export const lifecycleRoutes: readonly OktaRoute[] = [
  ...Object.entries(steps).map(
    ([name, step]): OktaRoute => ({
      method: 'POST',
      path: `/api/v1/users/{id}/lifecycle/${name}`,
      handle: (context) => step(context, requireUser(context.state, context.params.id ?? '')),
    }),
  ),
  { method: 'DELETE', path: '/api/v1/users/{id}', handle: deleteUser },
  { method: 'DELETE', path: '/api/v1/users/{id}/sessions', handle: clearSessions },
];

/** Okta sends a mail unless told not to; only reactivation has it the other way round. */
function sendsEmail({ query }: OktaContext, fallback = true): boolean {
  return readFlag(query, 'sendEmail') ?? fallback;
}

function activate(context: OktaContext, user: UserRecord): OktaAnswer {
  const { state } = context;
  const mails = sendsEmail(context);
  if (!allows(user.status, 'activate')) throw new OktaProblem('E0000016');
  user.activated ??= state.now();
  withAppsOf(context, user, () => {
    const everyone = state.groups.find((group) => group.type === 'BUILT_IN');
    if (everyone) setBit(everyone.members, user.n);
    changeStatus(state, user, user.passwordChanged === undefined ? 'PROVISIONED' : 'ACTIVE');
    note(context, 'user.lifecycle.activate', target(user));
  });
  runRulesFor(context, user);
  return answerActivation(context, user, mails);
}

function answerActivation(context: OktaContext, user: UserRecord, mails: boolean): OktaAnswer {
  if (mails) return json({});
  const activationToken = letters(20, context.state.seed, 301, user.n + context.state.log.next);
  return json({ activationUrl: `${context.base}/welcome/${activationToken}`, activationToken });
}

function reactivate(context: OktaContext, user: UserRecord): OktaAnswer {
  const mails = sendsEmail(context, false);
  if (!allows(user.status, 'reactivate')) throw new OktaProblem('E0000038');
  changeStatus(context.state, user, 'PROVISIONED');
  note(context, 'user.lifecycle.reactivate', target(user));
  return answerActivation(context, user, mails);
}

/** Okta takes the applications of whoever is deactivated, and leaves the groups: those of the groups come back with activation. */
function deactivate(context: OktaContext, user: UserRecord): OktaAnswer {
  if (!allows(user.status, 'deactivate')) throw new OktaProblem('E0000038');
  withAppsOf(context, user, () => {
    changeStatus(context.state, user, 'DEPROVISIONED');
    delete user.passwordChanged;
    for (const app of context.state.apps) dropPerson(app, user);
    note(context, 'user.lifecycle.deactivate', target(user));
  });
  revokeRolesOf(context, user);
  dropTokensOf(context, user);
  return json({});
}

function suspend(context: OktaContext, user: UserRecord): OktaAnswer {
  if (!allows(user.status, 'suspend')) throw refusal('Cannot suspend a user that is not active');
  changeStatus(context.state, user, 'SUSPENDED');
  note(context, 'user.lifecycle.suspend', target(user));
  return json({});
}

function unsuspend(context: OktaContext, user: UserRecord): OktaAnswer {
  if (!allows(user.status, 'unsuspend')) throw refusal('Cannot unsuspend a user that is not suspended');
  changeStatus(context.state, user, 'ACTIVE');
  note(context, 'user.lifecycle.unsuspend', target(user));
  return json({});
}

function refusal(sentence: string): OktaProblem {
  return new OktaProblem('E0000001', sentence, [sentence]);
}

function unlock(context: OktaContext, user: UserRecord): OktaAnswer {
  if (!allows(user.status, 'unlock')) throw new OktaProblem('E0000032');
  changeStatus(context.state, user, 'ACTIVE');
  note(context, 'user.account.unlock_by_admin', target(user));
  return json({});
}

function resetPassword(context: OktaContext, user: UserRecord): OktaAnswer {
  if (!context.query.has('sendEmail'))
    throw new OktaProblem('E0000028', '', ["sendEmail: The 'sendEmail' parameter is required."]);
  const mails = sendsEmail(context);
  const signsOut = revokesSessions(context);
  if (!allows(user.status, 'resetPassword')) throw new OktaProblem('E0000017');
  changeStatus(context.state, user, 'RECOVERY');
  if (signsOut) note(context, 'user.session.clear', target(user));
  note(context, 'user.account.reset_password', target(user));
  if (mails) return json({});
  const token = letters(20, context.state.seed, 302, user.n + context.state.log.next);
  return json({ resetPasswordUrl: `${context.base}/reset_password/${token}` });
}

function expirePassword(context: OktaContext, user: UserRecord): OktaAnswer {
  if (!allows(user.status, 'expirePassword')) throw new OktaProblem('E0000038');
  changeStatus(context.state, user, 'PASSWORD_EXPIRED');
  note(context, 'user.account.expire_password', target(user));
  return json(viewUserAlone(context.state, user, viewOptionsOf(context)));
}

function expireWithTemporary(context: OktaContext, user: UserRecord): OktaAnswer {
  const signsOut = revokesSessions(context);
  expirePassword(context, user);
  if (signsOut) note(context, 'user.session.clear', target(user));
  return json({ tempPassword: letters(8, context.state.seed, 303, user.n + context.state.log.next) });
}

function resetFactors(context: OktaContext, user: UserRecord): OktaAnswer {
  if (!allows(user.status, 'resetFactors')) throw new OktaProblem('E0000038');
  user.withoutFactors = true;
  touch(context.state, user);
  note(context, 'user.mfa.factor.reset_all', target(user));
  return json({});
}

/** In two steps: the first call on somebody who is not deprovisioned only does that. */
function deleteUser(context: OktaContext): OktaAnswer {
  const { state } = context;
  const user = requireUser(state, context.params.id ?? '');
  if (user.status !== 'DEPROVISIONED') {
    deactivate(context, user);
    return empty();
  }
  note(context, 'user.lifecycle.delete.initiated', target(user));
  for (const group of state.groups) clearBit(group.members, user.n);
  clearBit(state.inactive, user.n);
  state.users[user.n] = undefined;
  state.departed.set(user.n, user);
  for (const [login, n] of state.usersByLogin) if (n === user.n) state.usersByLogin.delete(login);
  state.usersById.delete(user.id);
  state.version++;
  note(context, 'user.lifecycle.delete.completed', target(user));
  return empty();
}

/** `forgetDevices` is taken and has nothing to do: the sandbox remembers no browsers. */
function clearSessions(context: OktaContext): OktaAnswer {
  const { state, query } = context;
  const user = requireUser(state, context.params.id ?? '');
  const tokensToo = readFlag(query, 'oauthTokens') === true;
  readFlag(query, 'forgetDevices');
  note(context, 'user.session.clear', target(user));
  if (tokensToo) dropTokensOf(context, user);
  return empty();
}

/** `revokeSessions` of a new password: whoever knew the old one is signed out. */
function revokesSessions({ query }: OktaContext): boolean {
  return readFlag(query, 'revokeSessions') === true;
}
