// Who gets what at a custom authorization server: its scopes, and the access policies and rules that decide.

import { assignedTo } from '../assignments.ts';
import type { AuthRule, AuthServerRecord } from '../authorization-server-seed.ts';
import { hasBit } from '../bits.ts';
import type { OktaState } from '../state.ts';
import type { UserRecord } from '../user-record.ts';
import { OAuthProblem } from './problems.ts';
import type { KnownClient } from './request.ts';

function refuse(description: string): OAuthProblem {
  return new OAuthProblem('invalid_scope', description);
}

/**
 * The scopes that a client asks for, which the server must all know; without any, those that are its defaults.
 * @throws OAuthProblem invalid_scope
 */
export function readScopes(
  server: AuthServerRecord,
  by: 'sign-in' | 'client credentials' | 'token exchange',
  asked: string | undefined,
): readonly string[] {
  const given = [...new Set((asked ?? '').split(' ').filter((name) => name !== ''))];
  const names = given.length > 0 ? given : server.scopes.filter((scope) => scope.default).map(({ name }) => name);
  if (names.length === 0) {
    throw refuse(
      "The authorization server resource does not have any configured default scopes, 'scope' must be provided.",
    );
  }
  const known = names.flatMap((name) => server.scopes.find((scope) => scope.name === name) ?? []);
  if (known.length < names.length)
    throw refuse('One or more scopes are not configured for the authorization server resource.');
  const ofPeople = known.filter((scope) => scope.system).map(({ name }) => name);
  if (by !== 'sign-in' && ofPeople.length > 0) throw refuse(`Cannot request 'openid' scopes using ${by}.`);
  if (ofPeople.some((name) => name !== 'offline_access') && !names.includes('openid'))
    throw refuse("Requests for ID tokens or access tokens with OpenID scopes require the 'openid' scope.");
  return names;
}

export interface Question {
  client: KnownClient;
  grantType: string;
  /** Absent where a client asks for itself. */
  user?: UserRecord | undefined;
  scopes: readonly string[];
}

/**
 * The first rule, by the priority of policies and rules, whose every condition holds: client, way, person, and all of the
 * scopes. One scope too many, and the rule does not match (help.okta.com, "Tokens not issued with lifetime configured").
 * @throws OAuthProblem access_denied where there is none, or where the person does not have the application
 */
export function requireRule(state: OktaState, server: AuthServerRecord, question: Question): AuthRule {
  const { client, user } = question;
  const app = state.apps.find(({ id }) => id === client.id);
  // A service app acts for people whom another application was assigned to.
  if (user && app && client.kind !== 'service' && !assignedTo(app, user))
    throw new OAuthProblem('access_denied', 'User is not assigned to the client application.');
  for (const policy of server.policies) {
    if (!policy.clients.includes('ALL_CLIENTS') && !policy.clients.includes(client.id)) continue;
    const rule = policy.rules.find((candidate) => matches(state, candidate, question));
    if (rule) return rule;
  }
  throw new OAuthProblem(
    'access_denied',
    'Policy evaluation failed for this request, please check the policy configurations.',
  );
}

function matches(state: OktaState, rule: AuthRule, { grantType, user, scopes }: Question): boolean {
  if (!rule.grantTypes.includes(grantType)) return false;
  if (!rule.scopes.includes('*') && !scopes.every((scope) => rule.scopes.includes(scope))) return false;
  if (!user || rule.groups.includes('EVERYONE')) return true;
  return state.groups.some((group) => rule.groups.includes(group.id) && hasBit(group.members, user.n));
}
