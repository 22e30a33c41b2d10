// Where Scalekit writes what belongs to a person.

import type { PeoplesFields } from '../../core/privacy.ts';

/** Small letters, as all names here. */
const otherNames = {
  email: ['preferred_username', 'emails', 'identifier', 'inviter_email'],
  name: ['display_name'],
  given_name: ['first_name', 'name'],
  family_name: ['last_name', 'name'],
  first_name: ['given_name', 'name'],
  last_name: ['family_name', 'name'],
  phone_number: ['phone'],
};

/** An organization, a role and a connection have a `name` too. */
const places = new Set([
  'user',
  'users',
  'user_profile',
  'member',
  'members',
  'user_detail',
  'authRequests',
  'connected_account',
  'connected_accounts',
]);

export const scalekitPeople: PeoplesFields = {
  otherNames,
  places,
  parties: new Set(),
  things: new Set(),
  namesOfThings: new Set(),
};
