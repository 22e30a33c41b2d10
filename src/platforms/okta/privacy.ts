// Where Okta writes what belongs to a person.

import type { PeoplesFields } from '../../core/privacy.ts';

/** Where Okta writes a person's fields under other names than in the profile. Small letters, as all names here. */
const otherNames = {
  mobilephone: ['phonenumber'],
  primaryphone: ['phonenumber'],
  email: ['alternateid', 'username', 'emails'],
  secondemail: ['emails'],
  login: ['alternateid', 'username', 'credentialid'],
  firstname: ['displayname', 'given_name', 'givenname'],
  lastname: ['displayname', 'family_name', 'familyname'],
};

/** Only inside these does a name mean a person's field: an application has a `name` and a `status` too. */
const places = new Set(['profile', 'actor', 'target', 'user', 'credentials', 'debugData']);

/** Who did something in the System Log and to whom: people, and things under the same names. */
const parties = new Set(['actor', 'target']);
const things = new Set([
  'AppInstance',
  'UserGroup',
  'PolicyEntity',
  'PolicyRule',
  'PublicClientApp',
  'SystemPrincipal',
]);
const namesOfThings = new Set(['alternateid', 'displayname']);

export const oktaPeople: PeoplesFields = { otherNames, places, parties, things, namesOfThings };
