// The claims that a custom authorization server adds to its tokens, besides those that every token has.

import type { AuthClaim, AuthServerRecord } from '../authorization-server-seed.ts';
import { hasBit } from '../bits.ts';
import type { OktaState } from '../state.ts';
import { readProfile, type UserRecord } from '../user-record.ts';

/** What a claim says of somebody; undefined, and then left out of the token, where it has nothing to say. */
export function readClaims(
  state: OktaState,
  server: AuthServerRecord,
  user: UserRecord,
  scopes: readonly string[],
  isWanted: (claim: AuthClaim) => boolean,
): Record<string, unknown> {
  const wanted = server.claims.filter(
    (claim) =>
      !claim.system &&
      isWanted(claim) &&
      (claim.scopes.length === 0 || claim.scopes.some((scope) => scopes.includes(scope))),
  );
  const said = wanted.map((claim) => [claim.name, evaluate(state, user, claim)] as const);
  return Object.fromEntries(said.filter(([, value]) => value !== undefined));
}

function evaluate(state: OktaState, user: UserRecord, claim: AuthClaim): unknown {
  if (claim.valueType === 'GROUPS') {
    const accepts = groupTests[claim.groupFilter ?? 'EQUALS'];
    const names = state.groups.filter(({ members }) => hasBit(members, user.n)).map(({ name }) => name);
    const found = names.filter((name) => accepts(name, claim.value));
    return found.length > 0 ? found : undefined;
  }
  const attribute = /^user\.(\w+)$/.exec(claim.value)?.[1];
  return attribute === undefined ? undefined : readProfile(user, attribute, state.users);
}

const groupTests: Readonly<Record<NonNullable<AuthClaim['groupFilter']>, (name: string, value: string) => boolean>> = {
  STARTS_WITH: (name, value) => name.startsWith(value),
  EQUALS: (name, value) => name === value,
  CONTAINS: (name, value) => name.includes(value),
  REGEX: (name, value) => new RegExp(`^(?:${value})$`).test(name),
};
