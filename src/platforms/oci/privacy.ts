// Where OCI writes what belongs to a person.

import type { PeoplesFields } from '../../core/privacy.ts';

/** Small letters, as all names here. SCIM's names, IAM's, and those of audit events. */
const otherNames = {
  username: ['name', 'display', 'login', 'principalname', 'identityprovidername'],
  email: ['emails', 'username', 'name', 'display'],
  emails: ['email', 'username', 'name', 'display'],
  name: ['displayname', 'display', 'formatted', 'givenname', 'familyname', 'nickname'],
  displayname: ['display', 'name', 'formatted'],
  givenname: ['name', 'displayname', 'display', 'formatted'],
  familyname: ['name', 'displayname', 'display', 'formatted'],
  phonenumber: ['phonenumbers'],
  phonenumbers: ['phonenumber'],
};

/** Groups and applications have a `name` and a `display`, too. */
const authors = ['idcsCreatedBy', 'idcsLastModifiedBy'];
const parties = ['members', 'grantee', 'grantor', 'owners', ...authors];
const places = new Set(['person', 'user', 'users', 'owner', 'identity', ...parties]);

export const ociPeople: PeoplesFields = {
  otherNames,
  places,
  parties: new Set(parties),
  things: new Set(['Group', 'App', 'DynamicResourceGroup']),
  namesOfThings: new Set(['name', 'display', 'displayname']),
};
