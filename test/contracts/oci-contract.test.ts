// That the judge of OCI's requests and responses says no where it should.

import { describe, expect, it } from 'vitest';
import { loadOciContract } from './oci-contract.ts';

const loaded = loadOciContract();

describe.skipIf(!loaded)("the contract of OCI's SDK models", () => {
  const contract = loaded as NonNullable<typeof loaded>;
  const identity = 'http://oci.example/20160918';
  const domain = 'http://oci.example/admin/v1';
  const userUrn = 'urn:ietf:params:scim:schemas:core:2.0:User';
  const patchUrn = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';

  it.each<[string, string, string, unknown?]>([
    ['no such operation', 'GET', `${identity}/compartment`],
    ['no such operation without its version', 'GET', 'http://oci.example/compartments?compartmentId=x'],
    ['a parameter that is not there', 'GET', `${identity}/compartments?compartmentId=x&filter=y`],
    ['a parameter that is missing', 'GET', `${identity}/policies`],
    ['a word that is none', 'GET', `${identity}/compartments?compartmentId=x&accessLevel=SOME`],
    ['a number that is none', 'GET', `${identity}/compartments?compartmentId=x&limit=many`],
    ['a time that is none', 'GET', 'http://oci.example/20190901/auditEvents?compartmentId=x&startTime=1&endTime=2'],
    ['a body where none is', 'GET', `${identity}/regions`, {}],
    ['a body without what it needs', 'POST', `${identity}/compartments`, { name: 'a' }],
    ['too many at a time', 'GET', `${domain}/Users?count=1001`],
    ['an attribute that is not there', 'GET', `${domain}/Users?attributes=userName,shoeSize`],
    ['a filter by what is not there', 'GET', `${domain}/Users?filter=shoeSize eq "44"`],
    ['a filter by what is not searchable', 'GET', `${domain}/Users?filter=password eq "x"`],
    ['a filter that is none', 'GET', `${domain}/Users?filter=userName is "x"`],
    ['a filter with a quote too many', 'GET', `${domain}/Users?filter=userName eq "a" or "b"`],
    ['a user without a name', 'POST', `${domain}/Users`, { schemas: [userUrn] }],
    ['a field that is not there', 'POST', `${domain}/Users`, { schemas: [userUrn], userName: 'a', shoeSize: 44 }],
    [
      'a patch of what is read only',
      'PATCH',
      `${domain}/Users/1`,
      { schemas: [patchUrn], Operations: [{ op: 'replace', path: 'id', value: '2' }] },
    ],
    [
      'a patch with a value of another kind',
      'PATCH',
      `${domain}/Users/1`,
      { schemas: [patchUrn], Operations: [{ op: 'replace', path: 'active', value: 'yes' }] },
    ],
  ])('refuses a request: %s', (_, method, url, body) => {
    expect(contract.checkRequest(method, url, body)).not.toEqual([]);
  });

  it.each<[string, string, unknown?]>([
    ['GET', `${identity}/compartments?compartmentId=x&compartmentIdInSubtree=true&accessLevel=ACCESSIBLE&limit=5`],
    ['GET', 'http://oci.example/n/castle/b/papers/o/a/b.txt'],
    ['GET', `${domain}/Users?filter=(userName sw "a" or emails[type eq "work" and value co "b"]) and not (active pr)`],
    ['GET', `${domain}/Users?attributes=urn:ietf:params:scim:schemas:oracle:idcs:extension:userState:User:locked.on`],
    ['POST', `${domain}/Users/.search`, { schemas: ['x'], filter: 'active eq true', count: 5 }],
    ['PUT', `${domain}/UserStatusChanger/1`, { schemas: ['x'], active: false }],
    [
      'PATCH',
      `${domain}/Groups/1`,
      {
        schemas: [patchUrn],
        Operations: [
          { op: 'add', path: 'members', value: [{ value: '1', type: 'User' }] },
          { op: 'remove', path: 'members[value eq "2"]' },
        ],
      },
    ],
  ])('takes what is published: %s %s', (method, url, body) => {
    expect(contract.checkRequest(method, url, body)).toEqual([]);
  });

  it.each<[string, string, unknown]>([
    ['a compartment without its name', `${identity}/compartments/1`, { id: '1' }],
    ['a user with a password', `${domain}/Users/1`, { schemas: ['x'], id: '1', userName: 'a', password: 'x' }],
    ["a user's groups unasked", `${domain}/Users/1`, { schemas: ['x'], id: '1', userName: 'a', groups: [] }],
    ['more than was asked for', `${domain}/Users/1?attributes=title`, { id: '1', title: 'Clerk', displayName: 'A' }],
    ['a field that is not there', `${domain}/Users/1`, { schemas: ['x'], id: '1', userName: 'a', shoeSize: 1 }],
  ])('refuses a response: %s', (_, url, body) => {
    expect(contract.checkResponse('GET', url, 200, body)).not.toEqual([]);
  });

  it('takes what was asked for, and errors as each of the two writes them', () => {
    const asked = `${domain}/Users/1?attributes=groups`;
    expect(contract.checkResponse('GET', asked, 200, { id: '1', groups: [{ value: '2' }] })).toEqual([]);
    const error = { code: 'NotAuthorizedOrNotFound', message: 'x' };
    expect(contract.checkResponse('GET', `${identity}/compartments/1`, 404, error)).toEqual([]);
    expect(contract.checkResponse('GET', `${domain}/Users/1`, 404, error)).not.toEqual([]);
  });
});
