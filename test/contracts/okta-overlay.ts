// Where Okta's published description is known to be wrong: each entry says what is changed and why.

export type Json = { [key: string]: unknown };

interface Correction {
  /** A name in components/schemas, or '*' for each of them. */
  schema: string;
  why: string;
  apply: (schema: Json) => void;
}

const withoutProperty = (name: string) => (schema: Json) => {
  const parts = [schema, ...((schema.allOf as Json[] | undefined) ?? [])];
  for (const part of parts) delete (part.properties as Json | undefined)?.[name];
};

export const corrections: readonly Correction[] = [
  {
    schema: 'Policy',
    // Its `default`s are sentences ("Last / Lowest Priority …"), not values; no validator can use them.
    why: 'defaults are prose',
    apply: (schema) => {
      for (const property of Object.values(schema.properties as Json)) delete (property as Json).default;
    },
  },
  {
    schema: 'ApiToken',
    // The lookahead of tokenWindow was lost on the way: the pattern refuses every duration there is.
    why: 'pattern refuses every value',
    apply: withoutProperty('tokenWindow'),
  },
  {
    schema: 'AppUserUpdateRequest',
    // A choice of two schemas without a required property: every body fits both, so that "exactly one" refuses all of them.
    why: 'oneOf that nothing can fit',
    apply: (schema) => {
      schema.anyOf = schema.oneOf;
      delete schema.oneOf;
    },
  },
  {
    schema: 'TokenResponseTokenType',
    // "Configure OAuth 2.0 Demonstrating Proof-of-Possession" shows "token_type": "DPoP" for a token bound to a key.
    why: 'DPoP was forgotten',
    apply: (schema) => (schema.enum as string[]).push('DPoP'),
  },
  {
    schema: 'JsonPatchOperation',
    // RFC 6902 §4: a value is any JSON; the priority of a group is a number and a property of its profile mostly a string.
    why: 'value is not only an object',
    apply: (schema) => {
      (schema.properties as Json).value = {};
    },
  },
];

/** Java's inline flags are no ECMAScript: a pattern with one cannot be compiled. */
export const isUnusablePattern = (pattern: string): boolean => pattern.includes('(?i)');

/** `format` of these says in prose what the value means; none is a JSON Schema format. */
export const proseFormat = /[ A-Z]/;

/** Query parameters Okta takes though the description does not list them, each with where it is documented. */
export const extraQuery: Readonly<Record<string, readonly string[]>> = {
  // "Pagination" of the Core Okta API: every list that pages takes both, also where the description forgets one.
  'GET /api/v1/policies/{policyId}/rules': ['after'],
};
