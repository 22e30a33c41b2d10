// Users, groups, and what a person signs in with beside a password.

import { ociTags, selfChange, withCommon } from './common.ts';

const ofUser = (more = '') => `
user immutable search
  value always immutable search exact
  ocid always immutable search exact
  $ref readOnly exact
  display readOnly search
  name readOnly${more}`;

export const mechanisms =
  'IMPORT_APPROLE_MEMBERS ADMINISTRATOR_TO_USER ADMINISTRATOR_TO_GROUP SERVICE_MANAGER_TO_USER ADMINISTRATOR_TO_APP ' +
  'SERVICE_MANAGER_TO_APP OPC_INFRA_TO_APP GROUP_MEMBERSHIP';

const factors = 'EMAIL SMS TOTP PUSH OFFLINETOTP VOICE PHONE_CALL THIRDPARTY FIDO_AUTHENTICATOR YUBICO_OTP';

export const capabilities = [
  ...['canUseApiKeys', 'canUseAuthTokens', 'canUseConsolePassword', 'canUseCustomerSecretKeys'],
  ...['canUseOAuth2ClientCredentials', 'canUseSmtpCredentials', 'canUseDbCredentials'],
] as const;

export const userAttributes = withCommon(`
externalId search
userName always required search global
description
displayName search
nickName search
profileUrl search
title search
userType search = Contractor Employee Intern Temp External Service Generic
locale search
preferredLanguage search
timezone search
active boolean search
password never writeOnly
name search
  formatted search
  familyName search
  givenName search
  middleName search
  honorificPrefix
  honorificSuffix
emails* search
  value required search
  type required search = work home other recovery
  primary boolean search
  secondary boolean search
  verified boolean search
phoneNumbers* search
  value required search
  display readOnly search
  type required search = work home mobile fax pager other recovery
  primary boolean search
  verified boolean readOnly search
addresses* search
  formatted search
  streetAddress search
  locality search
  region search
  postalCode search
  country search
  type required search = work home other
  primary boolean search
groups* request readOnly search
  value always readOnly required search exact
  ocid readOnly search exact
  $ref readOnly
  display readOnly
  nonUniqueDisplay readOnly
  type request readOnly search = direct indirect
  membershipOcid readOnly search
  dateAdded readOnly
urn:ietf:params:scim:schemas:extension:enterprise:2.0:User
  employeeNumber search
  costCenter search
  organization search
  division search
  department search
  manager search
    value search
    $ref readOnly
    displayName readOnly
urn:ietf:params:scim:schemas:oracle:idcs:extension:user:User
  isFederatedUser boolean search
  status request readOnly search = pendingVerification verified
  provider immutable search = facebook google IDCS twitter
  preferredUiLandingPage = MyApps MyProfile OciConsole
  creationMechanism request immutable search = bulk api adsync idcsui import authsync selfreg samljit
  groupMembershipLastModified request readOnly
  bypassNotification boolean never immutable
  isAccountRecoveryEnrolled boolean request readOnly
  accountRecoveryRequired boolean request
  serviceUser boolean immutable search
  grants* request readOnly search
    value readOnly search exact
    $ref readOnly
    appId readOnly search exact
    grantMechanism readOnly search exact = ${mechanisms}
    grantorId readOnly search exact
  appRoles* request readOnly
    value always readOnly required search exact
    $ref readOnly
    display readOnly search
    type request readOnly search exact = direct indirect implicit
    appId readOnly search exact
    appName readOnly search
    adminRole boolean readOnly search
    legacyGroupName readOnly search
urn:ietf:params:scim:schemas:oracle:idcs:extension:passwordState:User
  lastSuccessfulSetDate request readOnly
  cantChange boolean request readOnly
  cantExpire boolean request readOnly
  mustChange boolean request readOnly
  expired boolean request readOnly
  lastSuccessfulValidationDate request readOnly search
  lastFailedValidationDate request readOnly search
  applicablePasswordPolicy request readOnly
    value always readOnly required search exact
    $ref readOnly
    display readOnly
    priority integer readOnly
urn:ietf:params:scim:schemas:oracle:idcs:extension:userState:User
  lastSuccessfulLoginDate request readOnly search
  previousSuccessfulLoginDate request readOnly
  lastFailedLoginDate request readOnly
  loginAttempts integer request readOnly
  recoveryAttempts integer request readOnly
  recoveryEnrollAttempts integer request readOnly
  maxConcurrentSessions integer
  recoveryLocked search
    on boolean search
    lockDate
  locked search
    reason integer
    on boolean search
    lockDate
    expired boolean request
urn:ietf:params:scim:schemas:oracle:idcs:extension:mfa:User
  preferredAuthenticationFactor search exact = ${factors} USERNAME_PASSWORD SECURITY_QUESTIONS
  mfaStatus readOnly search exact = ENROLLED IGNORED UN_ENROLLED DISABLED
  loginAttempts integer readOnly
  mfaEnabledOn request
  preferredDevice search
    value required search exact
    $ref readOnly
    display readOnly
  devices* request readOnly
    value always readOnly required search exact
    $ref readOnly
    display readOnly
    status readOnly
    lastSyncTime readOnly
    factorType readOnly
    factorStatus readOnly
    authenticationMethod readOnly
    thirdPartyVendorName readOnly
  bypassCodes* request readOnly
    value always readOnly required search exact
    $ref readOnly
  trustedUserAgents* request
    value always required search exact
    $ref readOnly
    display readOnly
urn:ietf:params:scim:schemas:oracle:idcs:extension:userCredentials:User
  customerSecretKeys* request readOnly search
    value always readOnly search exact
    ocid always readOnly search exact
    $ref readOnly
  authTokens* request readOnly search
    value always readOnly search exact
    ocid always readOnly search exact
    $ref readOnly
  apiKeys* request readOnly search
    key always readOnly exact
    value always readOnly search exact
    ocid always readOnly search exact
    $ref readOnly
urn:ietf:params:scim:schemas:oracle:idcs:extension:capabilities:User
${capabilities.map((name) => `  ${name} boolean`).join('\n')}
  canUseConsole boolean
${ociTags}${selfChange}`);

export const groupAttributes = withCommon(`
externalId search
displayName always required search global
nonUniqueDisplayName always search
members* request search
  value always required search exact
  dateAdded readOnly
  ocid always search exact
  membershipOcid readOnly search exact
  $ref readOnly exact
  display readOnly search
  type required search exact = User
  name readOnly
urn:ietf:params:scim:schemas:oracle:idcs:extension:group:Group
  description search
  creationMechanism request immutable search = bulk api adsync authsync idcsui import
  passwordPolicy readOnly
    value always readOnly required search exact
    $ref readOnly
    name readOnly
    priority integer readOnly
  grants* request readOnly search
    value readOnly search exact
    $ref readOnly
    appId readOnly search exact
    grantMechanism readOnly search exact = ${mechanisms}
  owners* request search
    value always required search exact
    $ref readOnly exact
    display readOnly search
    type required search exact = User App
  appRoles* request readOnly search
    value always readOnly required search exact
    $ref request readOnly
    display request readOnly search
    type request readOnly search exact = direct indirect
    appId request readOnly search exact
    appName request readOnly search
    adminRole boolean request readOnly search
    legacyGroupName readOnly search
urn:ietf:params:scim:schemas:oracle:idcs:extension:requestable:Group
  requestable boolean request search exact
urn:ietf:params:scim:schemas:oracle:idcs:extension:dynamic:Group
  membershipType always search = static dynamic
  membershipRule search exact
${ociTags}`);

export const apiKeyAttributes = withCommon(`
description
fingerprint readOnly required search exact
key immutable required exact${ofUser()}${selfChange}`);

export const authTokenAttributes = withCommon(`
description
token readOnly exact
status never = ACTIVE INACTIVE
expiresOn immutable${ofUser(' search')}${selfChange}`);

export const customerSecretKeyAttributes = withCommon(`
displayName
description
status never = ACTIVE INACTIVE
expiresOn immutable
accessKey readOnly exact
secretKey readOnly exact${ofUser()}${selfChange}`);

export const deviceAttributes = withCommon(`
externalId
displayName search
platform immutable = IOS ANDROID WINDOWS CELLULAR
status search = INITIATED INPROGRESS INACTIVE ENROLLED LOCKED BLOCKED
reason
deviceType readOnly
appVersion readOnly
lastSyncTime search
lastValidatedTime
isCompliant boolean readOnly search exact
countryCode immutable
phoneNumber immutable
isAccRecEnabled boolean search exact
authenticationMethod
user immutable required search
  value always immutable required search exact
  $ref readOnly
  display readOnly
  ocid always search exact
authenticationFactors* required search exact
  type required search exact = ${factors}
  status = INITIATED INPROGRESS ENROLLED LOCKED INACTIVE BLOCKED`);
