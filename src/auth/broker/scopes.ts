// Castellan's own scopes at the broker: all there are, what of them a person can let a client have, and how people are told.

import { type Allowance, covers, ownScope } from '../../core/caller.ts';

/** A platform that scopes can be about. */
export interface Platform {
  readonly name: string;
  readonly title: string;
}

const kinds = ['read', 'write', 'destroy'] as const;
type Kind = (typeof kinds)[number];

export function allScopes(platforms: readonly Platform[]): readonly string[] {
  return ['castellan', ...platforms.map(({ name }) => name)].flatMap((name) => kinds.map((kind) => `${name}:${kind}`));
}

/** What was asked for, in our words. A client that asks for nothing of ours is meant to read. */
export function askedOf(scope: unknown, all: readonly string[]): readonly string[] {
  const words = typeof scope === 'string' ? scope.split(' ') : [];
  const own = [...new Set(words)].filter((word) => all.includes(word));
  return own.length > 0 ? own : ['castellan:read'];
}

/**
 * What a person who may do so much can give of what was asked for. Somebody who may change one platform, asked for
 * everything, gives that one.
 */
export function givable(asked: readonly string[], { scopes }: Allowance, all: readonly string[]): readonly string[] {
  const given = asked.flatMap((scope) => {
    if (covers(scopes, scope)) return [scope];
    const { platform, kind } = partsOf(scope);
    if (platform !== 'castellan') return [];
    return all.filter((each) => each !== scope && partsOf(each).kind === kind && covers(scopes, each));
  });
  return [...new Set(given)];
}

/** What was asked for and of which nothing can be given. */
export function notGivable(asked: readonly string[], allowance: Allowance, all: readonly string[]): readonly string[] {
  return asked.filter((scope) => givable([scope], allowance, all).length === 0);
}

/** In plain words, for the person whose consent is asked. */
export function describeScope(scope: string, platforms: readonly Platform[]): string {
  const { platform, kind } = partsOf(scope);
  const where = platform === 'castellan' ? 'everything that is connected here' : titleOf(platform, platforms);
  const words: Record<Kind, string> = {
    read: `See ${where}: people, groups, applications, settings and records`,
    write: `Change ${where}: create and change people, groups and settings`,
    destroy: `Take away in ${where}: suspend, remove and delete`,
  };
  return words[kind];
}

export function kindOf(scope: string): Kind {
  return partsOf(scope).kind;
}

function partsOf(scope: string): { readonly platform: string; readonly kind: Kind } {
  const [platform = '', kind] = ownScope.test(scope) ? scope.split(':') : [];
  return { platform, kind: kinds.find((each) => each === kind) ?? 'destroy' };
}

function titleOf(name: string, platforms: readonly Platform[]): string {
  return platforms.find((platform) => platform.name === name)?.title ?? name;
}
