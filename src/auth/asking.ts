// Which of the issuer's scopes a client should ask for, so that it may do here what needs Castellan's own.

import { allowanceOf, covers } from '../core/caller.ts';

export interface AskingOptions {
  /** What clients can ask the issuer for, where it is said. */
  readonly scopes: readonly string[] | undefined;
  readonly requiredScopes: readonly string[];
  readonly scopeMap: Readonly<Record<string, readonly string[]>> | undefined;
  /** What the issuer's own scopes mean, also where the operator has no map. */
  readonly knownScopes?: Readonly<Record<string, readonly string[]>> | undefined;
}

export interface Asking {
  /** All that can be asked for. */
  readonly all: readonly string[];
  /** To begin with: what reading needs. More is asked for when it is needed. */
  readonly first: readonly string[];
  /** What to ask for so that needs such as `okta:destroy` are met, with what the caller has, so that nothing is lost. */
  readonly more: (needs: readonly string[], held: readonly string[]) => readonly string[];
}

const own = ['castellan:read', 'castellan:write', 'castellan:destroy'];

export function createAsking({ scopes, requiredScopes, scopeMap, knownScopes }: AskingOptions): Asking {
  const meanings = { ...knownScopes, ...scopeMap };
  const named = scopes ?? (scopeMap ? Object.keys(scopeMap) : own);
  const all = [...new Set([...requiredScopes, ...named])];
  const grants = all
    .map((scope) => {
      const mapped = Object.hasOwn(meanings, scope) ? meanings[scope] : undefined;
      return { scope, allowed: allowanceOf([scope, ...(mapped ?? [])]).scopes };
    })
    .filter(({ allowed }) => allowed.size > 0)
    // Those that give least first.
    .sort((one, other) => one.allowed.size - other.allowed.size);
  const least = (need: string) => {
    const fit = grants.filter(({ allowed }) => covers(allowed, need));
    return (fit.find(({ allowed }) => allowed.has(need)) ?? fit[0])?.scope;
  };
  const reading = least('castellan:read');
  const onlyReading = grants.filter(({ allowed }) => [...allowed].every((scope) => scope.endsWith(':read')));
  const toRead = reading === undefined ? onlyReading.map(({ scope }) => scope) : [reading];
  return {
    all,
    first: [...new Set([...requiredScopes, ...toRead])],
    more(needs, held) {
      const needed = needs.flatMap((need) => least(need) ?? []);
      return [...new Set([...requiredScopes, ...held.filter((scope) => all.includes(scope)), ...needed])];
    },
  };
}
