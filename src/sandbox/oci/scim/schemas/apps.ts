// Applications, the roles that they have, and who was granted them.

import { ociTags, withCommon } from './common.ts';
import { mechanisms } from './people.ts';

const reference = (name: string, more = '') => `
${name} search${more}
  value required search exact
  $ref readOnly`;

export const appAttributes = withCommon(`
meterAsOPCService boolean always readOnly
name immutable search unique
clientSecret readOnly
displayName always required search unique
description search
active boolean search
migrated boolean readOnly search
infrastructure boolean readOnly search
isLoginTarget boolean search
showInMyApps boolean search
loginMechanism search exact = OIDC SAML FORMFILL RADIUS
landingPageUrl
contactEmailAddress
productName
homePageUrl
isFormFill boolean search
isOAuthClient boolean search
isRadiusApp boolean search
clientType = confidential public trusted
redirectUris*
allUrlSchemesAllowed boolean search
logoutUri
postLogoutRedirectUris*
allowedGrants* search exact
allowedOperations* search exact = introspect onBehalfOfUser
clientIPChecking exact = anywhere whitelisted
isOPCService boolean readOnly search
isUnmanagedApp boolean immutable search
allowAccessControl boolean search
isOAuthResource boolean search
accessTokenExpiry integer
refreshTokenExpiry integer
allowOffline boolean search
audience
isMobileTarget boolean search
loginPageUrl
linkingCallbackUrl
logoutPageUrl
errorPageUrl
isSamlServiceProvider boolean search
isWebTierPolicy boolean search
isKerberosRealm boolean search
icon
isAliasApp boolean always immutable search
isManagedApp boolean readOnly search
serviceTypeURN search
serviceTypeVersion search
isObligationCapable boolean search
readyToUpgrade boolean readOnly search
trustScope exact = Explicit Account Tags Default
isDatabaseService boolean readOnly search
secondaryAudiences*
isEnterpriseApp boolean search
bypassConsent boolean
disableKmsiTokenAuthentication boolean always
isMulticloudServiceApp boolean immutable search
basedOnTemplate required search
  value always immutable required search exact
  $ref readOnly
  lastModified readOnly search
  wellKnownId immutable search
grantedAppRoles* readOnly search exact
  value readOnly required search exact
  $ref readOnly
  type readOnly = direct indirect
  display readOnly
  appId readOnly
  appName readOnly
  adminRole boolean readOnly
  legacyGroupName readOnly
grants* request readOnly search
  value readOnly search exact
  $ref readOnly
  granteeId readOnly search exact
  granteeType readOnly search exact = User Group
  grantMechanism readOnly search exact = ${mechanisms}
allowedScopes* search exact
  fqs required search exact
  idOfDefiningApp readOnly search exact
  readOnly boolean readOnly
scopes* search exact
  value required search exact
  fqs readOnly search exact unique
  description
  displayName
  requiresConsent boolean
  readOnly boolean request readOnly
adminRoles* request readOnly
  value readOnly required
  $ref readOnly
  display readOnly
  description readOnly
userRoles* request readOnly
  value readOnly required
  $ref readOnly
  display readOnly
  description readOnly${reference('signonPolicy')}${reference('appSignonPolicy')}${reference('trustPolicies*')}
identityProviders* request
  value required search
  $ref readOnly
  display readOnly
urn:ietf:params:scim:schemas:oracle:idcs:extension:requestable:App
  requestable boolean request search exact
${ociTags}`);

export const appRoleAttributes = withCommon(`
displayName always immutable required search
uniqueName always readOnly unique
description search
legacyGroupName immutable search unique
adminRole boolean immutable search
limitedToOneOrMoreGroups boolean readOnly
availableToUsers boolean immutable search
availableToGroups boolean immutable search
availableToClients boolean immutable search
public boolean search
app immutable required search
  value always immutable required search exact
  $ref readOnly
  display always readOnly search
  name readOnly search
members* request readOnly search
  value always required search exact
  $ref readOnly
  display readOnly
  type required search exact = User Group DynamicResourceGroup
`);

export const grantAttributes = withCommon(`
grantMechanism immutable required search exact = ${mechanisms} ADMINISTRATOR_TO_DELEGATED_USER IMPORT_GRANTS SYNC_TO_USER ACCESS_REQUEST APP_ENTITLEMENT_COLLECTION ADMINISTRATOR_TO_DYNAMIC_RESOURCE_GROUP
compositeKey request readOnly search exact unique
isFulfilled boolean readOnly search
grantedAttributeValuesJson
grantor readOnly search
  value readOnly search exact
  $ref readOnly
  type readOnly required search exact = User App Group AppEntitlementCollection DynamicResourceGroup
  display request readOnly
grantee immutable required search
  value immutable required search exact
  $ref readOnly
  type immutable required search exact = User Group App DynamicResourceGroup
  display request readOnly
app immutable search
  value immutable required search exact
  $ref readOnly
  display request readOnly search
entitlement immutable search
  attributeName immutable required search
  attributeValue immutable required search exact`);

export const appStatusChangerAttributes = withCommon(`
active boolean required`);
