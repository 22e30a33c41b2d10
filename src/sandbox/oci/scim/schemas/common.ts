// What every resource of an identity domain has (docs.oracle.com "Identity Domains API", each resource's schema).

import { type Attribute, attributesOf } from '../attributes.ts';

const lines = `
id always readOnly search global
ocid immutable search exact global
schemas* required
meta readOnly search
  resourceType readOnly
  created readOnly search
  lastModified readOnly search
  location readOnly
  version readOnly
idcsCreatedBy readOnly search
  value readOnly required search exact
  $ref readOnly exact
  type readOnly = User App
  display readOnly exact
  ocid readOnly search exact
idcsLastModifiedBy readOnly search
  value readOnly required search exact
  $ref readOnly exact
  type readOnly = User App
  display readOnly exact
  ocid readOnly search exact
idcsPreventedOperations* request readOnly = replace update delete
tags* request search
  key required search
  value required search
deleteInProgress boolean readOnly search
idcsLastUpgradedInRelease request readOnly
domainOcid readOnly
compartmentOcid readOnly
tenancyOcid readOnly`;

export const ociTags = `
urn:ietf:params:scim:schemas:oracle:idcs:extension:OCITags
  freeformTags* search
    key required search
    value required search
  definedTags* search
    namespace required search
    key required search
    value required search`;

/** Added to a resource that changes a person's own things: allowSelfChange, which changes nothing here. */
export const selfChange = `
urn:ietf:params:scim:schemas:oracle:idcs:extension:selfChange:User
  allowSelfChange boolean never writeOnly`;

export function withCommon(own: string): readonly Attribute[] {
  return attributesOf(`${lines}\n${own}`);
}
