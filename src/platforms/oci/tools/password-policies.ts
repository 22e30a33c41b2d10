// Reading what passwords must be like: https://docs.oracle.com/en-us/iaas/api/#/en/identity-domains/v1/PasswordPolicy/

import { z } from 'zod';
import { fullObject, listInput, viewInput } from '../../../core/listing.ts';
import { defineTools, tableOf } from '../../../core/tool.ts';
import type { OciClient } from '../client.ts';
import { where } from '../filter.ts';
import { count, domainListOutput, flag, fullOf, metaEntity, text, type View } from './scim-views.ts';
import { domainId, listAliases, present, referenceEntity, referenceView, viewReference } from './shared.ts';

const tool = defineTools<OciClient>();
const texts = z.array(z.string()).nullish();

const policyEntity = z.looseObject({
  id: z.string().min(1),
  name: z.string(),
  description: text,
  passwordStrength: text,
  priority: count,
  groups: z.array(referenceEntity).nullish(),
  minLength: count,
  maxLength: count,
  minAlphas: count,
  minNumerals: count,
  minSpecialChars: count,
  minLowerCase: count,
  minUpperCase: count,
  minUniqueChars: count,
  maxRepeatedChars: count,
  startsWithAlphabet: flag,
  firstNameDisallowed: flag,
  lastNameDisallowed: flag,
  userNameDisallowed: flag,
  disallowedUserAttributeValues: texts,
  dictionaryWordDisallowed: flag,
  numPasswordsInHistory: count,
  minPasswordAge: count,
  passwordExpiresAfter: count,
  passwordExpireWarning: count,
  maxIncorrectAttempts: count,
  lockoutDuration: count,
  meta: metaEntity,
});
type Policy = z.output<typeof policyEntity>;

const policyView = z.object({
  id: z.string(),
  name: z.string(),
  strength: z.string().optional().describe('Simple, Standard, Custom'),
  priority: z.number().optional().describe('1 counts first'),
  groups: z.array(referenceView).describe('whom it is for; none: everybody else'),
  min_length: z.number().optional(),
  expires_after_days: z.number().optional().describe('0: never'),
  locks_after_attempts: z.number().optional(),
  description: z.string().optional(),
  full: fullObject,
});

function viewPolicy(policy: Policy, view: View): z.output<typeof policyView> {
  const { id, name, groups, description } = policy;
  return {
    id,
    name,
    ...present({ strength: policy.passwordStrength, priority: policy.priority }),
    groups: (groups ?? []).map(viewReference),
    ...present({
      min_length: policy.minLength,
      expires_after_days: policy.passwordExpiresAfter,
      locks_after_attempts: policy.maxIncorrectAttempts,
      description,
    }),
    // What is asked of a password is no secret: `withoutSecrets` knows the difference.
    ...fullOf(policy, view),
  };
}

export const passwordPolicyTools = [
  tool({
    name: 'list_oci_password_policies',
    title: 'List OCI password policies',
    description: 'What passwords must be like, and for which groups. Next: get_oci_password_policy.',
    access: 'read',
    scopes: ['oci:read'],
    parameterAliases: { ...listAliases, search: 'query' },
    input: () => z.strictObject({ query: z.string().min(1).max(255).optional().describe('In the name'), ...listInput }),
    output: () => domainListOutput('policies', policyView),
    table: tableOf<z.output<typeof policyView>>('policies', {
      id: (policy) => policy.id,
      name: (policy) => policy.name,
      strength: (policy) => policy.strength,
      priority: (policy) => policy.priority,
      groups: (policy) => policy.groups.map(({ id, name }) => name ?? id).join(', '),
      min_length: (policy) => policy.min_length,
      expires_after_days: (policy) => policy.expires_after_days,
      locks_after_attempts: (policy) => policy.locks_after_attempts,
    }),
    async run({ query, max_results, cursor, view }, { client, progress }) {
      const { items, ...tail } = await client.domain.list({
        path: ['PasswordPolicies'],
        filter: query === undefined ? undefined : where.co('name', query),
        attributeSets: ['default'],
        sortBy: 'name',
        entity: policyEntity,
        max: max_results,
        cursor,
        progress,
      });
      return { policies: items.map((policy) => viewPolicy(policy, view)), ...tail };
    },
  }),

  tool({
    name: 'get_oci_password_policy',
    title: 'Get an OCI password policy',
    description: 'One password policy: length, characters, history, expiry and lockout.',
    access: 'read',
    scopes: ['oci:read'],
    input: () => z.strictObject({ policy_id: domainId('Password policy'), ...viewInput }),
    output: () =>
      policyView.extend({
        created: z.string().optional(),
        last_modified: z.string().optional(),
        max_length: z.number().optional(),
        min_letters: z.number().optional(),
        min_digits: z.number().optional(),
        min_special: z.number().optional(),
        min_lower_case: z.number().optional(),
        min_upper_case: z.number().optional(),
        min_unique: z.number().optional(),
        max_repeated: z.number().optional(),
        begins_with_letter: z.boolean().optional(),
        forbidden: z.array(z.string()).optional().describe('what a password may not hold'),
        history: z.number().optional().describe('earlier passwords that cannot come again'),
        min_age: z.number().optional().describe('before it can be reset again; Oracle names no unit'),
        warns_days_before: z.number().optional(),
        locked_minutes: z.number().optional(),
      }),
    async run({ policy_id, view }, { client }) {
      const policy = await client.domain.get({
        path: ['PasswordPolicies', policy_id],
        attributeSets: ['default'],
        entity: policyEntity,
      });
      const forbidden = [
        policy.firstNameDisallowed && 'first name',
        policy.lastNameDisallowed && 'last name',
        policy.userNameDisallowed && 'user name',
        policy.dictionaryWordDisallowed && 'words of a dictionary',
        ...(policy.disallowedUserAttributeValues ?? []),
      ];
      return {
        ...viewPolicy(policy, view),
        ...present({
          created: policy.meta?.created,
          last_modified: policy.meta?.lastModified,
          max_length: policy.maxLength,
          min_letters: policy.minAlphas,
          min_digits: policy.minNumerals,
          min_special: policy.minSpecialChars,
          min_lower_case: policy.minLowerCase,
          min_upper_case: policy.minUpperCase,
          min_unique: policy.minUniqueChars,
          max_repeated: policy.maxRepeatedChars,
          begins_with_letter: policy.startsWithAlphabet,
          forbidden: forbidden.filter((each) => typeof each === 'string'),
          history: policy.numPasswordsInHistory,
          min_age: policy.minPasswordAge,
          warns_days_before: policy.passwordExpireWarning,
          locked_minutes: policy.lockoutDuration,
        }),
      };
    },
  }),
];
