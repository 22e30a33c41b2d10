// Where OCI writes what belongs to a person.

import { hidden, type PeoplesFields, type Privacy } from '../../core/privacy.ts';

/** Small letters, as all names here. SCIM's names, IAM's, and those of audit events. */
const otherNames = {
  username: ['name', 'display', 'login', 'principalname', 'identityprovidername', 'createdby'],
  email: ['emails', 'username', 'name', 'display', 'createdby'],
  emails: ['email', 'username', 'name', 'display', 'createdby'],
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
/** The tags of that name tell with a login who made a resource (docs.oracle.com, "Tag Defaults"). */
const places = new Set(['person', 'user', 'users', 'owner', 'identity', 'Oracle-Tags', ...parties]);

export const ociPeople: PeoplesFields = {
  otherNames,
  places,
  parties: new Set(parties),
  things: new Set(['Group', 'App', 'DynamicResourceGroup']),
  namesOfThings: new Set(['name', 'display', 'displayname']),
};

/** In what a service of a region says, a user is known by the OCID: their `name` is the login, their `description` the full name. */
export function hideInService({ hide, hides }: Privacy, body: unknown): void {
  if (!hide) return;
  hidePeople(body, (person) => {
    hide({ person });
    if (typeof person.description === 'string' && hides('displayName')) person.description = hidden;
  });
  hide(body);
}

function hidePeople(value: unknown, hidePerson: (person: Record<string, unknown>) => void): void {
  if (typeof value !== 'object' || value === null) return;
  for (const inner of Object.values(value)) hidePeople(inner, hidePerson);
  const fields = value as Record<string, unknown>;
  if (typeof fields.id === 'string' && fields.id.startsWith('ocid1.user.')) hidePerson(fields);
}
