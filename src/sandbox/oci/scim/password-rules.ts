// Whether a password will do, by the domain's own policy.

import { ScimProblem } from './problem.ts';
import { isComplex, type Resource, textAt } from './resource.ts';
import type { Store } from './store.ts';

const counts: Readonly<Record<string, [RegExp, string]>> = {
  minLength: [/[\s\S]/gu, 'characters'],
  minNumerals: [/\d/g, 'numeric characters'],
  minLowerCase: [/\p{Ll}/gu, 'lowercase characters'],
  minUpperCase: [/\p{Lu}/gu, 'uppercase characters'],
  minSpecialChars: [/[^\p{L}\d\s]/gu, 'special characters'],
};

/** @throws ScimProblem naming the rules that it breaks */
export function checkPassword(store: Store, user: Resource, password: string): void {
  const policy = store.get('PasswordPolicies', 'PasswordPolicy');
  if (!policy) return;
  const name = isComplex(user.name) ? user.name : {};
  const broken = Object.entries(counts).flatMap(([rule, [what, words]]) => {
    const least = policy[rule];
    const has = password.match(what)?.length ?? 0;
    return typeof least === 'number' && has < least ? [`at least ${least} ${words}`] : [];
  });
  const forbids = (rule: string, text: string | undefined, what: string) =>
    policy[rule] === true && text && password.toLowerCase().includes(text.toLowerCase()) ? [`not the ${what}`] : [];
  const all = [
    ...broken,
    ...forbids('userNameDisallowed', textAt(user, 'userName')?.split('@')[0], 'user name'),
    ...forbids('firstNameDisallowed', textAt(name, 'givenName'), 'first name'),
    ...forbids('lastNameDisallowed', textAt(name, 'familyName'), 'last name'),
  ];
  if (all.length > 0) throw new ScimProblem('password', `The password must have: ${all.join(', ')}.`);
}
